"""The API: what it answers, what it says when it can't, and that it stays inside its prefix."""

import falcon
import pytest
import sqlalchemy as sa
from falcon.testing import TestClient

from lokdarpan_core import Settings, SettingsError, create_engine, seed
from lokdarpan_web import add_routes, create_app
from lokdarpan_web.server import free_port, refuse_open_door

SETTINGS = Settings.from_environment({})
PROBLEM = "application/problem+json"


@pytest.fixture
def client(engine):
    return TestClient(create_app(engine, SETTINGS))


@pytest.fixture
def seeded(client, engine):
    with engine.begin() as connection:
        seed(connection)
    return client


def test_ward_meta_has_its_fields_in_order(seeded):
    answer = seeded.simulate_get("/api/v1/ward/meta/WARD_001")

    assert (200, "application/json") == (answer.status_code, answer.headers["content-type"])
    fields = ["ward", "profile", "demographics", "features", "name", "delimitation", "updated_at"]
    assert fields == list(answer.json)
    assert (50_000, "BRS") == (answer.json["profile"]["electors"], answer.json["profile"]["last_winner_party"])
    parts = [answer.json[part]["updated_at"] for part in ("profile", "demographics", "features")]
    assert max(parts) == answer.json["updated_at"]
    assert answer.json["updated_at"].endswith("Z")


def test_sensitive_shares_are_withheld(seeded):
    demographics = seeded.simulate_get("/api/v1/ward/meta/WARD_001").json["demographics"]

    assert (None, None, ["muslim_idx", "scst_idx"]) == (
        demographics["muslim_idx"],
        demographics["scst_idx"],
        demographics["withheld"],
    )


@pytest.mark.parametrize("ward", ["WARD_999", "x' OR 1=1 --", "జూబ్లీహిల్స్", "%00", "a" * 3_000])
def test_unknown_ward_is_a_problem(seeded, ward):
    answer = seeded.simulate_get(f"/api/v1/ward/meta/{ward}")

    assert (404, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert answer.json["type"].endswith("/unknown-ward")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/healthz", 405)])
def test_falcons_own_errors_are_problems_too(client, method, path, status):
    answer = client.simulate_request(method, path)

    assert (status, PROBLEM, status) == (answer.status_code, answer.headers["content-type"], answer.json["status"])


def test_health_and_readiness(client, engine):
    assert ({"status": "ok"}, 200) == (client.simulate_get("/healthz").json, client.simulate_get("/readyz").status_code)

    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE lokdarpan_version, ward_profile"))
    unready, broken = client.simulate_get("/readyz"), client.simulate_get("/api/v1/ward/meta/WARD_001")

    assert (503, 503) == (unready.status_code, broken.status_code)
    assert "lokdarpan db upgrade" in unready.json["detail"]
    assert "lokdarpan db upgrade" in broken.json["detail"]


def test_database_that_is_away_is_503_and_tells_no_secret():
    client = TestClient(create_app(create_engine("postgresql://u:hunter2@127.0.0.1:1/x"), SETTINGS))

    for path in ("/readyz", "/api/v1/ward/meta/WARD_001"):
        answer = client.simulate_get(path)
        assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
        assert "hunter2" not in answer.text


def test_routes_in_somebodys_app_stay_under_their_prefix(engine):
    app = falcon.App()
    add_routes(app, engine, SETTINGS, prefix="/wards/v1")
    client = TestClient(app)

    assert 404 == client.simulate_get("/wards/v1/ward/meta/WARD_001").status_code
    assert "application/json" == client.simulate_get("/elsewhere").headers["content-type"]
    assert [404, 404] == [client.simulate_get(path).status_code for path in ("/healthz", "/readyz")]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_loopback_is_open(host):
    refuse_open_door(SETTINGS, host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104
def test_network_is_refused_until_it_is_said_whether_reading_needs_a_key(host):
    with pytest.raises(SettingsError, match="LOKDARPAN_REQUIRE_KEY"):
        refuse_open_door(SETTINGS, host)

    refuse_open_door(Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": "false"}), host)


def test_port_in_use_gives_the_next():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) < port + 10
