"""Everything in one terminal: web server, worker and private database as children of one process, which starts again
what dies and stops all together. On a server that is for good, systemd does this better; this is for one machine and
one command.
"""

import ctypes
import importlib.util
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress

import attrs
import sqlalchemy as sa

from lokdarpan_core import (
    EmbeddedServer,
    EmbeddedServerError,
    Settings,
    create_engine,
    embedded_server,
    reachable,
    require_head,
    upgrade,
)

STOP_SECONDS = 8.0  # of the ten; the private database has the rest
LOOK_SECONDS, SERVER_LOOK_SECONDS = 0.2, 2.0
PAUSE_FIRST, PAUSE_MOST = 1.0, 30.0  # before a start, doubled each time
STEADY_SECONDS = 60.0  # who has lived that long starts at once again
PR_SET_PDEATHSIG = 1
PROGRAM = [sys.executable, "-c", "from lokdarpan_core.cli import main; main(prog_name='lokdarpan')"]

log = logging.getLogger(__name__)


@attrs.define
class Child:
    """One command that is to run all the time."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0

    def look(self, now: float) -> None:
        """Start it if it does not run and its pause is over."""
        if self.process is not None and (code := self.process.poll()) is not None:
            lived = now - self.started
            self.pause = 0.0 if lived > STEADY_SECONDS else min(max(self.pause * 2, PAUSE_FIRST), PAUSE_MOST)
            log.warning("%s ended (%s); it starts again in %.0f s", self.name, code, self.pause)
            self.process, self.started = None, now
        if self.process is None and now - self.started >= self.pause:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C comes to us alone, and we say who stops when
                preexec_fn=_die_with_parent(),  # noqa: PLW1509  (there is one thread only)
            )
            self.started = now
            log.info("%s runs (pid %s)", self.name, self.process.pid)

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None:
            self._signal(signal.SIGTERM)

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it, and what it has started."""
        if self.is_alive():
            log.warning("%s does not stop and is killed", self.name)
            self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def _signal(self, number: int) -> None:
        assert self.process is not None  # noqa: S101
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


@attrs.define
class Supervisor:
    """The children, and the private database if there is one."""

    settings: Settings
    children: list[Child]
    _server: EmbeddedServer | None
    _url: str = ""
    _over: threading.Event = attrs.field(factory=threading.Event, init=False)
    _lifetime: ExitStack = attrs.field(factory=ExitStack, init=False)
    _looked: float = attrs.field(default=0.0, init=False)

    @classmethod
    def of(cls, settings: Settings, commands: Mapping[str, Sequence[str]]) -> "Supervisor":
        """For commands of ours by their names; a web server that is not installed is left out."""
        if importlib.util.find_spec("lokdarpan_web") is None:
            log.warning("lokdarpan-web is not installed: there will be no web server")
            commands = {name: words for name, words in commands.items() if name != "web"}
        server = embedded_server(settings) if settings.database_url is None else None
        return cls(settings, [Child(name, [*PROGRAM, *words]) for name, words in commands.items()], server)

    def run(self) -> None:
        """Until Ctrl-C or SIGTERM. Raises DatabaseUnavailableError and SchemaError before anything is started."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: self._over.set())
        with self._lifetime:
            self._prepare()
            try:
                while not self._over.wait(LOOK_SECONDS):
                    self._look_at_server()
                    for child in self.children:
                        child.look(time.monotonic())
            finally:
                self._stop_children()
        log.info("All has stopped.")

    def _prepare(self) -> None:
        """A database at this version's schema."""
        if self._server is not None:
            self._url = self._lifetime.enter_context(self._server.use())
            log.info("The private PostgreSQL runs, with its data in %s", self._server.home)
        url = self.settings.database_url or self._url
        engine = create_engine(url, poolclass=sa.NullPool)
        if self._server is not None:
            upgrade(engine)
        with reachable(engine), engine.connect() as connection:
            require_head(connection)

    def _look_at_server(self) -> None:
        """Start the private database again if it has died; its users find it at the same place, or start anew."""
        if self._server is None or time.monotonic() - self._looked < SERVER_LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        if not self._server.status().running:
            log.warning("The private PostgreSQL has died; it starts again")
            try:
                url = self._lifetime.enter_context(self._server.use())
            except EmbeddedServerError as error:
                log.warning("It could not be started: %s", error)
                return
            if url != self._url:
                self._url = url
                self._stop_children()

    def _stop_children(self) -> None:
        for child in self.children:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(child.is_alive() for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.kill()


def _die_with_parent() -> Callable[[], None] | None:
    """What makes Linux end a child whose parent was killed; elsewhere it would stay."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found here: after the fork it may be too late for that
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
