"""Everything in one terminal: it all runs, what dies comes back, and all of it stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from processes import HEEDING_CTRL_C, eventually

from lokdarpan_core import EmbeddedServer, consumers, create_engine
from lokdarpan_jobs.supervision import Child

PROGRAM = Path(sys.executable).with_name("lokdarpan")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.timeout(120),
]


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def private(variables, home, inbox, pg_bin):
    """An environment without a database, but with a home for one."""
    del variables["LOKDARPAN_DATABASE_URL"]
    return variables | {"LOKDARPAN_HOME": str(home)} | ({"LOKDARPAN_PG_BIN": str(pg_bin)} if pg_bin else {})


class Up:
    """`lokdarpan up`, and what it says."""

    def __init__(self, environment, log, *words):
        self._log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen([PROGRAM, "up", *words], env=environment, stderr=file, **HEEDING_CTRL_C)

    @property
    def said(self):
        return self._log.read_text()

    def pids(self, name):
        return [int(pid) for pid in re.findall(rf"{name} runs \(pid (\d+)\)", self.said)]

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        for pid in [*self.pids("web"), *self.pids("worker")]:
            if Path(f"/proc/{pid}").exists():
                os.killpg(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def alive(home):
    """The consumers that show in the private database; none while that is away."""
    status = EmbeddedServer(home).status()
    if not status.running:
        return []
    engine = create_engine(status.url)
    try:
        with engine.connect() as connection:
            return [one.pid for one in consumers(connection)]
    except Exception:  # noqa: BLE001 (it may go away at any moment)
        return []
    finally:
        engine.dispose()


@pytest.mark.parametrize("number", [signal.SIGTERM, *([signal.SIGINT] if "TORTURE_KILLS" in os.environ else [])])
def test_up_runs_all_of_it_and_stops_all_of_it(private, home, port, tmp_path, number):
    """From an empty home. Then web server, worker and PostgreSQL are killed, each comes back, and at the end nothing
    is left."""
    kills = number == signal.SIGTERM
    with Up(private, tmp_path / "log", "--port", str(port), "--web-workers", "1", "--workers", "1") as up:
        eventually(lambda: answers(port) and alive(home) == up.pids("worker"), 60)
        if kills:
            for name in ("web", "worker"):
                os.killpg(up.pids(name)[0], signal.SIGKILL)
            eventually(lambda: len(up.pids("web")) == len(up.pids("worker")) == 2)
            eventually(lambda: answers(port) and alive(home) == up.pids("worker")[1:], 60)
            os.kill(EmbeddedServer(home).status().pid, signal.SIGKILL)
            eventually(lambda: "PostgreSQL has died" in up.said)
            eventually(lambda: answers(port) and alive(home) == up.pids("worker")[-1:], 60)
        up.process.send_signal(number)
        begun = time.monotonic()
        assert 0 == up.process.wait(15)

    assert time.monotonic() - begun < 10
    assert not any(Path(f"/proc/{pid}").exists() for pid in [*up.pids("web"), *up.pids("worker")])
    assert not EmbeddedServer(home).status().running
    assert "Traceback" not in up.said


def test_what_dies_at_once_is_started_ever_later():
    child, now, pauses = Child("x", ["true"]), 1_000.0, []
    for _ in range(7):
        child.look(now)
        child.process.wait()
        child.look(now)
        pauses.append(child.pause)
        now += child.pause

    assert [1, 2, 4, 8, 16, 30, 30] == pauses


def test_children_do_not_outlive_a_killed_up(variables, port, tmp_path):
    with Up(variables, tmp_path / "log", "--port", str(port), "--web-workers", "1") as up:
        eventually(lambda: answers(port) and up.pids("worker"), 60)
        up.process.kill()
        pids = up.pids("web") + up.pids("worker")
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_a_database_that_is_behind_is_said_before_anything_starts(variables, jobs_database):

    variables["LOKDARPAN_DATABASE_URL"] = jobs_database.set(database="postgres").render_as_string(hide_password=False)
    process = subprocess.run([PROGRAM, "up"], env=variables, capture_output=True, check=False)

    assert 2 == process.returncode
    assert b"run `lokdarpan db upgrade`" in process.stderr
    assert b"runs (pid" not in process.stderr
