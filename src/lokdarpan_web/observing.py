"""What an operator sees of each request: one line of JSON, and a count in the metrics. For `create_app` only.

A line has the request's id (the caller's own, if it sent a plain one), the route's template and not the path, and the
name of the key and not the key: no address of a person, no query, no secret.
"""

import re
import secrets
import sys
import time
from http import HTTPStatus
from typing import Any, TextIO

import falcon
import msgspec
import structlog

from lokdarpan_web.metrics import Metrics
from lokdarpan_web.problems import write

ID_HEADER = "X-Request-Id"
ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NO_ROUTE = "none"
FAULT = "Something went wrong here. The log has it under the request's id."


def make_log(stream: TextIO | None = None) -> Any:
    """A log of JSON lines of our own; structlog's global configuration is left to whose it is."""
    return structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stdout),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.BoundLogger,
    )


def _json(value: Any, **_options: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()


class Observing:
    """Falcon middleware: gives each request its id, and tells how it went."""

    def __init__(self, log: Any, metrics: Metrics) -> None:
        self._log, self._metrics = log, metrics

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Begin."""
        req.context.started = time.perf_counter()
        said = req.env.get("HTTP_X_REQUEST_ID", "")
        req.context.request_id = said if ID.fullmatch(said) else secrets.token_hex(8)
        resp.set_header(ID_HEADER, req.context.request_id)

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, _resource: object, _req_succeeded: bool
    ) -> None:
        """End."""
        seconds = time.perf_counter() - req.context.started
        route, status = req.uri_template or NO_ROUTE, resp.status_code
        self._metrics.note(req.method, route, status, seconds)
        caller = getattr(req.context, "caller", None)
        self._log.info(
            "request",
            request_id=req.context.request_id,
            method=req.method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 3),
            caller=None if caller is None else caller.name,
        )

    def fault(self, req: falcon.Request, resp: falcon.Response, error: Exception, _params: dict[str, Any]) -> None:
        """A fault of ours: the log has it whole, and who asked gets the id to tell us."""
        self._log.error("fault", request_id=req.context.request_id, route=req.uri_template or NO_ROUTE, exc_info=error)
        write(resp, HTTPStatus.INTERNAL_SERVER_ERROR, "fault-of-ours", FAULT, request_id=req.context.request_id)
