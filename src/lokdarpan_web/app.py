"""The Falcon app. It reads no environment, and nothing happens when it is imported."""

import hashlib
from functools import lru_cache
from typing import TextIO

import falcon
from sqlalchemy import Engine

from lokdarpan_core import Settings, to_json
from lokdarpan_web import openapi
from lokdarpan_web.api import Api
from lokdarpan_web.callers import Authenticate
from lokdarpan_web.health import Live, Ready
from lokdarpan_web.metrics import Metrics, MetricsResource
from lokdarpan_web.observing import Observing, make_log
from lokdarpan_web.page import add_page
from lokdarpan_web.problems import serialize_http_error
from lokdarpan_web.routes import ROUTES

PREFIX = "/api/v1"
App = falcon.App[falcon.Request, falcon.Response]


def create_app(engine: Engine, settings: Settings, *, log: TextIO | None = None) -> App:
    """The whole service: the API, the page, and what an operator asks of it (`/healthz`, `/readyz`, `/metrics`).

    One line of JSON for each request goes to `log` (default: standard output).
    """
    metrics = Metrics(engine)
    observing = Observing(make_log(log), metrics)
    app = falcon.App(middleware=[observing])
    app.set_error_serializer(serialize_http_error)
    app.add_error_handler(Exception, observing.fault)
    api = _add_api(app, Api(engine, settings, prefix=PREFIX))
    app.add_route("/healthz", Live())
    app.add_route("/readyz", Ready(engine))
    app.add_route("/metrics", MetricsResource(api, metrics))
    add_page(app, engine, settings)
    return app


def add_routes(
    app: App, engine: Engine, settings: Settings, prefix: str = PREFIX, authenticate: Authenticate | None = None
) -> None:
    """Add the API to somebody's Falcon app, under `prefix` and nowhere else.

    `authenticate` says who asks and what they may (default: the keys of `lokdarpan keys`, needed for reading when
    LOKDARPAN_REQUIRE_KEY is true).
    """
    _add_api(app, Api(engine, settings, prefix=prefix, authenticate=authenticate))


def _add_api(app: App, api: Api) -> Api:
    made = openapi.document(ROUTES, "")
    api.code = hashlib.sha256(to_json(made)).hexdigest()
    api.document = lru_cache(16)(lambda root: to_json(made | {"servers": [{"url": root or "/"}]}))
    for path, resource in ROUTES:
        app.add_route(api.prefix + path, resource(api))
    return api
