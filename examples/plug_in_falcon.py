"""LokDarpan's API inside a Falcon app that you have already, with your own way of knowing who asks.

LOKDARPAN_DATABASE_URL=postgresql://… python examples/plug_in_falcon.py
curl http://127.0.0.1:8080/wards/v1/ward/meta/WARD_001
"""

import os
from wsgiref.simple_server import make_server

import falcon
from sqlalchemy import Engine

from lokdarpan_core import Settings, open_engine
from lokdarpan_web import NOBODY, Caller, UnauthorizedError, add_routes

SESSIONS = {"a-session-of-an-analyst": Caller("asha", frozenset({"read", "demographics"}))}


class Front:
    """A route of your own; nothing of it changes."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Answer."""
        resp.media = {"service": "the newsroom's"}


def by_cookie(req: falcon.Request) -> Caller:
    """Who asks, by the newsroom's own cookie: a caller with scopes, nobody, or an error."""
    cookies = req.get_cookie_values("session")
    if not cookies:
        return NOBODY
    if cookies[0] not in SESSIONS:
        raise UnauthorizedError("Your session is over: log in again")
    return SESSIONS[cookies[0]]


def make_app(engine: Engine, settings: Settings) -> falcon.App:
    """Your app, with the API under /wards/v1 and nowhere else."""
    app = falcon.App()
    app.add_route("/", Front())
    add_routes(app, engine, settings, prefix="/wards/v1", authenticate=by_cookie)
    return app


def main() -> None:
    """Serve it on port 8080, for a try."""
    settings = Settings.from_environment(os.environ)
    with open_engine(settings) as engine, make_server("127.0.0.1", 8080, make_app(engine, settings)) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
