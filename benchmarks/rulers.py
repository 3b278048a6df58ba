"""The two rulers of the ingest: what one would write first, and the least work that could do it.

Both write the same columns of the same tables as the ingest.
"""

import hashlib
import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from psycopg import Connection as Driver
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session

from lokdarpan_core import schema


class Base(DeclarativeBase):
    metadata = schema.metadata


class Epaper(Base):
    __table__ = schema.epaper
    if TYPE_CHECKING:
        id: Mapped[int]


class Author(Base):
    __table__ = schema.author
    if TYPE_CHECKING:
        id: Mapped[int]


class Post(Base):
    __table__ = schema.post


def naive(engine: Engine, lines: Sequence[bytes], *, commit_each: bool = True) -> float:
    """Ingest row by row through the ORM, with the statements of the Flask backend; return the seconds.

    That backend looked for the epaper, its author and its post for every line. It committed once, at the file's end
    (`commit_each=False`): faster, but it lost everything when one line failed, and nobody saw a row before the end.
    """
    begun = time.monotonic()
    with Session(engine) as session:
        for line in lines:
            _ingest_one(session, json.loads(line))
            if commit_each:
                session.commit()
        session.commit()
    return time.monotonic() - begun


def _ingest_one(session: Session, row: dict[str, Any]) -> None:
    publication, published_on = row["publication_name"].strip(), date.fromisoformat(row["publication_date"])
    text = "\n\n".join(part.strip() for part in (row.get("title"), row.get("body")) if part and part.strip())
    sha256 = hashlib.sha256(f"{_norm(publication)}|{published_on}|{_norm(text)}".encode()).hexdigest()

    epaper = session.scalars(sa.select(Epaper).where(schema.epaper.c.sha256 == sha256)).first()
    if epaper is None:
        said = {key: row.get(key) for key in ("title", "city", "party", "language", "url")}
        epaper = Epaper(
            publication_name=publication, publication_date=published_on, raw_text=text, sha256=sha256, **said
        )
        session.add(epaper)
        session.flush()

    author = session.scalars(sa.select(Author).where(schema.author.c.name == publication)).first()
    if author is None:
        author = Author(name=publication)
        session.add(author)
        session.flush()

    if session.scalars(sa.select(Post).where(schema.post.c.epaper_id == epaper.id)).first() is None:
        created_at = datetime(published_on.year, published_on.month, published_on.day, tzinfo=UTC)
        said = {key: row.get(key) for key in ("city", "emotion", "party")}
        session.add(Post(author_id=author.id, epaper_id=epaper.id, created_at=created_at, **said))
        session.flush()


def _norm(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()


EPAPER = """id, sha256, publication_name, publication_date, title, raw_text, city, party, language, url, date_guessed,
            ingest_run_id"""
POST = "epaper_id, author_id, city, emotion, party, created_at, ingest_run_id"


@attrs.frozen
class Ceiling:
    """The rows of an ingested archive, ready to be copied back in as they are: nothing is decoded, nothing asked."""

    authors: bytes
    batches: list[tuple[bytes, bytes]]

    @classmethod
    def of(cls, engine: Engine) -> "Ceiling":
        """Take the rows of the tables as they are now, one batch for each transaction that wrote them."""
        with engine.connect() as connection:
            numbers = connection.scalars(sa.text("SELECT xmin::text FROM epaper GROUP BY 1 ORDER BY min(id)")).all()
            driver: Any = connection.connection.driver_connection

            def batch(columns: str, table: str, number: str) -> bytes:
                return _copied(
                    driver, f"SELECT {columns} FROM {table} WHERE xmin = {int(number)}::text::xid ORDER BY id"
                )

            batches = [(batch(EPAPER, "epaper", number), batch(POST, "post", number)) for number in numbers]
            return cls(_copied(driver, "SELECT id, name FROM author"), batches)

    def load(self, engine: Engine) -> float:
        """Copy the rows into the empty tables, with as many commits as the ingest made; return the seconds."""
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            _copy(driver, "author (id, name)", self.authors)
            driver.commit()
            begun = time.monotonic()
            for epapers, posts in self.batches:
                _copy(driver, f"epaper ({EPAPER})", epapers)
                _copy(driver, f"post ({POST})", posts)
                driver.commit()
            return time.monotonic() - begun


def _copied(driver: Driver, query: str) -> bytes:
    with driver.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT".encode()) as copy:
        return b"".join(copy)


def _copy(driver: Driver, table: str, rows: bytes) -> None:
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
        copy.write(rows)
