"""The lokdarpan command, as people and scripts meet it: real processes, exit codes, what goes to which stream."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import counts, line, write
from processes import HEEDING_CTRL_C

from lokdarpan_core.migration import head_revision
from lokdarpan_core.schema import author, epaper, post

PROGRAM = Path(sys.executable).with_name("lokdarpan")


@pytest.fixture
def environment(url, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE_URL"))}
    return kept | {
        "LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False),
        "LOKDARPAN_HOME": str(tmp_path / "no-home"),
    }


def objects(process):
    return [json.loads(one) for one in process.stdout.splitlines()]


def test_ingest_prints_one_object_a_file_and_names_the_database(lokdarpan, tmp_path, engine):
    write(tmp_path / "a.jsonl", [line(1), line(2)])
    write(tmp_path / "b.jsonl", [line(2), b"{"])

    process = lokdarpan("ingest", "--json", "a.jsonl", "b.jsonl")

    first, second = objects(process)
    assert ("a.jsonl", 2, 2, 0, 0) == tuple(first[key] for key in ("source", "lines", "new", "reused", "rejected"))
    assert ("b.jsonl", 2, 0, 1, 1) == tuple(second[key] for key in ("source", "lines", "new", "reused", "rejected"))
    assert b"Database: postgresql://" in process.stderr
    assert 1 == process.returncode
    assert (2, 2, 2, 0) == counts(engine)


@pytest.mark.parametrize(
    ("lines", "code"), [([line(1)], 0), ([line(1), b"{"], 1), ([], 0)], ids=["all well", "a reject", "empty"]
)
def test_exit_code_says_whether_lines_were_rejected(lokdarpan, tmp_path, lines, code):
    assert code == lokdarpan("ingest", write(tmp_path / "f", lines)).returncode


def test_folder_and_standard_input(lokdarpan, tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.jsonl", [line(1)])
    write(tmp_path / "in" / "b.jsonl", [line(2)])

    folder = lokdarpan("ingest", "--json", "in")
    piped = lokdarpan("ingest", "--json", "-", stdin=line(3) + b"\n" + line(1))

    assert [1, 1] == [report["new"] for report in objects(folder)]
    (report,) = objects(piped)
    assert ("standard input", 1, 1) == (report["source"], report["new"], report["reused"])


def test_table_and_what_to_do_about_rejects(lokdarpan, tmp_path):
    process = lokdarpan("ingest", write(tmp_path / "news.jsonl", [line(1, section="x"), b"{"]))

    text = process.stdout.decode()
    assert "news.jsonl" in text
    assert "section" in text
    assert "lokdarpan rejects list --run" in text


def test_unreadable_file_is_one_line_and_the_others_go_on(lokdarpan, tmp_path):
    write(tmp_path / "b.jsonl", [line(1)])

    process = lokdarpan("ingest", "--json", "absent.jsonl", "b.jsonl")

    assert 2 == process.returncode
    assert [1] == [report["new"] for report in objects(process)]
    assert b"absent.jsonl: No such file or directory" in process.stderr
    assert b"Traceback" not in process.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"LOKDARPAN_DATABASE_URL": ""}, b"No database is named"),
        ({"LOKDARPAN_DATABASE_URL": "mysql://u:hunter2@h/x"}, b"PostgreSQL only"),
        ({"LOKDARPAN_DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/x"}, b"can't be reached"),
        ({"LOKDARPAN_DATABSE_URL": "x"}, b"did you mean LOKDARPAN_DATABASE_URL?"),
    ],
    ids=["no database", "not PostgreSQL", "away", "misspelt"],
)
def test_what_can_not_be_done_is_said_without_traceback_or_secret(lokdarpan, tmp_path, changes, message):
    process = lokdarpan("ingest", write(tmp_path / "f", [line(1)]), **changes)

    assert 2 == process.returncode
    assert message in process.stderr
    assert b"Traceback" not in process.stderr
    assert b"hunter2" not in process.stderr + process.stdout


def test_database_without_the_schema_is_told_to_upgrade(lokdarpan, engine, tmp_path):
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))

    refused = lokdarpan("ingest", write(tmp_path / "f", [line(1)]))
    checked = lokdarpan("db", "check")
    upgraded = lokdarpan("db", "upgrade")
    again = lokdarpan("db", "upgrade")

    assert (2, 1, 0, 0) == tuple(process.returncode for process in (refused, checked, upgraded, again))
    assert b"run `lokdarpan db upgrade`" in refused.stderr
    assert f"Upgraded from an empty database to {head_revision()}".encode() in upgraded.stdout
    assert f"Already at {head_revision()}".encode() in again.stdout


def test_db_commands_agree_with_each_other(lokdarpan, url):
    head = head_revision()

    assert f"{head} (head)\n".encode() == lokdarpan("db", "current").stdout
    assert f"{head} (head)".encode() in lokdarpan("db", "heads").stdout
    assert f"-> {head}".encode() in lokdarpan("db", "history").stdout
    assert f"All as it should be, at {head}.\n".encode() == lokdarpan("db", "check").stdout
    assert lokdarpan("db", "url").stdout.startswith(b"postgresql://lokdarpan@")


def test_check_names_what_differs(lokdarpan, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE post ADD COLUMN extra int; DROP TABLE alert"))

    process = lokdarpan("db", "check")

    assert 1 == process.returncode
    assert b"add table: alert" in process.stdout
    assert b"remove column: post, extra" in process.stdout


@pytest.mark.parametrize("command", ["list", "export", "replay"])
def test_rejects_of_a_run_that_there_is_not_are_an_error(lokdarpan, command):
    result = lokdarpan("rejects", command, "--run", "99")

    assert (2, True) == (result.returncode, b"There is no ingest run 99" in result.stderr)


def test_rejects_are_listed_exported_and_replayed(lokdarpan, tmp_path):
    bad = [b"{\xff\x00", line(3, publication_date=None)]
    run = objects(lokdarpan("ingest", "--json", write(tmp_path / "f", [line(1), *bad])))[0]["id"]

    listed = objects(lokdarpan("rejects", "list", "--run", run, "--json"))
    exported = lokdarpan("rejects", "export", "--run", run)
    replayed = lokdarpan("rejects", "replay", "--run", run, "--default-date", "2026-05-01", "--json")

    assert [(2, "bad-encoding"), (3, "missing-date")] == [(one["line"], one["reason"]) for one in listed]
    assert b"".join(one + b"\n" for one in bad) == exported.stdout
    assert (1, 1) == (objects(replayed)[0]["new"], objects(replayed)[0]["rejected"])
    assert 1 == replayed.returncode
    assert b"missing-date" not in lokdarpan("rejects", "list").stdout


def test_undo_asks_first(lokdarpan, tmp_path, engine):
    run = objects(lokdarpan("ingest", "--json", write(tmp_path / "f", [line(1)])))[0]["id"]

    tried = lokdarpan("ingest", "undo", run, "--dry-run", "--json")
    refused = lokdarpan("ingest", "undo", run, stdin=b"n\n")
    kept = counts(engine)[0]
    done = lokdarpan("ingest", "undo", run, "--yes")

    assert (False, 1) == (objects(tried)[0]["applied"], objects(tried)[0]["articles"])
    assert (1, 1, 0, 0) == (refused.returncode, kept, done.returncode, counts(engine)[0])
    assert b"undone" in lokdarpan("ingest", "runs").stdout


def test_articles_are_shown_and_withdrawn(lokdarpan, tmp_path, engine):
    lokdarpan("ingest", write(tmp_path / "f", [line(1)]))
    with engine.connect() as connection:
        sha256 = connection.execute(sa.select(epaper.c.sha256)).scalar_one()

    shown = lokdarpan("articles", "show", sha256[:10], "--json")
    withdrawn = lokdarpan("articles", "withdraw", sha256[:10], "--reason", "order 12", "--yes", "--json")

    assert "Title 1" == objects(shown)[0]["title"]
    assert (None, "order 12") == (objects(withdrawn)[0]["raw_text"], objects(withdrawn)[0]["withdrawn_reason"])
    assert 2 == lokdarpan("articles", "show", "ffffff").returncode


def test_backfills_print_what_scripts_look_for(lokdarpan, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE epaper ALTER sha256 DROP NOT NULL"))
        paper = {"publication_name": "P", "publication_date": "2026-05-01", "raw_text": "x"}
        connection.execute(sa.insert(epaper), [paper | {"sha256": None}])
        connection.execute(sa.insert(author), [{"id": 1, "name": "P"}])
        connection.execute(sa.insert(post), [{"text": "x", "author_id": 1, "created_at": "2026-05-01Z"}] * 2)

    assert b"Backfilling sha256 for 1 epaper rows... Done.\n" == lokdarpan("backfill", "sha256").stdout
    assert (
        b"Scanned: 2, Linked: 1, Skipped_due_to_unique: 1\n" == lokdarpan("backfill", "post-links", "--dry-run").stdout
    )
    assert b"Scanned: 2, Linked: 1, Skipped_due_to_unique: 1\n" == lokdarpan("backfill", "post-links").stdout
    assert b"doubles to delete (--apply does it): 1\n" in lokdarpan("backfill", "dedupe-posts").stdout
    assert b"doubles deleted: 1\n" in lokdarpan("backfill", "dedupe-posts", "--apply").stdout


def test_seed_and_its_removal(lokdarpan):
    assert 1 == objects(lokdarpan("seed", "--json"))[0]["rows"]["ward_profile"]
    assert 0 == objects(lokdarpan("seed", "--json"))[0]["rows"]["ward_profile"]
    assert 1 == objects(lokdarpan("seed", "--remove", "--json"))[0]["rows"]["ward_profile"]


def test_settings_mask_secrets_and_old_names_give_one_notice(lokdarpan):
    process = lokdarpan("settings", SECRET_KEY="hunter2", CELERY_BROKER_URL="x")
    ingested = lokdarpan("ingest", "absent.jsonl", CELERY_BROKER_URL="x")

    assert b"hunter2" not in process.stdout
    assert b"***" in process.stdout
    assert 1 == process.stderr.count(b"CELERY_BROKER_URL") == ingested.stderr.count(b"CELERY_BROKER_URL")


@pytest.mark.parametrize(
    "words",
    ["", "ingest", "ingest undo", "rejects replay", "articles withdraw", "backfill", "db", "seed"],
)
def test_help_needs_no_database_and_no_settings(lokdarpan, words):
    process = lokdarpan(*words.split(), "--help", LOKDARPAN_DATABASE_URL="", LOKDARPAN_NONSENSE="")

    assert (0, b"") == (process.returncode, process.stderr)
    assert process.stdout.startswith(b"Usage: lokdarpan")


def test_unknown_option_is_usage(lokdarpan):
    assert 2 == lokdarpan("ingest", "--nonsense").returncode


def test_ctrl_c_leaves_a_run_that_goes_on(environment, tmp_path, engine, lokdarpan):
    file = write(tmp_path / "f", (line(n) for n in range(12_000)))
    words = [PROGRAM, "ingest", file]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, **HEEDING_CTRL_C) as process:
        process.stderr.readline()  # the database is named when work begins
        while counts(engine)[0] == 0:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)

    some = counts(engine)[0]
    (report,) = objects(lokdarpan("ingest", "--json", file))
    assert (130, True) == (process.returncode, b"goes on from there" in told)
    assert 0 < some < 12_000
    assert (12_000, 12_000, 0) == (report["lines"], report["new"], report["reused"])
