"""What the resources of one app share. There may be several apps in a process; nothing here is global."""

import re
from collections.abc import Callable
from functools import lru_cache

import falcon
from sqlalchemy import Connection, Engine

from lokdarpan_core import NotFoundError, Settings
from lokdarpan_core.database import EMBARGO
from lokdarpan_web.addresses import Proxies, counted
from lokdarpan_web.callers import NOBODY, Authenticate, Caller, Keys, UnauthorizedError
from lokdarpan_web.conditional import Bodies
from lokdarpan_web.cors import Cors
from lokdarpan_web.limits import Limits
from lokdarpan_web.reading import Reading
from lokdarpan_web.wards import Wards

MOUNT = re.compile(r"(/[A-Za-z0-9._~-]+)*")


class Api:
    """The database, who asks, which ward is meant, how often, from where. `code` names this version of the API in
    validators, so that answers of another are not taken for ours."""

    def __init__(
        self, engine: Engine, settings: Settings, *, prefix: str = "", authenticate: Authenticate | None = None
    ) -> None:
        self.engine, self.settings, self.prefix = engine, settings, prefix
        self.code = ""
        self.document: Callable[[str], bytes] = _no_document
        self.wards = Wards(settings.delimitation)
        self.bodies = Bodies()
        self.proxies = Proxies(settings.trusted_proxies)
        self.cors = Cors(settings.cors_origins)
        self.is_private = bool(settings.require_key) or authenticate is not None
        varies = ["Accept", "Accept-Encoding", "Authorization"]
        varies += ["Cookie"] * (authenticate is not None) + ["Origin"] * self.cors.varies
        self.varies = ", ".join(varies)
        self._limits = Limits(settings)
        self._keys = Keys(required=bool(settings.require_key)) if authenticate is None else None
        self._authenticate = authenticate
        self.reading = Reading(engine, **{EMBARGO: settings.embargo})
        self._tidy = lru_cache(256)(_tidy)

    def connect(self) -> Connection:
        """A connection for reading, of one's own: to be closed."""
        return self.reading.connect()

    def admit(self, req: falcon.Request, connect: Callable[[], Connection], scope: str | None) -> Caller:
        """Who asks; it is counted, and must have the scope. Raises UnauthorizedError, ForbiddenError and
        TooManyRequestsError."""
        try:
            caller = self._caller(req, connect)
        except UnauthorizedError:
            self._count_address(req)
            raise
        if caller.name is None:
            self._count_address(req)
        else:
            self._limits.spend(f"key {caller.name if caller.key_id is None else caller.key_id}", with_key=True)
        if scope is not None:
            caller.require(scope)
        elif self._keys is not None:
            self._keys.may_read(caller)
        return caller

    def _caller(self, req: falcon.Request, connect: Callable[[], Connection]) -> Caller:
        if self._authenticate is not None:
            return self._authenticate(req)
        said = req.env.get("HTTP_AUTHORIZATION")
        return NOBODY if self._keys is None or not said else self._keys.find(said, connect())

    def _count_address(self, req: falcon.Request) -> None:
        self._limits.spend(counted(self.proxies.client(req)), with_key=False)

    def root(self, req: falcon.Request) -> str:
        """The path under which this API stands for who asks: the proxy's part (if it is ours), the server's, the app's.

        >>> # behind nginx under /ghmc, mounted in another service under /wards:  /ghmc/wards/api/v1
        """
        before = req.env.get("HTTP_X_FORWARDED_PREFIX", "")
        if before and not self.proxies.trusts(req):
            before = ""
        return self._tidy(before, req.env.get("SCRIPT_NAME", "")) + self.prefix


def _no_document(_root: str) -> bytes:
    raise NotFoundError("This app has no document")


def _tidy(*parts: str) -> str:
    """Path parts put together; one that is no plain path is left out."""
    return "".join(part.rstrip("/") for part in parts if MOUNT.fullmatch(part.rstrip("/")))
