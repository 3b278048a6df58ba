"""Whatever is asked, within the document or beside it: no fault of ours, no status or body that it does not tell.

`API_FUZZ_CASES` is how many cases there are, over all operations, with and without a key; `nox -s api_fuzz` has 5,000.
"""

import io
import os

import pytest
import schemathesis
from articles import line, write
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lokdarpan_core import Settings, create_key, import_list, ingest_jsonl, jobs, packaged_list, seed
from lokdarpan_web import create_app
from lokdarpan_web.routes import ROUTES

CASES = int(os.environ.get("API_FUZZ_CASES", "200"))
OPERATIONS = [(path, method) for path, resource in ROUTES for method in resource.operations()]
EACH = max(1, CASES // (4 * len(OPERATIONS)))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def as_it_is(_context, value):
    """The body that was drawn, as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture
def served(engine, tmp_path):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
        seed(connection)
        token = create_key(connection, "a key", ["admin"]).token
        jobs.enqueue(connection, "ping")
    lines = [line(number, title="Kapra nala", body=f"Ward 1 Kapra of GHMC flooded, {number}") for number in range(5)]
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", [*lines, b"{"]))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    given = {"LOKDARPAN_RATE_LIMIT": "0", "LOKDARPAN_RATE_LIMIT_WITH_KEY": "0", "LOKDARPAN_INBOX": str(inbox)}
    made = create_app(engine, Settings.from_environment(given), log=io.StringIO())
    return made, token


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=["what fits", "what does not"])
@pytest.mark.parametrize("with_key", [False, True], ids=["open", "key"])
def test_nothing_that_is_asked_is_answered_beside_the_document(served, with_key, mode):
    app, token = served
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    headers = {"Authorization": f"Bearer {token}"} if with_key else {}
    asked = 0
    while asked < CASES // 4:
        asked += sum(ask(schema[path][method], headers, mode) for path, method in OPERATIONS)


def ask(operation, headers, mode):
    """Ask one operation; how many cases there were."""
    if mode is GenerationMode.NEGATIVE and not (operation.path_parameters or operation.query or operation.body):
        return 0  # nothing can be wrong in it
    asked = []

    @settings(max_examples=EACH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case):
        asked.append(case.call_and_validate(checks=CHECKS, headers=headers).status_code)

    one()
    return len(asked)
