"""The document tells all that the API does: its routes, parameters, statuses and fields."""

import copy
import json
from pathlib import Path

import falcon.inspect
import pytest
from articles import line, write
from falcon.testing import TestClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from lokdarpan_core import (
    Settings,
    assign_stories,
    create_key,
    import_list,
    ingest_jsonl,
    jobs,
    packaged_list,
    seed,
)
from lokdarpan_web import create_app
from lokdarpan_web.changes import differences, parts
from lokdarpan_web.openapi import document
from lokdarpan_web.routes import ROUTES

PREFIX = "/api/v1"
ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "lokdarpan_web"
EMPTY = {"/ward/results/{ward}"}  # no sheet is imported here
VALUES = {"{ward}": "WARD_001", "{number}": "1", "{id}": "1", "{file}": "page.css"}


@pytest.fixture
def client(engine, tmp_path):
    with engine.begin() as connection:
        for name in ("ghmc-2016", "hyderabad-2026"):
            import_list(connection, packaged_list(name))
        seed(connection)
        token = create_key(connection, "a key", ["admin"]).token
        jobs.enqueue(connection, "ping")
    lines = [line(number, title="Kapra nala", body=f"Ward 1 Kapra flooded again, {number}") for number in range(3)]
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", [*lines, b"{"]))
    assign_stories(engine)
    client = TestClient(create_app(engine, Settings.from_environment({})))
    client.token = token
    return client


@pytest.fixture
def described(client):
    return client.simulate_get(f"{PREFIX}/openapi.json").json


def strict(schema):
    """A copy in which no record may have a field that is not described."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return closed | {name: strict(part) for name, part in schema.items()}
    return [strict(part) for part in schema] if isinstance(schema, list) else schema


def assert_described(described, path, method, answer):
    """The answer's status is listed, and its body has the fields of its schema and no others."""
    responses = described["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses, (path, answer.status_code, answer.text)
    response = responses[str(answer.status_code)]
    if "$ref" in response:
        response = described["components"]["responses"][response["$ref"].rpartition("/")[2]]
    if not answer.content:
        return
    media = answer.headers["content-type"].partition(";")[0]
    content = response["content"].get(media) or response["content"][f"{media.partition('/')[0]}/*"]
    if "json" in media:
        whole = strict(copy.deepcopy(described["components"]))
        Draft202012Validator(strict(content["schema"]) | {"components": whole}).validate(answer.json)


def addresses():
    for template, resource in ROUTES:
        path = template
        for place, value in VALUES.items():
            path = path.replace(place, value)
        for method in resource.operations():
            yield pytest.param(method, template, path, id=f"{method} {template}")


def test_it_is_openapi_3_1(described):
    validate(described)

    assert "3.1.0" == described["openapi"]


def test_every_route_and_method_is_in_it_and_no_other(client, described):
    served = {
        (route.path.removeprefix(PREFIX), method.method)
        for route in falcon.inspect.inspect_routes(client.app)
        if route.path.startswith(PREFIX)
        for method in route.methods
        if not method.internal and method.method not in ("HEAD", "OPTIONS")
    }
    told = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}

    assert told == served


def test_no_parameter_is_read_that_is_not_declared():
    readers = [
        path.name
        for path in SOURCES.glob("*.py")
        if path.name != "parameters.py" and any(word in path.read_text() for word in ("get_param", "req.params"))
    ]

    assert [] == readers


@pytest.mark.parametrize(("method", "template", "path"), list(addresses()))
def test_every_answer_has_the_fields_of_its_schema(client, described, method, template, path):
    for headers in ({}, {"Authorization": f"Bearer {client.token}"}):
        answer = client.simulate_request(method, PREFIX + path, headers=headers)
        assert_described(described, template, method.lower(), answer)
        assert method != "GET" or answer.status_code == (404 if template in EMPTY else 200), answer.text


@pytest.mark.parametrize(
    ("template", "path", "headers"),
    [
        ("/ward/meta/{ward}", "/ward/meta/Jubille Hills", {}),
        ("/ward/meta/{ward}", "/ward/meta/Ward 12 Jubilee Hills", {}),
        ("/ward/meta/{ward}", "/ward/meta/1?delimitation=a&delimitation=b", {}),
        ("/ward/meta/{ward}", "/ward/meta/1", {"Accept": "text/html"}),
        ("/ward/meta/{ward}", "/ward/meta/1", {"Authorization": "Bearer lkd_no"}),
        ("/stories/{number}", "/stories/0", {}),
    ],
)
def test_every_problem_has_the_fields_of_its_schema(client, described, template, path, headers):
    answer = client.simulate_get(PREFIX + path, headers=headers)

    assert 400 <= answer.status_code < 500
    assert_described(described, template, "get", answer)


def test_every_operation_says_what_it_is(described):
    operations = [one for methods in described["paths"].values() for one in methods.values()]

    assert all(one["summary"] and one["description"] for one in operations)
    assert len(operations) == len({one["operationId"] for one in operations})


@pytest.mark.parametrize(
    ("headers", "extras", "root"),
    [
        ({}, {}, "/api/v1"),
        ({}, {"SCRIPT_NAME": "/wards"}, "/wards/api/v1"),
        ({"X-Forwarded-Prefix": "/ghmc/"}, {}, "/ghmc/api/v1"),
        ({"X-Forwarded-Prefix": "//evil.example/x"}, {}, "/api/v1"),
        ({"Host": "evil.example", "X-Forwarded-Host": "evil.example"}, {}, "/api/v1"),
    ],
)
def test_the_server_is_where_the_app_is_mounted(engine, headers, extras, root):
    client = TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_TRUSTED_PROXIES": "127.0.0.1"})))

    made = client.simulate_get(
        f"{PREFIX}/openapi.json", headers=headers, extras={"REMOTE_ADDR": "127.0.0.1", **extras}
    ).json

    assert [{"url": root}] == made["servers"]


def test_a_prefix_is_not_believed_of_a_stranger(engine):
    client = TestClient(create_app(engine, Settings.from_environment({})))

    made = client.simulate_get(
        f"{PREFIX}/openapi.json", headers={"X-Forwarded-Prefix": "/ghmc"}, remote_addr="127.0.0.1"
    ).json

    assert [{"url": "/api/v1"}] == made["servers"]


def test_the_page_needs_nothing_from_elsewhere_and_runs_no_inline_script(client):
    page = client.simulate_get(f"{PREFIX}/docs")
    files = {name: client.simulate_get(f"{PREFIX}/docs/{name}") for name in ("page.js", "page.css")}

    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script src=" in page.text
    assert page.text.count("<script") == 1
    assert "://" not in page.text + "".join(file.text for file in files.values()).replace("http://www.w3.org", "")
    assert ["text/javascript; charset=utf-8", "text/css; charset=utf-8"] == [
        file.headers["content-type"] for file in files.values()
    ]
    assert 404 == client.simulate_get(f"{PREFIX}/docs/..%2Fpage.html").status_code


def test_document_and_page_are_open_where_reading_is_closed(engine):
    client = TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": "true"})))

    assert [200, 200, 401] == [
        client.simulate_get(PREFIX + path).status_code for path in ("/openapi.json", "/docs", "/ward/meta/1")
    ]


def test_baseline_is_a_document():
    validate(json.loads((ROOT / "docs" / "openapi.json").read_text()))


def test_a_difference_is_named():
    new = document(ROUTES, PREFIX)
    old = copy.deepcopy(new)
    old["paths"]["/gone"] = {"get": {"responses": {"200": {}}}}
    del old["paths"]["/stories/{number}"]["get"]["responses"]["404"]
    del old["components"]["schemas"]["WardMeta"]["properties"]["name"]
    old["components"]["schemas"]["Candidate"]["properties"]["name"] = {"type": "integer"}

    assert [] == differences(new, new)
    assert [
        "+ GET /stories/{number}: answer 404",
        "+ record WardMeta: name",
        "- GET /gone",
        "- GET /gone: answer 200",
    ] == sorted(line for line in differences(old, new) if line[0] in "+-")
    assert any(line.startswith("~ record Candidate: name: ") for line in differences(old, new))
    assert len(parts(new)) > 100
