"""What a count rests on: for each story the article that leads it, with the words in which the ward stands.

An entry shows the earliest article of its story in the window, and where the text was also printed. The newest stories
come first, of one day those that were printed most; but every language in which the ward was spoken of has its
newest story among the entries, since who reads Telugu alone must not be shown English alone.

Excerpts are cut between words and never inside a letter. The text is read of the entries that are shown, and of no
other article.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import attrs
from sqlalchemy import Connection, Row

from lokdarpan_core.direct import all_rows
from lokdarpan_core.news.excerpts import JOINERS, LONGEST, excerpt
from lokdarpan_core.pulse.mentions import Mention

MOST = 10

# The leads with their texts, and what else was printed of their stories without.
_PRINTED = "id, story_id, publication_name, publication_date, title, url, sha256"
ARTICLES = f"""
    SELECT {_PRINTED}, raw_text AS text FROM epaper
    WHERE id = ANY(CAST(%(leads)s AS bigint[])) AND withdrawn_at IS NULL
    UNION ALL
    SELECT {_PRINTED}, NULL FROM epaper
    WHERE story_id = ANY(CAST(%(stories)s AS bigint[])) AND id <> ALL(CAST(%(leads)s AS bigint[]))
      AND withdrawn_at IS NULL
"""  # noqa: S608
# Asked only where there are some: with the array empty, PostgreSQL would plan the statement anew each time.
POSTS_WITHOUT_ARTICLE = """
    UNION ALL
    SELECT -id, NULL, NULL, NULL, NULL, NULL, NULL, text FROM post WHERE id = ANY(CAST(%(posts)s AS bigint[]))
"""


@attrs.frozen
class Mark:
    """Where the matched words stand in an excerpt: characters (code points) from `start` to before `end`."""

    start: int
    end: int


@attrs.frozen
class AlsoIn:
    """Another publication that printed the text, and when it first did."""

    publication: str
    date: date
    url: str | None


@attrs.frozen
class Evidence:
    """A story that mentions the ward, shown by its first article in the window.

    `excerpt` has at most 300 characters around the mention, with "…" where something is left out; `marks` are the
    places of `matched` in it. `how` is `name`, `alias`, `number` or `indirect`. `story` is the story's number, None
    until it was looked for; `copies` counts the articles of the window that mention the ward in it.
    """

    publication: str | None
    date: date
    title: str | None
    excerpt: str
    marks: list[Mark]
    url: str | None
    how: str
    matched: str | None
    language: str | None
    story: int | None
    copies: int
    also_in: list[AlsoIn]


def evidence(
    connection: Connection, stories: Sequence[Sequence[Mention]], until: date, most: int = MOST
) -> list[Evidence]:
    """The entries for stories (each with its lead first), at most so many. One round trip, none when there are no
    stories. What was printed after `until` is left out."""
    chosen = chosen_stories(stories, most)
    if not chosen:
        return []
    leads = [story[0] for story in chosen]
    asked = {
        "leads": [lead.epaper_id for lead in leads if lead.epaper_id is not None],
        "stories": [lead.story_id for lead in leads if lead.story_id is not None],
        "posts": [lead.post_id for lead in leads if lead.epaper_id is None],
    }
    articles = all_rows(connection, ARTICLES + (POSTS_WITHOUT_ARTICLE if asked["posts"] else ""), asked)
    by_id = {article.id: article for article in articles}
    printed = [one for one in articles if one.story_id is not None and one.publication_date <= until]
    printed.sort(key=lambda one: (one.publication_date, one.sha256))
    return [
        _entry(story, article, printed)
        for story in chosen
        if (article := by_id.get(story[0].epaper_id or -story[0].post_id)) is not None
    ]


def chosen_stories(stories: Iterable[Sequence[Mention]], most: int = MOST) -> list[Sequence[Mention]]:
    """The stories to be shown, in their order: the newest and most printed, each language among them."""
    ranked = sorted(stories, key=lambda story: (-story[0].published_on.toordinal(), -len(story), story[0].rank))
    first_of = {story[0].language: place for place, story in reversed(list(enumerate(ranked)))}
    known = sorted(place for language, place in first_of.items() if language)
    rest = (place for place in range(len(ranked)) if place not in known)
    return [ranked[place] for place in sorted([*known, *rest][:most])]


def _entry(story: Sequence[Mention], article: Row[Any], printed: Iterable[Row[Any]]) -> Evidence:
    lead = story[0]
    shown, marks = passage(article.text or "", article.title, lead.matched)
    return Evidence(
        lead.source,
        lead.published_on,
        article.title,
        shown,
        marks,
        article.url,
        lead.how,
        lead.matched,
        lead.language,
        lead.story_id,
        len(story),
        list(_others((one for one in printed if one.story_id == lead.story_id), lead.source)),
    )


def _others(printed: Iterable[Row[Any]], lead: str | None) -> Iterator[AlsoIn]:
    """Each other publication once, at its first printing."""
    seen = {lead}
    for one in printed:
        if one.publication_name not in seen:
            seen.add(one.publication_name)
            yield AlsoIn(one.publication_name, one.publication_date, one.url)


def passage(text: str, title: str | None, matched: str | None) -> tuple[str, list[Mark]]:
    """The part of a text around the matched words, and where they stand in it: of what follows the title, if they
    stand there, else of the whole. Blanks are folded; without the words it is the beginning."""
    whole, words, headline = (" ".join((part or "").split()) for part in (text, matched, title))
    body = whole[len(headline) :].lstrip() if whole.startswith(headline) else whole
    for part in (body, whole) if words else ():
        for pattern in (rf"(?<!\w){re.escape(words)}(?![A-Za-z0-9])", re.escape(words)):  # by itself, else anywhere
            if found := re.search(pattern, part):
                shown = excerpt(_from(part, found.start(), len(words)))
                return shown, [Mark(match.start(), _end(shown, match.end())) for match in re.finditer(pattern, shown)]
    return excerpt(body or whole), []


def _from(text: str, place: int, length: int) -> str:
    """A text from some words before the place on: an excerpt of it has the words there in its first half, or it ends
    where the text does. So they are never cut."""
    before = max(0, LONGEST // 2 - 2 - length)
    start = min(place - before, len(text) - LONGEST + 1)
    if start <= 0:
        return text
    blank = text.find(" ", start - 1, place)
    return f"…{text[blank + 1 if blank >= 0 else place :]}"


def _end(text: str, place: int) -> int:
    """Where the letter ends that the place is in: with its vowel sign, its virama, and what joins or parts it."""
    while place < len(text) and (unicodedata.category(text[place]).startswith("M") or text[place] in JOINERS):
        place += 1
    return place
