"""Which ward a request is about. The gazetteer is kept in memory, and is at most a minute old."""

import threading
import time

import falcon
from sqlalchemy import Connection

from lokdarpan_core import Gazetteer, ward_id_of

MAX_AGE_S = 60.0


class Wards:
    """Finds wards by any label. Each process loads the gazetteer when it is first asked, never before a fork."""

    def __init__(self, default: str) -> None:
        self._default, self._lock = default, threading.Lock()
        self._loaded: tuple[float, Gazetteer] | None = None

    def id_of(self, connection: Connection, req: falcon.Request, label: str) -> str:
        """The id of the ward that a label means, in the delimitation that the query asks for, else in the default one.

        Raises UnknownWardError, AmbiguousWardError, and NotFoundError for a delimitation that is not loaded.
        """
        return ward_id_of(connection, self._gazetteer(connection), label, req.get_param("delimitation"))

    def _gazetteer(self, connection: Connection) -> Gazetteer:
        with self._lock:
            now = time.monotonic()
            if self._loaded is None or now - self._loaded[0] > MAX_AGE_S:
                self._loaded = now, Gazetteer.load(connection, self._default)
            return self._loaded[1]
