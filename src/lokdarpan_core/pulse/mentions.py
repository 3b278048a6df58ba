"""The mentions of a ward in a window, and what is counted of them.

What is counted is stories, not articles: a text that five papers print is one. An article whose story was not looked
for yet is one by itself, and so is a post of an older archive without an article. How many articles stood behind the
stories is said beside it (`copies`).

A window's rows are few, so they are read once, with their terms but no texts, and counted here in as many ways as are
asked for.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import attrs
from sqlalchemy import Connection

from lokdarpan_core.direct import all_rows
from lokdarpan_core.errors import UnknownWardError
from lokdarpan_core.news.stories.words import primary
from lokdarpan_core.pulse.window import Window
from lokdarpan_core.wards.labels import language_of

TOP = 10  # sources named

# One round trip: the ward, and its mentions in the window beside it; one row without a mention when there are none.
# The ward's name in the reader's language is the shortest of its spellings that somebody has verified.
ASKED = """
    SELECT asked.*, mention.*
    FROM (
        SELECT name, delimitation_id,
               (SELECT alias FROM ward_alias
                WHERE ward_id = ward.ward_id AND language = %(lang)s AND verified
                ORDER BY length(alias), alias LIMIT 1) AS spelling,
               (SELECT max(published_on) FROM post_ward
                WHERE ward_id = ward.ward_id AND published_on <= %(end)s) AS last_mention,
               (SELECT count(DISTINCT coalesce(epaper.story_id, -post.id))
                FROM post_ward JOIN post ON post.id = post_ward.post_id LEFT JOIN epaper ON epaper.id = post.epaper_id
                WHERE post_ward.ward_id = ward.ward_id
                  AND post_ward.published_on BETWEEN %(start_before)s AND %(end_before)s
                  AND epaper.withdrawn_at IS NULL) AS stories_before
        FROM ward WHERE ward_id = %(ward)s
        OFFSET 0
    ) AS asked
    LEFT JOIN (
        SELECT post.id AS post_id, epaper.id AS epaper_id, epaper.story_id, post_ward.published_on, epaper.sha256,
               coalesce(epaper.publication_name, author.name) AS source,
               coalesce(epaper.language, (SELECT language FROM story WHERE id = epaper.story_id)) AS language,
               post_ward.how, post_ward.matched,
               nullif(btrim(post.emotion), '') AS emotion,
               coalesce(nullif(btrim(post.party), ''), nullif(btrim(author.party), '')) AS party,
               coalesce(terms, '{}') AS terms
        FROM post_ward
        JOIN post ON post.id = post_ward.post_id
        LEFT JOIN epaper ON epaper.id = post.epaper_id
        LEFT JOIN author ON author.id = post.author_id
        LEFT JOIN post_terms ON post_terms.post_id = post.id
        WHERE post_ward.ward_id = %(ward)s AND post_ward.published_on BETWEEN %(start)s AND %(end)s
          AND epaper.withdrawn_at IS NULL
    ) AS mention ON true
"""
OF_WARD = 5  # columns before those of a mention


@attrs.frozen
class Mention:
    """A post that mentions the ward: what was matched in it, how, and what is known of the post. `epaper_id` and
    `sha256` are None for a post without an article, `story_id` is until its story was looked for, and there are no
    `terms` until they were."""

    post_id: int
    epaper_id: int | None
    story_id: int | None
    published_on: date
    sha256: str | None
    source: str | None
    language: str | None
    how: str
    matched: str | None
    emotion: str | None
    party: str | None
    terms: Sequence[str] = ()

    @property
    def story(self) -> int:
        """What tells its story from others: numbers of stories are positive, those of single posts negative."""
        return -self.post_id if self.story_id is None else self.story_id

    @property
    def rank(self) -> tuple[date, str, int]:
        """The order in which articles of a story lead: by date, then by fingerprint."""
        return self.published_on, self.sha256 or "", self.post_id


@attrs.frozen
class WardInNews:
    """A ward and its mentions in a window. `spelling` is its name in the reader's language, where there is one that
    somebody has verified; `stories_before` are those of as many days before."""

    ward_id: str
    name: str
    delimitation_id: str
    spelling: str | None
    last_mention: date | None
    stories_before: int
    mentions: list[Mention]


@attrs.frozen
class SourceCount:
    """A source: a publication, or the author of a post without an article. `count` are the stories that it told,
    `copies` its articles."""

    name: str
    count: int
    copies: int


def not_listed(ward_id: str) -> UnknownWardError:
    """The error for a ward that no loaded list has: it is not silence, for nobody has looked."""
    return UnknownWardError(
        f"No ward list that is loaded has a ward {ward_id!r}, so no mention of it can be known "
        "(`lokdarpan wards import` loads the lists that come with LokDarpan)"
    )


def ward_in_news(connection: Connection, ward_id: str, window: Window, lang: str = "en") -> WardInNews:
    """A ward and its mentions in a window, in no order. Reads the index of wards and days, and no text.

    Raises UnknownWardError for a ward that no loaded list has.
    """
    asked = {"ward": ward_id, "start": window.start, "end": window.end, "lang": lang}
    before = {"start_before": window.before.start, "end_before": window.before.end}
    rows = [] if "\0" in ward_id else all_rows(connection, ASKED, asked | before)
    if not rows:
        raise not_listed(ward_id)
    name, delimitation_id, spelling, last_mention, stories_before = rows[0][:OF_WARD]
    return WardInNews(
        ward_id,
        name,
        delimitation_id,
        spelling,
        last_mention,
        stories_before,
        [_mention(*row[OF_WARD:]) for row in rows if row.post_id is not None],
    )


def _mention(*columns: Any) -> Mention:
    post_id, epaper_id, story_id, published_on, sha256, source, language, how, matched, *labels = columns
    known = primary(language) or language_of(matched or "")
    return Mention(post_id, epaper_id, story_id, published_on, sha256, source, known, how, matched, *labels)


def by_story(found: Iterable[Mention]) -> list[list[Mention]]:
    """The mentions of each story, the one that leads first."""
    stories: dict[int, list[Mention]] = {}
    for mention in sorted(found, key=lambda one: one.rank):
        stories.setdefault(mention.story, []).append(mention)
    return list(stories.values())


def emotions(stories: Iterable[Sequence[Mention]]) -> dict[str, int]:
    """How many stories have an emotion, the most frequent first; a story whose copies differ has several."""
    return _counted({mention.emotion for mention in story} for story in stories)


def parties(stories: Iterable[Sequence[Mention]]) -> dict[str, int]:
    """How many stories stand under a party (the post's, else its author's), the most frequent first."""
    return _counted({mention.party for mention in story} for story in stories)


def sources(stories: Iterable[Sequence[Mention]]) -> list[SourceCount]:
    """Who told the stories, the busiest first; those whose source is not known are left out."""
    told, printed = Counter[str](), Counter[str]()
    for story in stories:
        names = [mention.source for mention in story if mention.source]
        told.update(set(names))
        printed.update(names)
    counted = [SourceCount(name, count, printed[name]) for name, count in told.items()]
    return sorted(counted, key=lambda one: (-one.count, -one.copies, one.name))


def _counted(stories: Iterable[set[str | None]]) -> dict[str, int]:
    counts = Counter(name for names in stories for name in names if name is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
