"""A row from the driver itself, for the few questions that a server is asked all day.

SQLAlchemy takes five times as long over such a question as the driver does; where a request asks nothing else, that is
most of its time. The statement is prepared by the driver when it comes often.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection


def one_row(connection: Connection, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of a query, in the caller's transaction; None when there is none. Places are written `%(name)s`.

    Raises SQLAlchemy's errors, as a statement of its own would.
    """
    driver: Any = connection.connection.driver_connection
    try:
        row: tuple[Any, ...] | None = driver.execute(statement, values).fetchone()
    except psycopg.Error as error:
        lost = bool(driver.closed)
        if lost:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(
            statement, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
        ) from error
    return row
