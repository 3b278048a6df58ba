"""A row from the driver itself, for the few questions that a server is asked all day.

SQLAlchemy takes five times as long over such a question as the driver does, and the driver twice as long as the library
below it; where a request asks nothing else, that is most of its time.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.pq import DiagnosticField, ExecStatus
from sqlalchemy import Connection

PREPARED = "lokdarpan_prepared"  # under which a connection remembers the statements that it knows
NOT_PREPARED = b"26000"  # a pooler between us and the server has given us another session


def one_row(connection: Connection, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of a query, in the caller's transaction; None when there is none. Places are written `%(name)s`.

    Raises SQLAlchemy's errors, as a statement of its own would.
    """
    driver: Any = connection.connection.driver_connection
    try:
        row: tuple[Any, ...] | None = driver.execute(statement, values).fetchone()
    except psycopg.Error as error:
        raise _translated(connection, driver, statement, error) from error
    return row


def one_text_row(
    connection: Connection, name: str, statement: str, values: Sequence[str]
) -> tuple[str | None, ...] | None:
    """The first row as PostgreSQL writes it, by a statement that each session prepares once, under this name. Places
    are written `$1`. It begins no transaction, but sees the one that has begun.

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
    if name not in known:
        _checked(pgconn.prepare(name.encode(), statement.encode()))
        known.add(name)
    result = pgconn.exec_prepared(name.encode(), encoded)
    if result.status == ExecStatus.FATAL_ERROR and result.error_field(DiagnosticField.SQLSTATE) == NOT_PREPARED:
        result = pgconn.exec_params(statement.encode(), encoded)
    return _checked(result)


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
