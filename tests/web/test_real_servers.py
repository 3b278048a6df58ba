"""The API behind real servers: workers that count together, bodies in chunks, a database that goes and comes back."""

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from articles import line
from processes import eventually
from prometheus_client.parser import text_string_to_metric_families

from lokdarpan_core import EmbeddedServer, create_engine, create_key, seed, upgrade
from lokdarpan_web.server import free_port

BIN = Path(sys.executable).parent
META = "/api/v1/ward/meta/WARD_001"
MIB = 1024 * 1024


@contextmanager
def serving(words, port, url, **settings):
    """A server that answers already; it is stopped at the end, and must have lost nobody on the way."""
    variables = {"LOKDARPAN_DATABASE_URL": url, "LOKDARPAN_RATE_LIMIT": "0", "PATH": "/usr/bin:/bin"} | settings
    process = subprocess.Popen([BIN / words[0], *words[1:]], env=variables, stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: process.poll() is not None or status(port, "/healthz") == 200, 60)
        assert process.poll() is None, "the server has ended"
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def serve(port, workers=2):
    return ["lokdarpan", "serve", "--workers", str(workers), "--port", str(port)]


def ask(port, path, method="GET", **options):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, **options)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def status(port, path):
    try:
        return ask(port, path)[0]
    except OSError:
        return None


def children(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


@pytest.fixture
def address(engine, url):
    with engine.begin() as connection:
        seed(connection)
    return url.render_as_string(hide_password=False)


def test_a_scrape_tells_of_all_workers(address):
    port = free_port("127.0.0.1", 0)
    with serving(serve(port, workers=3), port, address):
        for _ in range(40):
            assert 200 == status(port, META)
        found = [
            sample.value
            for family in text_string_to_metric_families(ask(port, "/metrics")[1].decode())
            for sample in family.samples
            if sample.name == "lokdarpan_request_seconds_count" and sample.labels["route"].endswith("meta/{ward}")
        ]

    assert [40] == found


@pytest.mark.parametrize(
    "words",
    [
        ["gunicorn", "--preload", "--workers", "2", "lokdarpan_web.wsgi:app", "--bind", "127.0.0.1:{port}"],
        ["gunicorn", "--threads", "4", "lokdarpan_web.wsgi:app", "--bind", "127.0.0.1:{port}"],
        ["waitress-serve", "--listen", "127.0.0.1:{port}", "lokdarpan_web.wsgi:app"],
        ["waitress-serve", "--listen", "127.0.0.1:{port}", "--url-prefix", "/ghmc", "lokdarpan_web.wsgi:app"],
    ],
    ids=["gunicorn preload", "gunicorn threads", "waitress", "waitress mounted"],
)  # fmt: skip
def test_other_servers_serve_it_too(address, words):
    port = free_port("127.0.0.1", 0)
    mount = "/ghmc" if "/ghmc" in words else ""
    with serving([word.format(port=port) for word in words], port, address) as process:
        del process
        found = [ask(port, mount + META) for _ in range(8)]
        document = json.loads(ask(port, f"{mount}/api/v1/openapi.json")[1])

    assert [200] * 8 == [one[0] for one in found]
    assert [{"url": f"{mount}/api/v1"}] == document["servers"]


def pieces(size):
    for _ in range(size // (64 * 1024)):
        yield b"x" * 64 * 1024


def test_bodies_that_come_in_chunks_have_the_same_limit(address, engine, tmp_path):
    with engine.begin() as connection:
        token = create_key(connection, "sender", ["ingest"]).token
    port = free_port("127.0.0.1", 0)
    said = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    small = [line(1) + b"\n", line(2)]

    with serving(serve(port), port, address, LOKDARPAN_INBOX=str(tmp_path)):
        taken = ask(port, "/api/v1/epapers", "POST", body=iter(small), headers=said, encode_chunked=True)
        refused = ask(port, "/api/v1/epapers", "POST", body=pieces(17 * MIB), headers=said, encode_chunked=True)
        announced = ask(port, "/api/v1/epapers", "POST", body=b"x" * (17 * MIB), headers=said)
        unknown = ask(port, "/api/v1/epapers", "POST", body=b"x" * MIB, headers=said | {"Authorization": "Bearer x"})
        with socket.create_connection(("127.0.0.1", port)) as broken:
            head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
            broken.sendall(f"POST /api/v1/epapers HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 100\r\n\r\n{{".encode())
        alive = status(port, META)

    assert (200, 2) == (taken[0], json.loads(taken[1])["new"])
    assert [413, 413, 401] == [refused[0], announced[0], unknown[0]]
    assert 200 == alive
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_database_that_goes_and_comes_back_under_load(pg_bin):
    """503s while it is away, 200s from the first request after, never a 500, and no worker lost."""
    home = Path(tempfile.mkdtemp(prefix="lkd-restart-"))
    server = EmbeddedServer(home, pg_bin=pg_bin)
    port = free_port("127.0.0.1", 0)
    try:
        with server.use() as url:
            engine = create_engine(url)
            upgrade(engine)
            with engine.begin() as connection:
                seed(connection)
            engine.dispose()
            with serving(serve(port), port, engine.url.render_as_string(hide_password=False)) as process:
                eventually(lambda: len(children(process)) == 2)
                workers = children(process)
                seen = restarted_under_load(server, port)
                assert workers == children(process)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)

    before, away, after = seen
    assert {200} == set(before)
    assert 503 in away
    assert {200, 503} >= set(away)
    assert {200} == set(after)


def restarted_under_load(server, port):
    """The statuses that four clients saw before, while the database was away, and after."""
    seen, phase, stop = ([], [], []), [0], threading.Event()

    def load():
        while not stop.is_set():
            now = phase[0]
            answered = status(port, META)
            if now == phase[0]:
                seen[now].append(answered)

    clients = [threading.Thread(target=load) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        eventually(lambda: len(seen[0]) > 50, 60)
        phase[0] = 1
        server.stop()
        eventually(lambda: seen[1].count(503) > 20, 60)
        server.start()
        phase[0] = 2
        eventually(lambda: len(seen[2]) > 100, 60)
    finally:
        stop.set()
        for client in clients:
            client.join(60)
    return seen
