"""The schema's versions: one history, up and down, the same as the tables in code, and safe to run beside others."""

import time

import pytest
import sqlalchemy as sa
from processes import patiently, two_at_once
from pytest_alembic.plugin.fixtures import create_alembic_fixture
from pytest_alembic.tests import (  # noqa: F401
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)

from lokdarpan_core import LockTimeoutError, SchemaError, create_engine, head_revision, migration, require_head, upgrade

alembic_runner = create_alembic_fixture(migration.alembic_config())


@pytest.fixture
def empty(engine, url):
    """A database with nothing in it."""
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    return engine


@pytest.fixture
def alembic_engine(empty):
    return empty


def test_upgrade_of_an_empty_database_reaches_the_head(empty):
    assert (None, head_revision()) == upgrade(empty)
    assert (head_revision(), head_revision()) == upgrade(empty)

    with empty.connect() as connection:
        require_head(connection)
        assert [] == migration.differences(connection)


def test_another_programs_tables_are_left_alone(empty):
    with empty.begin() as connection:
        connection.execute(sa.text('CREATE TABLE alembic_version (version_num text); CREATE TABLE "user" (id int)'))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('a6b6e1cd81e2')"))

    upgrade(empty)

    with empty.connect() as connection:
        assert "a6b6e1cd81e2" == connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        assert [] == migration.differences(connection)


def test_an_original_database_is_not_upgraded_but_sent_to_adoption(empty):
    with empty.begin() as connection:
        connection.execute(sa.text("CREATE TABLE post (id serial PRIMARY KEY, text text); CREATE TABLE zebra ()"))

    with pytest.raises(SchemaError, match=r"tables of another program: post.*lokdarpan db adopt"):
        upgrade(empty)

    assert {"post", "zebra"} == set(sa.inspect(empty).get_table_names())


def test_two_upgrades_at_once_are_safe(empty, url):
    results = two_at_once(lambda: patiently(lambda: upgrade(create_engine(url, poolclass=sa.NullPool))))

    assert {(None, head_revision()), (head_revision(), head_revision())} == set(results)


def test_upgrade_waits_four_seconds_for_a_lock_and_names_who_has_it(engine, url):
    holder = create_engine(url, poolclass=sa.NullPool, connect_args={"application_name": "a long report"})
    with holder.connect() as connection:
        connection.execute(sa.text("LOCK lokdarpan_version"))
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        began = time.monotonic()
        with pytest.raises(LockTimeoutError, match=rf"Waited 4s .* pid {pid} \(a long report"):
            upgrade(engine)

    assert 3.9 < time.monotonic() - began < 10
    upgrade(engine)


def test_database_at_another_version_is_told_what_to_do(empty):
    with empty.connect() as connection, pytest.raises(SchemaError, match="run `lokdarpan db upgrade`"):
        require_head(connection)


def test_post_full_has_the_text_of_every_post(connection):
    connection.execute(
        sa.text("""
            INSERT INTO epaper (id, publication_name, publication_date, raw_text, sha256)
                VALUES (1, 'P', '2026-05-01', 'full text', repeat('a', 64));
            INSERT INTO post (id, text, epaper_id, created_at)
                VALUES (1, NULL, 1, '2026-05-01Z'), (2, 'its own', NULL, '2026-05-01Z')
        """)
    )

    texts = connection.execute(sa.text("SELECT text FROM post_full ORDER BY id")).scalars().all()

    assert ["full text", "its own"] == texts
