"""Which ward a request is about. The gazetteer is kept in memory, and is at most a minute old."""

import re
import threading
import time
from collections.abc import Callable

from sqlalchemy import Connection

from lokdarpan_core import Gazetteer, ward_id_of

MAX_AGE_S = 60.0
MOST_REMEMBERED = 10_000  # labels
ID = re.compile(r"[A-Z0-9]+_[0-9]+")


class Wards:
    """Finds wards by any label. Each process loads the gazetteer when it is first asked, never before a fork."""

    def __init__(self, default: str) -> None:
        self._default, self._lock = default, threading.Lock()
        self._loaded: tuple[float, Gazetteer] | None = None
        self._remembered: dict[tuple[str, str | None], str] = {}

    def id_of(self, connect: Callable[[], Connection], label: str, delimitation: str | None) -> str:
        """The id of the ward that a label means, in the delimitation that the query asks for, else in the default one.
        The database is asked only when the gazetteer is too old, or has no such ward.

        Raises UnknownWardError, AmbiguousWardError, and NotFoundError for a delimitation that is not loaded.
        """
        gazetteer = self.gazetteer(connect)
        asked = label, delimitation
        found = self._remembered.get(asked)
        if found is None:
            found = ward_id_of(connect(), gazetteer, label, delimitation)
            if len(self._remembered) < MOST_REMEMBERED:
                self._remembered[asked] = found
        return found

    def gazetteer(self, connect: Callable[[], Connection]) -> Gazetteer:
        """All wards and their names, as they were at most a minute ago."""
        with self._lock:
            now = time.monotonic()
            if self._loaded is None or now - self._loaded[0] > MAX_AGE_S:
                self._loaded = now, Gazetteer.load(connect(), self._default)
                self._remembered = {}
            return self._loaded[1]


def looks_like_id(label: str) -> bool:
    """Whether a label is written as ids are stored, so that nothing has to be looked up to know which ward is meant."""
    return ID.fullmatch(label) is not None
