"""The OpenAPI 3.1 document of the API, made from the operations and from the records that they answer with."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from lokdarpan_web.parameters import WARD_IN_PATH, Parameter
from lokdarpan_web.problems import CONTENT_TYPE, Problem
from lokdarpan_web.schemas import REF, schemas_of

if TYPE_CHECKING:
    from lokdarpan_web.operations import Operation, Resource

Route = tuple[str, "type[Resource]"]
PLACE = re.compile(r"{(\w+)}")
NO_NUL = "^[^\\u0000]*$"
ALWAYS_IN_PROBLEM = ("type", "title", "status", "detail")
ABOUT = """Ward-level news and elections. `{ward}` is an id (`WARD_095`), a number, a name or an alias in any script;
every answer names the ward that was meant. Times are RFC 3339 in UTC. Errors are `application/problem+json` (RFC 9457)
with a stable `type`. Reading is open unless the server says otherwise; a key goes into `Authorization: Bearer lkd_…`.
HEAD and OPTIONS are answered wherever GET is."""


def document(routes: Iterable[Route], root: str) -> dict[str, Any]:
    """The document, for an API that stands under this path."""
    listed = list(routes)
    answers = [
        answer
        for _, resource in listed
        for one in resource.operations().values()
        for answer in (one.answer, *one.also.values())
        if answer not in (str, bytes, None)
    ]
    schemas, components = schemas_of([*answers, Problem])
    components["Problem"]["required"] = list(ALWAYS_IN_PROBLEM)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LokDarpan",
            "version": version("lokdarpan-web"),
            "description": " ".join(ABOUT.split()),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root or "/"}],
        "paths": {path: _path(path, resource, schemas) for path, resource in listed},
        "components": {
            "schemas": components,
            "responses": {f"Problem{int(status)}": _problem(status) for status in _error_statuses(listed)},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of `lokdarpan keys create`, of scope read, demographics, ingest or admin.",
                }
            },
        },
    }


def _path(path: str, resource: "type[Resource]", schemas: Mapping[int, Any]) -> dict[str, Any]:
    return {method.lower(): _operation(path, method, one, schemas) for method, one in resource.operations().items()}


def _operation(path: str, method: str, operation: "Operation", schemas: Mapping[int, Any]) -> dict[str, Any]:
    in_path = (WARD_IN_PATH, *operation.path) if operation.ward == "path" else operation.path
    said: dict[str, Any] = {
        "operationId": "_".join([method.lower(), *re.findall(r"[a-z]+", path)]),
        "summary": operation.summary,
        "description": operation.description,
        "tags": [path.split("/")[1]],
        "parameters": [*(_parameter(one, "path") for one in in_path), *(_parameter(one) for one in operation.query)],
        "responses": {str(status): _response(status, operation, schemas) for status in sorted(statuses(operation))},
        "security": [] if operation.asks_nobody else [{"key": []}] if operation.scope else [{}, {"key": []}],
    }
    if operation.scope:
        said["description"] += f" Needs a key of scope `{operation.scope}`."
    if operation.body:
        content = {media: {"schema": {"type": "string"}} for media in operation.body}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _parameter(parameter: Parameter, place: str = "query") -> dict[str, Any]:
    schema: dict[str, Any]
    if parameter.type is int:
        schema = {"type": "integer", "minimum": parameter.least or 0}
        if parameter.most is not None:
            schema["maximum"] = parameter.most
    elif parameter.type is date:
        schema = {"type": "string", "format": "date"}
    elif parameter.type is bool:
        schema = {"type": "boolean"}
    elif parameter.choices:
        schema = {"type": "string", "enum": list(parameter.choices)}
    else:
        schema = {"type": "string", "maxLength": parameter.longest, "pattern": NO_NUL}
    if parameter.default is not None:
        schema["default"] = parameter.default
    said: dict[str, Any] = {"name": parameter.name, "in": place, "description": parameter.description, "schema": schema}
    if place == "path":
        said["required"] = True
    if parameter.example is not None:
        said["example"] = parameter.example
    return said


def statuses(operation: "Operation") -> set[int]:
    """Every status that an operation may answer with."""
    found = {HTTPStatus.OK} if operation.answer is not None else set()
    found |= {HTTPStatus(status) for status in (*operation.also, *operation.statuses)}
    found |= {HTTPStatus.NOT_ACCEPTABLE}
    if not operation.asks_nobody:
        found |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
        found |= {HTTPStatus.SERVICE_UNAVAILABLE}
    if operation.conditional:
        found |= {HTTPStatus.NOT_MODIFIED}
    if operation.path or operation.ward:
        found |= {HTTPStatus.NOT_FOUND}
    if operation.ward:
        found |= {HTTPStatus.CONFLICT}
    if operation.query:
        found |= {HTTPStatus.UNPROCESSABLE_ENTITY}
    if operation.body:
        found |= {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    return set(map(int, found))


def _response(status: int, operation: "Operation", schemas: Mapping[int, Any]) -> dict[str, Any]:
    if status >= 400:
        return {"$ref": f"#/components/responses/Problem{status}"}
    if status == HTTPStatus.NOT_MODIFIED:
        return {"description": "What the client has is still so."}
    answer = operation.also.get(status, operation.answer)
    schema = {"type": "string"} if answer in (str, bytes) else schemas[id(answer)]
    said: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": {operation.media: {"schema": schema}}}
    if operation.conditional:
        said["headers"] = {"ETag": {"description": "Of this state of the answer.", "schema": {"type": "string"}}}
    return said


def _problem(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {CONTENT_TYPE: {"schema": {"$ref": REF.format(name=Problem.__name__)}}},
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        said["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
    return said


def _error_statuses(routes: Iterable[Route]) -> list[int]:
    found = {s for _, resource in routes for one in resource.operations().values() for s in statuses(one)}
    return sorted(status for status in found if status >= 400)
