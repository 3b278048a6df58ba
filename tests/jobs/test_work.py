"""What a worker makes of a job: its result, its errors, and the same rows when it is done twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from articles import counts, digest, line, write
from processes import eventually

from lokdarpan_core import import_list, ingest_jsonl, jobs, packaged_list, seed, today
from lokdarpan_core.news import runs
from lokdarpan_core.schema import job
from lokdarpan_jobs import kinds
from lokdarpan_jobs.kinds import KINDS, ArgumentsError, UnknownKindError
from lokdarpan_jobs.sending import JobFailedError, NoAnswerError, Sent, Task
from lokdarpan_jobs.work import Workshop

CUT_JOB = f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = {jobs.JOB_LOCKS} AND objsubid = 2"
CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lokdarpan job'"


def row(engine, job_id):
    with engine.connect() as connection:
        return jobs.get(connection, job_id)


def value(engine, query):
    with engine.connect() as connection:
        return connection.execute(sa.text(query)).scalar_one()


@pytest.fixture
def kind(monkeypatch):
    """Add a kind of job, made of a function."""
    return lambda name, function: monkeypatch.setitem(kinds.KINDS, name, function)


def test_a_task_queues_a_job_and_gets_its_result(engine, sender, workshop):
    sent = Task("ping", sender)()
    before = sent.get()
    with pytest.raises(NoAnswerError, match="is still waiting"):
        sent.get(blocking=True, timeout=0)

    workshop.work(sent.job.id)

    assert (None, "pong") == (before, sent.get(blocking=True, timeout=5))
    assert ("done", 1, "pong") == (row(engine, sent.job.id).state, row(engine, sent.job.id).attempts, sent.get())


def test_the_message_holds_the_jobs_id_and_nothing_else(sender, inbox):
    queued = sender.submit("ping")
    taken = sender.submit("ingest_epaper_jsonl", str(write(inbox / "a.jsonl", [line(1)])))

    (message,) = sender.huey.pending()
    (own,) = (sender.huey.deserialize_task(data) for data in sender.own.enqueued_items())

    assert ([queued.id], {}) == (list(message.args), message.kwargs)
    assert ([taken.id], {}) == (list(own.args), own.kwargs)
    assert 2 == sender.pending()


def test_one_wake_up_is_enough_for_all_that_waits(engine, sender, workshop):
    queued = [sender.submit("ping") for _ in range(5)]

    workshop.work(queued[2].id)

    assert ["done"] * 5 == [row(engine, one.id).state for one in queued]


def test_the_same_file_is_not_queued_twice(sender, inbox):
    path = write(inbox / "a.jsonl", [line(1)])

    queued = [sender.submit("ingest_epaper_jsonl", one) for one in (str(path), "a.jsonl", f"{inbox}/../inbox/a.jsonl")]

    assert [False, True, True] == [one.already_queued for one in queued]


def test_a_job_of_another_host_is_left_alone(engine, sender, workshop):
    with engine.begin() as connection:
        queued = jobs.enqueue(connection, "ping", host="elsewhere")

    workshop.work(queued.id)

    assert "waiting" == row(engine, queued.id).state


@pytest.mark.parametrize(
    ("words", "named", "error"),
    [
        (("pong",), {}, UnknownKindError),
        (("ping", 1), {}, ArgumentsError),
        (("ingest_epaper_jsonl",), {}, ArgumentsError),
        (("ingest_epaper_jsonl", "a"), {"also": True}, ArgumentsError),
        (("ingest_epaper_jsonl", "a"), {"also_create_posts": "yes"}, ArgumentsError),
        (("ingest_epaper_jsonl", 5), {}, ArgumentsError),
    ],
)
def test_what_no_kind_takes_is_refused_when_it_is_queued(engine, sender, words, named, error):
    with pytest.raises(error):
        sender.submit(*words, **named)
    assert 0 == value(engine, "SELECT count(*) FROM job")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("from a newer version", {}), ("ping", {"more": 1}), ("ingest_epaper_jsonl", {"path": "/etc/passwd"})],
)
def test_a_row_that_no_worker_can_use_has_failed_at_once(engine, workshop, name, arguments):
    with engine.begin() as connection:
        queued = jobs.enqueue(connection, name, arguments)

    workshop.work(queued.id)

    found = row(engine, queued.id)
    assert ("failed", 1) == (found.state, found.attempts)
    assert found.error


def test_a_ward_that_there_is_not_fails_at_once(engine, sender, workshop):
    queued = sender.submit("refresh_features", ward_id="nowhere")
    workshop.work(queued.id)

    assert ("failed", 1) == (row(engine, queued.id).state, row(engine, queued.id).attempts)


def test_a_ward_may_be_named_by_any_label(engine, sender, workshop):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
        seed(connection)
    queued = sender.submit("refresh_ward_profile", ward_id="కాప్రా")
    workshop.work(queued.id)

    assert "done" == row(engine, queued.id).state


def test_a_folder_that_is_queued_as_a_file_stays_where_it_is(engine, sender, workshop, inbox):
    (inbox / "may.jsonl").mkdir()
    queued = sender.submit("ingest_epaper_jsonl", "may.jsonl")
    workshop.work(queued.id)

    assert ("failed", True) == (row(engine, queued.id).state, (inbox / "may.jsonl").is_dir())


def test_an_error_is_kept_and_the_next_job_is_done(engine, workshop, kind):
    def fail(_at):
        raise RuntimeError("no luck\nand more of it")

    kind("fail", fail)
    with engine.begin() as connection:
        queued = [jobs.enqueue(connection, name) for name in ("fail", "ping")]
    workshop.work(queued[0].id)

    failed, done = (row(engine, one.id) for one in queued)
    assert ("waiting", 1, "RuntimeError: no luck") == (failed.state, failed.attempts, failed.error)
    assert failed.run_after > failed.updated_at
    assert "done" == done.state
    with engine.begin() as connection:
        connection.execute(sa.update(job).values(state="failed"))
    with pytest.raises(JobFailedError, match="no luck"):
        Sent(failed, engine).get()


def test_an_error_of_the_database_shows_no_statement(engine, workshop, kind):
    def fail(at):
        with at.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1 / :zero"), {"zero": 0})

    kind("fail", fail)
    with engine.begin() as connection:
        queued = jobs.enqueue(connection, "fail")
    workshop.work(queued.id)

    assert "DataError: division by zero" == row(engine, queued.id).error


def test_a_result_that_json_can_not_hold_is_an_error(engine, workshop, kind):
    kind("odd", lambda _at: "\0")
    with engine.begin() as connection:
        queued = jobs.enqueue(connection, "odd")
    workshop.work(queued.id)

    assert ("waiting", 1) == (row(engine, queued.id).state, row(engine, queued.id).attempts)


def test_what_is_interrupted_is_given_back(engine, workshop, kind):
    def interrupt(_at):
        raise KeyboardInterrupt

    kind("interrupted", interrupt)
    with engine.begin() as connection:
        queued = jobs.enqueue(connection, "interrupted")
    with pytest.raises(KeyboardInterrupt):
        workshop.work(queued.id)
    workshop.release()

    assert ("waiting", 0) == (row(engine, queued.id).state, row(engine, queued.id).attempts)


def test_a_worker_that_is_to_stop_begins_nothing_more(engine, sender, workshop):
    queued = [sender.submit("ping") for _ in range(3)]
    workshop.stopping = lambda: True

    workshop.work(queued[0].id)

    assert ["waiting"] * 3 == [row(engine, one.id).state for one in queued]


def test_a_database_that_is_away_is_no_error_of_the_worker(settings, sender, url, caplog):
    away = Workshop.open(url.set(database="nowhere"), settings, sender)

    away.work(1)

    assert 'database "nowhere" does not exist' in caplog.text


@pytest.mark.parametrize("cut", [CUT_JOB, CUT_ALL], ids=["the job's session", "all of its sessions"])
def test_two_that_do_one_job_at_once_leave_the_rows_of_one(engine, url, settings, sender, workshop, inbox, cut):
    """The first one's session is cut in mid-file, so that it has lost the job's lock and does not know it; the second
    takes the job over. Both are held up before the second batch until they are at it together."""
    lines = [line(n) for n in range(4_500)]
    write(inbox / "alone.jsonl", lines)
    workshop.work(sender.submit("ingest_epaper_jsonl", "alone.jsonl").id)
    alone = digest(engine), counts(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE post, epaper, author, ingest_reject, ingest_run CASCADE"))

    queued = sender.submit("ingest_epaper_jsonl", str(write(inbox / "news.jsonl", lines)))
    second = Workshop.open(url, settings, sender)
    with ThreadPoolExecutor() as pool, engine.connect() as gate:
        works = [pool.submit(workshop.work, queued.id)]
        eventually(lambda: value(engine, "SELECT coalesce(sum(lines), 0) FROM ingest_run"))
        gate.execute(sa.select(sa.func.pg_advisory_lock(runs.ARCHIVE_GATE)))
        assert 0 < counts(engine)[0] < 4_500
        eventually(lambda: value(engine, "SELECT count(*) FROM pg_locks WHERE NOT granted"))
        holder = value(engine, f"SELECT pid FROM pg_locks WHERE classid = {jobs.JOB_LOCKS} AND objsubid = 2")
        value(engine, f"SELECT count(*) FROM ({cut}) AS cut")
        eventually(lambda: value(engine, f"SELECT count(*) FROM pg_stat_activity WHERE pid = {holder}") == 0)
        works.append(pool.submit(second.work, queued.id))
        eventually(lambda: row(engine, queued.id).attempts == 2)
        gate.execute(sa.select(sa.func.pg_advisory_unlock_all()))
        for one in works:
            one.result(60)
    eventually(lambda: finished(engine, second, queued.id))

    assert alone == (digest(engine), counts(engine))
    assert ["alone", "news"] == sorted(path.name[24:].partition(".")[0] for path in (inbox / "processed").iterdir())


def finished(engine, workshop, job_id):
    """As the sweep would have it."""
    workshop.work(job_id)
    return row(engine, job_id).state == "done"


def test_every_kind_can_be_called_and_does_its_work_twice(engine, sender, workshop, inbox):
    """On the example ward, and on an inbox with a folder."""
    with engine.begin() as connection:
        seed(connection)
    ingest_jsonl(engine, write(inbox.parent / "older.jsonl", [line(n) for n in range(10)]))
    (inbox / "sub").mkdir()
    write(inbox / "a.jsonl", [line(100)])
    arguments = {"ingest_epaper_jsonl": ["a.jsonl"], "ingest_epaper_dir": ["sub"]}

    found = {}
    for kind in KINDS:
        for _ in range(1 if kind == "ingest_epaper_jsonl" else 2):
            queued = sender.submit(kind, *arguments.get(kind, []))
            workshop.work(queued.id)
            found[kind] = row(engine, queued.id)

    assert dict.fromkeys(KINDS, "done") == {kind: one.state for kind, one in found.items()}
    assert all(one.result is not None for one in found.values())


def test_every_kind_has_a_task_of_its_name(pytestconfig):
    source = (pytestconfig.rootpath / "src/lokdarpan_jobs/app.py").read_text()

    assert [(kind, kind) for kind in KINDS] == re.findall(r'^(\w+) = Task\("(\w+)", sender\)$', source, re.MULTILINE)


def test_alerts_are_looked_for_on_the_newest_days_or_on_one(engine, sender, workshop):
    newest, one, wrong = (sender.submit("detect_alerts", *words) for words in ([], ["2026-11-20"], ["yesterday"]))
    workshop.work(newest.id)

    day = today(workshop.settings.timezone)
    days = [(day - timedelta(days=back)).isoformat() for back in (2, 1, 0)]
    assert days == [report["day"] for report in row(engine, newest.id).result]
    assert ["2026-11-20"] == [report["day"] for report in row(engine, one.id).result]
    assert ("failed", 1) == (row(engine, wrong.id).state, row(engine, wrong.id).attempts)
    assert "'yesterday' is no day" in row(engine, wrong.id).error


def test_a_backfill_of_mentions_terms_and_search_makes_up_for_what_an_ingest_did_not_know(
    engine, sender, workshop, inbox
):
    """The wards are loaded after the article: only the backfill can link it."""
    ingest_jsonl(engine, write(inbox.parent / "older.jsonl", [line(1, body="Repairs in Jubilee Hills, Hyderabad.")]))
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    for kind in ("backfill_mentions", "backfill_terms", "backfill_search"):
        workshop.work(sender.submit(kind).id)

    tables = ("post_ward", "post_terms", "post_search", "city_day")
    assert dict.fromkeys(tables, True) == {name: value(engine, f"SELECT count(*) > 0 FROM {name}") for name in tables}
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE delimitation CASCADE"))
