"""An operation is a responder that says what it is: its route, its OpenAPI entry and its errors come from one place.

How to add one:

    class WardMetaResource(Resource):
        @operation(summary="Who votes and lives in a ward", answer=WardMeta, ward="path", conditional="ward")
        def on_get(self, call: Call) -> WardMeta:
            '''Longer text for the document; Markdown.'''
            return ward_meta(call.connection, call.ward_id)

and a line in `routes.py`: `("/ward/meta/{ward}", WardMetaResource)`. The responder returns a record (attrs; or dicts
and lists of them) that becomes the body; bytes are sent as they are. HEAD and OPTIONS come by themselves.

- `answer` is the record's type, of which the schema is made: `list[Post]`, unions, `Annotated[float, Meta(ge=0, le=1)]`
  all go. `also={202: Accepted}` names the types of other statuses; the responder sets `call.resp.status = 202`.
- `query=(DAYS, UNTIL)` are `parameters.Parameter`s, declared once; their values are in `call.query["days"]`. Nothing
  else of the query may be read. `path=(Parameter("id", int, …, least=1),)` types what stands in the path, for
  `call.path["id"]`; what can't be read is a 404.
- `ward="path"`: the route has `{ward}`; `ward="query"`: `query` has a parameter `ward`, absent or `All` for every ward
  (`call.ward_id` is None then). `?delimitation=` is added. `call.ward_id` is the resolved id; unknown labels are 404,
  ambiguous ones 409, with candidates.
- `scope="ingest"`: who asks must have it (401, 403). Without it whoever may read may ask: `call.caller.may("read")`
  tells what to show.
- `conditional="ward"`: the answer changes only when the ward's row in `ward_version` does, so that a 304 costs one row.
  `conditional="body"`: the ETag is a hash of the body. `sliding=True`: it is about a window that moves with the day.
  `conditional=None` (the default) is not stored by anybody. `remembered=True`, for what is asked all day and sets no
  headers of its own: each process keeps the bodies that it made, by their ETag.
- `body=("application/x-ndjson",)`: the media types that are taken (415); read it from `call.body`, which never gives
  more than the limit (413) and raises when the sender broke off (400).
- `statuses=(404,)`: further statuses that the responder's own errors lead to; 304, 401, 403, 404, 406, 409, 413, 415,
  422, 429 and 503 are added where the above tells them.
- Errors are LokDarpanErrors; `problems.STATUSES` maps them. `call.link("/posts", cursor=…)` makes a path that holds
  wherever the app is mounted; `call.resp.append_link(target, "next")` puts it into `Link`.
- `call.connection` is for reading, opened when it is first used, each statement a transaction of its own, closed by us.
  To write use `with call.api.engine.begin() as connection`.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, Literal

import attrs
import falcon

from lokdarpan_web.answering import answer_call, answer_options
from lokdarpan_web.api import Api
from lokdarpan_web.calls import Call
from lokdarpan_web.parameters import DELIMITATION, Parameter

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Responder = Callable[..., None]
Handler = Callable[[Any, Call], Any]


@attrs.frozen
class Operation:
    """What is known of one responder; see the module's text for the fields."""

    summary: str
    description: str
    answer: Any
    also: Mapping[int, Any]
    query: tuple[Parameter, ...]
    path: tuple[Parameter, ...]
    ward: Literal["path", "query"] | None
    scope: str | None
    statuses: frozenset[int]
    conditional: Literal["ward", "body"] | None
    sliding: bool
    body: tuple[str, ...]
    remembered: bool
    media: str
    asks_nobody: bool


def operation(
    *,
    summary: str,
    answer: Any,
    also: Mapping[int, Any] | None = None,
    query: tuple[Parameter, ...] = (),
    path: tuple[Parameter, ...] = (),
    ward: Literal["path", "query"] | None = None,
    scope: str | None = None,
    statuses: tuple[int, ...] = (),
    conditional: Literal["ward", "body"] | None = None,
    sliding: bool = False,
    remembered: bool = False,
    body: tuple[str, ...] = (),
    media: str = falcon.MEDIA_JSON,
    asks_nobody: bool = False,
) -> Callable[[Handler], Responder]:
    """Make a Falcon responder of a function that takes a `Call` and returns a record. `asks_nobody` is for what says
    nothing of the data (the document itself): no key, no rate."""
    if ward is not None and DELIMITATION not in query:
        query = (*query, DELIMITATION)

    def decorate(handler: Handler) -> Responder:
        described = Operation(
            summary=summary,
            description=" ".join((handler.__doc__ or "").split()),
            answer=answer,
            also=dict(also or {}),
            query=query,
            path=path,
            ward=ward,
            scope=scope,
            statuses=frozenset(statuses),
            conditional=conditional,
            sliding=sliding,
            remembered=remembered,
            body=body,
            media=media,
            asks_nobody=asks_nobody,
        )

        @wraps(handler)
        def respond(self: "Resource", req: falcon.Request, resp: falcon.Response, **texts: str) -> None:
            answer_call(described, handler, self, Call(self.api, req, resp), texts)

        respond.operation = described  # type: ignore[attr-defined]
        return respond

    return decorate


class Resource:
    """The responders of one route. Those of subclasses are decorated with `operation`."""

    allow: ClassVar[tuple[str, ...]] = ()

    def __init__(self, api: Api) -> None:
        self.api = api

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "on_get"):
            cls.on_head = cls.on_get  # type: ignore[attr-defined]
        cls.allow = (*cls.operations(), *(["HEAD"] if hasattr(cls, "on_get") else []), "OPTIONS")

    @classmethod
    def operations(cls) -> dict[str, Operation]:
        """The operations, by method (`GET`)."""
        found = {method: getattr(cls, f"on_{method.lower()}", None) for method in METHODS}
        return {
            method: described
            for method, responder in found.items()
            if isinstance(described := getattr(responder, "operation", None), Operation)
        }

    def on_options(self, req: falcon.Request, resp: falcon.Response, **_texts: str) -> None:
        """Which methods there are, and what a page of another origin may do."""
        answer_options(self.api, req, resp, self.allow)
