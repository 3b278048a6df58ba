"""Rows from the driver itself, for the few questions that a server is asked all day.

SQLAlchemy takes five times as long over such a question as the driver does, and the driver twice as long as the library
below it; where a request asks nothing else, that is most of its time.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import Cursor
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.rows import namedtuple_row, tuple_row
from sqlalchemy import Connection

PREPARED = "lokdarpan_prepared"  # under which a connection remembers the statements that it knows
NOT_PREPARED = b"26000"  # the driver drops them all after a ROLLBACK; a pooler may have given us another session
PREPARED_ALREADY = b"42P05"  # by whoever had the pooler's session before


def one_row(connection: Connection, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of a query, in the caller's transaction; None when there is none. Places are written `%(name)s`.

    Raises SQLAlchemy's errors, as a statement of its own would.
    """
    return _executed(connection, statement, values, tuple_row).fetchone()


def all_rows(connection: Connection, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """All rows of a query, in the caller's transaction, each with its columns as attributes. Places are written
    `%(name)s`, a per cent sign `%%`.

    Raises SQLAlchemy's errors, as a statement of its own would.
    """
    return _executed(connection, statement, values, namedtuple_row).fetchall()


def _executed(connection: Connection, statement: str, values: Mapping[str, Any], row_factory: Any) -> Cursor[Any]:
    driver: Any = connection.connection.driver_connection
    try:
        cursor: Cursor[Any] = driver.cursor(row_factory=row_factory).execute(statement, values)
    except psycopg.Error as error:
        raise _translated(connection, driver, statement, error) from error
    return cursor


def one_text_row(
    connection: Connection, name: str, statement: str, values: Sequence[str]
) -> tuple[str | None, ...] | None:
    """The first row as PostgreSQL writes it, by a statement that each session prepares once, under this name. Places
    are written `$1`. It begins no transaction, but sees the one that has begun; in one nothing is prepared, since a
    statement that the session does not have any more would end it.

    Raises SQLAlchemy's errors.
    """
    pooled = connection.connection
    driver: Any = pooled.driver_connection
    try:
        result = _asked(driver.pgconn, pooled.info.setdefault(PREPARED, set()), name, statement, values)
    except psycopg.Error as error:
        raise _translated(connection, driver, statement, error) from error
    if not result.ntuples:
        return None
    cells = [result.get_value(0, column) for column in range(result.nfields)]
    return tuple([None if cell is None else cell.decode() for cell in cells])


def _asked(pgconn: Any, known: set[str], name: str, statement: str, values: Sequence[str]) -> Any:
    encoded = [value.encode() for value in values]
    if pgconn.transaction_status == TransactionStatus.IDLE:
        if name not in known:
            made = pgconn.prepare(name.encode(), statement.encode())
            if _state(made) != PREPARED_ALREADY:
                _checked(made)
            known.add(name)
        result = pgconn.exec_prepared(name.encode(), encoded)
        if _state(result) != NOT_PREPARED:
            return _checked(result)
        known.discard(name)
    return _checked(pgconn.exec_params(statement.encode(), encoded))


def _state(result: Any) -> bytes | None:
    """The SQLSTATE of a failure."""
    failed = result.status == ExecStatus.FATAL_ERROR
    return result.error_field(DiagnosticField.SQLSTATE) if failed else None


def _checked(result: Any) -> Any:
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise psycopg.errors.error_from_result(result, encoding="utf-8")
    return result


def _translated(connection: Connection, driver: Any, statement: str, error: psycopg.Error) -> Exception:
    lost = bool(driver.closed)
    if lost:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        statement, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
    )
