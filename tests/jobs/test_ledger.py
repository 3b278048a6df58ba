"""The ledger: who may take a job, what becomes of it, and that the same work is not queued twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from processes import eventually

from lokdarpan_core import (
    ConflictError,
    NotFoundError,
    announce,
    consumer_name,
    consumers,
    create_engine,
    jobs,
    utc_now,
)
from lokdarpan_core.schema import job

MOST = 3


@pytest.fixture
def session(engine):
    """Makes sessions as a worker has them."""
    opened = []

    def open_session():
        opened.append(engine.connect().execution_options(isolation_level="AUTOCOMMIT"))
        return opened[-1]

    yield open_session
    for one in opened:
        one.close()


@pytest.fixture
def worker(session):
    return session()


def die(worker, watcher):
    """End a session, and wait until the server has noticed."""
    pid = worker.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
    worker.close()
    alive = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    eventually(lambda: watcher.execute(alive, {"pid": pid}).scalar_one() == 0)


def taken(worker, job_id, host="here"):
    assert jobs.lock(worker, job_id)
    return jobs.take(worker, job_id, host, MOST)


def test_work_with_a_key_is_queued_once_while_it_waits_or_runs(worker):
    first = jobs.enqueue(worker, "ping", {"a": 1}, unique_key="k")
    again = jobs.enqueue(worker, "ping", {"a": 1}, unique_key="k")
    taken(worker, first.id)
    running = jobs.enqueue(worker, "ping", unique_key="k")
    jobs.finish(worker, first.id, "pong")
    after = jobs.enqueue(worker, "ping", unique_key="k")

    assert [first.id] * 2 == [again.id, running.id]
    assert (False, True, True, False) == tuple(one.already_queued for one in (first, again, running, after))
    assert after.id != first.id


def test_a_tick_is_queued_once_for_ever(worker):
    tick = jobs.enqueue(worker, "ping", unique_key=f"{jobs.TICK}x:2026-11-24T06:00")
    taken(worker, tick.id)
    jobs.finish(worker, tick.id, "pong")

    assert jobs.enqueue(worker, "ping", unique_key=tick.unique_key).already_queued


@pytest.mark.parametrize("key", ["k", f"{jobs.TICK}k"])
def test_many_who_queue_the_same_work_at_one_moment_agree_on_one_job(engine, key):
    def enqueue(_number):
        with engine.begin() as connection:
            return jobs.enqueue(connection, "ping", unique_key=key)

    with ThreadPoolExecutor(8) as pool:
        queued = list(pool.map(enqueue, range(24)))

    assert 1 == len({one.id for one in queued})
    assert 23 == sum(one.already_queued for one in queued)


def test_a_key_that_was_rolled_back_is_free(engine):
    with engine.connect() as connection, connection.begin() as transaction:
        jobs.enqueue(connection, "ping", unique_key="k")
        transaction.rollback()
    with engine.begin() as connection:
        assert not jobs.enqueue(connection, "ping", unique_key="k").already_queued


def test_a_job_has_one_worker_until_its_session_ends(session):
    first, second = session(), session()
    queued = jobs.enqueue(first, "ping")

    begun = taken(first, queued.id)
    refused = jobs.lock(second, queued.id), jobs.ready(second, "here", 10)
    die(first, second)
    again = taken(second, queued.id)

    assert ("running", 1) == (begun.state, begun.attempts)
    assert (False, []) == refused
    assert ("running", 2) == (again.state, again.attempts)


def test_a_job_whose_worker_died_is_ready(session):
    first, second = session(), session()
    queued = jobs.enqueue(first, "ping")
    taken(first, queued.id)
    die(first, second)

    assert [queued.id] == jobs.ready(second, "here", 10)


def test_ready_are_the_oldest_that_are_due_and_of_this_host(worker):
    later = utc_now() + timedelta(minutes=1)
    ids = [
        jobs.enqueue(worker, "ping", run_after=after, host=host).id
        for after, host in [(None, None), (later, None), (utc_now(), "here"), (None, "there"), (None, None)]
    ]

    assert [ids[0], ids[2], ids[4]] == jobs.ready(worker, "here", 10)
    assert ids[:1] == jobs.ready(worker, "here", 1)


@pytest.mark.parametrize("state", ["done", "failed", "cancelled", "not due", "of another host", "never heard of"])
def test_what_is_not_to_be_done_is_not_taken(worker, state):
    values = {"kind": "ping", "state": state if state in jobs.STATES else "waiting"}
    values |= {"run_after": utc_now() + timedelta(minutes=1)} if state == "not due" else {}
    values |= {"host": "there"} if state == "of another host" else {}
    queued = worker.execute(sa.insert(job).values(values).returning(job.c.id)).scalar_one()

    assert taken(worker, queued + (state == "never heard of")) is None


def test_an_error_lets_a_job_wait_ever_longer_and_the_last_one_ends_it(worker):
    queued = jobs.enqueue(worker, "ping")
    waits = []
    for attempt in range(1, MOST + 1):
        worker.execute(sa.update(job).values(run_after=None))
        assert attempt == taken(worker, queued.id).attempts
        after = jobs.fail(worker, queued.id, f"error {attempt}", MOST)
        waits.append(after.run_after and round((after.run_after - after.updated_at).total_seconds()))

    assert [10, 40, None] == waits
    assert ("failed", "error 3") == (after.state, after.error)
    assert after.finished_at is not None


def test_the_pause_between_attempts_is_an_hour_at_most(worker):
    queued = jobs.enqueue(worker, "ping")
    worker.execute(sa.update(job).values(attempts=500))
    taken(worker, queued.id)
    after = jobs.fail(worker, queued.id, "x", 1000)

    assert 3600 == round((after.run_after - after.updated_at).total_seconds())


def test_a_job_that_kills_its_workers_has_failed_at_last(session):
    first = session()
    queued = jobs.enqueue(first, "ping")
    for _ in range(MOST):
        dying = session()
        assert taken(dying, queued.id)
        die(dying, first)

    assert taken(first, queued.id) is None
    found = jobs.get(first, queued.id)
    assert ("failed", MOST, jobs.DIED) == (found.state, found.attempts, found.error)


def test_what_is_given_back_is_no_attempt(worker):
    queued = jobs.enqueue(worker, "ping")
    taken(worker, queued.id)
    jobs.release(worker, [queued.id])
    released = jobs.get(worker, queued.id)
    jobs.release(worker, [queued.id])

    assert ("waiting", 0) == (released.state, released.attempts)
    assert released == jobs.get(worker, queued.id)


def test_retry_gives_a_failed_job_all_its_attempts(worker):
    queued = jobs.enqueue(worker, "ping", unique_key="k")
    taken(worker, queued.id)
    jobs.fail(worker, queued.id, "x", 1)

    waiting = jobs.retry(worker, queued.id)

    assert ("waiting", 0, None) == (waiting.state, waiting.attempts, waiting.finished_at)
    with pytest.raises(ConflictError, match="is waiting"):
        jobs.retry(worker, queued.id)


def test_retry_is_refused_when_the_same_work_is_queued(worker):
    queued = jobs.enqueue(worker, "ping", unique_key="k")
    jobs.cancel(worker, queued.id)
    other = jobs.enqueue(worker, "ping", unique_key="k")

    with pytest.raises(ConflictError, match=f"job {other.id} .waiting. does the same"):
        jobs.retry(worker, queued.id)


def test_cancel_takes_out_what_nobody_does(session):
    first, second = session(), session()
    ids = [jobs.enqueue(first, "ping").id for _ in range(3)]
    taken(first, ids[0])

    with second.begin(), pytest.raises(ConflictError, match="is being done right now"):
        jobs.cancel(second, ids[0])
    assert "cancelled" == jobs.cancel(second, ids[1]).state
    die(first, second)
    assert "cancelled" == jobs.cancel(second, ids[0]).state
    with pytest.raises(ConflictError, match="is cancelled"):
        jobs.cancel(second, ids[1])
    with pytest.raises(NotFoundError, match="no job 4711"):
        jobs.cancel(second, 4711)


def test_a_note_outlives_the_attempt(session):
    first, second = session(), session()
    queued = jobs.enqueue(first, "ping")
    taken(first, queued.id)
    jobs.note(first, queued.id, {"moved_to": "x"})
    die(first, second)

    assert {"moved_to": "x"} == taken(second, queued.id).result


def test_find_lists_the_newest_first(worker):
    ids = [jobs.enqueue(worker, kind).id for kind in ("ping", "pong", "ping")]
    jobs.cancel(worker, ids[0])

    assert ids[::-1] == [one.id for one in jobs.find(worker)]
    assert ids[2:] == [one.id for one in jobs.find(worker, kind="ping", limit=1)]
    assert ids[:1] == [one.id for one in jobs.find(worker, state="cancelled")]


def test_waiting_counts_what_is_due_and_says_for_how_long(worker):
    later, earlier = (utc_now() + timedelta(minutes=minutes) for minutes in (1, -1))
    nothing = jobs.waiting(worker)
    for after in (None, later, earlier):
        jobs.enqueue(worker, "ping", run_after=after)

    found = jobs.waiting(worker)

    assert (0, None) == (nothing.jobs, nothing.oldest_seconds)
    assert (2, 60) == (found.jobs, round(found.oldest_seconds))


def test_consumers_show_while_their_session_lives(engine, url, session):
    named = url.update_query_dict({"application_name": consumer_name("web-1.example", 12)})
    theirs = create_engine(named, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with theirs.connect() as alive:
        announce(alive, 4)
        (shown,) = consumers(session())

    assert ("web-1.example", 12, 4) == (shown.host, shown.pid, shown.workers)
    eventually(lambda: consumers(session()) == [])
