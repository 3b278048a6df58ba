"""Give stories to articles: right after an ingest's commit, as a backfill of an archive, and after articles went.

An article without a `story_id` is one whose story was not looked for yet. That is all the state there is: whoever is
killed in the middle leaves such articles, and the next one goes on with them.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.news.stories import index
from lokdarpan_core.news.stories.ahead import Ahead
from lokdarpan_core.news.stories.batch import StoriesReport, assign
from lokdarpan_core.schema import epaper, story, story_text

ARTICLES_IN_BATCH = 4_000

OnRows = Callable[[int], None]  # called with how many articles were looked at since the last call
FIRST_LEFT = sa.text("""
    SELECT DISTINCT ON (story_id) id, story_id FROM epaper WHERE story_id = ANY(:stories) AND withdrawn_at IS NULL
    ORDER BY story_id, publication_date, sha256
""")


def assign_stories(
    engine: Engine,
    *,
    run_id: int | None = None,
    dry_run: bool = False,
    batch: int = ARTICLES_IN_BATCH,
    on_rows: OnRows | None = None,
) -> StoriesReport:
    """Give a story to every article that has none, or to those that a run delivered; a transaction for each batch.

    Safe to repeat, to stop, and to run in several processes and beside ingests. A dry run does it all and rolls it
    back.
    """
    wanted = sa.true() if run_id is None else epaper.c.ingest_run_id == run_id
    total = StoriesReport()
    with engine.connect() as connection, ThreadPoolExecutor(1, "read") as pool:
        ahead = Ahead(engine, wanted, batch, pool)
        while True:
            ready = ahead.take()
            with connection.begin_nested() if dry_run else connection.begin():
                index.lock(connection)
                counts = assign(connection, wanted, batch, ready=ready)
            if not counts.articles:
                return total
            total += counts
            if on_rows:
                on_rows(counts.articles)


def count_without_story(connection: Connection) -> int:
    """How many articles have no story yet."""
    missing = sa.select(sa.func.count()).where(epaper.c.story_id.is_(None), epaper.c.withdrawn_at.is_(None))
    return int(connection.execute(missing).scalar_one())


@contextmanager
def changing(connection: Connection, articles: sa.ColumnElement[bool]) -> Iterator[None]:
    """Delete, withdraw or relabel articles in this block, those for which the condition `articles` holds when it
    begins. At its end what is left of their stories is looked at again, for a story may fall apart without the article
    that held it together; the part with the earliest article keeps the story's number. In the caller's transaction,
    and before it has locked any row of `epaper`.
    """
    index.lock(connection)
    query = sa.select(epaper.c.story_id).where(articles, epaper.c.story_id.is_not(None)).distinct()
    stories = list(connection.scalars(query))
    yield
    if stories:
        _look_again(connection, stories)


def _look_again(connection: Connection, stories: list[int]) -> None:
    numbers: dict[int, int] = dict(connection.execute(FIRST_LEFT, {"stories": stories}).all())
    theirs = _among(epaper.c.story_id, stories)
    left = list(connection.scalars(sa.select(epaper.c.id).where(theirs, epaper.c.withdrawn_at.is_(None))))
    connection.execute(sa.delete(story_text).where(_among(story_text.c.story_id, stories)))
    connection.execute(sa.update(epaper).where(theirs).values(story_id=None))
    while assign(connection, _among(epaper.c.id, left), ARTICLES_IN_BATCH, numbers=numbers).articles:
        pass
    empty = ~sa.exists().where(epaper.c.story_id == story.c.id)
    connection.execute(sa.delete(story).where(_among(story.c.id, stories), empty))


def _among(column: sa.ColumnElement[int], ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """`IN` for any number of them: PostgreSQL takes 65,535 parameters."""
    return column == sa.func.any(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
