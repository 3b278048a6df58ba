"""Processes that ingest one file whenever they are told to, so that tests can kill them, or set many off at a moment.

As a script it is a nursery (see `nurseries`). A child is told its order, connects to the database when it is told to
go, and answers with one line of JSON: the report, or the error's classes and message. `Worker` is the other end.
"""

import json
import os
import select
import signal
import socket
import socketserver
from contextlib import suppress
from pathlib import Path
from typing import Any

from nurseries import serve
from sqlalchemy import URL


class Worker:
    """One child. `go()` returns at once; `answer()` waits for what came of it; leaving the block kills it."""

    def __init__(self, nursery: Path, url: URL, source: Path, **options: Any) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(nursery))
        self._lines = self._socket.makefile("r")
        self._say(json.dumps([url.render_as_string(hide_password=False), str(source), options]))
        self._pid = int(self._lines.readline())

    def go(self) -> None:
        self._say("go")

    def answer(self) -> dict[str, Any]:
        return json.loads(self._lines.readline())

    def answers_within(self, seconds: float) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        with suppress(ConnectionResetError):  # it died before it read its order
            while self._socket.recv(4096):  # until the kernel has closed its end
                pass

    def _say(self, line: str) -> None:
        self._socket.sendall(line.encode() + b"\n")

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._lines.close()
        self._socket.close()  # a child that is idle ends now


class _Child(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        from lokdarpan_core import create_engine

        url, source, options = json.loads(self.rfile.readline())
        engine = create_engine(url)
        self._say(str(os.getpid()))
        for _ in self.rfile:
            self._say(ingest(engine, source, options))

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\n")


def ingest(engine: Any, source: str, options: dict[str, Any]) -> str:
    from lokdarpan_core import ingest_jsonl, to_json

    try:
        return to_json(ingest_jsonl(engine, source, **options)).decode()
    except Exception as error:  # noqa: BLE001 (it is told to the test)
        classes = [f"{one.__module__}.{one.__qualname__}" for one in type(error).__mro__]
        return json.dumps({"message": str(error), "classes": classes})


if __name__ == "__main__":
    serve(_Child)
