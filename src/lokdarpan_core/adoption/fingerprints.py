"""The fingerprint of every epaper and of every post without one, computed anew by the rule.

The rule is the original's own (`news.fingerprint`), so what it stored should agree; where it does not (missing, empty,
cut off, or of another text) the computed one counts, because that is what an ingest looks for.

A post that is linked to no epaper is looked up in the archive the way the original looked it up: its author is the
publication, its time the date, and its text the epaper's, cut at 10,000 characters. One that has no time at all can be
found by publication and text alone; `undated` is the fingerprint of those two under one date for all.
"""

from collections.abc import Callable
from datetime import UTC, date

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.adoption.notes import Work
from lokdarpan_core.news.fingerprint import fingerprint
from lokdarpan_core.news.posts import CUT

ROWS = 500  # texts are read into memory
NO_DATE = date.min

_EPAPERS = sa.text("""
    SELECT id, publication_name, publication_date, raw_text FROM old_epaper
    WHERE id > :after AND id <= :upto
      AND publication_name IS NOT NULL AND publication_date IS NOT NULL AND raw_text IS NOT NULL
""")
_KEEP_EPAPERS = sa.text("""
    INSERT INTO fingerprint (epaper_id, sha256, cut, undated)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS text[]),
                         CAST(:cut AS text[]), CAST(:undated AS text[]))
""")
_POSTS = sa.text("""
    SELECT old_post.id, old_author.name, text, coalesce(created_at, pg_temp.as_time(written_time)) AS time
    FROM old_post JOIN old_author ON old_author.id = author_id
    WHERE old_post.id > :after AND old_post.id <= :upto AND text IS NOT NULL AND old_author.name IS NOT NULL
      AND NOT EXISTS (SELECT FROM fingerprint WHERE fingerprint.epaper_id = old_post.epaper_id)
""")
_KEEP_POSTS = sa.text("""
    INSERT INTO post_fingerprint (post_id, sha256, undated)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS text[]), CAST(:undated AS text[]))
""")
_SOME_UNDATED = sa.text("SELECT EXISTS (SELECT FROM old_post WHERE created_at IS NULL)")


def compute(work: Work) -> None:
    """Fill `fingerprint` and `post_fingerprint`."""
    with work.transaction():
        undated = bool(work.connection.execute(_SOME_UNDATED).scalar_one())
    work.batches("fingerprints of epapers", "epaper", ROWS, _epapers(undated))
    work.batches("fingerprints of posts", "post", ROWS, _posts)


def _epapers(with_undated: bool) -> Callable[[Connection, dict[str, int]], None]:
    def run(connection: Connection, batch: dict[str, int]) -> None:
        rows = connection.execute(_EPAPERS, batch).all()
        values = {
            "ids": [row.id for row in rows],
            "hashes": [fingerprint(name, day, text) for _, name, day, text in rows],
            "cut": [fingerprint(name, day, text[:CUT]) if len(text) > CUT else None for _, name, day, text in rows],
            "undated": [fingerprint(name, NO_DATE, text) if with_undated else None for _, name, _, text in rows],
        }
        connection.execute(_KEEP_EPAPERS, values)

    return run


def _posts(connection: Connection, batch: dict[str, int]) -> None:
    rows = connection.execute(_POSTS, batch).all()
    days = [None if row.time is None else row.time.astimezone(UTC).date() for row in rows]
    pairs = list(zip(rows, days, strict=True))
    values = {
        "ids": [row.id for row in rows],
        "hashes": [None if day is None else fingerprint(row.name, day, row.text) for row, day in pairs],
        "undated": [fingerprint(row.name, NO_DATE, row.text) if day is None else None for row, day in pairs],
    }
    connection.execute(_KEEP_POSTS, values)
