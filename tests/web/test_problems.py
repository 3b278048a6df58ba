"""What goes wrong is said in one form, with what would be right; and it is over when its cause is."""

import falcon
import pytest
import sqlalchemy as sa
from falcon.testing import TestClient

from lokdarpan_core import Settings, create_engine, import_list, packaged_list, seed
from lokdarpan_web import add_routes, create_app
from lokdarpan_web.bodies import Body, BrokenBodyError, TooLargeError, open_body
from lokdarpan_web.parameters import Parameter, read_query

SETTINGS = Settings.from_environment({})
PROBLEM = "application/problem+json"
META = "/api/v1/ward/meta/WARD_001"


@pytest.fixture
def client(engine):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
        seed(connection)
    return TestClient(create_app(engine, SETTINGS))


def kind(answer):
    assert PROBLEM == answer.headers["content-type"]
    assert "no-store" == answer.headers["cache-control"]
    assert answer.status_code == answer.json["status"]
    return answer.status_code, answer.json["type"].rpartition("/")[2]


def test_unknown_ward_names_candidates(client):
    answer = client.simulate_get("/api/v1/ward/meta/Jubille Hills")

    assert (404, "unknown-ward") == kind(answer)
    assert "WARD_095" == answer.json["candidates"][0]["ward_id"]


def test_ambiguous_ward_names_candidates(client):
    answer = client.simulate_get("/api/v1/ward/meta/Ward 12 Jubilee Hills")

    assert (409, "ambiguous-ward") == kind(answer)
    assert {"WARD_012", "WARD_095"} == {one["ward_id"] for one in answer.json["candidates"]}


def test_ward_label_with_a_nul_in_it_is_unknown(client):
    assert (404, "unknown-ward") == kind(client.simulate_get("/api/v1/ward/meta/95%00"))


def test_address_at_which_nothing_is_says_so(client):
    answer = client.simulate_get("/api/v1/nowhere")

    assert ((404, "not-found"), "There is nothing at this address") == (kind(answer), answer.json["detail"])


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "POST"])
def test_method_that_is_not_there_says_which_are(client, method):
    answer = client.simulate_request(method, META)

    assert (405, "method-not-allowed") == kind(answer)
    assert {"GET", "HEAD", "OPTIONS"} == {word.strip() for word in answer.headers["allow"].split(",")}


def test_options_say_which_methods_there_are(client):
    answer = client.simulate_options(META)

    assert (204, "GET, HEAD, OPTIONS") == (answer.status_code, answer.headers["allow"])


def test_head_answers_as_get_without_the_body(client):
    get, head = client.simulate_get(META), client.simulate_head(META)

    assert b"" == head.content
    assert get.status_code == head.status_code
    kept = [name for name in get.headers if name != "x-request-id"]
    assert {name: get.headers[name] for name in kept} == {name: head.headers[name] for name in kept}


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/*;q=0.5", "application/json;q=0"])
def test_accept_that_excludes_the_answer(client, accept):
    assert (406, "not-acceptable") == kind(client.simulate_get(META, headers={"Accept": accept}))


@pytest.mark.parametrize("accept", ["*/*", "application/*", "application/json", "text/html, */*;q=0.1", ""])
def test_accept_that_takes_the_answer(client, accept):
    assert 200 == client.simulate_get(META, headers={"Accept": accept}).status_code


def test_parameter_that_can_not_be_used_is_named(client):
    answer = client.simulate_get(f"{META}?delimitation={'x' * 300}")

    assert (422, "invalid-parameter", "delimitation") == (*kind(answer), answer.json["field"])


NUMBER = Parameter("days", int, "", default=14, least=1, most=90)


@pytest.mark.parametrize("text", ["0", "91", "x", "1.5", "١٤", "1e1", "9" * 40, "-1", "+3", " 3", "0x1"])
def test_number_outside_its_bounds_is_refused(text):
    with pytest.raises(Exception, match=r"days .* from 1 to 90") as caught:
        NUMBER.read(text)
    assert "days" == caught.value.field


@pytest.mark.parametrize(
    ("type", "text"), [("date", "2026-02-30"), ("date", "01-02-2026"), ("date", "2026-W01-1"), ("bool", "maybe")]
)
def test_other_kinds_are_read_strictly(type, text):
    from datetime import date

    with pytest.raises(Exception, match="should be"):
        Parameter("one", {"date": date, "bool": bool}[type], "").read(text)


def test_absent_and_empty_parameters_have_their_default_and_repeated_ones_are_refused():
    def request(query):
        return falcon.Request(falcon.testing.create_environ(query_string=query))

    assert [{"days": 14}, {"days": 14}, {"days": 3}] == [
        read_query(request(query), [NUMBER]) for query in ("", "days=", "days=3&other=1")
    ]
    with pytest.raises(Exception, match="given 2 times"):
        read_query(request("days=1&days=2"), [NUMBER])


class Pieces:
    """A stream that gives so many bytes and then breaks off."""

    def __init__(self, size, error=None):
        self.left, self.error = size, error

    def read(self, size):
        if not self.left and self.error:
            raise self.error
        piece = b"x" * min(size, self.left)
        self.left -= len(piece)
        return piece


@pytest.mark.parametrize("length", [None, 101])
def test_body_that_is_too_large_is_refused_announced_or_not(length):
    with pytest.raises(TooLargeError, match="larger than 100 bytes"):
        Body(Pieces(101), length, most=100).read()


@pytest.mark.parametrize("length", [None, 100])
def test_body_of_the_limit_is_taken(length):
    assert 100 == len(Body(Pieces(100), length, most=100).read())


@pytest.mark.parametrize("stream", [Pieces(99), Pieces(99, ConnectionResetError()), Pieces(99, ValueError())])
def test_body_that_broke_off_is_never_taken_for_whole(stream):
    with pytest.raises(BrokenBodyError):
        Body(stream, 100).read()


def test_what_is_not_announced_is_no_body():
    environ = falcon.testing.create_environ(method="POST", headers={"Content-Type": "application/x-ndjson"})

    assert b"" == open_body(falcon.Request(environ), ["application/x-ndjson"]).read()


def test_database_away_is_said_and_over_without_a_restart(client, engine, monkeypatch):
    pool = create_engine(engine.url, pool_pre_ping=False, pool_size=3)
    client = TestClient(create_app(pool, SETTINGS))
    try:
        with pool.connect(), pool.connect(), pool.connect():
            assert 200 == client.simulate_get(META).status_code
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

        assert [200] * 6 == [client.simulate_get(META).status_code for _ in range(6)]
    finally:
        pool.dispose()


def test_every_answer_of_an_unreachable_database_says_when_to_come_again():
    client = TestClient(create_app(create_engine("postgresql://u:hunter2@127.0.0.1:1/x"), SETTINGS))

    for path in ("/readyz", META, "/api/v1/stories/1"):
        answer = client.simulate_get(path)
        assert (503, "database-unavailable") == kind(answer)
        assert "5" == answer.headers["retry-after"]
        assert "hunter2" not in answer.text


def test_a_pool_that_is_used_up_is_a_503(client, engine):
    small = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    client = TestClient(create_app(small, SETTINGS))
    with small.connect():
        answer = client.simulate_get(META)
    small.dispose()

    assert (503, "database-unavailable") == kind(answer)


def test_in_somebodys_app_our_problems_are_ours_and_theirs_stay_theirs(engine):
    app = falcon.App()
    add_routes(app, engine, SETTINGS, prefix="/wards/v1")
    client = TestClient(app)

    assert (404, "unknown-ward") == kind(client.simulate_get("/wards/v1/ward/meta/WARD_999"))
    for answer in (client.simulate_get("/wards/v1/nowhere"), client.simulate_delete("/wards/v1/ward/meta/1")):
        assert "application/json" == answer.headers["content-type"]


def test_a_fault_of_ours_tells_its_id_and_nothing_else(client, monkeypatch, capsys):
    monkeypatch.setattr("lokdarpan_web.resources.ward_meta", lambda *_: 1 / 0)

    answer = client.simulate_get(META)

    assert (500, "fault-of-ours") == kind(answer)
    assert answer.headers["x-request-id"] == answer.json["request_id"]
    assert "ZeroDivisionError" not in answer.text
