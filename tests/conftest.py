"""A real PostgreSQL for every test: one server, a template that is migrated once, and a clone or a rollback each."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import commands
import pytest
import sqlalchemy as sa
from nurseries import nursery
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor
from pytest_postgresql.janitor import DatabaseJanitor
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


SLOW = {"adoption", "docs", "torture"}  # folders
SLOW |= {f"test_{name}.py" for name in ("consumer", "embedded", "real_servers", "schedules", "serving", "up")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What kills, fills up, starts servers or looks at pages in a browser takes minutes together."""
    for item in items:
        if SLOW.intersection(item.path.parts) or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


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


@pytest.fixture(scope="session")
def shared_engine(pg_template: _Executor) -> Iterator[Engine]:
    """A database that nobody ever commits to: to roll back is quicker than to clone."""
    place = {"host": pg_template.host, "port": pg_template.port, "user": pg_template.user}
    name = f"{pg_template.template_dbname}_shared"
    with DatabaseJanitor(**place, dbname=name, template_dbname=pg_template.template_dbname):
        engine = create_engine(_url(**place, dbname=name))
        yield engine
        engine.dispose()


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A transaction that is rolled back: in the test's own database where it asks for that, too."""
    own = "engine" in request.fixturenames
    engine = request.getfixturevalue("engine" if own else "shared_engine")
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture(scope="session")
def command_nursery() -> Iterator[Path]:
    with nursery(commands.__file__) as path:
        yield path


@pytest.fixture
def lokdarpan(command_nursery: Path, url: sa.URL, tmp_path: Path) -> Callable[..., CompletedProcess[bytes]]:
    """Run the command in the test's folder and on its database: lokdarpan("ward", "meta", 1, LOKDARPAN_…="…") -> the
    finished process."""
    ours = {
        "LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False),
        "LOKDARPAN_HOME": str(tmp_path / "no-home"),
    }

    def run(*words: object, stdin: bytes = b"", **changes: str) -> CompletedProcess[bytes]:
        environment = commands.clean_environment() | ours | changes
        return commands.run_command(command_nursery, tuple(map(str, words)), environment, tmp_path, stdin)

    return run


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty folder that files are taken from."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def home() -> Iterator[Path]:
    """Short, and reachable by the server's account, which pytest's tmp_path is not."""
    path = Path(tempfile.mkdtemp(prefix="lkd-", dir="/tmp"))
    yield path
    EmbeddedServer(path).stop()
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real sheets and news, which are not part of the project."""
    folder = os.environ.get("LOKDARPAN_REAL_DATA")
    if not folder:
        pytest.skip("needs real data: set LOKDARPAN_REAL_DATA to their folder")
    return Path(folder)
