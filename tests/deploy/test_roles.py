"""deploy/postgresql/roles.sql: the owner changes the schema, the app everything else, the reader nothing."""

import re
import shutil
import subprocess
from datetime import date

import pytest
import sqlalchemy as sa
from articles import counts, line, write
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from lokdarpan_core import (
    Settings,
    assign_stories,
    backfill_post_links,
    backfill_sha256,
    consumers,
    create_engine,
    create_key,
    dedupe_posts,
    find_key,
    import_list,
    ingest_jsonl,
    note_use,
    packaged_list,
    purge_old,
    refresh,
    remove_seed,
    require_head,
    seed,
    undo_run,
    upgrade,
)
from lokdarpan_jobs.sending import Sender
from lokdarpan_jobs.work import Workshop

PSQL = shutil.which("psql")
APP = "lokdarpan_app"  # the embedded server's superuser has the name that the app has on a server of its own
pytestmark = pytest.mark.skipif(PSQL is None, reason="needs psql (Debian: postgresql-client)")


@pytest.fixture
def database(url, engine, pytestconfig):
    """An empty database to which roles.sql was applied, twice, and which its owner has upgraded."""
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    script = re.sub(r"\blokdarpan\b", APP, (pytestconfig.rootpath / "deploy/postgresql/roles.sql").read_text())
    place = {
        "PGHOST": url.query["host"],
        "PGPORT": url.query["port"],
        "PGUSER": url.username,
        "PGDATABASE": url.database,
    }
    for _ in range(2):
        subprocess.run([PSQL, "-Xq", "-f", "-"], input=script, text=True, env=place, check=True)
    upgrade(as_role(url, "lokdarpan_owner"))
    return url


def as_role(url, name):
    return create_engine(url.set(username=name), poolclass=sa.NullPool)


def test_the_app_does_all_its_work_without_owning_a_table(database, tmp_path):
    """Ingest, wards (whose triggers count versions), refreshes, backfills, keys, undo."""
    app = as_role(database, APP)
    with app.begin() as connection:
        require_head(connection)
        seed(connection)
        import_list(connection, packaged_list("ghmc-2016"))
    body = "Repairs in Ward 95 Jubilee Hills, Hyderabad."
    report = ingest_jsonl(app, write(tmp_path / "news.jsonl", [line(n, body=f"{body} {n}") for n in range(20)]))
    assign_stories(app)
    backfill_sha256(app)
    backfill_post_links(app)
    dedupe_posts(app, apply=True)
    with app.begin() as connection:
        refresh(connection)
        key = create_key(connection, "feed", ["ingest"])
        note_use(connection, find_key(connection, key.token))
        purge_old(connection, Settings.from_environment({}))
        versions = connection.execute(sa.text("SELECT count(*) FROM ward_version WHERE version > 1")).scalar_one()
    assert (20, 20, 20, 0) == counts(app)
    assert versions > 0
    with app.begin() as connection:
        undo_run(connection, report.id)
        remove_seed(connection)
    assert 0 == counts(app)[0]


def test_the_apps_jobs_are_done_when_the_owner_has_made_the_queue(database):
    settings = Settings.from_environment({})
    Sender.open(as_role(database, "lokdarpan_owner"), settings).close()
    sender = Sender.open(as_role(database, APP), settings)
    Workshop.open(sender.engine.url, settings, sender).work(sender.submit("ping").id)

    with sender.engine.connect() as connection:
        assert "done" == connection.execute(sa.text("SELECT state FROM job")).scalar_one()
        assert [] == consumers(connection)
    sender.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)", "ALTER TABLE epaper ADD more int", "DROP TABLE post", "TRUNCATE post",
        "DROP TRIGGER raise_ward_versions ON ward_touch", "CREATE INDEX ON epaper (title)", "CREATE SCHEMA more",
        "ALTER TABLE post_ward DISABLE TRIGGER ALL",
    ],
)  # fmt: skip
def test_the_app_can_change_no_schema(database, statement):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        as_role(database, APP).begin() as connection,
    ):
        connection.execute(sa.text(statement))


def test_the_reader_reads_everything_and_writes_nothing(database):
    reader = as_role(database, "lokdarpan_read")
    with reader.connect() as connection:
        tables = connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in [*tables, "post_full"]:
            connection.execute(sa.text(f"SELECT * FROM {name} LIMIT 1"))
    for statement in ("INSERT INTO author (name) VALUES ('x')", "SET transaction_read_only = off; DELETE FROM author"):
        with (
            pytest.raises(SQLAlchemyError, match=r"read-only transaction|permission denied"),
            reader.begin() as connection,
        ):
            connection.execute(sa.text(statement))


def test_tables_of_later_migrations_are_the_apps_and_the_readers_too(database):
    with as_role(database, "lokdarpan_owner").begin() as connection:
        connection.execute(sa.text("CREATE TABLE later (id bigint GENERATED BY DEFAULT AS IDENTITY, day date)"))
    with as_role(database, APP).begin() as connection:
        connection.execute(sa.text("INSERT INTO later (day) VALUES (:day)"), {"day": date(2026, 1, 1)})
    with as_role(database, "lokdarpan_read").connect() as connection:
        assert 1 == connection.execute(sa.text("SELECT count(*) FROM later")).scalar_one()


def test_nobody_else_gets_in(database, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS lokdarpan_stranger"))
        connection.execute(sa.text("CREATE ROLE lokdarpan_stranger LOGIN"))
    try:
        with pytest.raises(SQLAlchemyError, match="permission denied for database"):
            as_role(database, "lokdarpan_stranger").connect()
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP ROLE lokdarpan_stranger"))
