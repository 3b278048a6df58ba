"""Keywords: what is said of a ward that is not said of the whole city, from what is stored of each post's terms.

Merely frequent words are the same everywhere: police, water, minister. What counts is how much more often the ward's
stories have a term than those of the rest of the city in the same days (`distinctive`). Names of places and parties are
set apart (`names`): that a ward's stories name its neighbours and its parties is worth knowing, and no topic.

A phrase and its words are one thing: of *metro*, *rail* and *metro rail* the one is listed that stands for most of the
stories, and another of them only for stories that it does not stand for.

Two statements, which read indexes and no text: the ward's mentions in the window with their terms, and the city's
daily totals of those terms that two of its stories or more have.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

import attrs
from sqlalchemy import Connection

from lokdarpan_core.direct import all_rows
from lokdarpan_core.display import Shown
from lokdarpan_core.news.terms.storing import SEPARATOR
from lokdarpan_core.pulse.distinctive import distinction
from lokdarpan_core.pulse.mentions import Mention, WardInNews, ward_in_news
from lokdarpan_core.pulse.names import OwnName, names
from lokdarpan_core.pulse.window import Window

MOST = 20  # of each kind
LEAST_STORIES = 2  # what one story says is that story
LEAST_Z = 1.0  # of a topic; whoever wants to be surer asks for more
BACKGROUND_DAYS = 90
COVERS = 0.75  # of a word's stories: then a phrase takes its place

# A row for each term, and one without a term: all stories of the city, and the names of wards. A term's days are summed
# as they lie in the index: to group them would take a quarter longer.
CITY = """
    SELECT asked.term, counted.*, CAST(NULL AS text[]) AS own, NULL AS spellings
    FROM unnest(string_to_array(%(terms)s, E'\\n')) AS asked(term), LATERAL (
        SELECT coalesce(sum(stories) FILTER (WHERE published_on >= %(start)s), 0) AS stories,
               coalesce(sum(stories), 0) AS background
        FROM city_term
        WHERE delimitation_id = %(delimitation)s AND term = asked.term
          AND published_on BETWEEN %(since)s AND %(end)s
    ) AS counted
    UNION ALL
    SELECT NULL, coalesce(sum(stories) FILTER (WHERE published_on >= %(start)s), 0), coalesce(sum(stories), 0),
           ARRAY(SELECT name FROM ward WHERE ward_id = %(ward)s
                 UNION ALL SELECT alias FROM ward_alias WHERE ward_id = %(ward)s),
           (SELECT string_agg(name, E'\\n')
            FROM (SELECT name FROM ward UNION ALL SELECT alias FROM ward_alias) AS spelt)
    FROM city_day WHERE delimitation_id = %(delimitation)s AND published_on BETWEEN %(since)s AND %(end)s
"""


@attrs.frozen
class Keyword:
    """A term, and in how many stories of the ward it stands (`count`); `expected` is how many that would be if it were
    said as in the rest of the city, `lift` their ratio, `z` how sure that is (log-odds in standard deviations)."""

    term: str
    count: int
    expected: float
    lift: float
    z: float


@attrs.frozen
class Keywords(Shown):
    """What is distinctive of a ward in some days, each list with what stands out most first. `topics` stand out, and
    are no names; `places` and `parties` are those that two stories or more name, whether they stand out or not."""

    topics: tuple[Keyword, ...] = ()
    places: tuple[Keyword, ...] = ()
    parties: tuple[Keyword, ...] = ()


@attrs.frozen
class _Candidate:
    keyword: Keyword
    stories: frozenset[int]
    words: frozenset[str]

    @property
    def order(self) -> tuple[float, int, str]:
        return -self.keyword.z, -self.keyword.count, self.keyword.term


def keywords(connection: Connection, ward_id: str, start: date, end: date, *, limit: int = MOST) -> Keywords:
    """The keywords of a ward, from `start` to `end`, both days included; at most `limit` of each kind. Empty where
    fewer than two stories mention it.

    Raises UnknownWardError for a ward that no loaded list has.
    """
    asked = Window((end - start).days + 1, end)
    return keywords_of(connection, ward_in_news(connection, ward_id, asked), asked, limit)


def keywords_of(connection: Connection, ward: WardInNews, asked: Window, limit: int = MOST) -> Keywords:
    """The keywords of a ward whose mentions in the window are known."""
    said = ward.mentions
    stories, told = len({one.story for one in said}), len({(one.story, one.published_on) for one in said})
    if stories < LEAST_STORIES:
        return Keywords()
    ours = _in_several(said)
    since = min(asked.start, asked.end - timedelta(days=BACKGROUND_DAYS - 1))
    days = {"start": asked.start, "end": asked.end, "since": since}
    about = {"ward": ward.ward_id, "delimitation": ward.delimitation_id, "terms": SEPARATOR.join(ours)}
    rows = {row.term: row for row in all_rows(connection, CITY, days | about)}
    whole = rows[None]
    matched = (one.matched for one in said if one.matched and one.how != "number")
    own, known = OwnName.of(chain(whole.own, matched)), names(whole.spellings or "")
    city = _City(stories, max(whole.stories - told, 0), max(whole.background, told))
    kinds: dict[str, list[_Candidate]] = {"topic": [], "place": [], "party": [], "part": []}
    for term, (having, times) in ours.items():
        if not own.is_in(term):
            kinds[known.kind(term)].append(city.candidate(term, having, times, rows[term]))
    topics = [one for one in _told_once(kinds["topic"]) if one.keyword.z >= LEAST_Z and one.keyword.lift > 1]
    found = (topics, _told_once(kinds["place"]), _told_once(kinds["party"]))
    return Keywords(*(tuple(one.keyword for one in some[:limit]) for some in found))


def _in_several(said: Sequence[Mention]) -> dict[str, tuple[frozenset[int], int]]:
    """The terms that two stories or more have, each with these stories and how often they were told: a story on two
    days twice. Which ones is noted of the terms that two posts have: most stand in one."""
    posts = Counter(chain.from_iterable(one.terms for one in said))
    often = {term for term, count in posts.items() if count > 1}
    told: dict[str, set[tuple[int, date]]] = {}
    for one in said:
        for term in often.intersection(one.terms):
            told.setdefault(term, set()).add((one.story, one.published_on))
    stories = ((term, frozenset([story for story, _ in days]), len(days)) for term, days in told.items())
    return {term: (having, times) for term, having, times in stories if len(having) >= LEAST_STORIES}


@attrs.frozen
class _City:
    """What a term's counts are held against: the ward's `stories`, and how many `others` the rest of the city told in
    the same days (a story on two days twice), and the whole city in the `background`."""

    stories: int
    others: int
    background: int

    def candidate(self, term: str, having: frozenset[int], times: int, totals: Any) -> _Candidate:
        """A story that was printed on several days counts once for the ward, and on each day in the city's totals: so
        what is taken away from these is how often (`times`) the ward's were told. Totals that are not counted yet are
        no less than what the ward has."""
        count, others = len(having), max(totals.stories - times, 0)
        background = max(totals.background, times) / self.background
        told = distinction(count, self.stories, others, max(self.others, others), background=background)
        keyword = Keyword(term, count, told.expected, told.lift, told.z)
        return _Candidate(keyword, having, frozenset(term.split(" ")))


def _told_once(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Those that stand for stories of their own: of terms that share a word, a phrase before the words that seldom
    stand without it, then what stands out most."""
    some = sorted(candidates, key=lambda one: one.order)
    phrases: dict[str, list[_Candidate]] = {}
    for one in some:
        for word in one.words if len(one.words) > 1 else ():
            phrases.setdefault(word, []).append(one)
    told: dict[str, set[int]] = {}  # word -> the stories that terms with it stand for
    kept: list[_Candidate] = []
    for one in some:
        if len(one.words) == 1 and any(_covers(phrase, one) for phrase in phrases.get(one.keyword.term, ())):
            continue
        if len(one.stories.difference(*(told.get(word, ()) for word in one.words))) >= LEAST_STORIES:
            kept.append(one)
            for word in one.words:
                told.setdefault(word, set()).update(one.stories)
    return kept


def _covers(phrase: _Candidate, word: _Candidate) -> bool:
    return word.words < phrase.words and len(phrase.stories & word.stories) >= COVERS * len(word.stories)
