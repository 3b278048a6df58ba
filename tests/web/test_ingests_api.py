"""`GET /ingests/{id}`, its rejects, and `GET /jobs/{id}`: what became of what was sent, and who may see what of it."""

import pytest
from articles import line, write
from falcon.testing import TestClient

from lokdarpan_core import Settings, create_key, ingest_jsonl, jobs
from lokdarpan_web import create_app

OPEN, CLOSED = (Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": said}) for said in ("false", "true"))


@pytest.fixture
def run(engine, tmp_path):
    bad = [b'{"n": %d' % n for n in range(5)] + [b"\xff\xfe", b"x" * 50_000]
    return ingest_jsonl(engine, write(tmp_path / "news.jsonl", [line(1), *bad]))


def get(engine, path, *scopes, settings=OPEN):
    headers = {}
    if scopes:
        with engine.begin() as connection:
            headers["Authorization"] = f"Bearer {create_key(connection, 'a key', scopes).token}"
    return TestClient(create_app(engine, settings)).simulate_get(f"/api/v1{path}", headers=headers)


def test_counts_are_open_and_names_of_files_are_not(engine, run, tmp_path):
    nobody, sender = get(engine, f"/ingests/{run.id}"), get(engine, f"/ingests/{run.id}", "ingest")

    assert (8, 1, 7, "done") == tuple(nobody.json[name] for name in ("lines", "new", "rejected", "state"))
    assert (None, ["source", "error", "unknown_keys"]) == (nobody.json["source"], nobody.json["withheld"])
    assert str(tmp_path) not in nobody.text
    assert (run.source, []) == (sender.json["source"], sender.json["withheld"])


def test_rejects_come_in_pages(engine, run):
    path, seen = f"/ingests/{run.id}/rejects?limit=3", []
    while path:
        answer = get(engine, path, "ingest")
        seen += answer.json["rejects"]
        path = answer.json["next"] and answer.json["next"].removeprefix("/api/v1")

    assert list(range(2, 9)) == [one["line"] for one in seen]
    assert '{"n": 0' == seen[0]["raw"]
    assert "��" == seen[5]["raw"]
    assert (50_000, 16_384) == (seen[6]["byte_length"], len(seen[6]["raw"]))


@pytest.mark.parametrize(
    ("scopes", "shown"), [((), False), (("read",), False), (("ingest",), True), (("admin",), True)]
)
def test_bytes_of_rejects_are_for_those_who_send(engine, run, scopes, shown):
    answer = get(engine, f"/ingests/{run.id}/rejects", *scopes)

    assert [shown] * 7 == [one["raw"] is not None for one in answer.json["rejects"]]
    assert ([] if shown else ["detail", "raw"]) == answer.json["withheld"]


@pytest.mark.parametrize(
    "path", ["/ingests/4711", "/ingests/4711/rejects", "/jobs/4711", "/jobs/x", "/ingests/-1", "/jobs/1e9"]
)
def test_what_is_not_there_is_not_found(engine, path):
    assert 404 == get(engine, path).status_code


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=x"])
def test_a_page_has_bounds(engine, run, query):
    assert 422 == get(engine, f"/ingests/{run.id}/rejects?{query}").status_code


@pytest.mark.parametrize(
    ("scopes", "shown"), [((), False), (("read",), False), (("ingest",), True), (("admin",), True)]
)
def test_what_a_job_was_given_is_for_those_who_send(engine, scopes, shown):
    with engine.begin() as connection:
        job = jobs.enqueue(
            connection, "ingest_epaper_jsonl", {"path": "/srv/inbox/a.jsonl"}, unique_key="/srv", host="h"
        )

    answer = get(engine, f"/jobs/{job.id}", *scopes)

    assert ("waiting", 0, "ingest_epaper_jsonl") == tuple(answer.json[name] for name in ("state", "attempts", "kind"))
    assert ({"path": "/srv/inbox/a.jsonl"} if shown else None) == answer.json["arguments"]
    assert shown == ("/srv" in answer.text)


@pytest.mark.parametrize("path", ["/ingests/{}", "/ingests/{}/rejects"])
def test_where_reading_is_closed_these_are_too(engine, run, path):
    told = [
        get(engine, path.format(run.id), *scopes, settings=CLOSED).status_code
        for scopes in ((), ("ingest",), ("read",))
    ]

    assert [401, 403, 200] == told
