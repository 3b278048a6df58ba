"""LokDarpan mounted in a Flask service, under /ghmc. Its links and its document know where they are.

pip install flask
LOKDARPAN_DATABASE_URL=postgresql://… python examples/mount_in_flask.py
curl http://127.0.0.1:8080/ghmc/api/v1/wards
"""

import os

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import run_simple

from lokdarpan_core import Settings, open_engine
from lokdarpan_web import create_app


def make_service(engine: Engine, settings: Settings) -> Flask:
    """A Flask service with a route of its own, and LokDarpan beside it."""
    service = Flask("newsroom")

    @service.get("/")
    def front() -> dict[str, str]:
        return {"service": "the newsroom's"}

    mounted = {"/ghmc": create_app(engine, settings)}
    service.wsgi_app = DispatcherMiddleware(service.wsgi_app, mounted)  # type: ignore[method-assign]
    return service


def main() -> None:
    """Serve it on port 8080, for a try."""
    settings = Settings.from_environment(os.environ)
    with open_engine(settings) as engine:
        run_simple("127.0.0.1", 8080, make_service(engine, settings))


if __name__ == "__main__":
    main()
