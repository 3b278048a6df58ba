"""Connections for reading: each statement is a transaction of its own.

To take one out of the pool for every request costs more than a small question does. So a thread keeps the one that it
has: a sync worker its only one, and of several threads as many as leave half of the pool to others, who may share the
engine. One that broke is let go, and so are all that were made before a fork: sockets can't be shared.
"""

import os
import threading
import weakref
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool


class Reading:
    """The connections of one app, for reading. `options` are execution options that each carries."""

    def __init__(self, engine: Engine, **options: Any) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT", **options)
        self._here = threading.local()
        self._lock = threading.Lock()
        self._kept: list[Connection] = []
        self._process = os.getpid()
        self._end = weakref.finalize(self, _close, self._kept)

    def open(self) -> Connection:
        """A connection; it may be asked for again before it is given back. Raises SQLAlchemy's errors."""
        if os.getpid() != self._process:
            self._forked()
        kept: Connection | None = getattr(self._here, "connection", None)
        return self._reading.connect() if kept is None else kept

    def connect(self) -> Connection:
        """A connection of one's own, to be closed."""
        if os.getpid() != self._process:
            self._forked()
        return self._reading.connect()

    def give_back(self, connection: Connection, *, broken: bool = False) -> None:
        """It is not needed any more. When it is broken, so may be all that the pool has."""
        if broken:
            self._drop(connection)
            self._engine.dispose()
        elif getattr(self._here, "connection", None) is connection:
            if connection.in_transaction():
                connection.rollback()
        elif self._may_keep(connection):
            self._here.connection = connection
        else:
            connection.close()

    def _may_keep(self, connection: Connection) -> bool:
        pool = self._engine.pool
        with self._lock:
            if not isinstance(pool, QueuePool) or len(self._kept) >= pool.size() // 2:
                return False
            self._kept.append(connection)
        if connection.in_transaction():
            connection.rollback()
        return True

    def _drop(self, connection: Connection) -> None:
        if getattr(self._here, "connection", None) is connection:
            self._here.connection = None
            with self._lock:
                self._kept.remove(connection)
        with suppress(SQLAlchemyError):
            connection.invalidate()
        connection.close()

    def _forked(self) -> None:
        self._engine.dispose(close=False)
        self._kept.clear()
        self._here, self._lock, self._process = threading.local(), threading.Lock(), os.getpid()


def _close(kept: list[Connection]) -> None:
    """The app is gone: what it kept is closed, and not left to a pool that may be gone as well."""
    for connection in kept:
        with suppress(SQLAlchemyError):
            connection.invalidate()
            connection.close()
