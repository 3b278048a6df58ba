"""The Falcon app. It reads no environment, and nothing happens when it is imported."""

import falcon
from sqlalchemy import Engine

from lokdarpan_core import Settings
from lokdarpan_web.callers import Authenticate, Keys
from lokdarpan_web.problems import serialize_http_error
from lokdarpan_web.resources import (
    Api,
    Live,
    PredictionResource,
    Ready,
    StoryResource,
    WardMetaResource,
    WardResultsResource,
)
from lokdarpan_web.wards import Wards

PREFIX = "/api/v1"
App = falcon.App[falcon.Request, falcon.Response]


def create_app(engine: Engine, settings: Settings) -> App:
    """The whole service: the API, and what an operator asks of it (`/healthz`, `/readyz`)."""
    app = falcon.App()
    app.set_error_serializer(serialize_http_error)
    add_routes(app, engine, settings)
    app.add_route("/healthz", Live())
    app.add_route("/readyz", Ready(engine))
    return app


def add_routes(
    app: App, engine: Engine, settings: Settings, prefix: str = PREFIX, authenticate: Authenticate | None = None
) -> None:
    """Add the API to somebody's Falcon app, under `prefix` and nowhere else.

    `authenticate` says who asks and what they may (default: the keys of `lokdarpan keys`, needed for reading when
    LOKDARPAN_REQUIRE_KEY is true).
    """
    keys = Keys(engine, required=bool(settings.require_key))
    api = Api(engine, authenticate or keys, Wards(settings.delimitation))
    app.add_route(f"{prefix}/ward/meta/{{ward}}", WardMetaResource(api))
    app.add_route(f"{prefix}/ward/results/{{ward}}", WardResultsResource(api))
    app.add_route(f"{prefix}/prediction/{{ward}}", PredictionResource(api))
    app.add_route(f"{prefix}/stories/{{number}}", StoryResource(api))
