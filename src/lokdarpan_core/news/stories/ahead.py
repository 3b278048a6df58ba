"""Read articles ahead: the next ones, in a thread, while the database gives their stories to those before them.

To read an article is all Python's work, to find and write its story is mostly the database's; one after the other, each
would wait for the other half of the time. What is read here is no promise: whoever holds the lock of the stories asks
again which articles have none, and reads for itself what this has not read, or not as it is now.
"""

from concurrent.futures import Executor, Future
from datetime import date

import attrs
import sqlalchemy as sa
from sqlalchemy import Engine

from lokdarpan_core.news.stories.signature import digest, keys
from lokdarpan_core.news.stories.words import CHARACTERS_READ, Reading, read
from lokdarpan_core.schema import epaper

WITHOUT_STORY = sa.and_(epaper.c.story_id.is_(None), epaper.c.withdrawn_at.is_(None))
ORDER = (epaper.c.publication_date, epaper.c.id)
SEEN = (epaper.c.id, epaper.c.publication_date, epaper.c.title, epaper.c.language)
BEGINNING = sa.func.left(epaper.c.raw_text, CHARACTERS_READ)


@attrs.frozen
class Read:
    """An article that was read: what it is compared by, and the labels that it had then."""

    title: str | None
    language: str | None
    reading: Reading
    digest: bytes
    keys: list[int]

    @classmethod
    def of(cls, title: str | None, language: str | None, text: str, published_on: date) -> "Read":
        """Read an article; `text` is its beginning."""
        reading = read(title, text, language, published_on)
        return cls(title, language, reading, digest(reading), keys(reading))


class Ahead:
    """Reads those of the `wanted` articles that have no story, a page at a time, in the order in which they get one."""

    def __init__(self, engine: Engine, wanted: sa.ColumnElement[bool], page: int, pool: Executor) -> None:
        self._engine, self._pool = engine, pool
        self._query = sa.select(*SEEN, BEGINNING).where(WITHOUT_STORY, wanted).order_by(*ORDER).limit(page)
        self._after: tuple[date, int] | None = None
        self._next: Future[dict[int, Read]] = pool.submit(self._page)

    def take(self) -> dict[int, Read]:
        """The articles of the next page, by id; from now on the one after it is being read."""
        page = self._next.result()
        if page:
            self._next = self._pool.submit(self._page)
        return page

    def _page(self) -> dict[int, Read]:
        query = self._query
        if self._after is not None:
            query = query.where(sa.tuple_(*ORDER) > sa.tuple_(*map(sa.literal, self._after)))
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        if rows:
            self._after = rows[-1].publication_date, rows[-1].id
        return {id: Read.of(title, language, text, day) for id, day, title, language, text in rows}
