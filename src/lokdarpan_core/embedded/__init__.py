"""A private PostgreSQL server, so that LokDarpan runs on a machine where nobody has set up a database.

It is a real server with real durability. Its data lie in `postgresql/` under the LokDarpan home, a folder that only its
account may enter, and it listens on a Unix socket there and on no network. The first command that needs it starts it,
others join, the last one out stops it. Kernel locks, which vanish with the process that holds them, make this hold for
processes that are killed as well: `users.lock` (shared, held by every user), `start.lock` (starting and stopping, one
at a time) and `keeper.lock` (held by the server's keeper, see `keeper.py`). While the file `keep` exists, the
server was asked to stay (`lokdarpan db start`).

Needs Unix: import this module only where the server is wanted.
"""

import fcntl
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs
import platformdirs
import psycopg

from lokdarpan_core.embedded.binaries import data_version
from lokdarpan_core.embedded.folder import ServerFolder
from lokdarpan_core.embedded.process import Postmaster, ServerProcess
from lokdarpan_core.errors import EmbeddedServerError


def default_home() -> Path:
    """Where a LokDarpan home lies unless told otherwise: the user's data folder; for root one that a server reaches."""
    if os.geteuid() != 0:
        return platformdirs.user_data_path("lokdarpan", appauthor=False)
    shared = platformdirs.site_data_path("lokdarpan", appauthor=False)
    return Path("/var/lib/lokdarpan") if sys.platform == "linux" else shared


def _absolute(path: str | os.PathLike[str]) -> Path:
    return Path(path).absolute()


@attrs.frozen
class ServerStatus:
    """What is known of an embedded server. `kept`: it was asked to stay until it is stopped."""

    running: bool
    kept: bool
    data_directory: Path
    log: Path
    version: str | None = None
    pid: int | None = None
    socket_directory: Path | None = None
    url: str | None = None
    connections: int | None = None


@attrs.frozen
class EmbeddedServer:
    """The private server of one LokDarpan home. Its errors are `EmbeddedServerError`s.

    `pg_bin` is the folder of the binaries to use, `pg_user` the account that root runs the server as, and
    `server_settings` are PostgreSQL settings on top of ours.
    """

    home: Path = attrs.field(converter=_absolute)
    pg_bin: Path | None = None
    pg_user: str | None = None
    server_settings: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def exists(self) -> bool:
        """Whether this home has data already."""
        return data_version(self._folder().data) is not None

    @contextmanager
    def use(self) -> Iterator[str]:
        """Join the server or start it, and yield its URL (libpq's form). The last user to leave stops it.

        A child forked inside (a gunicorn worker) is a user in its own right: the server stays until it ends.
        """
        folder = self._folder()
        folder.prepare()
        process, entered = self._process(folder), os.getpid()
        users = folder.open("users.lock")
        try:
            fcntl.flock(users, fcntl.LOCK_SH)
            with folder.locked("start.lock"):
                url = process.ensure().url
            yield url
        finally:
            os.close(users)  # and not unlocked: forked children share this lock
            if os.getpid() == entered:
                with suppress(FileNotFoundError):  # the home was deleted: the keeper does the rest
                    self._leave(folder, process)

    def start(self) -> ServerStatus:
        """Make sure that the server runs, and that it stays when its users have left."""
        with self.use():
            os.close(self._folder().open("keep"))
            return self.status()

    def stop(self) -> bool:
        """Stop the server, whoever uses it; True if one was running."""
        folder = self._folder()
        if not folder.base.exists():
            return False
        with folder.locked("start.lock"):
            folder.keep.unlink(missing_ok=True)
            return self._process(folder).stop()

    def status(self) -> ServerStatus:
        """Look, and change nothing."""
        folder = self._folder()
        data, log, kept = folder.data, folder.log, folder.keep.exists()
        server = Postmaster.of(data)
        if server and server.status == "ready":
            with suppress(psycopg.OperationalError), server.connect() as connection:
                query = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
                (connections,) = connection.execute(query).fetchone() or (0,)
                version = "{}.{}".format(*divmod(connection.info.server_version, 10_000))
                sockets = server.socket_directory
                return ServerStatus(True, kept, data, log, version, server.pid, sockets, server.url, connections)
        major = data_version(data)
        return ServerStatus(False, kept, data, log, str(major) if major else None)

    def url(self) -> str:
        """The URL of the running server."""
        status = self.status()
        if status.url is None:
            raise EmbeddedServerError(f"No server is running in {self.home}: start it with `lokdarpan db start`.")
        return status.url

    def _leave(self, folder: ServerFolder, process: ServerProcess) -> None:
        """Stop the server if nobody else uses it; if somebody is stopping it already, wait until that is done."""
        with folder.locked("start.lock"):
            if folder.keep.exists():
                return
            with folder.locked("users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
                if alone:
                    process.stop()
                    return
            with folder.locked("users.lock", fcntl.LOCK_SH):
                pass

    def _folder(self) -> ServerFolder:
        return ServerFolder.of(self.home, self.pg_user)

    def _process(self, folder: ServerFolder) -> ServerProcess:
        return ServerProcess(folder, self.pg_bin, self.server_settings)
