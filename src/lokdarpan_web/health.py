"""What an operator's machinery asks of the whole service: does it live, can it work, what does it measure."""

from typing import Any

import falcon
from sqlalchemy import Engine

from lokdarpan_core import current_revision, head_revision, jobs, reachable, require_head, to_json
from lokdarpan_web.problems import write_error

NO_STORE = ("Cache-Control", "no-store")


class Live:
    """`GET /healthz`: the process answers. It asks nobody."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Always ok."""
        _answer(resp, {"status": "ok"})

    on_head = on_get


class Ready:
    """`GET /readyz`: the database answers, and has this version's schema; how long the oldest job has been waiting."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._head = engine, head_revision()

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Ok, or 503 with what is missing."""
        try:
            with reachable(self._engine), self._engine.connect() as connection:
                require_head(connection)
                waiting = jobs.waiting(connection)
                _answer(
                    resp,
                    {
                        "status": "ok",
                        "schema": current_revision(connection),
                        "wanted": self._head,
                        "jobs_waiting": waiting.jobs,
                        "oldest_job_seconds": waiting.oldest_seconds,
                    },
                )
        except Exception as error:
            if not write_error(resp, error):
                raise

    on_head = on_get


def _answer(resp: falcon.Response, said: dict[str, Any]) -> None:
    resp.set_headers((NO_STORE, ("X-Content-Type-Options", "nosniff")))
    resp.data = to_json(said)
