"""`POST /epapers`: whole or not at all, the same bytes once, and never more than is allowed."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from articles import counts, line
from falcon.testing import TestClient
from processes import eventually

from lokdarpan_core import Settings, create_key, ingest_jsonl, posts_page, revoke_key
from lokdarpan_core.news.runs import newest
from lokdarpan_core.schema import epaper, ingest_run, job
from lokdarpan_jobs.sending import Sender
from lokdarpan_jobs.work import Workshop
from lokdarpan_web import create_app
from lokdarpan_web.server import free_port

BIN = Path(sys.executable).parent
NDJSON = "application/x-ndjson"
EPAPERS = "/api/v1/epapers"
SMALL = b"\n".join([line(1), line(2), b"{", b""])


def large(lines=4_000):
    return b"\n".join(line(n, body=f"{n} " + "long " * 80) for n in range(lines))


@pytest.fixture
def variables(url, inbox):
    return {
        "LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False),
        "LOKDARPAN_INBOX": str(inbox),
        "LOKDARPAN_INBOX_SETTLE_SECONDS": "0.01",
        "LOKDARPAN_HOST": "here",
    }


@pytest.fixture
def settings(variables):
    return Settings.from_environment(variables)


@pytest.fixture
def client(engine, settings):
    return TestClient(create_app(engine, settings))


@pytest.fixture
def token(engine):
    return key(engine, "ingest")


def key(engine, *scopes):
    with engine.begin() as connection:
        return create_key(connection, "a feed", scopes).token


def post(client, body, token=None, kind=NDJSON, **headers):
    sent = headers | {name: value for name, value in (("Content-Type", kind),) if value}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    return client.simulate_post(EPAPERS, body=body, headers=sent)


def files(inbox):
    return sorted(path.name for path in inbox.iterdir())


def runs(engine):
    with engine.connect() as connection:
        return connection.execute(sa.select(ingest_run.c.id, ingest_run.c.state, ingest_run.c.api_key_id)).all()


def work(engine, settings, url):
    """Do the jobs that wait."""
    sender = Sender.open(engine, settings)
    with engine.connect() as connection:
        waiting = list(connection.scalars(sa.select(job.c.id).where(job.c.state == "waiting")))
    for id in waiting:
        Workshop.open(url, settings, sender).work(id)
    sender.close()


def test_a_small_body_is_answered_with_counts(client, engine, token, inbox):
    answer = post(client, SMALL, token)

    assert (200, 3, 2, 0, 1, "done", False) == (
        answer.status_code,
        *(answer.json[name] for name in ("lines", "new", "reused", "rejected", "state", "already_done")),
    )
    assert hashlib.sha256(SMALL).hexdigest() == answer.json["content_sha256"]
    assert answer.headers["location"] == answer.json["url"] == f"/api/v1/ingests/{answer.json['id']}"
    assert "upload by a feed" == answer.json["source"]
    assert (
        answer.json | {"job_url": None}
        == client.simulate_get(answer.json["url"], headers={"Authorization": f"Bearer {token}"}).json
    )
    assert ((2, 2, 2, 0), []) == (counts(engine), files(inbox))
    with engine.connect() as connection:
        assert 2 == len(posts_page(connection, question="drains").posts)  # it can be searched at once
        assert 0 == connection.scalar(sa.select(sa.func.count()).where(epaper.c.story_id.is_(None)))


def test_the_same_body_again_is_the_same_run(client, engine, token):
    first, second = (post(client, SMALL, token) for _ in range(2))

    assert (first.json["id"], True, 0, 2) == tuple(
        second.json[name] for name in ("id", "already_done", "new", "reused")
    )
    assert 1 == len(runs(engine))


def test_a_run_knows_its_key_and_a_revocation_names_it(client, engine, token):
    run = post(client, SMALL, token).json["id"]

    with engine.begin() as connection:
        revoked = revoke_key(connection, token)
    assert (run,) == revoked.runs
    assert 401 == post(client, SMALL, token).status_code


def test_a_large_body_goes_into_the_inbox_and_is_a_jobs(client, engine, token, inbox, settings, url):
    body = large()
    answer = post(client, body, token)
    told = client.simulate_get(answer.json["job_url"]).json
    (name,) = files(inbox)

    assert (202, "running", 0, "waiting") == (
        answer.status_code, answer.json["state"], answer.json["lines"], told["state"],
    )  # fmt: skip
    assert answer.headers["location"] == answer.json["url"]
    assert body == (inbox / name).read_bytes()
    work(engine, settings, url)

    run = client.simulate_get(answer.json["url"]).json
    assert (answer.json["id"], "done", 4_000) == (run["id"], run["state"], run["new"])
    assert "done" == client.simulate_get(answer.json["job_url"]).json["state"]
    assert ["processed"] == files(inbox)
    again = post(client, body, token)
    assert (200, answer.json["id"], True) == (again.status_code, again.json["id"], again.json["already_done"])
    with engine.connect() as connection:
        (kept,) = newest(connection)
        assert 1 == connection.scalar(sa.select(sa.func.count()).where(ingest_run.c.api_key_id.is_not(None)))
    assert kept.id == answer.json["id"]


def test_a_large_body_twice_before_it_is_read_is_one_file_one_run_one_job(client, engine, token, inbox):
    body = large()
    first, second = (post(client, body, token) for _ in range(2))

    assert (202, 202) == (first.status_code, second.status_code)
    assert (first.json["id"], first.json["job_url"]) == (second.json["id"], second.json["job_url"])
    assert (1, 1) == (len(files(inbox)), len(runs(engine)))


def test_a_watcher_that_is_faster_than_the_upload_goes_on_with_its_run(client, engine, token, inbox, settings, url):
    """As when somebody takes the file from the inbox by hand."""
    answer = post(client, large(), token)
    ingest_jsonl(engine, next(inbox.iterdir()))

    assert "done" == client.simulate_get(answer.json["url"]).json["state"]
    work(engine, settings, url)
    assert (1, ["processed"]) == (len(runs(engine)), files(inbox))


def test_equal_bodies_at_once_are_one_run(engine, settings, inbox):
    token, large_body = key(engine, "ingest"), large()
    for body in (SMALL, large_body):
        start = threading.Barrier(4)

        def send(body=body, start=start):
            client = TestClient(create_app(engine, settings))
            start.wait()
            return post(client, body, token)

        with ThreadPoolExecutor(4) as pool:
            answers = [one.result() for one in [pool.submit(send) for _ in range(4)]]
        assert {200 if body is SMALL else 202} == {answer.status_code for answer in answers}
        assert 1 == len({answer.json["id"] for answer in answers})

    assert (2, 2) == (len(runs(engine)), counts(engine)[0])
    assert 1 == len(files(inbox))


def test_without_an_inbox_small_bodies_go_and_larger_ones_are_told_why_not(engine, token):
    client = TestClient(create_app(engine, Settings.from_environment({})))
    refused = post(client, large(), token)

    assert (409, "no-inbox") == (refused.status_code, refused.json["type"].rpartition("/")[2])
    assert "LOKDARPAN_INBOX" in refused.json["detail"]
    assert 200 == post(client, SMALL, token).status_code
    assert 1 == len(runs(engine))


def test_an_inbox_that_is_gone_is_said_to_be(client, token, inbox, engine):
    inbox.rmdir()
    answer = post(client, large(), token)

    assert (503, "inbox-unavailable") == (answer.status_code, answer.json["type"].rpartition("/")[2])
    assert [] == runs(engine)


@pytest.mark.parametrize(
    "kind", [None, "application/json", "text/plain", "multipart/form-data", "application/x-ndjsonx"]
)
def test_other_types_are_refused(client, token, kind):
    assert 415 == post(client, SMALL, token, kind).status_code


@pytest.mark.parametrize("kind", [NDJSON, "application/jsonl", "Application/X-NDJSON; charset=utf-8"])
def test_lines_of_json_are_taken_by_both_names(client, token, kind):
    assert 200 == post(client, SMALL, token, kind).status_code


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"\x28\xb5\x2f\xfd"])
def test_compressed_content_is_refused_since_no_limit_would_hold(client, engine, token, inbox, magic):
    for body in (magic + b"x" * 100, magic + b"x" * 2_000_000):
        assert 415 == post(client, body, token).status_code
    assert 415 == post(client, SMALL, token, **{"Content-Encoding": "gzip"}).status_code
    assert ([], []) == (runs(engine), files(inbox))


def test_over_sixteen_mebibytes_is_too_large(client, engine, token, inbox):
    answer = post(client, b"x" * (16 * 1024 * 1024 + 1), token)

    assert (413, [], []) == (answer.status_code, runs(engine), files(inbox))


def test_who_has_not_the_scope_is_refused(client, engine):
    assert 401 == post(client, SMALL).status_code
    assert 401 == post(client, SMALL, "lkd_wrong").status_code
    for scopes in (("read",), ("demographics",), ("read", "demographics")):
        assert 403 == post(client, SMALL, key(engine, *scopes)).status_code
    assert [] == runs(engine)
    assert 200 == post(client, SMALL, key(engine, "admin")).status_code


def test_nothing_but_posting_is_possible(client):
    answer = client.simulate_get(EPAPERS)

    assert (405, True) == (answer.status_code, "POST" in answer.headers["allow"])


def test_an_empty_body_is_a_run_without_lines(client, token):
    answer = post(client, b"", token)

    assert (200, 0) == (answer.status_code, answer.json["lines"])


def test_what_a_line_says_beyond_its_fields_changes_nothing(client, engine, token):
    evil = {"id": 1, "sha256": "0" * 64, "withdrawn_at": "2026-01-01", "ingest_run_id": 99, "api_key_id": 1}
    answer = post(client, json.dumps(json.loads(line(1)) | evil).encode(), token)

    assert 1 == answer.json["new"]
    assert set(evil) == set(answer.json["unknown_keys"])
    with engine.connect() as connection:
        row = connection.execute(sa.select(epaper)).one()
    assert (None, answer.json["id"]) == (row.withdrawn_at, row.ingest_run_id)


def test_unfinished_files_that_were_left_behind_go(client, token, inbox):
    old, young = inbox / ".upload-old.part", inbox / ".upload-young.part"
    for path in (old, young):
        path.write_bytes(b"{")
    os.utime(old, (time.time() - 7_200,) * 2)

    post(client, large(), token)

    assert (False, True) == (old.exists(), young.exists())


@pytest.fixture
def port(variables, tmp_path):
    """gunicorn, as an operator starts it."""
    port = free_port("127.0.0.1", 0)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE_URL"))}
    words = [BIN / "gunicorn", "lokdarpan_web.wsgi:app", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    with (tmp_path / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(words, env=clean | variables, stderr=log, stdout=log)
        try:
            eventually(lambda: _answers(port), 60)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _answers(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def heads(token, *more):
    said = [
        f"POST {EPAPERS} HTTP/1.1",
        "Host: here",
        f"Content-Type: {NDJSON}",
        f"Authorization: Bearer {token}",
        *more,
    ]
    return "\r\n".join([*said, "", ""]).encode()


def test_a_real_server_takes_what_comes_in_chunks_and_keeps_nothing_of_what_breaks_off(port, engine, token, inbox):
    body, url = large(), f"http://127.0.0.1:{port}{EPAPERS}"
    cut = [
        heads(token, f"Content-Length: {len(SMALL)}") + SMALL[:-20],
        heads(token, f"Content-Length: {len(body)}") + body[:-20],
        heads(token, "Transfer-Encoding: chunked") + b"%x\r\n" % len(SMALL) + SMALL + b"\r\n",
        heads(token, "Transfer-Encoding: chunked") + b"%x\r\n" % len(body) + body + b"\r\n5\r\nab",
    ]
    for request in cut:
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(request)
            sender.shutdown(socket.SHUT_WR)
            sender.settimeout(30)
            assert b" 200 " not in sender.recv(100)
    with socket.create_connection(("127.0.0.1", port)) as sender:  # and one that is gone without a word
        sender.sendall(cut[1])
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    eventually(lambda: files(inbox) == [])
    assert ([], (0, 0, 0, 0)) == (runs(engine), counts(engine))

    headers = {"Content-Type": NDJSON, "Authorization": f"Bearer {token}"}
    small = httpx.post(url, content=iter([SMALL[:50], SMALL[50:]]), headers=headers, timeout=60)
    big = httpx.post(
        url, content=(body[n : n + 50_000] for n in range(0, len(body), 50_000)), headers=headers, timeout=60
    )
    too_big = httpx.post(url, content=(b"x" * 65_536 for _ in range(257)), headers=headers, timeout=60)

    assert (200, 2) == (small.status_code, small.json()["new"])
    assert (202, hashlib.sha256(body).hexdigest()) == (big.status_code, big.json()["content_sha256"])
    assert (413, 1) == (too_big.status_code, len(files(inbox)))


def test_a_slow_sender_leaves_nothing_until_it_is_done(port, engine, token, inbox):
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(heads(token, f"Content-Length: {len(SMALL)}"))
        for place in range(0, len(SMALL), 40):
            assert [] == runs(engine)
            sender.sendall(SMALL[place : place + 40])
            time.sleep(0.05)
        sender.settimeout(30)
        answer = sender.recv(10_000)

    assert answer.startswith(b"HTTP/1.1 200")
    assert ("done", []) == (runs(engine)[0].state, files(inbox))


def test_an_archive_whose_days_were_never_counted_keeps_nobody_waiting(client, engine, token, monkeypatch):
    monkeypatch.setattr("lokdarpan_web.uploads.COUNTING_S", -1.0)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO stale_day (published_on) VALUES ('2020-01-01')"))

    assert 200 == post(client, SMALL, token).status_code
    with engine.connect() as connection:
        assert ["backfill_terms"] == list(connection.scalars(sa.select(job.c.kind)))
