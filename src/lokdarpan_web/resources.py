"""The routes: each parses, calls core, answers."""

import attrs
import falcon
from sqlalchemy import Engine

from lokdarpan_core import (
    NotFoundError,
    Prediction,
    Story,
    WardMeta,
    WardResults,
    current_revision,
    find_story,
    head_revision,
    prediction,
    reachable,
    require_head,
    ward_meta,
    ward_results,
    without_sensitive,
)
from lokdarpan_web.callers import Authenticate
from lokdarpan_web.problems import answers
from lokdarpan_web.wards import Wards

LONGEST_NUMBER = 18  # digits: a bigint holds any number of so many


@attrs.frozen
class Api:
    """What the resources share: the database, who asks, and which ward is meant."""

    engine: Engine
    authenticate: Authenticate
    wards: Wards


class WardMetaResource:
    """`GET /ward/meta/{ward}`: who votes and lives in a ward."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @answers
    def on_get(self, req: falcon.Request, _resp: falcon.Response, ward: str) -> WardMeta:
        """The snapshot of one ward; the sensitive shares for callers of scope `demographics` alone."""
        caller = self._api.authenticate(req)
        with self._api.engine.connect() as connection:
            meta = ward_meta(connection, self._api.wards.id_of(connection, req, ward))
        return meta if caller.may("demographics") else without_sensitive(meta)


class WardResultsResource:
    """`GET /ward/results/{ward}`: how a ward voted."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @answers
    def on_get(self, req: falcon.Request, _resp: falcon.Response, ward: str) -> WardResults:
        """Its own results, or its segments', labelled so; with what did not add up in the sheets."""
        self._api.authenticate(req)
        with self._api.engine.connect() as connection:
            return ward_results(connection, self._api.wards.id_of(connection, req, ward))


class PredictionResource:
    """`GET /prediction/{ward}`: what the last results say about a ward."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @answers
    def on_get(self, req: falcon.Request, resp: falcon.Response, ward: str) -> Prediction:
        """Last shares and turnout stability; nobody on the way may keep a copy."""
        resp.set_header("Cache-Control", "no-store")
        self._api.authenticate(req)
        with self._api.engine.connect() as connection:
            return prediction(connection, self._api.wards.id_of(connection, req, ward))


class StoryResource:
    """`GET /stories/{number}`: who printed one text, and who else."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @answers
    def on_get(self, req: falcon.Request, _resp: falcon.Response, number: str) -> Story:
        """The printings of a story, the earliest first: titles, dates and links, but not the newspapers' texts."""
        self._api.authenticate(req)
        if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            raise NotFoundError(f"There is no story {number[:20]!r}; a story's number is like 42")
        with self._api.engine.connect() as connection:
            return find_story(connection, int(number))


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
