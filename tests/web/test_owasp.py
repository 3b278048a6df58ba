"""The ten of OWASP's API Security Top 10 (2023), each with what it means here."""

import io
import json
import socket

import falcon
import falcon.inspect
import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient

from lokdarpan_core import Settings, create_key, import_list, ingest_jsonl, jobs, packaged_list, seed
from lokdarpan_core.schema import epaper, metadata
from lokdarpan_web import add_routes, create_app
from lokdarpan_web.routes import ROUTES

PREFIX = "/api/v1"
META = f"{PREFIX}/ward/meta/WARD_001"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
INJECTIONS = [
    "'",
    "x' OR 1=1 --",
    "'; DROP TABLE post; --",
    "1) UNION SELECT 1 --",
    "%27",
    "\\",
    "$$",
    "%(x)s",
    "{0}",
    ":a",
]
VALUES = {"{ward}": "WARD_001", "{number}": "1", "{id}": "1", "{file}": "page.css"}


@pytest.fixture
def app(engine, tmp_path, inbox):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
        seed(connection)
        jobs.enqueue(connection, "ingest_epaper_jsonl", {"path": "/srv/secret/place.jsonl"})
    body = f"Ward 1 Kapra of GHMC flooded. {SCRIPT}"
    ingest_jsonl(
        engine, write(tmp_path / "secret-name.jsonl", [line(1, title=f"Kapra {SCRIPT}", body=body), b'{"raw": 1'])
    )
    given = {"LOKDARPAN_RATE_LIMIT": "0", "LOKDARPAN_INBOX": str(inbox)}
    return create_app(engine, Settings.from_environment(given), log=io.StringIO())


@pytest.fixture
def client(app):
    return TestClient(app)


def key(engine, *scopes):
    with engine.begin() as connection:
        return {"Authorization": f"Bearer {create_key(connection, '-'.join(scopes), scopes).token}"}


def every_get():
    for template, resource in ROUTES:
        if "GET" in resource.operations():
            path = template
            for place, value in VALUES.items():
                path = path.replace(place, value)
            yield template, PREFIX + path


def test_1_object_level_authorization(client, engine):
    """What belongs to senders (files' names, raw lines, jobs' arguments) is not told to who merely knows a number."""
    for headers in ({}, key(engine, "read")):
        told = "".join(
            client.simulate_get(f"{PREFIX}{path}", headers=headers).text
            for path in ("/ingests/1", "/ingests/1/rejects", "/jobs/1")
        )
        assert "secret" not in told
        assert '{\\"raw\\"' not in told


@pytest.mark.parametrize(
    "said",
    [
        "Bearer",
        "Bearer ",
        "Bearer lkd_x",
        "Basic YTpi",
        "lkd_x",
        "Bearer lkd_' OR 1=1 --",
        "Bearer \ud83d",
        "B" * 9_000,
    ],
)
def test_2_authentication(client, engine, said):
    """Only a key that is known and good is one; what looks like one is refused everywhere, and never echoed."""
    answer = client.simulate_get(META, headers={"Authorization": said.encode("utf-8", "replace").decode("latin-1")})

    assert 401 == answer.status_code
    assert "BBBB" not in answer.text
    assert "lkd_x" not in answer.text


def test_3_property_level_authorization_of_what_is_read(client, engine):
    """The sensitive shares and the newspapers' texts are for the scopes that may see them."""
    shown = {
        scope: client.simulate_get(META, headers=key(engine, scope)).json["demographics"]["muslim_idx"]
        for scope in ("read", "ingest", "demographics", "admin")
    }
    assert {"read": None, "ingest": None, "demographics": 0.3, "admin": 0.3} == shown

    for _, path in every_get():
        text = client.simulate_get(path).text
        assert 'muslim_idx":0' not in text.replace(" ", "")
        assert "key_sha256" not in text
        assert "raw_text" not in text


def test_3_property_level_authorization_of_what_is_written(client, engine):
    """Mass assignment: what a sender adds to an article is counted, and never stored."""
    more = {"id": 4711, "sha256": "0" * 64, "ingest_run_id": 4711, "withdrawn_at": "2020-01-01", "story_id": 4711}
    sent = line(7, **more)

    answer = client.simulate_post(
        f"{PREFIX}/epapers",
        body=sent,
        headers={"Content-Type": "application/x-ndjson", **key(engine, "ingest")},
    )

    assert 200 == answer.status_code, answer.text
    assert set(more) == set(answer.json["unknown_keys"])
    with engine.connect() as connection:
        newest = connection.execute(sa.select(epaper).order_by(epaper.c.id.desc()).limit(1)).mappings().one()
    assert all(newest[name] != value for name, value in more.items())
    assert newest["withdrawn_at"] is None


def test_4_resource_consumption(client, engine):
    """Pages, windows, texts and bodies have limits, and so has the rate."""
    for query in ("limit=101", "limit=0", "limit=-1", "q=" + "x" * 301, "cursor=" + "x" * 5_000):
        assert 422 == client.simulate_get(f"{PREFIX}/posts?{query}").status_code, query
    for path in ("/pulse/1?days=91", "/trends?days=100000"):
        assert client.simulate_get(PREFIX + path).status_code in (422, 404), path

    said = {"Content-Type": "application/x-ndjson", **key(engine, "ingest")}
    large = client.simulate_post(f"{PREFIX}/epapers", headers={**said, "Content-Length": str(17 * 1024 * 1024)})
    assert 413 == large.status_code

    slow = TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_RATE_LIMIT": "2"}), log=io.StringIO()))
    assert [200, 200, 429] == [slow.simulate_get(META).status_code for _ in range(3)]


def test_5_function_level_authorization(client, engine):
    """Only the scope `ingest` sends articles, and no method does more than the document says."""
    sent = {"body": line(9), "headers": {"Content-Type": "application/x-ndjson"}}
    found = {
        scope: client.simulate_post(
            f"{PREFIX}/epapers", body=sent["body"], headers=sent["headers"] | (key(engine, scope) if scope else {})
        ).status_code
        for scope in ("", "read", "demographics", "ingest")
    }
    assert {"": 401, "read": 403, "demographics": 403, "ingest": 200} == found

    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for _, path in every_get():
            assert 405 == client.simulate_request(method, path, headers=key(engine, "admin")).status_code
    override = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    assert 200 == client.simulate_get(META, headers=override).status_code


def test_6_business_flows(client, engine):
    """The archive is not carried off by paging: without a key no page has more than excerpts, and asking is counted."""
    posts = client.simulate_get(f"{PREFIX}/posts").json["posts"]

    assert posts
    assert all(post["text"] is None and len(post["excerpt"]) <= 300 for post in posts)


def test_7_server_side_request_forgery(client, engine, monkeypatch, inbox):
    """No address that is sent is ever fetched, and no name that is sent becomes a path."""
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("something was fetched"))
    urls = ["http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL"]
    body = b"\n".join(line(20 + number, url=url, publication_name="../../etc/x") for number, url in enumerate(urls))

    answer = client.simulate_post(
        f"{PREFIX}/epapers", body=body, headers={"Content-Type": "application/x-ndjson", **key(engine, "ingest")}
    )

    assert 200 == answer.status_code, answer.text
    assert [] == [path for path in inbox.rglob("*") if path.is_file()]
    posts = client.simulate_get(f"{PREFIX}/posts").json["posts"]
    assert not any((post["url"] or "https://").startswith(("file:", "gopher:")) for post in posts)


@pytest.mark.parametrize(
    "path", ["/docs/../openapi.json", "/docs/..%2f..%2fapp.py", "/docs/%2e%2e/x", "/docs//etc/passwd"]
)
def test_8_misconfiguration_paths(client, path):
    """No path leads out of the package's own two files."""
    assert 404 == client.simulate_get(PREFIX + path).status_code


def test_8_misconfiguration_headers(client):
    """Every answer, a problem too, says what it is, may run nothing, and is kept only where it may be."""
    for path in [path for _, path in every_get()] + [
        f"{PREFIX}/ward/meta/WARD_999",
        f"{META}?delimitation=a&delimitation=b",
    ]:
        answer = client.simulate_get(path, headers={"Origin": "https://evil.example"})
        assert "nosniff" == answer.headers["x-content-type-options"], path
        assert answer.headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "cache-control" in answer.headers, path
        assert "access-control-allow-origin" not in answer.headers, path
        assert "server" not in answer.headers, path


def test_8_misconfiguration_host(client):
    """No link, and no answer, has the host in it that a header named."""
    lies = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example",
            "X-Forwarded-Prefix": "/evil", "X-Original-URL": "/api/v1/openapi.json", "X-Rewrite-URL": "/x"}  # fmt: skip
    for _, path in every_get():
        answer = client.simulate_get(path, headers=lies)
        assert "evil" not in answer.text.replace("evil.example/", "")
        assert "evil" not in json.dumps(dict(answer.headers))


def test_8_misconfiguration_faults(client, monkeypatch):
    """A fault of ours shows nothing of its inside."""
    monkeypatch.setattr("lokdarpan_web.resources.ward_meta", lambda *_: 1 / 0)

    answer = client.simulate_get(META)

    assert 500 == answer.status_code
    assert "Traceback" not in answer.text
    assert "division" not in answer.text


def test_9_inventory(app, engine):
    """What is served is what the document tells, in our app and in somebody else's; nothing outside the prefix."""
    theirs = falcon.App()
    add_routes(theirs, engine, Settings.from_environment({}), prefix="/x")

    def served(app):
        return {route.path for route in falcon.inspect.inspect_routes(app)}

    told = {path for path, _ in ROUTES}
    assert {"/x" + path for path in told} == served(theirs)
    assert told == {path.removeprefix(PREFIX) for path in served(app) if path.startswith(PREFIX)}
    assert told == set(TestClient(app).simulate_get(f"{PREFIX}/openapi.json").json["paths"])


def test_10_unsafe_consumption_scripts_in_articles_stay_text(client):
    """An article with script in it is JSON, said to be JSON, and not to be taken for anything else."""
    answer = client.simulate_get(f"{PREFIX}/posts")

    assert "application/json" == answer.headers["content-type"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert any("<script>" in (post["title"] or "") for post in answer.json["posts"])


@pytest.mark.parametrize("sql", INJECTIONS)
def test_10_unsafe_consumption_sql_stays_text(client, engine, sql):
    """SQL in every parameter of every operation, in paths and queries, is a text like any other."""
    with engine.connect() as connection:
        before = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables]

    for template, resource in ROUTES:
        operation = resource.operations().get("GET")
        if operation is None:
            continue
        path = template
        for place in VALUES:
            path = path.replace(place, falcon.uri.encode_value(sql))
        for parameter in operation.query:
            query = {parameter.name: sql}
            filled = template
            for place, value in VALUES.items():
                filled = filled.replace(place, value)
            answer = client.simulate_get(PREFIX + filled, params=query)
            assert answer.status_code in (200, 404, 409, 422), (template, parameter.name, answer.text)
        assert client.simulate_get(PREFIX + path).status_code in (200, 404, 409), template
        client.simulate_get(PREFIX + path, headers={"Authorization": f"Bearer {sql}", "If-None-Match": sql})

    with engine.connect() as connection:
        after = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables]
    assert before == after
