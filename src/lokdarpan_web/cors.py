"""Which pages of other origins may read the API in a browser: none, unless LOKDARPAN_CORS_ORIGINS names them."""

from collections.abc import Collection

import falcon

ANY = "*"
EXPOSED = "ETag, Last-Modified, Link, Location, Retry-After, X-Request-Id"
TAKEN = "Authorization, Content-Type, If-Modified-Since, If-None-Match, X-Request-Id"
PREFLIGHT_S = 600


class Cors:
    """The origins that are let in. Cookies never are: the API does not look at them. `varies`: who asks makes a
    difference."""

    def __init__(self, origins: Collection[str] = ()) -> None:
        self._any, self._origins = ANY in origins, frozenset(origins)
        self.varies = bool(origins) and not self._any

    def answer(self, req: falcon.Request, resp: falcon.Response, allow: Collection[str] = ()) -> None:
        """Say that the asking page may read this; to a preflight (`allow` has the methods) also what it may send."""
        if not self._origins:
            return
        origin = req.env.get("HTTP_ORIGIN")
        if origin is None or not (self._any or origin in self._origins):
            return
        resp.set_header("Access-Control-Allow-Origin", ANY if self._any else origin)
        resp.set_header("Access-Control-Expose-Headers", EXPOSED)
        if allow and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in req.env:
            resp.set_header("Access-Control-Allow-Methods", ", ".join(allow))
            resp.set_header("Access-Control-Allow-Headers", TAKEN)
            resp.set_header("Access-Control-Max-Age", str(PREFLIGHT_S))
