"""Find the terms of an archive whose posts were linked before terms were kept, and count its days.

Posts that the search for wards has still to look at get theirs there: `mentions backfill`.
"""

from collections.abc import Callable

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.news import runs
from lokdarpan_core.news.terms.storing import write_terms
from lokdarpan_core.news.terms.text import terms_of
from lokdarpan_core.news.terms.totals import count_days

POSTS_IN_BATCH = 2_000

LACKING = """
    FROM post LEFT JOIN epaper ON epaper.id = post.epaper_id
    WHERE post.id > :after AND EXISTS (SELECT FROM post_ward WHERE post_ward.post_id = post.id)
      AND NOT EXISTS (SELECT FROM post_terms WHERE post_terms.post_id = post.id)
"""
COUNT = sa.text(f"SELECT count(*) {LACKING}")
PAGE = sa.text(f"""
    SELECT post.id, coalesce(epaper.raw_text, post.text) AS text {LACKING}
    ORDER BY post.id LIMIT :count FOR NO KEY UPDATE OF post
""")


@attrs.frozen
class TermsReport:
    """What was done: posts whose terms were found, and days that were counted."""

    posts: int = 0
    days: int = 0


def count_lacking(connection: Connection) -> int:
    """How many posts mention a ward and have no terms."""
    return int(connection.execute(COUNT, {"after": 0}).scalar_one())


def backfill_terms(
    engine: Engine, *, batch: int = POSTS_IN_BATCH, on_rows: Callable[[int], None] | None = None
) -> TermsReport:
    """Find the terms of every post that mentions a ward and has none, a transaction a batch; then count the days.

    It can be stopped and repeated, and run beside ingests and itself. `on_rows` is called with how many posts a batch
    had.
    """
    posts, after = 0, 0
    with engine.connect() as connection:
        while True:
            with connection.begin():
                runs.pass_gate(connection)
                page = connection.execute(PAGE, {"after": after, "count": batch}).all()
                write_terms(connection, {id: terms_of(text or "") for id, text in page})
            if not page:
                break
            posts, after = posts + len(page), page[-1].id
            if on_rows:
                on_rows(len(page))
    return TermsReport(posts, count_days(engine).days)
