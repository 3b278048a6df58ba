"""What the city speaks of, day by day: in how many stories each term stands, of those that mention any of its wards.

A ward's terms are compared with these totals. They are counted by story, so that a text is one voice however many
papers printed it; an article whose story was not looked for yet counts as one of its own. A story that was printed on
two days counts on both.

Whatever changes links, terms or stories notes the days in `stale_day` (triggers on `post_ward`; `note_articles`;
`storing`). Counting takes the notes away and counts those days anew in one transaction: who is killed has done nothing,
and a note that comes meanwhile stays for the next one.
"""

from collections.abc import Callable, Sequence
from datetime import date

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

TOTALS_LOCK = 0x4C6F6B546F74616C  # held by who counts, until the transaction ends
DAYS_AT_ONCE = 30

NOTE = sa.text("""
    WITH links AS (
        SELECT DISTINCT ward_id, published_on FROM post JOIN post_ward ON post_ward.post_id = post.id
        WHERE post.epaper_id = ANY(:articles)
    ), days AS (
        INSERT INTO stale_day (published_on) SELECT DISTINCT published_on FROM links
    )
    INSERT INTO ward_touch (ward_id) SELECT DISTINCT ward_id FROM links ON CONFLICT DO NOTHING
""")
ROOM = sa.text("SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")
TAKE = sa.text("""
    DELETE FROM stale_day
    WHERE published_on IN (SELECT DISTINCT published_on FROM stale_day ORDER BY published_on LIMIT :days)
    RETURNING published_on
""")
MENTIONING = """
    SELECT DISTINCT ward.delimitation_id, post_ward.published_on, post_ward.post_id,
                    coalesce(epaper.story_id, -post_ward.post_id) AS story
    FROM ward JOIN post_ward ON post_ward.ward_id = ward.ward_id AND post_ward.published_on = ANY(:days)
    JOIN post ON post.id = post_ward.post_id LEFT JOIN epaper ON epaper.id = post.epaper_id
"""
COUNT_STORIES = sa.text(f"""
    WITH mentioning AS ({MENTIONING}), fresh AS MATERIALIZED (
        SELECT delimitation_id, published_on, count(DISTINCT story) AS stories FROM mentioning GROUP BY 1, 2
    ), gone AS (
        DELETE FROM city_day WHERE published_on = ANY(:days) AND NOT EXISTS (
            SELECT FROM fresh WHERE (fresh.delimitation_id, fresh.published_on)
                                  = (city_day.delimitation_id, city_day.published_on))
    )
    INSERT INTO city_day (delimitation_id, published_on, stories)
    SELECT delimitation_id, published_on, stories FROM fresh ORDER BY 1, 2
    ON CONFLICT (delimitation_id, published_on) DO UPDATE SET stories = excluded.stories
    WHERE city_day.stories <> excluded.stories
""")  # noqa: S608
# Most stories are one post, whose terms stand once in it: only those of several must be made distinct.
COUNT_TERMS = sa.text(f"""
    WITH mentioning AS MATERIALIZED ({MENTIONING}), told AS MATERIALIZED (
        SELECT delimitation_id, published_on, story, count(*) AS posts FROM mentioning GROUP BY 1, 2, 3
    ), texts AS (
        SELECT delimitation_id, published_on, story, posts, terms
        FROM mentioning JOIN told USING (delimitation_id, published_on, story) JOIN post_terms USING (post_id)
    ), said AS (
        SELECT delimitation_id, published_on, unnest(terms) AS term FROM texts WHERE posts = 1
        UNION ALL SELECT delimitation_id, published_on, term FROM (
            SELECT DISTINCT delimitation_id, published_on, story, unnest(terms) AS term FROM texts WHERE posts > 1
        ) AS of_several
    ), fresh AS MATERIALIZED (
        SELECT delimitation_id, term, published_on, count(*) AS stories FROM said GROUP BY 1, 2, 3
    ), gone AS (
        DELETE FROM city_term WHERE published_on = ANY(:days) AND NOT EXISTS (
            SELECT FROM fresh WHERE (fresh.delimitation_id, fresh.term, fresh.published_on)
                                  = (city_term.delimitation_id, city_term.term, city_term.published_on))
    )
    INSERT INTO city_term (delimitation_id, term, published_on, stories)
    SELECT delimitation_id, term, published_on, stories FROM fresh ORDER BY 1, 2, 3
    ON CONFLICT (delimitation_id, term, published_on) DO UPDATE SET stories = excluded.stories
    WHERE city_term.stories <> excluded.stories
""")  # noqa: S608

# What stands out in a ward is told by comparison with these totals: what is said of any ward may have changed.
TOUCH = sa.text("INSERT INTO ward_touch (ward_id) VALUES ('*') ON CONFLICT DO NOTHING")


@attrs.frozen
class DaysReport:
    """How many days were counted."""

    days: int = 0


def note_articles(connection: Connection, articles: Sequence[int]) -> None:
    """Note that these articles (ids of `epaper`) went into other stories: their days are to be counted again, and what
    is said of the wards that they mention has changed."""
    if articles:
        connection.execute(NOTE, {"articles": list(articles)})


def count_stale(connection: Connection) -> int:
    """How many days wait to be counted."""
    return int(connection.execute(sa.text("SELECT count(DISTINCT published_on) FROM stale_day")).scalar_one())


def count_days(engine: Engine, *, on_days: Callable[[int], None] | None = None) -> DaysReport:
    """Count every day that is noted, the earliest first, a month or so in a transaction.

    Safe to repeat, to stop, and to run in several processes and beside ingests. `on_days` is called with how many days
    a transaction has counted.
    """
    total = 0
    with engine.connect() as connection:
        while True:
            with connection.begin():
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TOTALS_LOCK)))
                days = sorted(set[date](connection.scalars(TAKE, {"days": DAYS_AT_ONCE})))
                if days:
                    connection.execute(ROOM)
                    connection.execute(COUNT_STORIES, {"days": days})
                    connection.execute(COUNT_TERMS, {"days": days})
                    connection.execute(TOUCH)
            if not days:
                return DaysReport(total)
            total += len(days)
            if on_days:
                on_days(len(days))
