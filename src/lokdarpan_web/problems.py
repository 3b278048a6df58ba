"""Answers that say what was wrong, as `application/problem+json` (RFC 9457). Core's errors are mapped here and nowhere
else."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import falcon
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from lokdarpan_core import (
    AmbiguousWardError,
    DatabaseUnavailableError,
    LokDarpanError,
    NotFoundError,
    SchemaError,
    UnknownWardError,
    to_json,
)
from lokdarpan_web.callers import ForbiddenError, UnauthorizedError

TYPE = "https://lokdarpan.org/problems/"
CONTENT_TYPE = "application/problem+json"

STATUSES: tuple[tuple[type[LokDarpanError], HTTPStatus, str], ...] = (
    (UnauthorizedError, HTTPStatus.UNAUTHORIZED, "unauthorized"),
    (ForbiddenError, HTTPStatus.FORBIDDEN, "forbidden"),
    (UnknownWardError, HTTPStatus.NOT_FOUND, "unknown-ward"),
    (AmbiguousWardError, HTTPStatus.CONFLICT, "ambiguous-ward"),
    (NotFoundError, HTTPStatus.NOT_FOUND, "not-found"),
    (SchemaError, HTTPStatus.SERVICE_UNAVAILABLE, "schema-not-at-head"),
    (DatabaseUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable"),
)
RETRY_AFTER_S = "5"
Responder = Callable[..., None]


def write(resp: falcon.Response, status: HTTPStatus, type_: str, detail: str | None, **more: Any) -> None:
    """Fill a response with a problem; `more` are members of its own."""
    problem = {"type": TYPE + type_, "title": status.phrase, "status": int(status), "detail": detail, **more}
    resp.status = status
    resp.content_type = CONTENT_TYPE
    resp.data = to_json(problem)
    if status is HTTPStatus.UNAUTHORIZED:
        resp.set_header("WWW-Authenticate", 'Bearer realm="lokdarpan"')
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        resp.set_header("Retry-After", RETRY_AFTER_S)


def answers(responder: Callable[..., Any]) -> Responder:
    """A responder that returns a record: it becomes the JSON body, and an error becomes a problem.

    It is done here and not by an error handler of the app, since the app may be somebody else's.
    """

    @wraps(responder)
    def respond(self: object, req: falcon.Request, resp: falcon.Response, **params: str) -> None:
        try:
            record = responder(self, req, resp, **params)
        except LokDarpanError as error:
            status, type_ = next(((s, t) for cls, s, t in STATUSES if isinstance(error, cls)), (None, ""))
            if status is None:
                raise
            more = {"candidates": error.candidates} if isinstance(error, UnknownWardError | AmbiguousWardError) else {}
            write(resp, status, type_, str(error), **more)
        except (OperationalError, InterfaceError):
            write(resp, HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable", "The database can't be reached now.")
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != "42P01":  # undefined table
                raise
            write(resp, HTTPStatus.SERVICE_UNAVAILABLE, "schema-not-at-head", SchemaError.__doc__)
        else:
            resp.content_type = falcon.MEDIA_JSON
            resp.data = to_json(record)

    return respond


def serialize_http_error(_req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    """Falcon's own errors (no such route, method not allowed) in the same form; for `create_app` only."""
    status = HTTPStatus(error.status_code)
    write(resp, status, status.phrase.lower().replace(" ", "-"), error.description or error.title)
