"""A real PostgreSQL for every test: one server, a template that is migrated once, and a clone or a rollback each."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from lokdarpan_core import EmbeddedServer, Settings, create_engine, upgrade

FAST_AND_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "60",
}


class _Executor(NoopExecutor):
    template_dbname = "template1"  # what postgresql_noproc(depends_on=) makes its own template from


@pytest.fixture(scope="session")
def pg_bin() -> Path | None:
    """The binaries to test with: LOKDARPAN_PG_BIN, else what the embedded server finds."""
    return Settings.from_environment(os.environ).pg_bin


@pytest.fixture(scope="session")
def pg_server(pg_bin: Path | None) -> Iterator[_Executor]:
    home = Path(tempfile.mkdtemp(prefix="lkd-tests-"))
    try:
        with EmbeddedServer(home, pg_bin=pg_bin, server_settings=FAST_AND_UNSAFE).use() as url:
            parts = make_url(url)
            yield _Executor(
                host=parts.query["host"],
                port=int(parts.query.get("port") or parts.port or 5432),
                user=parts.username,
                options="",
                dbname="unused",
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _url(host, port, user, dbname) -> sa.URL:
    query = {"host": str(host), "port": str(port)}
    return sa.URL.create("postgresql+psycopg", username=user, database=dbname, query=query)


def _migrate(host, port, user, dbname, password, autocommit=False) -> None:
    engine = create_engine(_url(host, port, user, dbname), poolclass=sa.NullPool)
    upgrade(engine)


pg_template = factories.postgresql_noproc(depends_on="pg_server", dbname="lokdarpan_test", load=[_migrate])
pg_clone = factories.postgresql("pg_template")


@pytest.fixture
def url(pg_clone) -> sa.URL:
    """A database of the test's own, at the newest schema."""
    info = pg_clone.info
    return _url(info.host, info.port, info.user, info.dbname)


@pytest.fixture
def engine(url: sa.URL) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty folder that files are taken from."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real sheets and news, which are not part of the project."""
    folder = os.environ.get("LOKDARPAN_REAL_DATA")
    if not folder:
        pytest.skip("needs real data: set LOKDARPAN_REAL_DATA to their folder")
    return Path(folder)
