"""One request on its way: who asks, what for, and the one connection that it needs."""

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import falcon
from sqlalchemy import Connection

from lokdarpan_core import UnknownWardError
from lokdarpan_web.api import Api
from lokdarpan_web.bodies import Body
from lokdarpan_web.callers import NOBODY, Caller


class Call:
    """What a responder gets; `operations` tells how it is used."""

    def __init__(self, api: Api, req: falcon.Request, resp: falcon.Response) -> None:
        self.api, self.req, self.resp = api, req, resp
        self.caller: Caller = NOBODY
        self.query: dict[str, Any] = {}
        self.path: dict[str, Any] = {}
        self.resolved_ward: str | None = None
        self.may_repeat = True
        self._body: Body | None = None
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """For reading: opened when it is first used, each statement a transaction of its own, closed for you."""
        return self.connect()

    def connect(self) -> Connection:
        """The same, for those who may not need it."""
        if self._connection is None:
            self._connection = self.api.reading.open()
        return self._connection

    def close(self, *, broken: bool = False) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self.api.reading.give_back(self._connection, broken=broken)
            self._connection = None

    @property
    def ward_id(self) -> str:
        """The ward that is asked about. Raises UnknownWardError when it is about all: see `all_wards`."""
        if self.resolved_ward is None:
            raise UnknownWardError
        return self.resolved_ward

    @property
    def all_wards(self) -> bool:
        """Whether no single ward is asked about (`ward` is absent or `All`)."""
        return self.resolved_ward is None

    @property
    def body(self) -> Body:
        """What the request brings."""
        if self._body is None:
            raise TypeError("This operation declares no body")
        return self._body

    @body.setter
    def body(self, body: Body) -> None:
        self._body = body

    def link(self, path: str, **query: Any) -> str:
        """A path of this API with its query, as a browser would follow it: it holds wherever the app is mounted.

        It names no host, since only a proxy knows which one is meant, and anybody can send another.
        """
        said = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in query.items()
            if value is not None
        }
        target = self.api.root(self.req) + quote(path)
        return f"{target}?{urlencode(said)}" if said else target
