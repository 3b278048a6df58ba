"""Keep the terms of posts: `post_terms`, one row for each post that mentions a ward, and for no other.

It is written where posts are linked to wards, in the same transaction. A post whose links stay the same may get other
terms, when the rules have changed: then nothing else would say that its day is to be counted again.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.database import copy_rows

COLUMNS = {"post_id": "int8", "terms": "text[]"}
SEPARATOR = "\n"
DROP = sa.text("DELETE FROM post_terms WHERE post_id = ANY(:posts)")
WRITE = sa.text("""
    WITH written AS (
        INSERT INTO post_terms (post_id, terms)
        SELECT post_id, string_to_array(terms, E'\\n')
        FROM unnest(CAST(:posts AS bigint[]), CAST(:terms AS text[])) AS said (post_id, terms)
        ORDER BY post_id
        ON CONFLICT (post_id) DO UPDATE SET terms = excluded.terms WHERE post_terms.terms <> excluded.terms
        RETURNING post_id
    ), links AS (
        SELECT ward_id, published_on FROM post_ward JOIN written USING (post_id)
    ), days AS (
        INSERT INTO stale_day (published_on) SELECT DISTINCT published_on FROM links
    )
    INSERT INTO ward_touch (ward_id) SELECT DISTINCT ward_id FROM links ON CONFLICT DO NOTHING
""")


def write_terms(connection: Connection, said: Mapping[int, Sequence[str]], without: Sequence[int] = ()) -> None:
    """Keep the terms of these posts, which are linked to wards already; those `without` mention none (any more).

    What is there and the same is not written again.
    """
    if without:
        connection.execute(DROP, {"posts": list(without)})
    if said:
        terms = [SEPARATOR.join(some) for some in said.values()]
        connection.execute(WRITE, {"posts": list(said), "terms": terms})


def copy_terms(connection: Connection, said: Mapping[int, Sequence[str]]) -> None:
    """Keep the terms of posts that this transaction has made; their links are written in it too, and note the days."""
    if said:
        copy_rows(connection, "post_terms", COLUMNS, ((post, list(terms)) for post, terms in said.items()))
