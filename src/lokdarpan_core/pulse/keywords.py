"""Keywords: what is said of a ward that is not said of the whole city, from what is stored of each post's terms.

Merely frequent words are the same everywhere: police, water, minister. What counts is how much more often the ward's
stories have a term than those of the rest of the city in the same days (`distinctive`). Names of places and parties are
set apart (`names`): that a ward's stories name its neighbours and its parties is worth knowing, and no topic.

A phrase and its words are one thing: of *metro*, *rail* and *metro rail* the one is listed that stands for most of the
stories, and another of them only for stories that it does not stand for.

Two statements, which read indexes and no text: the ward's own posts of the window, and the city's daily totals of the
terms that two of its stories or more have.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.pulse.distinctive import distinction
from lokdarpan_core.pulse.names import OwnName, names

LEAST_STORIES = 2  # what one story says is that story
LEAST_Z = 1.0  # of a topic; whoever wants to be surer asks for more
BACKGROUND_DAYS = 90
COVERS = 0.75  # of a word's stories: then a phrase takes its place

_SAID = """
    SELECT post_ward.post_id, post_ward.published_on, post_ward.how, post_ward.matched,
           coalesce(epaper.story_id, -post.id) AS story
    FROM post_ward JOIN post ON post.id = post_ward.post_id LEFT JOIN epaper ON epaper.id = post.epaper_id
    WHERE post_ward.ward_id = :ward AND post_ward.published_on BETWEEN :start AND :end
"""
ABOUT = sa.text(f"""
    WITH said AS ({_SAID}), counted AS (
        SELECT count(DISTINCT story) AS stories, count(DISTINCT (story, published_on)) AS told,
               array_agg(DISTINCT matched) FILTER (WHERE how <> 'number') AS matched
        FROM said
    ), city AS (
        SELECT coalesce(sum(stories) FILTER (WHERE published_on >= :start), 0) AS stories,
               coalesce(sum(stories), 0) AS background
        FROM city_day WHERE delimitation_id = :delimitation AND published_on BETWEEN :since AND :end
    )
    SELECT counted.stories, counted.told, counted.matched, city.stories AS city, city.background,
           ARRAY(SELECT name FROM ward WHERE ward_id = :ward
                 UNION ALL SELECT alias FROM ward_alias WHERE ward_id = :ward) AS own,
           (SELECT string_agg(name, E'\\n')
            FROM (SELECT name FROM ward UNION ALL SELECT alias FROM ward_alias) AS spelt) AS spellings
    FROM counted, city
""")  # noqa: S608
# Two stories are the least that counts, so that to tell them apart the smallest and the greatest number are enough; and
# only then is noted which ones: most terms stand in one story.
TERMS = sa.text(f"""
    WITH said AS ({_SAID}), texts AS MATERIALIZED (
        SELECT term, story, published_on FROM said JOIN post_terms USING (post_id), unnest(post_terms.terms) AS term
    ), several AS MATERIALIZED (
        SELECT term FROM texts GROUP BY term HAVING min(story) <> max(story)
    ), ours AS MATERIALIZED (
        SELECT term, array_agg(story) AS stories, array_agg(published_on) AS days
        FROM texts JOIN several USING (term) GROUP BY term
    )
    SELECT ours.term, ours.stories, ours.days, city.stories AS city, city.background
    FROM ours CROSS JOIN LATERAL (
        SELECT coalesce(sum(stories) FILTER (WHERE published_on >= :start), 0) AS stories,
               coalesce(sum(stories), 0) AS background
        FROM city_term
        WHERE delimitation_id = :delimitation AND term = ours.term AND published_on BETWEEN :since AND :end
    ) AS city
""")  # noqa: S608


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


def keywords(
    connection: Connection, ward_id: str, delimitation_id: str, start: date, end: date, *, limit: int = 20
) -> Keywords:
    """The keywords of a ward, from `start` to `end`, both days included; at most `limit` of each kind. Empty where
    fewer than two stories mention it."""
    since = min(start, end - timedelta(days=BACKGROUND_DAYS - 1))
    wanted = {"ward": ward_id, "delimitation": delimitation_id, "start": start, "end": end, "since": since}
    about = connection.execute(ABOUT, wanted).one()
    if about.stories < LEAST_STORIES:
        return Keywords()
    own = OwnName.of(chain(about.own or (), about.matched or ()))
    rows = connection.execute(TERMS, wanted).all()
    known = names(about.spellings or "")
    kinds: dict[str, list[_Candidate]] = {"topic": [], "place": [], "party": [], "part": []}
    for row in rows:
        if not own.is_in(row.term):
            kinds[known.kind(row.term)].append(_candidate(row, about))
    topics = [one for one in _told_once(kinds["topic"]) if one.keyword.z >= LEAST_Z and one.keyword.lift > 1]
    found = (topics, _told_once(kinds["place"]), _told_once(kinds["party"]))
    return Keywords(*(tuple(one.keyword for one in some[:limit]) for some in found))


def _candidate(row: Any, about: Any) -> _Candidate:
    """A story that was printed on several days counts once for the ward, and on each day in the city's totals: so what
    is taken away from these are the ward's stories on each day. Totals that are not counted yet are no less than what
    the ward has."""
    stories, told_of = frozenset(row.stories), len(set(zip(row.stories, row.days, strict=True)))
    others, other_stories = max(row.city - told_of, 0), max(about.city - about.told, 0)
    background = max(row.background, told_of) / max(about.background, about.told)
    count = len(stories)
    told = distinction(count, about.stories, others, max(other_stories, others), background=background)
    keyword = Keyword(row.term, count, told.expected, told.lift, told.z)
    return _Candidate(keyword, stories, frozenset(row.term.split(" ")))


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
