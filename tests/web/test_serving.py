"""The real servers: gunicorn by its own name, `lokdarpan serve`, and the demo, over HTTP."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lokdarpan_core import EmbeddedServer, seed
from lokdarpan_web.server import free_port

BIN = Path(sys.executable).parent


def fetch(port, path):
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def run(words, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE_URL"))}
    return subprocess.Popen(words, env=clean | environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "words",
    [["lokdarpan", "serve", "--workers", "1", "--port"], ["gunicorn", "lokdarpan_web.wsgi:app", "--bind"]],
    ids=["lokdarpan serve", "gunicorn"],
)
def test_server_answers_and_stops(words, engine, url):
    with engine.begin() as connection:
        seed(connection)
    port = free_port("127.0.0.1", 0)
    place = str(port) if words[0] == "lokdarpan" else f"127.0.0.1:{port}"
    process = run([BIN / words[0], *words[1:], place], LOKDARPAN_DATABASE_URL=url.render_as_string(hide_password=False))
    try:
        meta = fetch(port, "/api/v1/ward/meta/WARD_001")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert ("WARD_001", "Kapra") == (meta["ward"], meta["name"])
    assert 0 == process.returncode


def test_port_that_is_taken_is_said_before_anything_is_served(url):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        words = [BIN / "lokdarpan", "serve", "--port", str(other.getsockname()[1])]
        process = run(words, LOKDARPAN_DATABASE_URL=url.render_as_string(hide_password=False))
        _, said = process.communicate(timeout=60)

    assert (2, True, False) == (process.returncode, b"is in use" in said, b"Serving on" in said)


def test_demo_serves_the_example_ward_and_leaves_nothing_running(pg_bin):
    home = Path(tempfile.mkdtemp(prefix="lkd-demo-"))
    settings = {"LOKDARPAN_HOME": str(home)} | ({"LOKDARPAN_PG_BIN": str(pg_bin)} if pg_bin else {})
    port = free_port("127.0.0.1", 0)
    try:
        process = run([BIN / "lokdarpan", "demo", "--workers", "1", "--port", str(port)], **settings)
        try:
            meta = fetch(port, "/api/v1/ward/meta/WARD_001")
            ready = fetch(port, "/readyz")
        finally:
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=30)

        assert (0, "ok") == (process.returncode, ready["status"])
        assert meta["profile"]["updated_at"] <= meta["updated_at"]
        assert b"48 sample lines, 48 new" in told
        assert not EmbeddedServer(home).status().running
    finally:
        shutil.rmtree(home, ignore_errors=True)
