"""Who may work: one adoption at a time, and nobody who writes to the original meanwhile.

A session of its own holds the locks in one open transaction from the beginning to the end, so that they end with the
process whatever happens to it. Readers of the original pass; its writers wait. No lock is waited for longer than 4 s,
since everybody else would queue behind.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from lokdarpan_core.adoption.original import HOME, SHAPES
from lokdarpan_core.errors import ConflictError, LockTimeoutError
from lokdarpan_core.migration import LOCK_HOLDERS, LOCK_WAIT
from lokdarpan_core.news import runs

KEY = 0x4C6F6B41646F7074  # "LokAdopt"


@contextmanager
def waiting_briefly(engine: Engine) -> Iterator[None]:
    """Turn a lock that was not to be had into a LockTimeoutError that names who has it."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        with engine.connect() as connection:
            holders = connection.execute(LOCK_HOLDERS, {"tables": list(SHAPES)}).all()
        listed = "; ".join(
            f"pid {pid} ({name or 'unnamed'}, {state}, transaction open for {since})"
            for pid, name, state, since in holders
        )
        raise LockTimeoutError(
            f"Waited {LOCK_WAIT} for a lock and gave up, so that nobody queues behind. What was copied so far stays, "
            f"and the original is as it was. In the way: {listed or 'a session that has ended since'}. Stop whatever "
            "writes to this database, or let the other adoption end, and give the same command again"
        ) from error


@contextmanager
def alone(engine: Engine, tables: Iterable[str]) -> Iterator[Connection]:
    """Hold the adoption's lock, these tables of the original against writers, and ingests outside, in one transaction
    that the caller commits or that is rolled back."""
    with engine.connect() as connection:
        limit_waiting(connection)
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(KEY)))
        runs.shut_gate(connection)
        for table in tables:
            connection.exec_driver_sql(f"LOCK TABLE {HOME}.{table} IN SHARE MODE")
        yield connection


def limit_waiting(connection: Connection) -> None:
    """Give up on a lock after 4 s, for this transaction."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")


def refuse_same_database(source: Connection) -> None:
    """Raise ConflictError if the source is the database whose adoption's lock this process holds."""
    free = source.execute(sa.select(sa.func.pg_try_advisory_xact_lock_shared(KEY))).scalar_one()
    if not free:
        raise ConflictError(
            "--from names the database that is to be filled (or one that is being adopted right now). To adopt a "
            "database in its place, leave --from out"
        )
