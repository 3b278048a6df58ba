"""One look at a page: who looks, in which language, and the one connection that it needs."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import falcon
from jinja2 import Environment
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lokdarpan_core import AmbiguousWardError, LokDarpanError, UnknownWardError, today
from lokdarpan_web.callers import NOBODY, Caller, UnauthorizedError
from lokdarpan_web.limits import TooManyRequestsError
from lokdarpan_web.page.headers import protect
from lokdarpan_web.page.language import LANGUAGES, Language, chosen, direction, language_of
from lokdarpan_web.page.site import Site
from lokdarpan_web.problems import RETRY_AFTER_S, SCHEMA_STATES, STATUSES

HTML = "text/html; charset=utf-8"
LONGEST_VALUE = 200  # characters of one part of a query
NOT_KEPT, KEPT_BY_NOBODY_ELSE = "no-store", "private, no-cache"


class Visit:
    """What a page gets to answer with."""

    def __init__(self, site: Site, req: falcon.Request, resp: falcon.Response) -> None:
        self.site, self.req, self.resp = site, req, resp
        self.language: Language = chosen(self.asked("lang"), req.get_header("Accept-Language"))
        self.root = site.api.root(req)
        self.caller: Caller = NOBODY
        self._connection: Connection | None = None

    @property
    def is_secure(self) -> bool:
        """Whether the browser came by https."""
        return bool(self.req.forwarded_scheme == "https")

    @property
    def connection(self) -> Connection:
        """For reading: opened when it is first used, each statement a transaction of its own."""
        return self.connect()

    def connect(self) -> Connection:
        """The same, for those who may not need it."""
        if self._connection is None:
            self._connection = self.site.api.connect()
        return self._connection

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def day(self) -> date:
        """Today, in the city's time zone."""
        return today(self.site.settings.timezone)

    def asked(self, name: str) -> str | None:
        """One value of the query; None for an absent, empty, or overlong one."""
        value = self.req.params.get(name)
        if isinstance(value, list):
            value = ",".join(value)
        if not value or len(value) > LONGEST_VALUE or "\0" in value:
            return None
        return value.encode("utf-8", "replace").decode()

    def link(self, path: str, **query: Any) -> str:
        """A path of this page with its query, in the language of this visit, wherever the app is mounted."""
        said = {name: value for name, value in query.items() if value not in (None, "")}
        if "lang" not in said and self.asked("lang") in LANGUAGES:
            said["lang"] = self.language.code
        target = self.root + quote(path, safe="/~.")
        return f"{target}?{urlencode(said)}" if said else target

    def here(self, **query: Any) -> str:
        """This page, with some of its query changed."""
        kept = {name: self.asked(name) for name in self.req.params}
        return self.link(self.req.path.removeprefix(self.site.api.prefix), **kept | query)

    def show(self, template: str, status: HTTPStatus = HTTPStatus.OK, *, keep: str = NOT_KEPT, **values: Any) -> None:
        """Answer with a page."""
        environment: Environment = self.site.environment
        self.resp.status = status
        self.resp.content_type = HTML
        self.resp.set_header("Cache-Control", keep)
        self.resp.set_header("Vary", "Accept-Language, Cookie, Authorization")
        self.resp.text = environment.get_template(template).render(
            visit=self,
            t=self.language,
            lang=self.language.code,
            link=self.link,
            static=lambda name: f"{self.root}/static/{self.site.assets.address(name)}",
            vega=None if self.site.assets.vega is None else f"{self.root}/static/{self.site.assets.vega}",
            direction=direction,
            language_of=language_of,
            imprint=self.site.imprint,
            **values,
        )

    def go(self, target: str) -> None:
        """Send the browser to another page."""
        self.resp.status = HTTPStatus.SEE_OTHER
        self.resp.set_header("Location", target)
        self.resp.set_header("Cache-Control", NOT_KEPT)


Answer = Callable[..., None]


class Page:
    """The responders of one kind of page."""

    def __init__(self, site: Site) -> None:
        self.site = site


def visited(*, open: bool = False) -> Callable[[Answer], Answer]:
    """Make a Falcon responder of a function that takes a Visit. What goes wrong becomes a page that says so. `open` is
    for pages that nobody needs a key for."""

    def decorate(answer: Answer) -> Answer:
        @wraps(answer)
        def respond(self: Page, req: falcon.Request, resp: falcon.Response, **parts: str) -> None:
            protect(resp)
            visit = Visit(self.site, req, resp)
            try:
                _answer(self, visit, answer, parts, open=open)
            finally:
                visit.close()

        return respond

    return decorate


def _answer(page: Page, visit: Visit, answer: Answer, parts: dict[str, str], *, open: bool) -> None:
    try:
        visit.caller = page.site.admit(visit.req, visit.connect, is_open=open)
        answer(page, visit, **parts)
    except UnauthorizedError:
        visit.go(visit.link("/login", to=visit.here()))
    except LokDarpanError as error:
        status = next((found for kind, found, _ in STATUSES if isinstance(error, kind)), None)
        if status is None:
            raise
        if isinstance(error, TooManyRequestsError):
            visit.resp.set_header("Retry-After", str(error.retry_after))
        _say(visit, status, error)
    except (OperationalError, InterfaceError, PoolTimeoutError):
        _unavailable(visit)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) not in SCHEMA_STATES:
            raise
        _unavailable(visit)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        _unavailable(visit)


def _say(visit: Visit, status: HTTPStatus, error: LokDarpanError) -> None:
    candidates = error.candidates if isinstance(error, UnknownWardError | AmbiguousWardError) else ()
    visit.show("problem.html", status, detail=str(error), candidates=candidates, kind=str(int(status)))


def _unavailable(visit: Visit) -> None:
    visit.close()
    visit.caller = NOBODY
    visit.resp.set_header("Retry-After", str(RETRY_AFTER_S))
    visit.show("problem.html", HTTPStatus.SERVICE_UNAVAILABLE, detail=None, candidates=(), kind="503")
