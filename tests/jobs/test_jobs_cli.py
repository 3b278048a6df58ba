"""`lokdarpan enqueue`, `lokdarpan jobs …` and `lokdarpan purge`, as people and scripts see them."""

import json

import pytest
import sqlalchemy as sa
from articles import line, write
from click.testing import CliRunner

from lokdarpan_core import Settings, jobs, purge_old
from lokdarpan_core.cli import main
from lokdarpan_core.schema import ingest_reject, ingest_run, job
from lokdarpan_jobs.kinds import KINDS


@pytest.fixture
def lokdarpan(variables):
    """Run a command: lokdarpan("jobs", "list") -> its result."""
    return lambda *words: CliRunner(env=variables).invoke(main, [*map(str, words)], prog_name="lokdarpan")


def objects(result):
    return [json.loads(one) for one in result.stdout.splitlines()]


@pytest.mark.parametrize("form", ["{inbox}/news.jsonl", "news.jsonl", "{inbox}/../inbox/news.jsonl"])
def test_enqueue_ingest_takes_a_file_of_the_inbox(lokdarpan, inbox, form):
    write(inbox / "news.jsonl", [line(1)])

    (queued,) = objects(lokdarpan("enqueue", "ingest", form.format(inbox=inbox), "also_create_posts=false", "--json"))

    assert ("ingest_epaper_jsonl", "waiting") == (queued["kind"], queued["state"])
    assert {"path": str(inbox / "news.jsonl"), "also_create_posts": False} == queued["arguments"]


def test_enqueue_ingest_takes_a_folder(lokdarpan, inbox):
    (queued,) = objects(lokdarpan("enqueue", "ingest", inbox, "--json"))

    assert ("ingest_epaper_dir", {"path": str(inbox)}) == (queued["kind"], queued["arguments"])


def test_enqueue_ingest_takes_a_folder_by_its_name_in_the_inbox(lokdarpan, inbox):
    (inbox / "may").mkdir()

    (queued,) = objects(lokdarpan("enqueue", "ingest", "may", "--json"))

    assert ("ingest_epaper_dir", {"path": str(inbox / "may")}) == (queued["kind"], queued["arguments"])


def test_job_that_has_failed_for_good_is_taken_out(lokdarpan, engine):
    with engine.begin() as connection:
        failed = sa.insert(job).values(kind="ping", state="failed", error="no", finished_at=sa.func.now())
        number = connection.execute(failed.returning(job.c.id)).scalar_one()

    result = lokdarpan("jobs", "cancel", number)

    assert (0, f"Job {number} is cancelled.\n") == (result.exit_code, result.stdout)


def test_what_is_queued_already_is_said(lokdarpan):
    first, second = lokdarpan("enqueue", "refresh_features"), lokdarpan("enqueue", "refresh_features")
    other = lokdarpan("enqueue", "refresh_features", "ward_id=WARD_001")

    assert (0, 0, 0) == (first.exit_code, second.exit_code, other.exit_code)
    assert "(refresh_features) is queued: lokdarpan jobs show" in first.stdout
    assert "does that already; it is waiting" in second.stdout
    assert "is queued" in other.stdout
    assert "Database: postgresql://" in first.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["refresh_feature"], "There is no kind of job 'refresh_feature'; there are ping, ingest_epaper_jsonl"),
        (["ping", "5"], "ping takes no arguments"),
        (["ingest_epaper_jsonl"], "missing a required argument: 'path'"),
        (["ingest", "/etc/passwd"], "/etc/passwd is outside the inbox"),
        (["ingest", "absent.jsonl"], "absent.jsonl can't be read: No such file"),
    ],
)
def test_what_can_not_be_queued_is_one_line(lokdarpan, words, message):
    result = lokdarpan("enqueue", *words)

    assert 2 == result.exit_code
    assert message in result.stderr


def test_jobs_are_listed_shown_cancelled_and_retried(lokdarpan, workshop):
    ids = [objects(lokdarpan("enqueue", kind, "--json"))[0]["id"] for kind in ("ping", "refresh_features")]
    cancelled = lokdarpan("jobs", "cancel", ids[1])
    workshop.work(ids[0])

    (done,) = objects(lokdarpan("jobs", "list", "--state", "done", "--json"))
    shown = lokdarpan("jobs", "show", ids[0])
    refused = lokdarpan("jobs", "retry", ids[0], ids[1])

    assert (ids[0], "pong") == (done["id"], done["result"])
    assert f"Job {ids[1]} is cancelled." in cancelled.stdout
    assert '"pong"' in shown.stdout
    assert (2, f"Job {ids[1]} is waiting.\n") == (refused.exit_code, refused.stdout)
    assert f"Job {ids[0]} is done: only a failed or cancelled job" in refused.stderr
    assert "refresh_features" in lokdarpan("jobs", "list").stdout
    assert 2 == lokdarpan("jobs", "show", 4711).exit_code


def test_all_failed_jobs_are_retried_at_once(lokdarpan, engine):
    with engine.begin() as connection:
        connection.execute(sa.insert(job), [{"kind": "ping", "state": "failed", "attempts": 8}] * 3)

    result = lokdarpan("jobs", "retry", "--failed")

    assert (0, 3) == (result.exit_code, result.stdout.count("is waiting."))
    assert 2 == lokdarpan("jobs", "retry").exit_code


def test_kinds_are_listed_with_what_they_take_and_do(lokdarpan):
    printed = lokdarpan("jobs", "kinds").stdout

    assert all(kind in printed for kind in KINDS)
    assert "also_create_posts: bool = True" in printed


@pytest.mark.parametrize("words", ["worker", "up", "enqueue", "jobs", "jobs retry", "doctor", "purge"])
def test_help_needs_no_database_and_no_settings(words):
    result = CliRunner(env={"LOKDARPAN_NONSENSE": "x"}).invoke(main, [*words.split(), "--help"])

    assert 0 == result.exit_code
    assert "Usage:" in result.stdout


@pytest.fixture
def old_and_new(engine):
    """Rejects and jobs of 100 and of 40 days ago, and of now."""
    days = [sa.func.now() - sa.text(f"interval '{days} days'") for days in (100, 40, 0)]
    with engine.begin() as connection:
        run = connection.execute(sa.insert(ingest_run).values(source="x").returning(ingest_run.c.id)).scalar_one()
        for number, when in enumerate(days):
            values = {"run_id": run, "line": number, "byte_offset": 0, "byte_length": 3, "reason": "bad-json"}
            connection.execute(sa.insert(ingest_reject).values(**values, raw=b"{x}", created_at=when))
            for state in ("done", "failed"):
                connection.execute(sa.insert(job).values(kind="ping", state=state, finished_at=when))
            connection.execute(sa.insert(job).values(kind="ping", created_at=when))


def test_purge_removes_old_bytes_and_jobs_and_keeps_the_rejects(lokdarpan, engine, old_and_new):
    tried, done, again = (objects(lokdarpan("purge", *words, "--json"))[0] for words in (["--dry-run"], [], []))

    assert {"rejects": 1, "bytes": 3, "jobs": 4, "applied": False} == tried
    assert tried | {"applied": True} == done
    assert (0, 0) == (again["rejects"], again["jobs"])
    with engine.connect() as connection:
        kept = connection.execute(sa.select(ingest_reject.c.raw, ingest_reject.c.detail).order_by("line")).all()
        states = connection.execute(sa.select(job.c.state).order_by(job.c.id)).scalars().all()
    assert [(None, "bytes removed after 90 days"), (b"{x}", None), (b"{x}", None)] == [tuple(one) for one in kept]
    assert ["waiting", "waiting", "done", "failed", "waiting"] == states


def test_a_purge_never_lets_a_tick_come_back(engine):
    """Jobs are kept for two days at least, and a tick is made up for within one."""
    settings = Settings.from_environment({"LOKDARPAN_KEEP_JOBS_DAYS": "2"})
    with engine.begin() as connection:
        tick = jobs.enqueue(connection, "ping", unique_key="tick:x:now")
        finished = sa.func.now() - sa.text("interval '1 day'")
        connection.execute(sa.update(job).values(state="done", finished_at=finished))
        purge_old(connection, settings)

        assert tick.id == jobs.enqueue(connection, "ping", unique_key="tick:x:now").id
