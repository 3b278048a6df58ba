"""Consumers that start at once, since a nursery has imported everything, and that can be killed with all they started.

As a script it is the nursery (see `nurseries`): a child is a consumer.
"""

import json
import os
import select
import signal
import socket
import socketserver
from contextlib import suppress
from pathlib import Path

from nurseries import serve


class Consumer:
    """`lokdarpan worker` as a process group of its own, which is killed when the block is left."""

    def __init__(self, nursery: Path, environment: dict[str, str], words: tuple[str, ...], log: Path) -> None:
        self.log = log
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(nursery))
        self._socket.sendall(json.dumps([environment, words, str(log)]).encode() + b"\n")
        self.pid = int(self._socket.makefile().readline())

    def kill(self) -> None:
        """SIGKILL, for it and its worker processes."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        assert self.ends_within(10)

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def ends_within(self, seconds: float) -> bool:
        """Whether it and all its children end in time: their ends of the socket are closed then."""
        readable = select.select([self._socket], [], [], seconds)[0]
        return bool(readable) and self._socket.recv(1) == b""

    def children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def __enter__(self) -> "Consumer":
        return self

    def __exit__(self, *_exception: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._socket.close()


class _Child(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        environment, words, log = json.loads(self.rfile.readline())
        os.setsid()
        os.environ.clear()
        os.environ.update(environment)
        with Path(log).open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        self.wfile.write(b"%d\n" % os.getpid())
        from lokdarpan_core.cli import main

        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        main(["worker", *words])


if __name__ == "__main__":
    import lokdarpan_core.cli  # noqa: F401 (once, for all children)

    serve(_Child)
