"""The ledger of jobs: the queue only wakes workers; this remembers what is to be done, is being done, was done.

A job is taken by an advisory lock, in a database session of its own. When its worker dies the session ends, and the
lock with it: nothing has to be renewed, and nothing can expire under a worker that is merely slow. A sweep finds the
job that is running and not locked, and wakes another worker. So a job may be done twice, and even by two at once when
only the session broke: every kind of job must leave the same rows then.

    waiting ─► running ─► done
       ▲          │
       ├──────────┤ an error: later again, each time later than the last
       │          ▼
       └─ retry ─ failed, after the last attempt             waiting ─► cancelled ─ retry ─► waiting

A unique key keeps the same work from being queued twice: one that begins with `tick:` (a tick of a schedule) for ever,
any other while a job with it waits or runs.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Protocol

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.schema import job
from lokdarpan_core.settings import Settings

STATES = ("waiting", "running", "done", "failed", "cancelled")
TICK = "tick:"
JOB_LOCKS, KEY_LOCKS = 0x4C6B4A62, 0x4C6B4B79  # the first half of an advisory lock: the second is a job, or a key
BACKOFF_FIRST, BACKOFF_FACTOR, BACKOFF_MOST = 10, 4, 3_600  # seconds: 10, 40, 160, 640, 2,560, then hourly
ERROR_LENGTH = 2_000
DIED = "its worker died, or lost its database session, at each of the last attempts"

HELD = f"""SELECT CAST(objid AS bigint) FROM pg_locks
           WHERE locktype = 'advisory' AND classid = {JOB_LOCKS} AND objsubid = 2 AND granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""  # noqa: S608
READY = sa.text(f"""
    WITH held (half) AS MATERIALIZED ({HELD})
    SELECT id FROM job
    WHERE (state = 'waiting' AND coalesce(run_after, '-infinity') <= now() OR state = 'running')
      AND (host IS NULL OR host = :host) AND id % {1 << 31} NOT IN (SELECT half FROM held)
    ORDER BY id LIMIT :limit
""")  # noqa: S608


@attrs.frozen
class Job:
    """One row of the ledger. `host` is the one machine that can do it (its file lies there), None any. `result` is
    what came of it, as JSON. `already_queued`: nothing was added, for this one has the same unique key."""

    id: int
    kind: str
    arguments: dict[str, Any]
    unique_key: str | None
    state: str
    attempts: int
    run_after: datetime | None
    host: str | None
    result: Any
    error: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    already_queued: bool = False


@attrs.frozen
class Waiting:
    """How many jobs are due and not begun, and for how many seconds the oldest has been; None when there is none."""

    jobs: int
    oldest_seconds: float | None


_FIELDS = [job.c[field.name] for field in attrs.fields(Job) if field.name in job.c]


# What everybody may do


def enqueue(
    connection: Connection,
    kind: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    unique_key: str | None = None,
    host: str | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Add a job, unless one with the same unique key stands against it: then that one is returned.

    Wake a worker (`JobQueue.wake`) after the commit; before it, a worker would find nothing.
    """
    if unique_key is not None and (there := _same(connection, unique_key)):
        return attrs.evolve(there, already_queued=True)
    values = {"kind": kind, "arguments": dict(arguments or {}), "unique_key": unique_key}
    statement = sa.insert(job).values(**values, host=host, run_after=run_after).returning(*_FIELDS)
    return Job(**connection.execute(statement).mappings().one())


def _same(connection: Connection, unique_key: str) -> Job | None:
    """The job that has this key. The asker is the only one to use the key until its transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(KEY_LOCKS, sa.func.hashtext(unique_key))))
    query = sa.select(*_FIELDS).where(job.c.unique_key == unique_key)
    if not unique_key.startswith(TICK):
        query = query.where(job.c.state.in_(("waiting", "running")))
    row = connection.execute(query.order_by(job.c.id).limit(1)).mappings().one_or_none()
    return Job(**row) if row else None


def get(connection: Connection, job_id: int) -> Job:
    """One job. Raises NotFoundError."""
    row = connection.execute(sa.select(*_FIELDS).where(job.c.id == job_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"There is no job {job_id}: `lokdarpan jobs list` lists them")
    return Job(**row)


def find(connection: Connection, *, state: str | None = None, kind: str | None = None, limit: int = 20) -> list[Job]:
    """The newest jobs, newest first."""
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value is not None}
    rows = connection.execute(sa.select(*_FIELDS).filter_by(**wanted).order_by(job.c.id.desc()).limit(limit))
    return [Job(**row) for row in rows.mappings()]


def waiting(connection: Connection) -> Waiting:
    """The jobs that somebody should have begun."""
    since = sa.func.coalesce(job.c.run_after, job.c.created_at)
    seconds = sa.func.extract("epoch", sa.func.now() - sa.func.min(since))
    query = sa.select(sa.func.count(), seconds).where(job.c.state == "waiting", since <= sa.func.now())
    found: Any = connection.execute(query).one()
    return Waiting(found[0], float(found[1]) if found[0] else None)


def retry(connection: Connection, job_id: int) -> Job:
    """Let a failed or cancelled job wait again, with all its attempts. Wake a worker after the commit.

    Raises NotFoundError, and ConflictError when it is in another state or the same work is queued already.
    """
    found = get(connection, job_id)
    if found.state not in ("failed", "cancelled"):
        raise ConflictError(f"Job {job_id} is {found.state}: only a failed or cancelled job can be tried again")
    if found.unique_key and (other := _same(connection, found.unique_key)) and other.id != job_id:
        raise ConflictError(f"Job {job_id} need not be tried again: job {other.id} ({other.state}) does the same")
    return _set(connection, job_id, found.state, state="waiting", attempts=0, run_after=None, finished_at=None)


def cancel(connection: Connection, job_id: int) -> Job:
    """Take a job out that nobody works on. Raises NotFoundError, and ConflictError when that can't be."""
    lock = sa.func.pg_try_advisory_xact_lock(JOB_LOCKS, _half(job_id))
    free = connection.execute(sa.select(lock)).scalar_one()
    found = get(connection, job_id)
    if found.state not in ("waiting", "running", "failed"):
        raise ConflictError(f"Job {job_id} is {found.state}: only a waiting or failed job can be cancelled")
    if not free:
        raise ConflictError(f"Job {job_id} is being done right now; when its worker is stopped, it waits again")
    return _set(connection, job_id, found.state, state="cancelled", finished_at=sa.func.now())


# What its worker does, on an autocommitting session of its own


def lock(connection: Connection, job_id: int) -> bool:
    """Try to be the one who works on this job; the session's end lets it go."""
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(JOB_LOCKS, _half(job_id)))).scalar_one())


def unlock(connection: Connection, job_id: int) -> None:
    """Let a job go that was not begun."""
    connection.execute(sa.select(sa.func.pg_advisory_unlock(JOB_LOCKS, _half(job_id))))


def _half(job_id: int) -> int:
    return job_id % (1 << 31)


def take(connection: Connection, job_id: int, host: str, most: int) -> Job | None:
    """Begin an attempt, holding the lock. None when there is nothing to do: it is done, not due, or another host's.

    A job whose workers have died `most` times has failed: it may be what kills them.
    """
    ready = sa.or_(
        sa.and_(job.c.state == "waiting", sa.func.coalesce(job.c.run_after <= sa.func.now(), sa.true())),
        job.c.state == "running",
    )
    here = sa.or_(job.c.host.is_(None), job.c.host == host)
    row = connection.execute(sa.select(*_FIELDS).where(job.c.id == job_id, ready, here)).mappings().one_or_none()
    if row is None:
        return None
    if row["state"] == "running" and row["attempts"] >= most:
        _set(connection, job_id, "running", state="failed", error=DIED, finished_at=sa.func.now())
        return None
    return _set(connection, job_id, row["state"], state="running", attempts=job.c.attempts + 1, run_after=None)


def note(connection: Connection, job_id: int, result: Any) -> None:
    """Remember something for another attempt, in `result`, before the job is done."""
    _set(connection, job_id, "running", result=result)


def finish(connection: Connection, job_id: int, result: Any) -> Job:
    """The job is done."""
    changes = {"result": result, "error": None, "finished_at": sa.func.now()}
    return _set(connection, job_id, None, state="done", **changes)


def fail(connection: Connection, job_id: int, error: str, most: int) -> Job:
    """An attempt was in vain: the job waits for the next one, or has failed when it was the last of `most`."""
    tried = get(connection, job_id).attempts
    error = error.replace("\0", "\N{REPLACEMENT CHARACTER}")[:ERROR_LENGTH]
    if tried >= most:
        return _set(connection, job_id, "running", state="failed", error=error, finished_at=sa.func.now())
    pause = min(BACKOFF_FIRST * BACKOFF_FACTOR ** min(tried - 1, 10), BACKOFF_MOST)
    later = sa.func.now() + sa.func.make_interval(0, 0, 0, 0, 0, 0, pause)
    return _set(connection, job_id, "running", state="waiting", error=error, run_after=later)


def release(connection: Connection, job_ids: Collection[int]) -> None:
    """Give back jobs that a worker stops to work on because it was asked to: that is no attempt."""
    given_back = sa.and_(job.c.id.in_(job_ids), job.c.state == "running")
    changes = {"state": "waiting", "attempts": job.c.attempts - 1, "updated_at": sa.func.now()}
    connection.execute(sa.update(job).where(given_back).values(changes))


def ready(connection: Connection, host: str, limit: int) -> list[int]:
    """Jobs that this host can do now and nobody works on, oldest first: those due, and those whose worker died."""
    return list(connection.execute(READY, {"host": host, "limit": limit}).scalars())


def _set(connection: Connection, job_id: int, state_before: str | None, **values: Any) -> Job:
    statement = sa.update(job).where(job.c.id == job_id).values(updated_at=sa.func.now(), **values)
    if state_before is not None:
        statement = statement.where(job.c.state == state_before)
    row = connection.execute(statement.returning(*_FIELDS)).mappings().one_or_none()
    if row is None:
        raise ConflictError(f"Job {job_id} is not {state_before} any more")
    return Job(**row)


# What wakes workers


class JobQueue(Protocol):
    """What wakes workers: lokdarpan-jobs has one. A program without it leaves its jobs to the next sweep."""

    def kinds(self) -> Mapping[str, str]:
        """The kinds of jobs that there are, each with its arguments and what it does."""

    def submit(self, kind: str, *arguments: object, **named: object) -> Job:
        """Queue a job and wake a worker. Raises LokDarpanError for an unknown kind or arguments that do not fit."""

    def wake(self, queued: Job) -> None:
        """Wake a worker for a job that is committed. A queue that is away is no error: the sweep comes by."""

    def pending(self) -> int:
        """How many messages the queue holds. Raises LokDarpanError when it can't be reached."""

    def close(self) -> None:
        """Close its connections; one opens again when it is needed."""


def installed_queue(engine: Engine, settings: Settings) -> JobQueue | None:
    """The queue of lokdarpan-jobs, or None where that is not installed. Close it in the end."""
    for point in entry_points(group="lokdarpan.jobs", name="queue"):
        queue: JobQueue = point.load()(engine, settings)
        return queue
    return None
