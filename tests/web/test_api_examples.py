"""The examples run as they are."""

import io
import runpy
import subprocess
import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from articles import line, write
from falcon.testing import TestClient

from lokdarpan_core import Settings, ingest_jsonl, seed
from lokdarpan_web import create_app

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS = Settings.from_environment({})


@pytest.fixture
def seeded(engine):
    with engine.begin() as connection:
        seed(connection)
    return engine


def test_api_in_a_falcon_app_with_its_own_authentication(seeded):
    client = TestClient(runpy.run_path(str(EXAMPLES / "plug_in_falcon.py"))["make_app"](seeded, SETTINGS))
    meta = "/wards/v1/ward/meta/WARD_001"

    assert {"service": "the newsroom's"} == client.simulate_get("/").json
    assert None is client.simulate_get(meta).json["demographics"]["muslim_idx"]
    said = client.simulate_get(meta, cookies={"session": "a-session-of-an-analyst"})
    assert 0.3 == said.json["demographics"]["muslim_idx"]
    assert "private, no-cache" == said.headers["cache-control"]
    assert 401 == client.simulate_get(meta, cookies={"session": "old"}).status_code


def test_api_mounted_in_flask(seeded):
    service = runpy.run_path(str(EXAMPLES / "mount_in_flask.py"))["make_service"](seeded, SETTINGS)
    client = service.test_client()

    assert {"service": "the newsroom's"} == client.get("/").json
    assert "WARD_001" == client.get("/ghmc/api/v1/ward/meta/WARD_001").json["ward"]
    assert [{"url": "/ghmc/api/v1"}] == client.get("/ghmc/api/v1/openapi.json").json["servers"]
    assert 404 == client.get("/api/v1/ward/meta/WARD_001").status_code


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def test_program_pages_through_posts(seeded, tmp_path):
    lines = [
        line(number, title=f"Kapra {number}", body=f"GHMC Ward 1 Kapra was flooded, {number}") for number in range(120)
    ]
    ingest_jsonl(seeded, write(tmp_path / "news.jsonl", lines))
    app = create_app(seeded, SETTINGS, log=io.StringIO())
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        words = [sys.executable, EXAMPLES / "call_with_httpx.py", f"http://127.0.0.1:{server.server_port}/api/v1"]
        ran = subprocess.run([*words, "kapra"], capture_output=True, text=True, check=False, timeout=60)
        failed = subprocess.run([*words, "nowhere"], capture_output=True, text=True, check=False, timeout=60)
        server.shutdown()

    head, *posts = ran.stdout.splitlines()
    assert "WARD_001 Kapra: 50000 electors" == head
    assert {f"Kapra {number}" for number in range(120)} == {post.rpartition(": ")[2] for post in posts}
    assert 120 == len(posts)
    assert (1, True) == (failed.returncode, "There is no ward 'nowhere'" in failed.stderr)
