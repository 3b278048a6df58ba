"""Who asks, and what they may see: a key in `Authorization: Bearer …`, or nobody.

Without a key the open part of the API may be read, unless LOKDARPAN_REQUIRE_KEY is true. A key that is wrong, revoked
or past its end is always refused, also where none is needed: who sends one means to be known.
"""

import time
from collections.abc import Callable

import attrs
import falcon
from sqlalchemy import Connection

from lokdarpan_core import LokDarpanError, find_key, note_use

REMEMBERED_S = 60.0  # how often the use of one key is written down by one process


class UnauthorizedError(LokDarpanError):
    """This needs a key: send `Authorization: Bearer lkd_…` (`lokdarpan keys create` makes one)."""


class ForbiddenError(LokDarpanError):
    """The key does not have the scope that this needs."""


@attrs.frozen
class Caller:
    """Who asks. `scopes` of nobody are empty; `key_id` is that of the key, if it is one of ours."""

    name: str | None = None
    scopes: frozenset[str] = frozenset()
    key_id: int | None = None

    def may(self, scope: str) -> bool:
        """Has the caller this scope, by name or as `admin`?"""
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: str) -> None:
        """Raise UnauthorizedError (nobody) or ForbiddenError (a key without it)."""
        if not self.may(scope):
            if self.name is None:
                raise UnauthorizedError
            raise ForbiddenError(f"The key {self.name!r} has not the scope {scope!r}, which this needs")


NOBODY = Caller()
Authenticate = Callable[[falcon.Request], Caller]


class Keys:
    """The authentication of this API: keys of the table `api_key`. Somebody else's app may bring its own instead."""

    def __init__(self, *, required: bool) -> None:
        self._required = required
        self._noted: dict[int, float] = {}

    def may_read(self, caller: Caller) -> None:
        """Raise UnauthorizedError or ForbiddenError where reading is closed to this caller."""
        if self._required:
            caller.require("read")

    def find(self, authorization: str, connection: Connection) -> Caller:
        """Whose key it is; its use is written down. Raises UnauthorizedError."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthorizedError("The header Authorization is not understood; send `Bearer lkd_…`")
        key = find_key(connection, token.strip())
        if key is None:
            raise UnauthorizedError("This key is not known, was revoked, or is past its end")
        if time.monotonic() - self._noted.get(key.id, -REMEMBERED_S) >= REMEMBERED_S:
            note_use(connection, key)
            self._noted[key.id] = time.monotonic()
        return Caller(key.name, frozenset(key.scopes), key.id)
