"""The runs: one row for each file that is ingested, which holds how far it is and what came of it.

Who works on a file is decided by an advisory lock on its hash. The lock belongs to the same database session that
writes the batches: when the process dies or the connection breaks, both end together.

    running ─► done ─► reopened   (an undo took away articles that this run had found there; read the file again)
       │  ▲
       ▼  │ the same file again
     failed                        undone: its articles were taken back
"""

from collections import Counter
from datetime import datetime
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.news.batches import Batch, add_keys
from lokdarpan_core.schema import ingest_reject, ingest_run

ARCHIVE_GATE = 0x4C6F6B4761746521  # held shared while a batch is written, alone by undo and withdrawal
COUNTS = ("lines", "new", "reused", "posts", "posts_skipped", "rejected", "updated")


@attrs.frozen
class IngestReport(Shown):
    """What became of one file; the names are `ingest_run`'s. new + reused + rejected = lines.

    `bytes_total` is the file's size on disk, `bytes_done` how far it was read, in what a compressed one unpacks to.
    `already_done` means that the file had been ingested before and was not read again; then nothing is new.
    """

    id: int
    source: str
    content_sha256: str | None
    options: dict[str, Any]
    bytes_total: int | None
    bytes_done: int
    lines: int
    line_number: int
    new: int
    reused: int
    posts: int
    posts_skipped: int
    rejected: int
    updated: int
    unknown_keys: dict[str, int]
    state: str
    error: str | None
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    already_done: bool = False


_FIELDS = [ingest_run.c[field.name] for field in attrs.fields(IngestReport) if field.name in ingest_run.c]


def get(connection: Connection, run_id: int) -> IngestReport:
    """One run. Raises NotFoundError."""
    row = connection.execute(sa.select(*_FIELDS).where(ingest_run.c.id == run_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"There is no ingest run {run_id}: `lokdarpan ingest runs` lists them")
    return IngestReport(**row)


def newest(connection: Connection, limit: int = 20) -> list[IngestReport]:
    """The newest runs, newest first."""
    rows = connection.execute(sa.select(*_FIELDS).order_by(ingest_run.c.id.desc()).limit(limit)).mappings()
    return [IngestReport(**row) for row in rows]


def lock_key(sha256: str) -> int:
    """The advisory lock of a file: its hash's first 64 bits, as PostgreSQL's signed bigint."""
    return int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)


def find_done(connection: Connection, sha256: str, also_create_posts: bool) -> IngestReport | None:
    """The run that has done this file already, as the report of doing it again."""
    wanted = ingest_run.c.options["also_create_posts"].as_boolean().is_(also_create_posts)
    row = _newest_of(connection, sha256, wanted, ingest_run.c.state == "done")
    if row is None:
        return None
    there = row["lines"] - row["rejected"]
    again = {"new": 0, "reused": there, "posts": 0, "posts_skipped": there * also_create_posts, "updated": 0}
    return IngestReport(**row | again, already_done=True)


def find_unfinished(connection: Connection, sha256: str, options: dict[str, Any]) -> IngestReport | None:
    """The run to go on with: of the same file, with the same options, broken off."""
    row = _newest_of(connection, sha256, ingest_run.c.options == options, ingest_run.c.state.in_(("running", "failed")))
    return IngestReport(**row) if row else None


def _newest_of(connection: Connection, sha256: str, *conditions: sa.ColumnElement[bool]) -> dict[str, Any] | None:
    query = sa.select(*_FIELDS).where(ingest_run.c.content_sha256 == sha256, *conditions)
    row = connection.execute(query.order_by(ingest_run.c.id.desc()).limit(1)).mappings().one_or_none()
    return dict(row) if row else None


def begin(
    connection: Connection,
    source: str,
    sha256: str | None,
    size: int | None,
    options: dict[str, Any],
    *,
    api_key_id: int | None = None,
) -> int:
    """Make a run's row. Returns its id."""
    values: dict[str, Any] = {"source": source, "content_sha256": sha256, "bytes_total": size, "options": options}
    values["api_key_id"] = api_key_id
    return int(connection.execute(sa.insert(ingest_run).values(values).returning(ingest_run.c.id)).scalar_one())


def resume(connection: Connection, run_id: int) -> None:
    """Take up a run that broke off."""
    _set(connection, run_id, state="running", error=None)


def advance(connection: Connection, run_id: int, batch: Batch, counts: Counter[str]) -> None:
    """Record a batch: its rejects, its counts, its place. In the batch's own transaction.

    Raises ConflictError when the run was undone or reopened meanwhile.
    """
    if batch.rejects:
        rows = [attrs.asdict(reject) | {"run_id": run_id} for reject in batch.rejects]
        connection.execute(sa.insert(ingest_reject), rows)
    changes: dict[str, Any] = {name: ingest_run.c[name] + counts[name] for name in COUNTS if counts[name]}
    if batch.unknown_keys:
        so_far = connection.execute(sa.select(ingest_run.c.unknown_keys).where(ingest_run.c.id == run_id)).scalar_one()
        changes["unknown_keys"] = add_keys(so_far, batch.unknown_keys)
    _set(connection, run_id, bytes_done=batch.end, line_number=batch.line_number, **changes)


def finish(connection: Connection, run_id: int, state: str, error: str | None = None) -> None:
    """Close a run as done or failed."""
    _set(connection, run_id, state=state, error=error, finished_at=sa.func.now())


def _set(connection: Connection, run_id: int, **values: Any) -> None:
    alive = ingest_run.c.id == run_id, ingest_run.c.state.in_(("running", "failed"))
    changed = connection.execute(sa.update(ingest_run).where(*alive).values(updated_at=sa.func.now(), **values))
    if changed.rowcount == 0:
        raise ConflictError(f"Run {run_id} was undone or reopened while it ran: ingest the file again")


def shut_gate(connection: Connection) -> None:
    """Keep every ingest out of the archive until this transaction ends; those in mid-batch finish it first."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ARCHIVE_GATE)))


def pass_gate(connection: Connection) -> None:
    """Keep undo and withdrawal out of the archive until this transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(ARCHIVE_GATE)))
