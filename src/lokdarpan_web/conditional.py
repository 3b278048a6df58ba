"""When nothing has to be sent again: validators, and what a client says of the copy that it has (RFC 9110, 13).

The ETag of an answer about a ward is a hash of what the answer depends on, and not of the answer: the ward's version,
the local day, the query, what the caller may see, the embargo, and this version of the API. So a 304 costs one row
of an index. It is weak: it promises the same content, while a proxy may compress the bytes. Answers that depend on more
than one ward are hashed themselves.

Copies may be kept, but are asked about each time (`no-cache`): an article that was withdrawn, or a forecast under an
embargo, must not be shown for minutes more by somebody's cache, and asking is cheap. Only who asked may keep the answer
where a key decides what is in it.

`Last-Modified` is given only where the answer is about no window that moves, and only when that second is long over: a
second change within it could not be told apart.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import attrs
import falcon

from lokdarpan_core import Settings, WardVersion, today, utc_now
from lokdarpan_core.embargo import active

SETTLED = timedelta(seconds=10)  # longer than any commit takes
SAFE = ("GET", "HEAD")


class Bodies:
    """Answers that were made already, by their ETag, which has all that they depend on: another state has another."""

    def __init__(self, most_bytes: int = 4 * 1024 * 1024) -> None:
        self._bodies: dict[str, bytes] = {}
        self._bytes, self._most = 0, most_bytes

    def get(self, etag: str) -> bytes | None:
        """The answer, if it was made here."""
        return self._bodies.get(etag)

    def keep(self, etag: str, body: bytes) -> None:
        """Keep it; when there is no more room, all are forgotten."""
        if self._bytes + len(body) > self._most:
            self._bodies, self._bytes = {}, 0
        self._bodies[etag] = body
        self._bytes += len(body)


@attrs.frozen
class Validators:
    """What tells one state of an answer from another. `modified` is None where no time can tell it."""

    etag: str
    modified: datetime | None


def ward_validators(
    ward_id: str, version: WardVersion, depends_on: tuple[Any, ...], settings: Settings, *, sliding: bool
) -> Validators:
    """Those of an answer about a ward. `depends_on` is what else makes a difference: route, query, rights, code."""
    now = utc_now()
    holding = active(settings.embargo, now) if settings.embargo else ()
    parts = (ward_id, version.version, version.changed_at.timestamp(), today(settings.timezone), depends_on, holding)
    settled = not sliding and now - version.changed_at > SETTLED
    return Validators(_hashed(repr(parts).encode()), version.changed_at if settled else None)


def body_validators(body: bytes, code: str) -> Validators:
    """Those of an answer that is made already."""
    return Validators(_hashed(code.encode() + body), None)


def _hashed(content: bytes) -> str:
    return f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def is_current(req: falcon.Request, validators: Validators) -> bool:
    """Has the client the answer already? If-None-Match decides where there is one, else If-Modified-Since.

    `If-None-Match: *` (any answer at all) is for the caller to decide: see `asks_for_any`.
    """
    if req.method not in SAFE:
        return False
    wanted = req.env.get("HTTP_IF_NONE_MATCH")
    if wanted is not None:
        return wanted == validators.etag or any(_same(tag, validators.etag) for tag in req.if_none_match or ())
    if validators.modified is None or "HTTP_IF_MODIFIED_SINCE" not in req.env:
        return False
    since = _time(req)
    return since is not None and validators.modified.replace(microsecond=0) <= since


def asks_for_any(req: falcon.Request) -> bool:
    """Is any answer at all as good as a copy?"""
    return req.method in SAFE and req.env.get("HTTP_IF_NONE_MATCH", "").strip() == "*"


def _same(tag: Any, etag: str) -> bool:
    return str(tag) == etag.removeprefix("W/").strip('"')


def _time(req: falcon.Request) -> datetime | None:
    try:
        since = req.if_modified_since
    except falcon.HTTPError:  # a date that can't be read is as good as none
        return None
    if since is None:
        return None
    return since if since.tzinfo is not None else since.replace(tzinfo=UTC)


def set_validators(resp: falcon.Response, validators: Validators, *, private: bool) -> None:
    """Tell them, and who may keep a copy."""
    resp.set_header("ETag", validators.etag)
    if validators.modified is not None:
        resp.set_header("Last-Modified", _written(validators.modified))
    resp.set_header("Cache-Control", "private, no-cache" if private else "public, no-cache")


@lru_cache(1024)
def _written(time: datetime) -> str:
    return falcon.dt_to_http(time)
