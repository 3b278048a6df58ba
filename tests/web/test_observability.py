"""What an operator sees: a line for each request, metrics, health."""

import io
import json

import falcon
import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from lokdarpan_core import Settings, create_engine, create_key, ingest_jsonl, jobs, seed
from lokdarpan_web import add_routes, create_app

META = "/api/v1/ward/meta/WARD_001"
LOCAL = {"remote_addr": "127.0.0.1"}


@pytest.fixture
def log():
    return io.StringIO()


@pytest.fixture
def client(engine, log):
    with engine.begin() as connection:
        seed(connection)
    return TestClient(create_app(engine, Settings.from_environment({}), log=log))


def lines(log):
    return [json.loads(one) for one in log.getvalue().splitlines()]


def test_each_request_is_one_line(client, log):
    client.simulate_get(f"{META}?delimitation=&secret=hunter2")
    client.simulate_get("/nowhere/at/all")

    first, second = lines(log)
    assert ("request", "GET", "/api/v1/ward/meta/{ward}", 200, None) == tuple(
        first[name] for name in ("event", "method", "route", "status", "caller")
    )
    assert 0 < first["duration_ms"] < 60_000
    assert first["timestamp"].endswith("Z")
    assert ("none", 404) == (second["route"], second["status"])
    assert "hunter2" not in log.getvalue()
    assert "nowhere" not in log.getvalue()


def test_the_line_has_the_keys_name_and_never_the_key(client, log, engine):
    with engine.begin() as connection:
        token = create_key(connection, "newsroom", ["read"]).token

    client.simulate_get(META, headers={"Authorization": f"Bearer {token}"})

    assert ["newsroom"] == [one["caller"] for one in lines(log)]
    assert token not in log.getvalue()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-123", True), ("a" * 64, True), ("a" * 65, False), ('x"\n{', False), ("", False), ("a b", False)],
)
def test_a_request_id_that_is_plain_is_taken_over(client, log, sent, kept):
    answer = client.simulate_get("/healthz", headers={"X-Request-Id": sent})

    assert kept == (sent == answer.headers["x-request-id"])
    assert answer.headers["x-request-id"] == lines(log)[0]["request_id"]


def test_a_fault_is_in_the_log_with_its_id(client, log, monkeypatch):
    monkeypatch.setattr("lokdarpan_web.resources.ward_meta", lambda *_: 1 / 0)

    answer = client.simulate_get(META)

    fault = next(one for one in lines(log) if one["event"] == "fault")
    assert answer.json["request_id"] == fault["request_id"]
    assert "ZeroDivisionError" in fault["exception"]


def metrics(client, **asked):
    text = client.simulate_get("/metrics", **(asked or LOCAL)).text
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_by_route_and_not_by_path(client):
    for ward in ("WARD_001", "1", "WARD_998", "WARD_999"):
        client.simulate_get(f"/api/v1/ward/meta/{ward}")

    found = metrics(client)

    route = "/api/v1/ward/meta/{ward}"
    assert (2, 2) == tuple(
        found["lokdarpan_request_seconds_count", *sorted((route, "GET", status))] for status in ("200", "404")
    )


def test_metrics_tell_of_ingest_and_jobs(client, engine, tmp_path):
    ingest_jsonl(engine, write(tmp_path / "f", [line(1), b"{"]))
    with engine.begin() as connection:
        jobs.enqueue(connection, "ping")
        connection.execute(sa.text("UPDATE job SET created_at = now() - interval '1 hour'"))

    found = metrics(client)

    assert (1, 1, 1, 1) == (
        found["lokdarpan_ingest_runs", "done"],
        found["lokdarpan_rejects_open",],
        found["lokdarpan_jobs", "waiting"],
        found["lokdarpan_database_up",],
    )
    assert 3_600 <= found["lokdarpan_oldest_job_seconds",] < 3_700


def test_metrics_are_there_without_the_database(log):
    client = TestClient(create_app(create_engine("postgresql://127.0.0.1:1/x"), Settings.from_environment({}), log=log))

    found = metrics(client)

    assert 0 == found["lokdarpan_database_up",]
    assert 0 == found["lokdarpan_pool_connections", "in use"]


def test_metrics_are_for_this_machine_and_for_admins(client, engine):
    with engine.begin() as connection:
        tokens = {scope: create_key(connection, scope, [scope]).token for scope in ("admin", "read")}

    def status(**asked):
        return client.simulate_get("/metrics", **asked).status_code

    assert 200 == status(**LOCAL)
    assert 401 == status(remote_addr="192.0.2.1")
    assert 401 == status(remote_addr="127.0.0.1", headers={"X-Forwarded-For": "192.0.2.1"})
    assert [200, 403] == [
        status(remote_addr="192.0.2.1", headers={"Authorization": f"Bearer {tokens[scope]}"})
        for scope in ("admin", "read")
    ]


def test_two_apps_in_one_process_count_apart_and_leave_the_global_registry_alone(client, engine, log):
    other = TestClient(create_app(engine, Settings.from_environment({}), log=log))
    client.simulate_get(META)

    route = ("lokdarpan_request_seconds_count", *sorted(("/api/v1/ward/meta/{ward}", "GET", "200")))
    assert route in metrics(client)
    assert route not in metrics(other)
    assert not any(family.name.startswith("lokdarpan") for family in REGISTRY.collect())


def test_somebodys_app_gets_no_middleware_and_no_request_ids(engine, capsys):
    app = falcon.App()
    add_routes(app, engine, Settings.from_environment({}))

    answer = TestClient(app).simulate_get(META)

    assert "x-request-id" not in answer.headers
    assert "" == capsys.readouterr().out


def test_readiness_tells_how_long_the_oldest_job_waits(client, engine):
    assert (0, None) == tuple(
        client.simulate_get("/readyz").json[name] for name in ("jobs_waiting", "oldest_job_seconds")
    )
    with engine.begin() as connection:
        jobs.enqueue(connection, "ping")

    ready = client.simulate_get("/readyz").json

    assert ("ok", ready["wanted"], 1) == (ready["status"], ready["schema"], ready["jobs_waiting"])
    assert ready["oldest_job_seconds"] >= 0
