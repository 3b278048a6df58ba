"""`GET /prediction/{ward}`, and the same from the command line."""

import json

import pytest
import sqlalchemy as sa
from falcon.testing import TestClient

from lokdarpan_core import Settings, seed
from lokdarpan_core.schema import ward_features
from lokdarpan_web import create_app


@pytest.fixture
def client(engine):
    with engine.begin() as connection:
        seed(connection)
    return TestClient(create_app(engine, Settings.from_environment({})))


def test_example_ward_has_its_values(client):
    answer = client.simulate_get("/api/v1/prediction/WARD_001")

    assert (200, "application/json", "no-store") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["cache-control"],
    )
    assert {"INC": 36.0, "BJP": 32.0, "BRS": 28.0, "AIMIM": 4.0} == answer.json["scores"]
    assert (0.958, "turnout-stability", "example") == (
        answer.json["confidence"],
        answer.json["confidence_kind"],
        answer.json["source"],
    )
    assert answer.json["updated_at"].endswith("Z")


def test_fields_are_in_order(client):
    fields = ["ward", "scores", "confidence", "confidence_kind", "reason", "method", "win_probability", "intervals"]
    fields += ["stands", "election", "held_on", "based_on", "backtest", "backtest_note", "note"]
    fields += ["name", "delimitation", "source", "updated_at"]

    assert fields == list(client.simulate_get("/api/v1/prediction/ward_001").json)


def test_unknown_ward_and_one_without_results_are_problems_that_nobody_stores(client, engine):
    with engine.begin() as connection:
        connection.execute(sa.delete(ward_features))

    unknown, bare = (client.simulate_get(f"/api/v1/prediction/{ward}") for ward in ("WARD_999", "WARD_001"))

    assert [(404, "unknown-ward"), (404, "not-found")] == [
        (answer.status_code, answer.json["type"].rpartition("/")[2]) for answer in (unknown, bare)
    ]
    assert ["no-store", "no-store"] == [answer.headers["cache-control"] for answer in (unknown, bare)]


@pytest.mark.parametrize(("command", "path"), [("meta", "ward/meta"), ("prediction", "prediction")])
def test_command_prints_the_apis_bytes(client, lokdarpan, command, path):
    process = lokdarpan("ward", command, "WARD_001", "--json")

    assert (0, b"") == (process.returncode, process.stderr)
    assert client.simulate_get(f"/api/v1/{path}/WARD_001").content + b"\n" == process.stdout


@pytest.mark.parametrize("label", ["1", "kapra", "Ward 1 Kapra", "ward_001"])
def test_command_takes_any_label(client, lokdarpan, label):
    process = lokdarpan("ward", "prediction", label, "--json")

    assert client.simulate_get("/api/v1/prediction/WARD_001").content + b"\n" == process.stdout


def test_command_shows_bars_and_that_the_figures_are_examples(client, lokdarpan):
    meta, prediction = (lokdarpan("ward", command, "WARD_001").stdout.decode() for command in ("meta", "prediction"))

    for shown in (meta, prediction):
        assert "EXAMPLE: invented figures" in shown
        assert "WARD_001  Kapra (ghmc-2016)" in shown
    rows = {line.split()[0]: line.split()[1:] for line in prediction.splitlines() if "█" in line}
    assert ["36.00", "28.00"] == [rows[party][0] for party in ("INC", "BRS")]
    assert rows["INC"][1].count("█") > rows["BRS"][1].count("█") > rows["AIMIM"][1].count("█") > 0
    assert "Confidence: 0.958 (turnout-stability)" in prediction
    assert "no probability of winning" in prediction
    assert "-10.0" in meta


@pytest.mark.parametrize("command", ["meta", "prediction"])
def test_unknown_ward_is_one_line_and_exit_2(client, lokdarpan, command):
    process = lokdarpan("ward", command, "WARD_999")

    assert (2, b"") == (process.returncode, process.stdout)
    assert b"There is no ward 'WARD_999'" in process.stderr
    assert b"Traceback" not in process.stderr


def test_refresh_of_a_ward_without_results_leaves_the_example(client, lokdarpan):
    before = client.simulate_get("/api/v1/ward/meta/WARD_001").content

    process = lokdarpan("refresh", "--ward", "WARD_001", "--json")

    reports = [json.loads(line) for line in process.stdout.splitlines()]
    assert 0 == process.returncode
    assert ["ward_profile", "ward_features"] == [report["table"] for report in reports]
    assert before == client.simulate_get("/api/v1/ward/meta/WARD_001").content
