"""Starting and stopping the embedded server's processes. Whoever calls holds `start.lock`, but for looking."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import attrs
import psycopg

from lokdarpan_core.embedded.binaries import data_version, find_binaries
from lokdarpan_core.embedded.folder import ENVIRONMENT, ServerFolder
from lokdarpan_core.errors import EmbeddedServerError

DATABASE = USER = "lokdarpan"
PORT = 5432  # part of the socket's name; nothing listens on TCP
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "cluster_name": "lokdarpan",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_wal_size": "2GB",  # an archive's first import would else be one checkpoint after the other
    "jit": "off",  # it costs more than it gains on queries of milliseconds
}
START_SECONDS = 30
RECOVERY_SECONDS = 600  # replaying 2 GB of log on a slow disk; giving up would only begin it anew
STOP_SECONDS = 90  # the keeper becomes rude after 60
LOG_BYTES = 10_000_000
SOCKET_BYTES = 100  # the kernels' limit is 104 (macOS) or 108 (Linux)
SOCKET_PREFIX = "/tmp/lokdarpan-"  # noqa: S108  short, and every account reaches it; mkdtemp makes it ours alone
TRIES = 4  # for a failure that a moment's wait doesn't mend
PASSING = (b"already exists", b"still in use")  # what PostgreSQL says right after its predecessor was killed
RECOVERING = ("recovery mode", "starting up", "not yet accepting")  # after a worker's crash it still says "ready"
NO_PID = 4_194_305  # one above the largest that Linux gives
KEEPER = Path(__file__).with_name("keeper.py")


@attrs.frozen
class Postmaster:
    """A server's main process, as told by the file postmaster.pid."""

    pid: int
    socket_directory: Path
    status: str

    @classmethod
    def recorded(cls, data: Path) -> "Postmaster | None":
        """What the file says, be it true or left over."""
        try:
            lines = [
                line.strip() for line in (data / "postmaster.pid").read_text(errors="surrogateescape").splitlines()
            ]
            return cls(int(lines[0]), Path(lines[4]), lines[7] if len(lines) > 7 else "starting")
        except (FileNotFoundError, ValueError, IndexError):
            return None

    @classmethod
    def of(cls, data: Path) -> "Postmaster | None":
        """The living server of this data directory."""
        server = cls.recorded(data)
        return server if server and server._works_in(data) else None

    @property
    def url(self) -> str:
        host = quote(os.fsencode(self.socket_directory), safe="")
        return f"postgresql://{USER}@/{DATABASE}?host={host}&port={PORT}"

    def connect(self) -> psycopg.Connection:
        """A connection for administration; psycopg.OperationalError while the server starts or stops."""
        host = str(self.socket_directory)
        return psycopg.connect(host=host, port=PORT, user=USER, dbname="postgres", autocommit=True, connect_timeout=10)

    def _works_in(self, data: Path) -> bool:
        """Whether the process is what the file says: after a crash another one may have got its number."""
        try:
            if Path("/proc/self/cwd").exists():
                return Path(f"/proc/{self.pid}/cwd").samefile(data)
            command = ["ps", "-o", "command=", "-p", str(self.pid)]
            return os.fsencode(data) in subprocess.run(command, capture_output=True, check=False).stdout
        except OSError:
            return False


@attrs.frozen
class ServerProcess:
    """The processes of one folder: the server and its keeper."""

    folder: ServerFolder
    pg_bin: Path | None
    settings: Mapping[str, str]

    def ensure(self) -> Postmaster:
        """Start the server, or wait for the one that is starting or stopping; return it when it answers."""
        begun, failures, log_from, refusal = time.monotonic(), 0, None, ""
        while True:
            server = Postmaster.of(self.folder.data)
            kept = self.folder.is_locked("keeper.lock")
            if server and server.status == "ready" and not (refusal := self._refusal(server)):
                if kept:
                    return server
                self._start_keeper({"watch": server.pid}, None)
            elif server:
                self._end_what_hangs(server)
            elif not kept:
                if log_from is not None and not any(sign in self._log(log_from) for sign in PASSING):
                    failures += 1
                if failures == TRIES:
                    raise self._failure("PostgreSQL does not start")
                working = time.monotonic()
                log_from = self._start_server()
                begun += time.monotonic() - working  # initdb may take its time
            waited = time.monotonic() - begun
            recovers = server and (server.status == "starting" or any(sign in refusal for sign in RECOVERING))
            if waited > (RECOVERY_SECONDS if recovers else START_SECONDS):
                raise self._failure(f"PostgreSQL did not answer within {waited:.0f} s ({refusal or 'not ready'})")
            time.sleep(0.01)

    def stop(self) -> bool:
        """Fast shutdown; return when server and keeper are gone. True if there was a server."""
        begun, asked, found = time.monotonic(), 0.0, False
        while (server := Postmaster.of(self.folder.data)) or self.folder.is_locked("keeper.lock"):
            waited = time.monotonic() - begun
            if waited > STOP_SECONDS:
                raise self._failure(f"PostgreSQL did not stop within {waited:.0f} s")
            if server:
                self._end_what_hangs(server)
            # Again and again: a server that has just begun to start may miss the first signal.
            if server and time.monotonic() - asked > 0.5:
                found, asked = True, time.monotonic()
                with suppress(ProcessLookupError):
                    os.kill(server.pid, signal.SIGINT)
            time.sleep(0.01)
        return found

    def _end_what_hangs(self, server: Postmaster) -> None:
        """Give a server that stops without a keeper a new one: PostgreSQL may hang in it (see the keeper's `stop`)."""
        if server.status == "stopping" and not self.folder.is_locked("keeper.lock"):
            self._start_keeper({"watch": server.pid}, None)

    def _refusal(self, server: Postmaster) -> str:
        """Why it takes no connections, or nothing if it does; makes the database if it is not there yet."""
        try:
            with server.connect() as connection:
                if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount == 0:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError as error:
            return str(error)
        return ""

    def _start_server(self) -> int:
        """Begin to start; return where in the log to look for what became of it."""
        self._clear()
        binaries = find_binaries(self.folder.base, self.folder.account, self.pg_bin)
        if data_version(self.folder.data) is None:
            self._initdb(binaries.folder / "initdb", binaries.major)
        sockets = str(self.folder.base)
        temporary = None
        # PostgreSQL and libpq both read a list of folders, separated by commas.
        if len(os.fsencode(f"{sockets}/.s.PGSQL.{PORT}")) > SOCKET_BYTES or any(mark in sockets for mark in ',"'):
            sockets = temporary = tempfile.mkdtemp(prefix=Path(SOCKET_PREFIX).name, dir=Path(SOCKET_PREFIX).parent)
            self.folder.give(Path(sockets))
        settings = {**SETTINGS, "unix_socket_directories": sockets, **self.settings}
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [str(binaries.folder / "postgres"), "-D", str(self.folder.data), *options]
        order = {"command": command, "environment": ENVIRONMENT, "account": dict(self.folder.account.drop)}
        return self._start_keeper(order, temporary)

    def _clear(self) -> None:
        """Remove what killed predecessors have left: half-made folders, sockets, a misleading postmaster.pid."""
        for leftover in self.folder.base.glob("*.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        for leftover in self.folder.base.glob(".s.PGSQL.*"):
            leftover.unlink()
        pid_file = self.folder.data / "postmaster.pid"
        if server := Postmaster.recorded(self.folder.data):
            if str(server.socket_directory).startswith(SOCKET_PREFIX) and ".." not in server.socket_directory.parts:
                shutil.rmtree(server.socket_directory, ignore_errors=True)
            # PostgreSQL would wait while the number is taken: by its own zombie, or (usual in containers, where numbers
            # are small) by another process of the account, for ever. The rest of the file stays, since it names the
            # shared memory that tells PostgreSQL of orphaned backends. One write, never half a file.
            if Path(f"/proc/{server.pid}").exists():
                _, _, rest = pid_file.read_bytes().partition(b"\n")
                with pid_file.open("r+b", buffering=0) as file:
                    file.write(b"%d\n%b" % (NO_PID, rest))

    def _initdb(self, initdb: Path, major: int) -> None:
        """Make the data directory; it gets its name when it is complete, so that there is never half a one."""
        # A name of its own each time: an initdb whose caller was killed may still be writing to the last one.
        work = Path(tempfile.mkdtemp(prefix="data.new-", dir=self.folder.base))
        self.folder.give(work)
        # In the plain C locale text search finds no Devanagari or Telugu word.
        locale = ["--locale=C.UTF-8"]
        if major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = self.folder.account.run(initdb, "-D", work, "-U", USER, "-A", "trust", "-E", "UTF8", *locale)
        if done.returncode != 0:
            shutil.rmtree(work, ignore_errors=True)
            raise EmbeddedServerError(f"initdb failed in {self.folder.base}:\n{done.stderr.decode(errors='replace')}")
        work.rename(self.folder.data)
        base = os.open(self.folder.base, os.O_RDONLY)
        os.fsync(base)
        os.close(base)

    def _start_keeper(self, order: Mapping[str, object], temporary: str | None) -> int:
        log = self.folder.open("server.log", os.O_APPEND)
        try:
            size = os.fstat(log).st_size
            if size > LOG_BYTES:
                os.ftruncate(log, size := 0)
            what = json.dumps({**order, "base": str(self.folder.base), "socket_directory": temporary})
            # Returns when the keeper holds its lock; the keeper itself lives on, see there.
            subprocess.run(
                [sys.executable, "-I", "-S", KEEPER, what],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(log)
        return size

    def _log(self, start: int) -> bytes:
        with suppress(OSError), self.folder.log.open("rb") as log:
            log.seek(start)
            return log.read()
        return b""

    def _failure(self, what: str) -> EmbeddedServerError:
        size = self.folder.log.stat().st_size if self.folder.log.exists() else 0
        lines = self._log(max(0, size - 4000)).decode(errors="replace").splitlines()[-10:]
        return EmbeddedServerError("\n".join([f"{what}. The end of {self.folder.log}:", *lines]))
