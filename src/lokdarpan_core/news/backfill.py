"""Put an older archive in order: fingerprints, links from posts to epapers, posts that were made twice.

Each works in batches, commits each, and can be stopped and repeated at any moment: what is done does not come up
again. While a batch is at work, ingests wait.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.news import posts, runs
from lokdarpan_core.news.fingerprint import fingerprint
from lokdarpan_core.news.stories import index
from lokdarpan_core.news.stories.assign import changing
from lokdarpan_core.news.terms.totals import note_articles
from lokdarpan_core.schema import epaper, post

OnRows = Callable[[int], None]  # called with how many rows were looked at since the last call
OnPage = Callable[[Connection, list[posts.UnlinkedPost], dict[int, posts.Match]], None]
NO_FINGERPRINT = sa.and_(
    sa.or_(epaper.c.sha256.is_(None), epaper.c.sha256.regexp_match("^[0-9a-f]{64}$").is_(False)),
    epaper.c.raw_text.is_not(None),
)


@attrs.frozen
class Sha256Report:
    """Epapers without a valid fingerprint: how many there were, got one, or were doubles and merged into the first."""

    rows: int
    filled: int
    merged: int


@attrs.frozen
class PostLinksReport:
    """Posts without an epaper that were looked at, were linked, or whose epaper has a post already."""

    scanned: int
    linked: int
    skipped_due_to_unique: int


@attrs.frozen
class DedupeReport:
    """Posts without an epaper that were looked at, and how many say what another post says."""

    scanned: int
    doubles: int
    applied: bool


@contextmanager
def _transactions(engine: Engine, dry_run: bool) -> Iterator[Callable[[], AbstractContextManager[Connection]]]:
    """Transactions, one a batch; in a dry run they are all part of one that is rolled back."""
    with engine.connect() as connection:

        @contextmanager
        def batch() -> Iterator[Connection]:
            with connection.begin_nested() if dry_run else connection.begin():
                runs.shut_gate(connection)
                index.lock(connection)  # before any row of epaper, as whoever gives stories does
                yield connection

        yield batch


def count_without_sha256(connection: Connection) -> int:
    """How many epapers have no valid fingerprint."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(epaper).where(NO_FINGERPRINT)).scalar_one())


def backfill_sha256(
    engine: Engine, *, dry_run: bool = False, batch: int = 500, on_rows: OnRows | None = None
) -> Sha256Report:
    """Give every epaper its fingerprint. One that turns out to be a double is merged into the epaper that has it: its
    post moves there, or, where that has one already, keeps the text as its own and waits for `dedupe_posts`."""
    filled = merged = after = 0
    query = sa.select(epaper.c.id, epaper.c.publication_name, epaper.c.publication_date, epaper.c.raw_text)
    with _transactions(engine, dry_run) as transaction:
        while True:
            with transaction() as connection:
                page = connection.execute(
                    query.where(NO_FINGERPRINT, epaper.c.id > after).order_by(epaper.c.id).limit(batch)
                ).all()
                for row, name, day, text in page:
                    sha256 = fingerprint(name, day, text)
                    owner = connection.execute(sa.select(epaper.c.id).where(epaper.c.sha256 == sha256)).scalar()
                    if owner is None:
                        connection.execute(sa.update(epaper).where(epaper.c.id == row).values(sha256=sha256))
                        filled += 1
                    else:
                        _merge(connection, row, owner)
                        merged += 1
            if not page:
                return Sha256Report(filled + merged, filled, merged)
            after = page[-1].id
            if on_rows:
                on_rows(len(page))


def _merge(connection: Connection, double: int, owner: int) -> None:
    taken = sa.exists().where(post.c.epaper_id == owner).select()
    text = sa.select(epaper.c.raw_text).where(epaper.c.id == double).scalar_subquery()
    if connection.execute(taken).scalar():
        change: dict[str, Any] = {"text": sa.func.coalesce(post.c.text, text), "epaper_id": None}
    else:
        change = {"epaper_id": owner}
    connection.execute(sa.update(post).where(post.c.epaper_id == double).values(change))
    with changing(connection, epaper.c.id == double):
        connection.execute(sa.delete(epaper).where(epaper.c.id == double))


def _each_unlinked(engine: Engine, work: OnPage, *, dry_run: bool, batch: int, on_rows: OnRows | None) -> int:
    """Go through the posts without an epaper, a transaction a page. Returns how many there were."""
    scanned, after = 0, None
    with _transactions(engine, dry_run) as transaction:
        while True:
            with transaction() as connection:
                page = posts.unlinked(connection, after, limit=batch)
                work(connection, page, posts.matches(connection, page))
            if not page:
                return scanned
            scanned += len(page)
            after = page[-1].created_at, page[-1].id
            if on_rows:
                on_rows(len(page))


def backfill_post_links(
    engine: Engine, *, dry_run: bool = False, batch: int = 500, on_rows: OnRows | None = None
) -> PostLinksReport:
    """Link posts of an older archive to their epapers; the post keeps its text."""
    linked = skipped = 0

    def link(connection: Connection, page: list[posts.UnlinkedPost], found: dict[int, posts.Match]) -> None:
        nonlocal linked, skipped
        taken = {match.epaper_id for match in found.values() if match.linked_post_id is not None}
        for one in page:
            if (match := found.get(one.id)) is None:
                continue
            if match.epaper_id in taken:
                skipped += 1
                continue
            taken.add(match.epaper_id)
            connection.execute(sa.update(post).where(post.c.id == one.id).values(epaper_id=match.epaper_id))
            note_articles(connection, [match.epaper_id])
            linked += 1

    scanned = _each_unlinked(engine, link, dry_run=dry_run, batch=batch, on_rows=on_rows)
    return PostLinksReport(scanned, linked, skipped)


def dedupe_posts(
    engine: Engine, *, apply: bool = False, batch: int = 500, on_rows: OnRows | None = None
) -> DedupeReport:
    """Find posts that say what another one says: the post of their epaper, else the first post of that day with the
    same author and text. With `apply` they are deleted, after the post that stays has taken over the city, party and
    emotion that it lacks."""
    doubles = 0
    firsts: dict[str, int] = {}
    day: date | None = None

    def dedupe(connection: Connection, page: list[posts.UnlinkedPost], found: dict[int, posts.Match]) -> None:
        nonlocal doubles, firsts, day
        for one in page:
            if one.day != day:
                day, firsts = one.day, {}
            match = found.get(one.id)
            linked = match.linked_post_id if match else None
            kept = linked or firsts.setdefault(one.sha256, one.id)
            if kept != one.id:
                _take_over(connection, one.id, kept)
                doubles += 1

    scanned = _each_unlinked(engine, dedupe, dry_run=not apply, batch=batch, on_rows=on_rows)
    return DedupeReport(scanned, doubles, apply)


def _take_over(connection: Connection, double: int, kept: int) -> None:
    other = post.alias("other")
    filled = {
        name: sa.func.coalesce(post.c[name], sa.select(other.c[name]).where(other.c.id == double).scalar_subquery())
        for name in ("city", "party", "emotion")
    }
    connection.execute(sa.update(post).where(post.c.id == kept).values(filled))
    connection.execute(sa.delete(post).where(post.c.id == double))
