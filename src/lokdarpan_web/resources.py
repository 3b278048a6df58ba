"""The routes: each parses, calls core, answers."""

import falcon
from sqlalchemy import Engine

from lokdarpan_core import (
    WardMeta,
    current_revision,
    head_revision,
    reachable,
    require_head,
    ward_meta,
    without_sensitive,
)
from lokdarpan_web.problems import answers


class WardMetaResource:
    """`GET /ward/meta/{ward}`: who votes and lives in a ward."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @answers
    def on_get(self, _req: falcon.Request, _resp: falcon.Response, ward: str) -> WardMeta:
        """The snapshot of one ward, without what only a key of scope `demographics` may see."""
        with self._engine.connect() as connection:
            return without_sensitive(ward_meta(connection, ward))


class Live:
    """`GET /healthz`: the process answers."""

    @answers
    def on_get(self, _req: falcon.Request, _resp: falcon.Response) -> dict[str, str]:
        """Always ok; it asks nobody."""
        return {"status": "ok"}


class Ready:
    """`GET /readyz`: the database answers, and has this version's schema."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @answers
    def on_get(self, _req: falcon.Request, _resp: falcon.Response) -> dict[str, str | None]:
        """Ok, or 503 with what is missing."""
        with reachable(self._engine), self._engine.connect() as connection:
            require_head(connection)
            return {"status": "ok", "schema": current_revision(connection), "wanted": head_revision()}
