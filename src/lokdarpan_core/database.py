"""From a URL to a connection: the engine, and the one-line way in for a notebook."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from lokdarpan_core.embargo import Embargo
from lokdarpan_core.embedded import EmbeddedServer, default_home
from lokdarpan_core.errors import DatabaseUnavailableError, NoDatabaseError
from lokdarpan_core.settings import Settings

EMBARGO = "lokdarpan_embargo"  # the execution option in which a connection carries the windows of its settings


def create_engine(url: URL | str, **options: Any) -> Engine:
    """A SQLAlchemy engine for a PostgreSQL URL. Sessions run in UTC and carry our name in pg_stat_activity.

    `options` go to sqlalchemy.create_engine.
    """
    url = make_url(url).set(drivername="postgresql+psycopg")
    ours = {"application_name": url.query.get("application_name", "lokdarpan")}
    ours["options"] = f"{url.query.get('options', '')} -c timezone=UTC".strip()
    return sa.create_engine(url, **({"pool_pre_ping": True, "connect_args": ours} | options))


def embedded_server(settings: Settings) -> EmbeddedServer:
    """The private server that these settings describe; it may not exist yet."""
    return EmbeddedServer(home=settings.home or default_home(), pg_bin=settings.pg_bin, pg_user=settings.pg_user)


@contextmanager
def open_engine(settings: Settings, **options: Any) -> Iterator[Engine]:
    """An engine on the database that the settings name, else on the embedded server if it has data already.

    Its connections carry the settings' embargo (`embargo_of`). Raises NoDatabaseError when there is neither. An
    embedded server that was started for this block stops with it.
    """
    options = {"execution_options": {EMBARGO: settings.embargo}} | options
    if settings.database_url is not None:
        engine = create_engine(settings.database_url, **options)
        try:
            yield engine
        finally:
            engine.dispose()
        return
    server = embedded_server(settings)
    if not server.exists:
        raise NoDatabaseError
    with server.use() as url:
        engine = create_engine(url, **options)
        try:
            yield engine
        finally:
            engine.dispose()


def embargo_of(connection: Connection) -> tuple[Embargo, ...]:
    """The windows in which what is read through this connection may give no forecast away: those of the settings that
    it was opened with, none for an engine of somebody's own."""
    return tuple(connection.get_execution_options().get(EMBARGO, ()))


@contextmanager
def connect(settings: Settings | None = None) -> Iterator[Connection]:
    """One connection in one transaction, committed on success and rolled back on an error: for notebooks and scripts.

    Without settings they are read from the environment. Raises NoDatabaseError and DatabaseUnavailableError.
    """
    with (
        open_engine(settings or Settings.from_environment(os.environ)) as engine,
        reachable(engine),
        engine.begin() as connection,
    ):
        yield connection


@contextmanager
def reachable(engine: Engine) -> Iterator[None]:
    """Turn "the server is away" into DatabaseUnavailableError, which names the database and no secret."""
    try:
        yield
    except OperationalError as error:
        raise unavailable(engine.url, error) from error


def unavailable(url: URL, error: Exception) -> DatabaseUnavailableError:
    """The error to show for a lost or refused connection: which database, and the server's own first line."""
    first = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return DatabaseUnavailableError(f"The database {display_url(url)} can't be reached or broke off: {first}")


def display_url(url: URL) -> str:
    """A URL for people: without driver, options and password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def copy_rows(
    connection: Connection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[tuple[Any, ...]],
    when_sent: Callable[[], None] = lambda: None,
) -> None:
    """Binary COPY into a table, in the caller's transaction; `columns` are its names with their types (`int8`, `text`).

    `when_sent` is called when the last row is on its way, before the wait for the server. Raises SQLAlchemy's errors.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)
            when_sent()
    except psycopg.Error as error:  # SQLAlchemy does not see what the driver's own cursor does
        if driver.closed:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error) from error
    except BaseException:
        connection.invalidate()  # Ctrl-C: a session in mid-COPY takes no ROLLBACK, which would hide it
        raise
