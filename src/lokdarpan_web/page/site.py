"""What the pages of one app share: database, keys, files, templates, and a few answers that are remembered."""

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import falcon
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection, Engine

from lokdarpan_core import Freshness, Gazetteer, Settings, freshness
from lokdarpan_web.api import Api
from lokdarpan_web.callers import Caller
from lokdarpan_web.page.alerts import Band, band_of
from lokdarpan_web.page.assets import Assets
from lokdarpan_web.page.door import Door

MAX_AGE_S, BAND_MAX_AGE_S = 60.0, 600.0


class Remembered:
    """Answers that all visitors share and that may be minutes old, so that a busy page does not ask for each again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Any, tuple[float, Any]] = {}

    def peek(self, key: Any) -> Any:
        """What is remembered under a key, else None."""
        until, value = self._kept.get(key, (0.0, None))
        return value if time.monotonic() <= until else None

    def get(self, key: Any, find: Callable[[], Any], max_age_s: float = MAX_AGE_S) -> Any:
        """What is remembered under a key, else what `find` finds now."""
        with self._lock:
            now = time.monotonic()
            kept = self._kept.get(key)
            if kept is None or now > kept[0]:
                self._kept = {one: value for one, value in self._kept.items() if now <= value[0]}
                kept = self._kept[key] = now + max_age_s, find()
            return kept[1]


class Site:
    """Everything that a visit needs besides its request."""

    def __init__(self, engine: Engine, settings: Settings, prefix: str = "") -> None:
        self.settings = settings
        self.door = Door(required=bool(settings.require_key))
        self.api = Api(engine, settings, prefix=prefix, authenticate=self._who)
        self.assets = Assets()
        self.environment = _environment()
        self.remembered = Remembered()

    @property
    def imprint(self) -> str | None:
        """Who prints and publishes, as the law wants it on printed matter; None where nobody has said."""
        return self.settings.imprint

    def admit(self, req: falcon.Request, connect: Callable[[], Connection], *, is_open: bool) -> Caller:
        """Who asks. Raises UnauthorizedError, ForbiddenError and TooManyRequestsError."""
        caller = self.api.admit(req, connect, None)
        if not is_open:
            self.door.admit(caller)
        return caller

    def _who(self, req: falcon.Request) -> Caller:
        opened: list[Connection] = []

        def connect() -> Connection:
            opened.append(self.api.connect())
            return opened[0]

        try:
            return self.door.who(req, connect)
        finally:
            for connection in opened:
                connection.close()

    def gazetteer(self, connection: Connection) -> Gazetteer:
        """The wards and their spellings."""
        found: Gazetteer = self.remembered.get(
            "gazetteer", lambda: Gazetteer.load(connection, self.settings.delimitation)
        )
        return found

    def freshness(self, connection: Connection, until: date) -> Freshness:
        """How fresh each source is."""
        found: Freshness = self.remembered.get(("freshness", until), lambda: freshness(connection, until))
        return found

    def known_band(self, ward_id: str, start: date, end: date) -> Band:
        """The bounds in which a ward's days usually stay, if its chart was asked for of late, else none: a page must
        not wait for them."""
        found: Band = self.remembered.peek(("band", ward_id, start, end)) or ()
        return found

    def band(self, connection: Connection, ward_id: str, start: date, end: date) -> Band:
        """The same, found now if need be: from eight weeks of the whole city, so it is kept for longer."""
        key = ("band", ward_id, start, end)
        found: Band = self.remembered.get(key, lambda: band_of(connection, ward_id, start, end), BAND_MAX_AGE_S)
        return found


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("lokdarpan_web.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
