"""Stories by day: of one ward, or of the whole archive.

A day counts the stories of which an article was printed on it, each once, however many papers printed it that day. So a
day's figure does not depend on the window that it is asked in; a story that is printed on two days counts on both.

A post's day is the publication date of its article. A post of an older archive that has no article is of the day that
it was, in the asker's time zone, when it was created.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.pulse.mentions import not_listed
from lokdarpan_core.pulse.window import ZONE, window

MOST_DAYS = 365
ALL = "All"

OF_ALL = """
    SELECT epaper.publication_date AS day, coalesce(epaper.story_id, -post.id) AS story, post.emotion,
           post.party, post.author_id
    FROM epaper JOIN post ON post.epaper_id = epaper.id
    WHERE epaper.publication_date BETWEEN :start AND :end AND epaper.withdrawn_at IS NULL
    UNION ALL
    SELECT (post.created_at AT TIME ZONE :timezone)::date, -post.id, post.emotion, post.party, post.author_id
    FROM post
    WHERE post.epaper_id IS NULL AND post.created_at BETWEEN CAST(:start AS date) - 1 AND CAST(:end AS date) + 2
"""
# The links' days are of UTC: a day more on both sides, so that none is missed that is another day in the time zone.
OF_WARD = """
    SELECT coalesce(epaper.publication_date, (post.created_at AT TIME ZONE :timezone)::date) AS day,
           coalesce(epaper.story_id, -post.id) AS story, post.emotion, post.party, post.author_id
    FROM post_ward
    JOIN post ON post.id = post_ward.post_id
    LEFT JOIN epaper ON epaper.id = post.epaper_id
    WHERE post_ward.ward_id = :ward
      AND post_ward.published_on BETWEEN CAST(:start AS date) - 1 AND CAST(:end AS date) + 1
      AND epaper.withdrawn_at IS NULL
"""
SERIES = """
    WITH mention AS ({mentions}),
    labelled AS (
        SELECT mention.day, mention.story, nullif(btrim(mention.emotion), '') AS emotion,
               coalesce(nullif(btrim(mention.party), ''), nullif(btrim(author.party), '')) AS party
        FROM mention LEFT JOIN author ON author.id = mention.author_id
        WHERE mention.day BETWEEN :start AND :end
    ),
    counted AS (
        SELECT day, emotion, party, GROUPING(emotion, party) AS grouped, count(DISTINCT story) AS stories
        FROM labelled GROUP BY GROUPING SETS ((day), (day, emotion), (day, party))
    ),
    daily AS (
        SELECT day, max(stories) FILTER (WHERE grouped = 3) AS stories,
               jsonb_object_agg(emotion, stories) FILTER (WHERE grouped = 1 AND emotion IS NOT NULL) AS emotions,
               jsonb_object_agg(party, stories) FILTER (WHERE grouped = 2 AND party IS NOT NULL) AS parties
        FROM counted GROUP BY day
    )
    SELECT days.day::date AS day, coalesce(daily.stories, 0) AS stories, daily.emotions, daily.parties,
           {known} AS known
    FROM generate_series(CAST(:start AS date), CAST(:end AS date), interval '1 day') AS days (day)
    LEFT JOIN daily ON daily.day = days.day
    ORDER BY days.day
"""
QUERY_OF_ALL = sa.text(SERIES.format(mentions=OF_ALL, known="true"))
QUERY_OF_WARD = sa.text(SERIES.format(mentions=OF_WARD, known="EXISTS (SELECT FROM ward WHERE ward_id = :ward)"))


@attrs.frozen
class TrendDay:
    """One day: how many stories, and how many of them by emotion and by party, for each key of the answer. A story that
    is labelled with several counts under each."""

    date: dt.date
    mentions_total: int
    emotions: dict[str, int]
    parties: dict[str, int]


@attrs.frozen
class Trends(Shown):
    """Stories of a ward, or of `All`, on each day from `start_date` to `end_date`. The keys are the emotions and
    parties that occur, the most frequent first."""

    ward: str
    days: int
    start_date: dt.date
    end_date: dt.date
    emotion_keys: list[str]
    party_keys: list[str]
    series: list[TrendDay]


def trends(
    connection: Connection,
    ward_id: str | None = None,
    *,
    days: int = 30,
    until: dt.date | None = None,
    timezone: ZoneInfo = ZONE,
) -> Trends:
    """Stories by day that mention a ward (None: all stories), on the `days` days (1 to 365) that end with `until`, or
    with today in the time zone. The party of a post is its own, else its author's. One statement.

    Raises ParameterError, and UnknownWardError for a ward that no loaded list has.
    """
    asked = window(days, until, MOST_DAYS, timezone)
    wanted: dict[str, Any] = {"start": asked.start, "end": asked.end, "timezone": timezone.key}
    if ward_id is None:
        rows = connection.execute(QUERY_OF_ALL, wanted).all()
    else:
        rows = [] if "\0" in ward_id else connection.execute(QUERY_OF_WARD, wanted | {"ward": ward_id}).all()
        if not rows or not rows[0].known:
            raise not_listed(ward_id)
    emotions, parties = _keys(row.emotions for row in rows), _keys(row.parties for row in rows)
    series = [
        TrendDay(row.day, row.stories, _filled(emotions, row.emotions), _filled(parties, row.parties)) for row in rows
    ]
    return Trends(ward_id or ALL, asked.days, asked.start, asked.end, emotions, parties, series)


def _keys(counts: Iterable[dict[str, int] | None]) -> list[str]:
    total = Counter[str]()
    for some in counts:
        total.update(some or {})
    return sorted(total, key=lambda key: (-total[key], key))


def _filled(keys: Iterable[str], counts: dict[str, int] | None) -> dict[str, int]:
    return {key: (counts or {}).get(key, 0) for key in keys}
