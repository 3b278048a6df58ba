"""The index in PostgreSQL: `story_text`, one row for each distinct text of a day, with the keys that copies share.

However often a text was printed on a day, it is compared once. All of it happens under one lock, STORIES: two
processes can't each find half of a story.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from struct import pack
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.database import copy_rows
from lokdarpan_core.news.stories.rule import WINDOW_DAYS
from lokdarpan_core.news.stories.signature import KEYS_IN_COMMON, SHARE_IN_COMMON
from lokdarpan_core.news.stories.words import CHARACTERS_READ, Reading, read

STORIES_LOCK = 0x4C6F6B53746F7279  # held by whoever changes stories, until the transaction ends
PAIRS_AT_ONCE = 2_000  # whose texts are in memory together

RESERVE_IDS = sa.text("""
    SELECT array_agg(nextval(sequence))
    FROM (SELECT CAST(pg_get_serial_sequence('story_text', 'id') AS regclass) AS sequence OFFSET 0) AS known,
         generate_series(1, :count)
""")
KNOWN = sa.text("""
    SELECT published_on, language, digest, story_id FROM story_text
    JOIN unnest(CAST(:days AS date[]), CAST(:languages AS text[]), CAST(:digests AS bytea[]))
         AS asked (published_on, language, digest) USING (published_on, language, digest)
""")
# The keys of the fresh texts and of those around them in time, side by side. An older text has the smaller id, so that
# each pair comes once. MATERIALIZED keeps PostgreSQL from reading an array again for each of its keys.
CANDIDATES = sa.text("""
    WITH sent AS MATERIALIZED (
        SELECT id, published_on, CAST(keys AS int[]) AS keys
        FROM unnest(CAST(:ids AS bigint[]), CAST(:days AS date[]), CAST(:keys AS text[]))
             AS texts (id, published_on, keys)
    ), fresh AS MATERIALIZED (
        SELECT id, published_on, cardinality(keys) AS size, unnest(keys) AS key FROM sent
    ), around AS (
        SELECT id, story_id, published_on, cardinality(keys) AS size, unnest(keys) AS key
        FROM story_text WHERE published_on BETWEEN :first AND :last
        UNION ALL SELECT id, NULL, published_on, size, key FROM fresh
    )
    SELECT fresh.id, around.id, around.story_id FROM fresh JOIN around USING (key)
    WHERE around.id < fresh.id
      AND around.published_on BETWEEN fresh.published_on - CAST(:window AS int)
                                  AND fresh.published_on + CAST(:window AS int)
    GROUP BY fresh.id, around.id, around.story_id
    HAVING max(key) >= 0 OR count(*) >= greatest(:common, :share * least(max(fresh.size), max(around.size)))
    ORDER BY fresh.id, around.id
""")
# Nobody can estimate how many rows an array has; guided so, PostgreSQL hashes the fresh keys and reads the others once.
JOIN_BY_HASH = sa.text("""
    SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
           set_config('cursor_tuple_fraction', '1', true), set_config(join_kind, :allowed, true)
    FROM unnest(ARRAY['enable_mergejoin', 'enable_nestloop']) AS join_kind
""")
COLUMNS = {
    "id": "int8", "story_id": "int8", "epaper_id": "int8", "published_on": "date", "language": "text",
    "digest": "bytea", "keys": "bytea",
}  # fmt: skip
INT4_OID, INT4_SIZE = 23, 4
READ = sa.text("""
    SELECT story_text.id, epaper.title, left(epaper.raw_text, :characters), story_text.language, published_on
    FROM story_text JOIN epaper ON epaper.id = story_text.epaper_id
    WHERE story_text.id = ANY(:ids) AND epaper.raw_text IS NOT NULL
""")

Key = tuple[date, str, bytes]  # day, language, digest: what makes a text one of a day


@attrs.frozen
class FreshText:
    """A text that the index does not have, and an article that has it."""

    id: int
    epaper_id: int
    reading: Reading
    digest: bytes
    keys: list[int]


@attrs.frozen
class Candidate:
    """Two texts that share enough keys. `story_id` is the other one's, None when it is fresh too."""

    fresh: int
    other: int
    story_id: int | None


def lock(connection: Connection) -> None:
    """Keep everybody else from changing stories until this transaction ends.

    Take it before any row of `epaper` is locked: who holds it waits for such rows.
    """
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(STORIES_LOCK)))


def known(connection: Connection, asked: Sequence[Key]) -> dict[Key, int]:
    """The story of each of these texts that the index has."""
    if not asked:
        return {}
    rows = connection.execute(KNOWN, _columns(asked))
    return {(day, language, bytes(digest)): story for day, language, digest, story in rows}


def _columns(keys: Sequence[Key]) -> dict[str, list[Any]]:
    days, languages, digests = map(list, zip(*keys, strict=True))
    return {"days": days, "languages": languages, "digests": digests}


def reserve_ids(connection: Connection, count: int) -> list[int]:
    """Ids for fresh texts, each greater than all there are, in ascending order."""
    return sorted(connection.scalars(RESERVE_IDS, {"count": count}).one()) if count else []


def candidates(connection: Connection, fresh: Sequence[FreshText]) -> Iterator[list[Candidate]]:
    """Pairs of texts that are worth comparing, each once, some thousands at a time."""
    days = [text.reading.published_on for text in fresh]
    wanted = {
        "ids": [text.id for text in fresh],
        "days": days,
        "keys": [_array(text.keys) for text in fresh],
        "first": min(days) - timedelta(days=WINDOW_DAYS),
        "last": max(days) + timedelta(days=WINDOW_DAYS),
        "window": WINDOW_DAYS,
        "common": KEYS_IN_COMMON,
        "share": SHARE_IN_COMMON,
    }
    connection.execute(JOIN_BY_HASH, {"allowed": "off"})
    with connection.execute(CANDIDATES, wanted, execution_options={"yield_per": PAIRS_AT_ONCE}) as rows:
        connection.execute(JOIN_BY_HASH, {"allowed": "on"})  # for what runs while these come
        for page in rows.partitions():
            yield [Candidate(*row) for row in page]


def _array(keys: Iterable[int]) -> str:
    return f"{{{','.join(map(str, keys))}}}"


def _binary(keys: Sequence[int]) -> bytes:
    """An int4[] as PostgreSQL sends and receives it: dimensions, no nulls, type, length, lower bound, then each element
    with its size. The driver would do it one element at a time, which takes as long as the comparisons."""
    body = [INT4_SIZE] * (2 * len(keys))
    body[1::2] = keys
    return pack(f">{5 + len(body)}i", 1, 0, INT4_OID, len(keys), 1, *body)


def readings(connection: Connection, ids: Iterable[int]) -> dict[int, Reading]:
    """What the rule reads of texts that the index has; without those whose article is gone."""
    rows = connection.execute(READ, {"ids": list(ids), "characters": CHARACTERS_READ})
    return {id: read(title, text, language, day) for id, title, text, language, day in rows}


def insert(connection: Connection, fresh: Sequence[FreshText], story_of: Mapping[int, int]) -> None:
    """Put fresh texts into the index, each with its story."""
    rows = (
        (text.id, story_of[text.id], text.epaper_id, one.published_on, one.language, text.digest, _binary(text.keys))
        for text, one in ((text, text.reading) for text in fresh)
    )
    if fresh:
        copy_rows(connection, "story_text", COLUMNS, rows)
