"""A row from the driver itself, for the few questions that a server is asked all day.

SQLAlchemy takes five times as long over such a question as the driver does, and the driver twice as long as the library
below it; where a request asks nothing else, that is most of its time.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.pq import ExecStatus
from sqlalchemy import Connection

PREPARED = "lokdarpan_prepared"  # where a connection remembers which statements it knows


def one_row(connection: Connection, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of a query, in the caller's transaction; None when there is none. Places are written `%(name)s`.

    Raises SQLAlchemy's errors, as a statement of its own would.
    """
    driver: Any = connection.connection.driver_connection
    try:
        row: tuple[Any, ...] | None = driver.execute(statement, values).fetchone()
    except psycopg.Error as error:
        raise _translated(connection, statement, error) from error
    return row


def one_text_row(
    connection: Connection, name: str, statement: str, values: Sequence[str]
) -> tuple[str | None, ...] | None:
    """The first row as PostgreSQL writes it, of a statement that each connection prepares once, under a name of its
    own. Places are written `$1`. For an autocommitting connection, or one whose transaction has begun.

    Raises SQLAlchemy's errors.
    """
    pooled = connection.connection
    driver: Any = pooled.driver_connection
    known: set[str] = pooled.info.setdefault(PREPARED, set())
    if not driver.autocommit and driver.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        return _begun(connection, statement, values)
    if name not in known:
        _done(connection, statement, driver.pgconn.prepare(name.encode(), statement.encode()), driver)
        known.add(name)
    result = driver.pgconn.exec_prepared(name.encode(), [value.encode() for value in values])
    _done(connection, statement, result, driver)
    if not result.ntuples:
        return None
    row = [result.get_value(0, column) for column in range(result.nfields)]
    return tuple(None if cell is None else cell.decode() for cell in row)


def _done(connection: Connection, statement: str, result: Any, driver: Any) -> None:
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        error = psycopg.errors.error_from_result(result, encoding="utf-8")
        raise _translated(connection, statement, error, lost=driver.broken or driver.closed)


def _translated(connection: Connection, statement: str, error: psycopg.Error, *, lost: bool = False) -> Exception:
    driver: Any = connection.connection.driver_connection
    lost = lost or bool(driver.closed)
    if lost:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        statement, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
    )
