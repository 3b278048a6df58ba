"""Answers that say what was wrong, as `application/problem+json` (RFC 9457). Here alone errors are mapped to them."""

from http import HTTPStatus
from typing import Any

import attrs
import falcon
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lokdarpan_core import (
    AmbiguousWardError,
    Candidate,
    ConflictError,
    DatabaseUnavailableError,
    Embargo,
    EmbargoError,
    LokDarpanError,
    NotFoundError,
    ParameterError,
    SchemaError,
    UnknownWardError,
    to_json,
)
from lokdarpan_web.bodies import BrokenBodyError, TooLargeError, UnsupportedMediaError
from lokdarpan_web.callers import ForbiddenError, UnauthorizedError
from lokdarpan_web.limits import TooManyRequestsError
from lokdarpan_web.spool import InboxError, NoInboxError

TYPE = "https://lokdarpan.org/problems/"
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
AWAY = "The database can't be reached now."
SCHEMA_STATES = {"42P01", "42703"}  # a table or a column that is not there


class NotAcceptableError(LokDarpanError):
    """The Accept header excludes the only form that there is."""


STATUSES: tuple[tuple[type[LokDarpanError], HTTPStatus, str], ...] = (
    (BrokenBodyError, HTTPStatus.BAD_REQUEST, "broken-body"),
    (UnauthorizedError, HTTPStatus.UNAUTHORIZED, "unauthorized"),
    (ForbiddenError, HTTPStatus.FORBIDDEN, "forbidden"),
    (UnknownWardError, HTTPStatus.NOT_FOUND, "unknown-ward"),
    (AmbiguousWardError, HTTPStatus.CONFLICT, "ambiguous-ward"),
    (NotFoundError, HTTPStatus.NOT_FOUND, "not-found"),
    (NotAcceptableError, HTTPStatus.NOT_ACCEPTABLE, "not-acceptable"),
    (NoInboxError, HTTPStatus.CONFLICT, "no-inbox"),
    (ConflictError, HTTPStatus.CONFLICT, "conflict"),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large"),
    (UnsupportedMediaError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type"),
    (ParameterError, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-parameter"),
    (TooManyRequestsError, HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests"),
    (EmbargoError, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, "embargo"),
    (SchemaError, HTTPStatus.SERVICE_UNAVAILABLE, "schema-not-at-head"),
    (DatabaseUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable"),
    (InboxError, HTTPStatus.SERVICE_UNAVAILABLE, "inbox-unavailable"),
)


@attrs.frozen
class Problem:
    """What was wrong: `type` is stable, `detail` is for people and says what would be right. For a ward that was not
    found `candidates` may have been meant; for a parameter that can't be used `field` names it; in an embargo `windows`
    are those that hold."""

    type: str
    title: str
    status: int
    detail: str | None
    candidates: tuple[Candidate, ...] = ()
    field: str | None = None
    windows: tuple[Embargo, ...] = ()


def write(resp: falcon.Response, status: HTTPStatus, type_: str, detail: str | None, **more: Any) -> None:
    """Fill a response with a problem; `more` are members of its own."""
    problem = {"type": TYPE + type_, "title": status.phrase, "status": int(status), "detail": detail, **more}
    resp.status = status
    resp.content_type = CONTENT_TYPE
    resp.data = to_json(problem)
    resp.set_header("Cache-Control", "no-store")
    if status is HTTPStatus.UNAUTHORIZED:
        resp.set_header("WWW-Authenticate", 'Bearer realm="lokdarpan"')
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        resp.set_header("Retry-After", str(RETRY_AFTER_S))


def write_error(resp: falcon.Response, error: Exception) -> bool:
    """Fill a response with the problem that an error is; False when it is none, but a fault of ours."""
    if isinstance(error, LokDarpanError):
        status, type_ = next(((s, t) for cls, s, t in STATUSES if isinstance(error, cls)), (None, ""))
        if status is None:
            return False
        write(resp, status, type_, str(error), **_members(error))
        if isinstance(error, TooManyRequestsError):
            resp.set_header("Retry-After", str(error.retry_after))
        if isinstance(error, EmbargoError):
            resp.append_link("/", "blocked-by")  # RFC 7725: who blocks, which is this server; who ordered it is told
    elif isinstance(error, falcon.HTTPError):
        serialize_http_error(None, resp, error)
    elif isinstance(error, OperationalError | InterfaceError | PoolTimeoutError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        write(resp, HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable", AWAY)
    elif isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) in SCHEMA_STATES:
        write(resp, HTTPStatus.SERVICE_UNAVAILABLE, "schema-not-at-head", SchemaError.__doc__)
    else:
        return False
    return True


def _members(error: LokDarpanError) -> dict[str, Any]:
    if isinstance(error, UnknownWardError | AmbiguousWardError):
        return {"candidates": error.candidates}
    if isinstance(error, ParameterError):
        return {"field": error.field}
    if isinstance(error, EmbargoError):
        return {"windows": error.windows}
    return {}


def serialize_http_error(_req: falcon.Request | None, resp: falcon.Response, error: falcon.HTTPError) -> None:
    """Falcon's own errors (no such route, method not allowed) in the same form; for `create_app` only."""
    status = HTTPStatus(error.status_code)
    if error.headers:
        resp.set_headers(error.headers)
    nothing = "There is nothing at this address" if status is HTTPStatus.NOT_FOUND else error.title
    write(resp, status, status.phrase.lower().replace(" ", "-"), error.description or nothing)
