"""Who looks at the page: somebody with a key in their browser's cookie or in `Authorization`, or nobody.

The cookie holds the key, as the browser was given it: no script can read it (HttpOnly), no other site's form sends it
(SameSite=Strict), it goes by https alone where the page does, and it ends after half a day. A key that is revoked is of
no use in it from then on. It opens the page; the API takes no cookies.

Forms that change something are taken from our own pages only: browsers say where a form stood, in `Sec-Fetch-Site` or
in `Origin`.
"""

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import falcon

from lokdarpan_web.callers import NOBODY, Caller, ForbiddenError, Keys, UnauthorizedError

if TYPE_CHECKING:
    from lokdarpan_web.page.visits import Visit

COOKIE = "lokdarpan_key"
LASTS_S = 12 * 3600
LONGEST_FORM = 4096  # bytes


class Door:
    """Tells who asks, and lets in whoever may read."""

    def __init__(self, *, required: bool) -> None:
        self.required = required
        self._keys = Keys(required=required)

    def who(self, req: falcon.Request, connect: Any) -> Caller:
        """Who asks; a cookie with a key that is no good is as none. Raises UnauthorizedError for a header with such."""
        said = req.get_header("Authorization")
        if said:
            return self._keys.find(said, connect())
        token = req.cookies.get(COOKIE)
        if not token:
            return NOBODY
        try:
            return self._keys.find(f"Bearer {token}", connect())
        except UnauthorizedError:
            return NOBODY

    def admit(self, caller: Caller) -> None:
        """Raise UnauthorizedError or ForbiddenError where reading is closed to this caller."""
        self._keys.may_read(caller)

    def try_key(self, token: str, connect: Any) -> Caller:
        """Whose key it is that somebody typed. Raises UnauthorizedError and ForbiddenError."""
        caller = self._keys.find(f"Bearer {token.strip()}", connect())
        if not (caller.may("read") or caller.may("demographics")):
            raise ForbiddenError
        self._keys.may_read(caller)
        return caller


def from_our_page(req: falcon.Request) -> bool:
    """Whether a form was sent from a page of this host."""
    site = req.get_header("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = req.get_header("Origin")
    return origin is not None and urlsplit(origin).netloc == req.get_header("Host")


def read_form(req: falcon.Request) -> dict[str, str]:
    """The fields of a small form; of one that is too long, none."""
    length = req.content_length or 0
    if not 0 < length <= LONGEST_FORM or not (req.content_type or "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = req.bounded_stream.read(length).decode("utf-8", "replace")
    fields = falcon.uri.parse_query_string(body, keep_blank=True)
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def set_cookie(visit: "Visit", token: str) -> None:
    """Keep the key in the browser; an empty one forgets it."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[COOKIE] = token
    morsel = cookie[COOKIE]
    morsel["path"] = f"{visit.root}/"
    morsel["max-age"] = str(LASTS_S if token else 0)
    morsel["httponly"] = True
    morsel["samesite"] = "Strict"
    if visit.is_secure:
        morsel["secure"] = True
    visit.resp.append_header("Set-Cookie", morsel.OutputString())


def safe_way_back(root: str, asked: str | None) -> str:
    """The page to go on to after signing in: one of ours, whatever the address says."""
    if asked and asked.isascii() and asked.isprintable() and "\\" not in asked:
        parts = urlsplit(asked)
        if not parts.scheme and not parts.netloc and asked.startswith(f"{root}/") and not asked.startswith("//"):
            return asked
    return f"{root}/"
