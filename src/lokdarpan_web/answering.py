"""From a request to its answer, the same way for every operation: who asks, what for, is it known already, the answer.

It is done here and not in middleware or error handlers, since the app may be somebody else's.
"""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import falcon
from sqlalchemy.exc import DBAPIError

from lokdarpan_core import to_json, ward_version
from lokdarpan_web.api import Api
from lokdarpan_web.bodies import drain, open_body
from lokdarpan_web.calls import Call
from lokdarpan_web.conditional import (
    SAFE,
    Validators,
    asks_for_any,
    body_validators,
    is_current,
    set_validators,
    ward_validators,
)
from lokdarpan_web.parameters import read_path, read_query
from lokdarpan_web.problems import NotAcceptableError, write_error
from lokdarpan_web.wards import looks_like_id

if TYPE_CHECKING:
    from lokdarpan_web.operations import Operation

ALL = "all"
NOT_MODIFIED_LACKS = ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options")
HARDENED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)


def answer_call(
    operation: "Operation", handler: Callable[[Any, Call], Any], resource: object, call: Call, texts: dict[str, str]
) -> None:
    """Answer one request; every error that has a meaning becomes a problem."""
    try:
        for retry in (True, False):
            try:
                _answer(operation, handler, resource, call, texts)
                break
            except DBAPIError as error:
                if error.connection_invalidated:
                    call.close(broken=True)  # the server was restarted: all that the pool has is stale
                if not (retry and error.connection_invalidated and call.may_repeat):
                    raise
    except Exception as error:
        if not write_error(call.resp, error):
            raise
        call.resp.set_headers((*HARDENED, ("Vary", call.api.varies)))
        if call.req.method not in SAFE:
            drain(call.req)
    finally:
        call.close()


def _answer(
    operation: "Operation", handler: Callable[[Any, Call], Any], resource: object, call: Call, texts: dict[str, str]
) -> None:
    api, req, resp = call.api, call.req, call.resp
    api.cors.answer(req, resp)
    if not operation.asks_nobody:
        req.context.caller = call.caller = api.admit(req, call.connect, operation.scope)
    if not _accepts(req, operation.media):
        raise NotAcceptableError(f"The answer is {operation.media}, which the Accept header excludes")
    call.query = read_query(req, operation.query)
    call.path = read_path(texts, operation.path)
    if operation.body:
        call.body = open_body(req, operation.body)
    validators = _ward(operation, call, texts)
    if validators is not None and is_current(req, validators):
        _not_modified(call, validators)
        return
    call.may_repeat = req.method in SAFE
    resp.set_headers((*HARDENED, ("Vary", api.varies)))
    resp.content_type = operation.media
    resp.data = _body(operation, handler, resource, call, validators)
    if operation.conditional is None or req.method not in SAFE:
        return
    if validators is None:
        validators = body_validators(resp.data, api.code)
    if is_current(req, validators) or asks_for_any(req):
        _not_modified(call, validators)
    else:
        set_validators(resp, validators, private=_is_private(call))


def _body(
    operation: "Operation",
    handler: Callable[[Any, Call], Any],
    resource: object,
    call: Call,
    validators: Validators | None,
) -> bytes:
    kept = call.api.bodies if operation.remembered and validators is not None else None
    if kept is not None and validators is not None and (body := kept.get(validators.etag)) is not None:
        return body
    made = handler(resource, call)
    body = made if isinstance(made, bytes) else to_json(made)
    if kept is not None and validators is not None:
        kept.keep(validators.etag, body)
    return body


def _ward(operation: "Operation", call: Call, texts: dict[str, str]) -> Validators | None:
    """Find out which ward is meant, and in which state it is. An id as it is stored is first taken at its word: if the
    client's copy is of its present state, there is such a ward, and nothing else has to be looked up."""
    if operation.ward is None:
        return None
    label = texts["ward"] if operation.ward == "path" else call.query["ward"]
    if operation.ward == "query" and (label is None or label.strip().lower() == ALL):
        return None
    delimitation = call.query["delimitation"]
    validated = operation.conditional == "ward" and call.req.method in SAFE
    if validated and "HTTP_IF_NONE_MATCH" in call.req.env and looks_like_id(label):
        validators = _validators(operation, call, label)
        if validators is not None and is_current(call.req, validators):
            return validators
    call.resolved_ward = call.api.wards.id_of(call.connect, label, delimitation)
    return _validators(operation, call, call.resolved_ward) if validated else None


def _validators(operation: "Operation", call: Call, ward_id: str) -> Validators | None:
    version = ward_version(call.connection, ward_id)
    if version is None:
        return None
    query = [(name, value) for name, value in call.query.items() if name != "ward"]
    depends_on = (operation.summary, query, sorted(call.caller.scopes), call.caller.name is None, call.api.code)
    return ward_validators(ward_id, version, depends_on, call.api.settings, sliding=operation.sliding)


def _is_private(call: Call) -> bool:
    return call.api.is_private or call.caller.name is not None


def _not_modified(call: Call, validators: Validators) -> None:
    call.resp.status = falcon.HTTP_304
    if call.resp.data is not None:
        call.resp.data = None
        for name in NOT_MODIFIED_LACKS:
            call.resp.delete_header(name)
    call.resp.set_header("Vary", call.api.varies)
    set_validators(call.resp, validators, private=_is_private(call))


def _accepts(req: falcon.Request, media: str) -> bool:
    accept = req.env.get("HTTP_ACCEPT")
    return accept is None or accept == "*/*" or req.client_accepts(media)


def answer_options(api: Api, req: falcon.Request, resp: falcon.Response, allow: Collection[str]) -> None:
    """Which methods there are; to a preflight also what a page may send."""
    resp.status = HTTPStatus.NO_CONTENT
    resp.set_headers((*HARDENED, ("Vary", api.varies), ("Allow", ", ".join(allow))))
    api.cors.answer(req, resp, allow)
