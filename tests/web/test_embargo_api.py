"""In an embargo the API says who ordered it, and nothing that it sends gives a forecast away."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import falcon
import pytest
import sqlalchemy as sa
from falcon.testing import TestClient
from forecast_city import add_city, embargo, embargo_now, given_away, soon, telling, today

from lokdarpan_core import Settings, refresh_forecasts
from lokdarpan_core.schema import ward_forecast
from lokdarpan_web import add_routes, create_app
from lokdarpan_web.routes import ROUTES

PROGRAM = Path(sys.executable).with_name("lokdarpan")
PATH = "/api/v1/prediction/WARD_003"


@pytest.fixture
def city(engine):
    """A city whose next election is in three months."""
    with engine.begin() as connection:
        add_city(connection, next_day=soon())
        refresh_forecasts(connection, today())
    return engine


def client(engine, **environment):
    return TestClient(create_app(engine, Settings.from_environment(environment)))


def in_embargo(engine):
    return client(engine, LOKDARPAN_EMBARGO=embargo_now())


def test_forecast_is_answered_and_stored_by_nobody(city):
    answer = client(city).simulate_get(PATH)

    assert (200, "forecast", "no-store") == (
        answer.status_code,
        answer.json["method"],
        answer.headers["cache-control"],
    )
    assert answer.json["confidence"] == max(answer.json["win_probability"].values())
    assert all(len(bounds) == 2 for bounds in answer.json["intervals"].values())
    assert ("GHMC (ghmc-2016)", 2016, 2020) == tuple(
        answer.json["backtest"][field] for field in ("place", "first_year", "last_year")
    )


def test_command_prints_the_apis_bytes(city, url):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE_URL"))}
    environment = kept | {"LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False)}
    words = [PROGRAM, "ward", "prediction", "3", "--json"]

    process = subprocess.run(words, env=environment, capture_output=True, check=False, timeout=60)

    assert (0, b"") == (process.returncode, process.stderr)
    assert client(city).simulate_get(PATH).content + b"\n" == process.stdout


def test_answer_is_451_with_the_windows(city):
    answer = in_embargo(city).simulate_get(PATH)

    assert (451, "application/problem+json", "no-store") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["cache-control"],
    )
    assert 'rel="blocked-by"' in answer.headers["link"].replace("rel=blocked-by", 'rel="blocked-by"')
    assert (451, True) == (answer.json["status"], answer.json["type"].endswith("/embargo"))
    (window,) = answer.json["windows"]
    assert {"start", "end", "authority", "order", "text"} == set(window)
    assert ("State Election Commission", "SEC/12") == (window["authority"], window["order"])
    assert window["start"].endswith("Z")
    assert "Silence before the poll." in answer.json["detail"]


@pytest.mark.parametrize("ward", ["WARD_003", "3", "ward 3", "WARD_012"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_label_and_method_is_refused(city, ward, method):
    assert 451 == in_embargo(city).simulate_request(method, f"/api/v1/prediction/{ward}").status_code


def test_validators_lead_to_no_304(city):
    for tag in ("*", 'W/"abc"'):
        headers = {"If-None-Match": tag, "If-Modified-Since": "Wed, 01 Jan 2098 00:00:00 GMT"}
        answer = in_embargo(city).simulate_get(PATH, headers=headers)

        assert (451, None, None) == (
            answer.status_code,
            answer.headers.get("etag"),
            answer.headers.get("last-modified"),
        )


def test_last_shares_are_refused_too(city):
    with city.begin() as connection:
        connection.execute(sa.delete(ward_forecast))

    assert 451 == in_embargo(city).simulate_get(PATH).status_code


def test_app_of_somebody_else_obeys_by_default(city):
    app = falcon.App()
    add_routes(app, city, Settings.from_environment({"LOKDARPAN_EMBARGO": embargo_now()}), prefix="/wards")

    assert 451 == TestClient(app).simulate_get("/wards/prediction/WARD_003").status_code


def test_window_of_the_file_holds_too(city, tmp_path):
    file = tmp_path / "embargo.json"
    file.write_text(embargo_now(), encoding="utf-8")

    assert 451 == client(city, LOKDARPAN_EMBARGO_FILE=str(file)).simulate_get(PATH).status_code


def test_windows_that_are_over_or_to_come_refuse_nothing(city):
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    windows = [*json.loads(embargo(now - 2 * hour, now - hour)), *json.loads(embargo(now + hour, now + 2 * hour))]

    assert 200 == client(city, LOKDARPAN_EMBARGO=json.dumps(windows)).simulate_get(PATH).status_code


def test_answer_comes_back_at_the_end_of_the_window(city):
    """The same process goes on: nothing has to be started again. A busy machine gets a longer window."""
    for seconds in (1, 5, 25):
        now = datetime.now(UTC)
        end = now + timedelta(seconds=seconds)
        asking = client(city, LOKDARPAN_EMBARGO=embargo(now - timedelta(seconds=1), end))
        first = asking.simulate_get(PATH).status_code
        if datetime.now(UTC) < end:
            break
    time.sleep(max((end - datetime.now(UTC)).total_seconds() + 0.01, 0))

    assert (451, 200) == (first, asking.simulate_get(PATH).status_code)


def test_nothing_that_is_sent_gives_the_forecast_away(city):
    """Whatever can be read without a key, headers among it, while the forecast lies in the database."""
    forecast = client(city).simulate_get(PATH)
    secrets = telling(forecast.content)
    assert len(given_away(secrets, forecast.text)) > len(secrets) / 4  # or nothing could be found elsewhere
    asking = in_embargo(city)
    paths = [path.replace("{ward}", "WARD_003").replace("{number}", "1").replace("{id}", "1") for path, _ in ROUTES]
    paths = [f"/api/v1{path}" for path in paths if not path.startswith(("/docs", "/openapi"))]

    for path in [*paths, "/healthz", "/readyz"]:
        answer = asking.simulate_get(path)
        sent = str(answer.headers) + answer.text
        assert [] == given_away(secrets, sent), path
    assert len(paths) > 3


def test_other_validators_do_not_depend_on_the_forecast(city):
    """Else a cache could tell, in an embargo, that it has changed."""
    paths = [f"/api/v1/ward/{part}/WARD_003" for part in ("meta", "results")]
    before = [client(city).simulate_get(path).headers.get("etag") for path in paths]

    with city.begin() as connection:
        connection.execute(sa.update(ward_forecast).values(forecast={"shares": {"INC": 1}}))

    assert before == [client(city).simulate_get(path).headers.get("etag") for path in paths]
