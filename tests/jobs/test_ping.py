"""The queue's messages: a plain consumer answers them, and pickle is never taken for one."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from lokdarpan_jobs.queue import JsonSerializer, SignedJsonSerializer, Storage

BIN = Path(sys.executable).parent


def test_ping_is_answered_by_a_plain_huey_consumer(variables):
    variables |= {"SECRET_KEY": "a secret"}
    words = [BIN / "huey_consumer", "lokdarpan_jobs.app.huey"]
    with subprocess.Popen(words, env=variables, stderr=subprocess.PIPE) as worker:
        try:
            words = [BIN / "lokdarpan", "ping", "--timeout", "30"]
            process = subprocess.run(words, env=variables, capture_output=True, check=False)
        finally:
            worker.terminate()
            worker.communicate(timeout=30)

    assert (0, b"pong\n") == (process.returncode, process.stdout)


def test_ping_without_a_consumer_says_so(variables):
    words = [BIN / "lokdarpan", "ping", "--timeout", "0.5"]

    process = subprocess.run(words, env=variables, capture_output=True, check=False)

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
