"""Which pages of other origins may read the API in a browser."""

import pytest
from falcon.testing import TestClient

from lokdarpan_core import Settings, SettingsError, seed
from lokdarpan_web import create_app

META = "/api/v1/ward/meta/WARD_001"
PAGE = "https://paper.example"


def client(engine, origins):
    with engine.begin() as connection:
        seed(connection)
    return TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_CORS_ORIGINS": origins})))


def told(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_nobody_is_let_in_by_default(engine):
    one = client(engine, "")

    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    assert [{}, {}] == [told(one.simulate_get(META, headers=asked)), told(one.simulate_options(META, headers=asked))]


def test_an_origin_that_is_named_is_let_in_and_no_other(engine):
    one = client(engine, f"{PAGE}, http://localhost:8080")

    ours, theirs = (one.simulate_get(META, headers={"Origin": o}) for o in (PAGE, "https://evil.example"))

    assert PAGE == told(ours)["access-control-allow-origin"]
    assert "access-control-allow-credentials" not in ours.headers
    assert {} == told(theirs)
    assert "Origin" in ours.headers["vary"]
    assert "Origin" in theirs.headers["vary"]


@pytest.mark.parametrize(
    "origin", [f"{PAGE}.evil.example", "https://evilpaper.example", PAGE.upper(), "null", f"{PAGE}:444", f"{PAGE}/"]
)
def test_what_only_looks_like_the_origin_is_not_it(engine, origin):
    assert {} == told(client(engine, PAGE).simulate_get(META, headers={"Origin": origin}))


def test_a_preflight_says_what_may_be_sent(engine):
    answer = client(engine, PAGE).simulate_options(
        META, headers={"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    )

    assert 204 == answer.status_code
    assert "GET, HEAD, OPTIONS" == answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]


def test_problems_can_be_read_too(engine):
    answer = client(engine, PAGE).simulate_get("/api/v1/ward/meta/WARD_999", headers={"Origin": PAGE})

    assert (404, PAGE) == (answer.status_code, told(answer)["access-control-allow-origin"])


def test_a_star_lets_everybody_in_without_their_cookies(engine):
    answer = client(engine, "*").simulate_get(META, headers={"Origin": "https://any.example"})

    assert "*" == answer.headers["access-control-allow-origin"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origins", ["paper.example", "https://paper.example/", "ftp://paper.example", "https://*.example"]
)
def test_what_is_no_origin_is_refused_at_the_start(origins):
    with pytest.raises(SettingsError, match=r"LOKDARPAN_CORS_ORIGINS .* is no origin"):
        Settings.from_environment({"LOKDARPAN_CORS_ORIGINS": origins})
