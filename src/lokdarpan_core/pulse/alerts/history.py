"""Counts of a city from the archive: what each source printed, and what of it mentions each ward.

Everything is read through the indexes of posts by time and of mentions by ward, over the window that is asked for, and
counted by story. A story counts for the source of the article that leads it that day, so that a text which many print
adds to one source, and is there all the same when another fails to deliver. Articles whose date was guessed are left
out.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection, Row

from lokdarpan_core.pulse.alerts.counts import Counts, Whole
from lokdarpan_core.schema import ward

WITHOUT_ARTICLE = "posts without an article"  # of an older archive: one source
# OFFSET 0 keeps the planner from reading whole tables: what is read is the window's rows, by index, one by one.
PRINTED = """
    printed AS MATERIALIZED (
        SELECT post.id AS post_id, (post.created_at AT TIME ZONE 'UTC')::date AS day, article.id AS epaper_id,
               coalesce(article.publication_name, :without_article) AS source,
               coalesce(article.story_id, -post.id) AS story, coalesce(article.sha256, '') AS sha256,
               coalesce(nullif(btrim(post.party), ''), nullif(btrim(author.party), '')) AS party
        FROM post
        LEFT JOIN LATERAL (SELECT * FROM epaper WHERE epaper.id = post.epaper_id OFFSET 0) AS article ON true
        LEFT JOIN author ON author.id = post.author_id
        WHERE post.created_at >= (CAST(:start AS date))::timestamp AT TIME ZONE 'UTC'
          AND post.created_at < (CAST(:end AS date) + 1)::timestamp AT TIME ZONE 'UTC'
          AND article.date_guessed IS NOT TRUE AND article.withdrawn_at IS NULL
    ), lead AS MATERIALIZED (
        SELECT DISTINCT ON (day, story) day, story, source FROM printed ORDER BY day, story, sha256, post_id
    ), mentioned AS MATERIALIZED (
        SELECT ward.ward_id, link.post_id
        FROM ward CROSS JOIN LATERAL (
            SELECT post_id FROM post_ward
            WHERE post_ward.ward_id = ward.ward_id AND post_ward.published_on BETWEEN :start AND :end OFFSET 0
        ) AS link
        WHERE ward.delimitation_id = :delimitation
    )
"""
COUNTS = sa.text(f"""
    WITH {PRINTED}, said AS MATERIALIZED (
        SELECT post_ward.ward_id, printed.day, printed.story, lead.source, printed.party
        FROM printed JOIN mentioned AS post_ward ON post_ward.post_id = printed.post_id
        JOIN lead ON lead.day = printed.day AND lead.story = printed.story
    )
    SELECT NULL AS ward_id, day, source, NULL AS party, count(*) AS stories FROM lead GROUP BY day, source
    UNION ALL
    SELECT ward_id, day, source, NULL, count(DISTINCT story) FROM said GROUP BY ward_id, day, source
    UNION ALL
    SELECT ward_id, day, source, party, count(DISTINCT story) FROM said
    WHERE party IS NOT NULL GROUP BY ward_id, day, source, party
""")  # noqa: S608
ROOM = sa.text("SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")


def read_counts(connection: Connection, delimitation_id: str, start: date, end: date) -> Counts:
    """The counts of a delimitation's wards from `start` to `end`, both of them days that are counted."""
    connection.execute(ROOM)
    listed = sa.select(ward.c.ward_id).where(ward.c.delimitation_id == delimitation_id).order_by(ward.c.ward_id)
    wards = tuple(connection.execute(listed).scalars())
    asked = {"delimitation": delimitation_id, "start": start, "end": end, "without_article": WITHOUT_ARTICLE}
    rows = connection.execute(COUNTS, asked).all()
    sources = tuple(sorted({row.source for row in rows}))
    places = _Places(start, (end - start).days + 1, _numbered(wards), _numbered(sources))
    parties = sorted({row.party for row in rows if row.party is not None})
    return Counts(
        start,
        wards,
        sources,
        places.volume([row for row in rows if row.ward_id is None]),
        places.mentions([row for row in rows if row.ward_id is not None and row.party is None]),
        {party: places.mentions([row for row in rows if row.party == party]) for party in parties},
    )


def window_before(day: date, days: int) -> date:
    """The first day of the `days` days before a day."""
    return day - timedelta(days=days)


def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


class _Places:
    """Where in the arrays a row of counts goes."""

    def __init__(self, first: date, days: int, wards: Mapping[str, int], sources: Mapping[str, int]) -> None:
        self.first, self.days, self.wards, self.sources = first, days, wards, sources

    def volume(self, rows: list[Row[tuple[object, ...]]]) -> Whole:
        counts = np.zeros((len(self.sources), self.days), dtype=np.int64)
        for row in rows:
            counts[self.sources[row.source], (row.day - self.first).days] = row.stories
        return counts

    def mentions(self, rows: list[Row[tuple[object, ...]]]) -> Whole:
        counts = np.zeros((len(self.wards), len(self.sources), self.days), dtype=np.int64)
        for row in rows:
            counts[self.wards[row.ward_id], self.sources[row.source], (row.day - self.first).days] = row.stories
        return counts
