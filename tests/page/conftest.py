"""The page over an invented city: a database that is filled once, a server of its own for each test, and a browser."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import falcon
import pytest
import sqlalchemy as sa
from falcon.testing import TestClient
from invented_city import fill
from pytest_postgresql import factories
from served_page import page_app
from sqlalchemy import Engine

from lokdarpan_core import create_engine, upgrade

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 120_000  # on a busy machine a first chart may take a while
QUIET_BROWSER = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _engine(host: object, port: int, user: str, dbname: str) -> Engine:
    query = {"host": str(host), "port": str(port)}
    url = sa.URL.create("postgresql+psycopg", username=user, database=dbname, query=query)
    return create_engine(url, poolclass=sa.NullPool)


def _fill(host: object, port: int, user: str, dbname: str, password: str, autocommit: bool = False) -> None:
    engine = _engine(host, port, user, dbname)
    upgrade(engine)
    folder = Path(tempfile.mkdtemp(prefix="lkd-page-"))
    try:
        fill(engine, folder)
    finally:
        shutil.rmtree(folder)


filled_server = factories.postgresql_noproc(depends_on="pg_server", dbname="lokdarpan_page", load=[_fill])
filled_clone = factories.postgresql("filled_server")


@pytest.fixture
def city(filled_clone) -> Engine:
    """An engine on a copy of the invented city."""
    info = filled_clone.info
    return _engine(info.host, info.port, info.user, info.dbname)


@pytest.fixture
def client(city) -> TestClient:
    """The page of the invented city, without a browser."""
    return TestClient(page_app(city))


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[falcon.App], str]]:
    """Serve an app on a free port until the test ends; the address without a slash at its end."""
    running = []

    def start(app: falcon.App) -> str:
        server = make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Silent)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(city, serve) -> str:
    """The address of the page of the invented city."""
    return serve(page_app(city))


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET_BROWSER)
        yield chromium
        chromium.close()


class Watched:
    """A browser's window, with all that it complained of and all hosts that it asked."""

    def __init__(self, page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.loaded: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, request) -> None:
        self.loaded.append(request.url)
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, address: str) -> None:
        """Go there, and wait until its charts are drawn."""
        self.page.goto(address, wait_until="load")
        if self.page.locator("[data-chart]").count():
            self.page.wait_for_selector("html[data-charts=drawn]", state="attached")


@pytest.fixture
def window(browser) -> Iterator[Callable[..., Watched]]:
    """Open a window: `window(width=390, dark=True)`."""
    contexts = []

    def new(width: int = 1200, height: int = 900, *, dark: bool = False, **options: object) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-IN",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        return Watched(context.new_page())

    yield new
    for context in contexts:
        context.close()
