"""The Falcon app. It reads no environment, and nothing happens when it is imported."""

import falcon
from sqlalchemy import Engine

from lokdarpan_core import Settings, SettingsError
from lokdarpan_web.problems import serialize_http_error
from lokdarpan_web.resources import Live, Ready, WardMetaResource

PREFIX = "/api/v1"
App = falcon.App[falcon.Request, falcon.Response]


def create_app(engine: Engine, settings: Settings) -> App:
    """The whole service: the API, and what an operator asks of it (`/healthz`, `/readyz`).

    Raises SettingsError when reading is to need a key, which this version can't issue yet: better no service than one
    that is more open than it was told to be.
    """
    if settings.require_key:
        raise SettingsError(
            "LOKDARPAN_REQUIRE_KEY is true, but this version has no keys yet; "
            "set it to false, or keep the server on loopback behind a proxy that asks for one"
        )
    app = falcon.App()
    app.set_error_serializer(serialize_http_error)
    add_routes(app, engine, settings)
    app.add_route("/healthz", Live())
    app.add_route("/readyz", Ready(engine))
    return app


def add_routes(app: App, engine: Engine, settings: Settings, prefix: str = PREFIX) -> None:  # noqa: ARG001
    """Add the API to somebody's Falcon app, under `prefix` and nowhere else."""
    app.add_route(f"{prefix}/ward/meta/{{ward}}", WardMetaResource(engine))
