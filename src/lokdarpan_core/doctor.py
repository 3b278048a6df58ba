"""What is wrong with this installation, and what to do about it.

Each question is asked by itself, so that one that can't be answered does not hide the others. A finding is `ok`, a
`note` (nothing is wrong, but somebody may want to know), or `wrong`.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from lokdarpan_core import jobs, migration
from lokdarpan_core.consumers import consumers
from lokdarpan_core.database import display_url, embedded_server, open_engine, unavailable
from lokdarpan_core.errors import LokDarpanError, SchemaError
from lokdarpan_core.news.ingest import SUFFIXES
from lokdarpan_core.schema import api_key, delimitation, job
from lokdarpan_core.settings import Settings, notices
from lokdarpan_core.timestamps import utc_now

OK, NOTE, WRONG = "ok", "note", "wrong"
OLDEST_SERVER = 15
FREE_BYTES, FREE_SHARE = 1 << 30, 0.05  # less than both of a disk is too little
CLOCK_SECONDS = 5.0
WAITING_SECONDS = 300  # five sweeps
KEY_DAYS = 14


@attrs.frozen
class Finding:
    """What was looked at, how it is (`ok`, `note` or `wrong`), and what to do where something is to be done."""

    subject: str
    state: str
    found: str
    remedy: str | None = None


def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Look at everything. Reads only, and raises nothing: what can't be looked at is a finding."""
    try:
        settings = Settings.from_environment(environment)
    except LokDarpanError as error:
        return [Finding("settings", WRONG, str(error), "correct it where this process gets its environment")]
    retired = notices(environment)
    findings = [Finding("settings", NOTE if retired else OK, retired[0] if retired else "all are understood")]
    findings += _answers("inbox", lambda: _inbox(settings))
    findings += _answers("disk", lambda: _disk(settings))
    try:
        with open_engine(settings) as engine:
            findings += _in_database(engine, settings)
    except LokDarpanError as error:
        findings.append(Finding("database", WRONG, str(error)))
    return findings


def _in_database(engine: Engine, settings: Settings) -> Iterator[Finding]:
    try:
        with engine.connect() as connection:
            yield _server(engine, connection)
            migration.require_head(connection)
            yield _schema(connection)
            yield _queue(engine, settings)
            yield _lists(connection, settings)
            for subject, look in QUESTIONS.items():
                yield from _answers(subject, partial(look, connection))
    except OperationalError as error:
        remedy = "start it, or correct LOKDARPAN_DATABASE_URL"
        yield Finding("database", WRONG, str(unavailable(engine.url, error)), remedy)
    except SchemaError as error:
        yield Finding("schema", WRONG, str(error), "run `lokdarpan db upgrade`")


def _schema(connection: Connection) -> Finding:
    """At a version that is this one's, or a newer one that goes with it."""
    found, wanted = str(migration.current_revision(connection)), migration.head_revision()
    if found == wanted:
        return Finding("schema", OK, found)
    return Finding("schema", NOTE, f"{found}, newer than this version's ({wanted}), and goes with it", "update soon")


def _answers(subject: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except (OSError, DBAPIError, LokDarpanError) as error:
        return [Finding(subject, WRONG, f"can't be looked at: {getattr(error, 'orig', None) or error}")]


def _server(engine: Engine, connection: Connection) -> Finding:
    version, number = connection.execute(sa.text("SELECT version(), current_setting('server_version_num')::int")).one()
    found = f"{display_url(engine.url)}, {version.partition(' on ')[0]}"
    if number < OLDEST_SERVER * 10_000:
        return Finding("database", WRONG, found, f"LokDarpan needs PostgreSQL {OLDEST_SERVER} or newer")
    return Finding("database", OK, found)


def _queue(engine: Engine, settings: Settings) -> Finding:
    where = f"in {display_url(settings.redis_url)}" if settings.redis_url else "in the database"
    try:
        queue = jobs.installed_queue(engine, settings)
        if queue is None:
            return Finding(
                "queue", NOTE, "lokdarpan-jobs is not installed here; jobs are done elsewhere, or not at all"
            )
        with closing(queue):
            found = f"{queue.pending():,} messages {where}"
    except LokDarpanError as error:
        return Finding("queue", WRONG, str(error), "start it, or correct LOKDARPAN_REDIS_URL")
    if settings.secret_key is None and settings.redis_url is not None:
        remedy = "set LOKDARPAN_SECRET_KEY, the same everywhere, so that messages are signed"
        return Finding("queue", NOTE, f"{found}, not signed", remedy)
    return Finding("queue", OK, found)


def _inbox(settings: Settings) -> Iterator[Finding]:
    if (inbox := settings.inbox) is None:
        yield Finding("inbox", NOTE, "there is none (LOKDARPAN_INBOX)")
        return
    if not inbox.is_dir() or not os.access(inbox, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("inbox", WRONG, f"{inbox} is no folder that this account can write", "make it, or let it in")
        return
    taken = [path for path in inbox.iterdir() if path.name.endswith(SUFFIXES) and not path.name.startswith(".")]
    waiting = sum(path.is_file() for path in taken)
    failed = _files_in(inbox / "failed")
    yield Finding("inbox", OK, f"{inbox}: {waiting:,} files wait")
    if failed:
        remedy = f"read the .reason.txt beside each in {inbox / 'failed'}; move a repaired one back, delete the others"
        yield Finding("inbox", WRONG, f"{failed:,} files could not be read", remedy)


def _files_in(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    return sum(not path.name.endswith(".reason.txt") for path in folder.iterdir())


def _disk(settings: Settings) -> Iterator[Finding]:
    folders = [settings.inbox] if settings.inbox and settings.inbox.is_dir() else []
    if settings.database_url is None:
        folders.append(embedded_server(settings).home)
    seen = set()
    for folder in folders:
        if not folder.exists() or (device := folder.stat().st_dev) in seen:
            continue
        seen.add(device)
        total, _, free = shutil.disk_usage(folder)
        scarce = free < FREE_BYTES or free < FREE_SHARE * total
        found = f"{free / (1 << 30):,.1f} GiB of {total / (1 << 30):,.1f} GiB are free at {folder}"
        yield Finding("disk", WRONG if scarce else OK, found, "make room before it is full" if scarce else None)


def _lists(connection: Connection, settings: Settings) -> Finding:
    loaded = connection.execute(sa.select(delimitation.c.id).order_by(delimitation.c.id)).scalars().all()
    if not loaded:
        return Finding("ward lists", OK, "none is loaded yet (`lokdarpan wards import`)")
    found = f"{', '.join(loaded)}; wards are looked up first in {settings.delimitation}"
    if settings.delimitation in loaded:
        return Finding("ward lists", OK, found)
    remedy = f"set LOKDARPAN_DELIMITATION to one of them ({', '.join(loaded)}), or load that list"
    return Finding("ward lists", WRONG, f"{found}, which is not loaded", remedy)


def _clock(connection: Connection) -> Iterator[Finding]:
    before = utc_now()
    theirs = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    after = utc_now()
    off = max(before - theirs, theirs - after, timedelta(0)).total_seconds()
    found = f"{off:,.1f} s apart from the database's"
    if off > CLOCK_SECONDS:
        yield Finding("clock", WRONG, found, "set both by NTP (timedatectl set-ntp true)")
    else:
        yield Finding("clock", OK, found)


def _consumers(connection: Connection) -> Iterator[Finding]:
    alive = consumers(connection)
    if not alive:
        yield Finding("consumers", WRONG, "none is alive: no job is done", "start one: `lokdarpan worker`")
        return
    listed = ", ".join(f"{one.host} (pid {one.pid}, {one.workers} workers)" for one in alive)
    yield Finding("consumers", OK, f"{len(alive)} alive: {listed}")
    query = sa.select(job.c.host, sa.func.count()).where(
        job.c.state.in_(("waiting", "running")), job.c.host.is_not(None)
    )
    for host, count in connection.execute(query.group_by(job.c.host).order_by(job.c.host)):
        if not any(one.is_on(host) for one in alive):
            remedy = f"start `lokdarpan worker` on {host}; did its name change, set LOKDARPAN_HOST={host}"
            yield Finding("consumers", WRONG, f"{count:,} jobs wait for {host}, where no consumer is", remedy)


def _waiting(connection: Connection) -> Iterator[Finding]:
    due = jobs.waiting(connection)
    if due.oldest_seconds is None:
        yield Finding("waiting jobs", OK, "none is due")
        return
    late = due.oldest_seconds > WAITING_SECONDS
    remedy = "start more workers, or look into their log" if late else None
    found = f"{due.jobs:,} are due, the oldest for {due.oldest_seconds:,.0f} s"
    yield Finding("waiting jobs", WRONG if late else OK, found, remedy)


def _failed(connection: Connection) -> Iterator[Finding]:
    query = sa.select(sa.func.count(), sa.func.max(job.c.id)).where(job.c.state == "failed")
    count, newest = connection.execute(query).one()
    if count:
        remedy = f"`lokdarpan jobs show {newest}`, then `lokdarpan jobs retry` or `jobs cancel`"
        yield Finding("failed jobs", WRONG, f"{count:,}, the newest is {newest}", remedy)


def _keys(connection: Connection) -> Iterator[Finding]:
    in_use = sa.and_(api_key.c.revoked_at.is_(None), api_key.c.expires_at < sa.func.now() + timedelta(days=KEY_DAYS))
    query = sa.select(api_key.c.name, api_key.c.expires_at, api_key.c.expires_at < sa.func.now()).where(in_use)
    rows = connection.execute(query.order_by(api_key.c.expires_at)).all()
    for name, expires_at, over in rows:
        if over:
            yield Finding("keys", NOTE, f"{name} expired on {expires_at:%Y-%m-%d}", "revoke it, or make a new one")
        else:
            yield Finding("keys", WRONG, f"{name} expires on {expires_at:%Y-%m-%d}", "make a new one in time")
    if not rows:
        yield Finding("keys", OK, f"none expires within {KEY_DAYS} days")


QUESTIONS: Mapping[str, Callable[[Connection], Iterator[Finding]]] = {
    "clock": _clock,
    "consumers": _consumers,
    "waiting jobs": _waiting,
    "failed jobs": _failed,
    "keys": _keys,
}
