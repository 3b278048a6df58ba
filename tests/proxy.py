"""A network between a program and its server that can be cut, stalled and slowed, at a moment that a test chooses.

Bytes are passed on in pieces, as they come. Pieces of all clients are counted together from `arm` on, so that a fault
can be put at each in turn: a driver sends every statement, and every part of a COPY, in pieces of its own.
"""

import contextlib
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

Fault = Literal["request lost", "answer lost", "stalled"]


class Proxy:
    """Listens on a Unix socket in `folder`, for PostgreSQL's, or on a free port of 127.0.0.1 where there is none.

    `delay` are seconds that each piece takes on its way.
    """

    def __init__(self, server: str | tuple[str, int], folder: Path | None = None) -> None:
        self._server = server
        self.delay = 0.0
        self._at, self._fault, self._seconds = 0, "stalled", 0.0
        self.sent = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        if folder is None:
            self._listener = socket.create_server(("127.0.0.1", 0))
        else:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(folder / Path(str(server)).name))
            self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def arm(self, at: int, fault: Fault, seconds: float = 0.0) -> None:
        """Let the fault happen at the piece of that number, from now on; what is open now stays so."""
        with self._lock:
            self.sent, self._at, self._fault, self._seconds = 0, at, fault, seconds

    @property
    def has_struck(self) -> bool:
        """Whether the fault has happened."""
        return 0 < self._at <= self.sent

    def cut(self) -> None:
        """End all that is open."""
        with self._lock:
            for one in self._open:
                _end(one)
            self._open.clear()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX if isinstance(self._server, str) else socket.AF_INET)
                try:
                    server.connect(self._server)
                except OSError:
                    _end(client)
                    continue
                with self._lock:
                    self._open |= {client, server}
                for pump in (self._to_server, self._to_client):
                    threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(1 << 16):
                with self._lock:
                    self.sent += 1
                    fault = self._fault if self.sent == self._at else None
                time.sleep(self.delay)
                if fault == "request lost":
                    break
                if fault == "stalled":
                    time.sleep(self._seconds)
                if fault == "answer lost":
                    _end(client)
                server.sendall(piece)
                if fault == "answer lost":
                    break
        _end(client)
        _end(server)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(1 << 16):
                time.sleep(self.delay)
                client.sendall(piece)
        _end(client)
        _end(server)

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.close()
        self.cut()


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextlib.contextmanager
def before_postgresql(url: sa.URL) -> Iterator[tuple[Proxy, sa.URL]]:
    """A network before the server of this URL, which listens on a socket, and the URL that leads through it."""
    with tempfile.TemporaryDirectory(prefix="lkd-", dir="/tmp") as folder:
        socket_of_server = f"{url.query['host']}/.s.PGSQL.{url.query.get('port', 5432)}"
        with Proxy(socket_of_server, Path(folder)) as proxy:
            yield proxy, url.update_query_dict({"host": folder})
