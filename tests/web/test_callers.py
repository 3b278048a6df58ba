"""Who may read what: keys, their scopes, and somebody else's own authentication."""

from datetime import timedelta

import falcon
import pytest
from falcon.testing import TestClient

from lokdarpan_core import Gazetteer, Settings, create_key, import_list, packaged_list, revoke_key, seed, utc_now
from lokdarpan_core.api_keys import api_keys
from lokdarpan_web import Caller, UnauthorizedError, add_routes, create_app

OPEN, CLOSED = (Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": said}) for said in ("false", "true"))
META, PREDICTION = "/api/v1/ward/meta/WARD_001", "/api/v1/prediction/WARD_001"


@pytest.fixture
def seeded(engine):
    with engine.begin() as connection:
        seed(connection)
    return engine


def key(engine, *scopes, **options):
    with engine.begin() as connection:
        return create_key(connection, "a key", scopes, **options).token


def get(engine, path, token=None, settings=OPEN, scheme="Bearer"):
    headers = {} if token is None else {"Authorization": f"{scheme} {token}"}
    return TestClient(create_app(engine, settings)).simulate_get(path, headers=headers)


def test_the_sensitive_shares_are_for_keys_of_their_scope(seeded):
    shown = {
        scopes: get(seeded, META, key(seeded, *scopes)).json["demographics"]["muslim_idx"]
        for scopes in [("demographics",), ("admin",), ("read",), ("ingest",)]
    }

    assert {("demographics",): 0.3, ("admin",): 0.3, ("read",): None, ("ingest",): None} == shown


@pytest.mark.parametrize("path", [META, PREDICTION])
def test_reading_needs_a_key_of_scope_read_where_it_is_closed(seeded, path):
    nobody = get(seeded, path, settings=CLOSED)
    other = get(seeded, path, key(seeded, "ingest"), CLOSED)
    reader = get(seeded, path, key(seeded, "read"), CLOSED)

    assert (401, 'Bearer realm="lokdarpan"') == (nobody.status_code, nobody.headers["www-authenticate"])
    assert (403, "forbidden") == (other.status_code, other.json["type"].rpartition("/")[2])
    assert 200 == reader.status_code


@pytest.mark.parametrize("settings", [OPEN, CLOSED], ids=["open", "closed"])
def test_a_key_that_is_not_good_is_refused_everywhere(seeded, settings):
    ended = key(seeded, "admin", expires_at=utc_now() - timedelta(seconds=1))
    revoked = key(seeded, "admin")
    with seeded.begin() as connection:
        revoke_key(connection, revoked)

    refused = [get(seeded, META, token, settings) for token in ("lkd_wrong", "", ended, revoked)]
    refused.append(get(seeded, META, key(seeded, "admin"), settings, scheme="Basic"))

    assert [401] * 5 == [answer.status_code for answer in refused]
    assert revoked not in "".join(answer.text for answer in refused)


def test_use_of_a_key_is_written_down(seeded):
    token = key(seeded, "read")
    get(seeded, META, token)

    with seeded.connect() as connection:
        (kept,) = api_keys(connection)
    assert kept.last_used_at is not None


def test_somebody_elses_authentication_is_asked_instead(seeded):
    def by_cookie(req: falcon.Request) -> Caller:
        if req.get_cookie_values("session") != ["good"]:
            raise UnauthorizedError("Log in first")
        return Caller("their user", frozenset({"demographics"}))

    app = falcon.App()
    add_routes(app, seeded, CLOSED, authenticate=by_cookie)
    client = TestClient(app)

    assert 401 == client.simulate_get(META).status_code
    assert 0.3 == client.simulate_get(META, cookies={"session": "good"}).json["demographics"]["muslim_idx"]


def test_a_ward_may_be_called_by_any_label(seeded):
    with seeded.begin() as connection:
        for name in ("ghmc-2016", "hyderabad-2026"):
            import_list(connection, packaged_list(name))

    labels = ["WARD_001", "ward_1", "1", "Kapra", "Ward 1 Kapra", "కాప్రా"]
    found = [get(seeded, f"/api/v1/ward/meta/{label}").json["ward"] for label in labels]

    assert ["WARD_001"] * len(labels) == found


def test_a_label_that_is_none_names_those_that_may_be_meant(seeded):
    with seeded.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))

    unknown = get(seeded, "/api/v1/ward/meta/Jubille Hills")
    contradiction = get(seeded, "/api/v1/ward/meta/Ward 12 Jubilee Hills")
    elsewhere = get(seeded, f"{META}?delimitation=pune-2022")

    assert (404, "unknown-ward") == (unknown.status_code, unknown.json["type"].rpartition("/")[2])
    assert {"ward_id": "WARD_095", "name": "Jubilee Hills", "delimitation": "ghmc-2016"} == unknown.json["candidates"][
        0
    ]
    assert (409, "ambiguous-ward") == (contradiction.status_code, contradiction.json["type"].rpartition("/")[2])
    assert {"WARD_012", "WARD_095"} == {one["ward_id"] for one in contradiction.json["candidates"]}
    assert 404 == elsewhere.status_code


def test_the_gazetteer_is_loaded_once_and_not_for_each_request(seeded, monkeypatch):
    loaded = []
    load = Gazetteer.load.__func__
    monkeypatch.setattr(Gazetteer, "load", classmethod(lambda cls, *args: loaded.append(1) or load(cls, *args)))
    client = TestClient(create_app(seeded, OPEN))

    assert [200, 200] == [client.simulate_get(META).status_code for _ in range(2)]
    assert [1] == loaded
