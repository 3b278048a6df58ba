"""The lines that could not be used: look at them, take them out, and try them again after a fix.

A replay is a run of its own, so that it can be undone like any other. A reject that became an article is marked as
resolved and says which; one that still can't be used stays as it is.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.news import runs, store
from lokdarpan_core.news.articles import Decoder, Unusable, decoder
from lokdarpan_core.news.batches import BYTES_IN_BATCH, LINES_IN_BATCH, Batch
from lokdarpan_core.news.mentions.linking import Linker
from lokdarpan_core.news.runs import IngestReport
from lokdarpan_core.schema import ingest_reject, ingest_run
from lokdarpan_core.timestamps import utc_now

REPLAY_KEY = 0x4C6F6B5265706C61  # one replay at a time


@attrs.frozen
class RejectRecord:
    """A reject as it is kept; `raw` is None for a line over the limit or of a withdrawn article."""

    id: int
    run_id: int
    line: int
    byte_offset: int
    byte_length: int
    reason: str
    detail: str | None
    raw: bytes | None = attrs.field(repr=False)
    resolved_at: datetime | None
    resolved_run_id: int | None
    sha256: str | None


def find(
    connection: Connection,
    *,
    run_id: int | None = None,
    reason: str | None = None,
    resolved: bool = False,
    after: int = 0,
    limit: int = 1_000,
) -> list[RejectRecord]:
    """Rejects in the order they came, from the one after id `after` on; those of runs that were undone are left out
    unless their run is asked for."""
    columns = [ingest_reject.c[field.name] for field in attrs.fields(RejectRecord)]
    query = sa.select(*columns).join(ingest_run, ingest_run.c.id == ingest_reject.c.run_id)
    query = query.where(ingest_reject.c.id > after)
    query = query.where(
        ingest_run.c.state != "undone" if run_id is None else ingest_reject.c.run_id == run_id,
        ingest_reject.c.resolved_at.is_not(None) if resolved else ingest_reject.c.resolved_at.is_(None),
    )
    if reason is not None:
        query = query.where(ingest_reject.c.reason == reason)
    rows = connection.execute(query.order_by(ingest_reject.c.id).limit(limit)).mappings()
    return [RejectRecord(**row) for row in rows]


def find_all(connection: Connection, **conditions: Any) -> Iterator[RejectRecord]:
    """Every reject that `find` would give, a hundred at a time: one of them may be 4 MiB."""
    after = 0
    while page := find(connection, after=after, limit=100, **conditions):
        yield from page
        after = page[-1].id


def replay(
    engine: Engine, *, run_id: int | None = None, default_date: date | None = None, today: date | None = None
) -> IngestReport | None:
    """Try the unresolved rejects of one run, or of all, again; None when there are none.

    `default_date` stands in for a date that is missing or impossible, and marks the article `date_guessed`. Safe to
    repeat; goes on after a kill, since each batch commits its articles together with the marks of its rejects.

    Raises ParameterError for a `default_date` before 1780 or after tomorrow.
    """
    reader = decoder(today or utc_now().date(), default_date)
    options = {
        "also_create_posts": True,
        "replay": run_id,
        "default_date": default_date.isoformat() if default_date else None,
    }
    with store.session(engine) as connection:
        with connection.begin():
            connection.execute(sa.select(sa.func.pg_advisory_lock(REPLAY_KEY)))
            if not find(connection, run_id=run_id, limit=1):
                return None
            source = f"replay of {f'run {run_id}' if run_id is not None else 'all rejects'}"
            replay_id = runs.begin(connection, source, None, None, options)
        _replay_all(connection, replay_id, run_id, reader)
        with connection.begin():
            runs.finish(connection, replay_id, "done")
        with connection.begin():
            return runs.get(connection, replay_id)


def _replay_all(connection: Connection, replay_id: int, run_id: int | None, reader: Decoder) -> None:
    authors, after, place = store.Authors(), 0, 0
    with connection.begin():
        linker = Linker.load(connection)
    while True:
        with connection.begin():
            page = _page(connection, run_id, after)
        if not page:
            return
        after, place = page[-1].id, place + len(page)
        batch, hashes = _decode(page, reader, place)
        authors.learn(connection, batch.articles)
        with connection.begin():
            runs.pass_gate(connection)
            stored = store.store(connection, batch.articles, replay_id, authors)
            if linker:
                linker.link_articles(connection, batch.articles)
            _mark_resolved(connection, replay_id, hashes)
            counts = stored.counts(len(page), len(page) - len(hashes), with_posts=True)
            runs.advance(connection, replay_id, batch, counts)


def _page(connection: Connection, run_id: int | None, after: int) -> list[RejectRecord]:
    page: list[RejectRecord] = []
    size = 0
    while size < BYTES_IN_BATCH and len(page) < LINES_IN_BATCH:
        more = find(connection, run_id=run_id, after=page[-1].id if page else after, limit=10 if not page else 50)
        if not more:
            break
        page += more
        size += sum(len(reject.raw or b"") for reject in more)
    return page


def _decode(page: list[RejectRecord], reader: Decoder, place: int) -> tuple[Batch, dict[int, str]]:
    articles, hashes = {}, {}
    for reject in page:
        if reject.raw is not None:
            try:
                article, _ = reader.decode(reject.raw)
            except Unusable:
                continue
            articles[article.sha256] = article
            hashes[reject.id] = article.sha256
    ordered = sorted(articles.values(), key=lambda article: article.sha256)
    return Batch(ordered, [], len(page), place, 0, Counter()), hashes


def _mark_resolved(connection: Connection, replay_id: int, hashes: dict[int, str]) -> None:
    if hashes:
        statement = (
            sa.update(ingest_reject)
            .where(ingest_reject.c.id == sa.bindparam("reject_id"))
            .values(resolved_at=sa.func.now(), resolved_run_id=replay_id, sha256=sa.bindparam("hash"))
        )
        connection.execute(statement, [{"reject_id": id, "hash": sha256} for id, sha256 in hashes.items()])
