"""The lokdarpan command as a process of its own, which starts at once, since a nursery has imported everything.

As a script it is the nursery (see `nurseries`): a child becomes the command, with the streams, folder and environment
that it is handed. What depends on how a program starts is tested with a real start (`tests/test_cli.py`).
"""

import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from nurseries import serve

FOREIGN = ("LOKDARPAN_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY")


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def run_command(
    nursery: Path, words: tuple[str, ...], environment: Mapping[str, str], folder: Path, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end; what it printed, and its exit code (negative: the signal that ended it)."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        with socket.socket(socket.AF_UNIX) as child:
            child.settimeout(120)
            child.connect(str(nursery))
            order = json.dumps([words, dict(environment), str(folder)]).encode() + b"\n"
            socket.send_fds(child, [order[:1]], [one.fileno() for one in (given, out, err)])
            child.sendall(order[1:])
            answer = child.makefile().read()
        for stream in (out, err):
            stream.seek(0)
        code = int(answer) if answer else -signal.SIGKILL
        return subprocess.CompletedProcess(["lokdarpan", *words], code, out.read(), err.read())


def in_text(process: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    """The same with text instead of bytes."""
    return subprocess.CompletedProcess(
        process.args, process.returncode, process.stdout.decode(), process.stderr.decode()
    )


class _Child(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        order, files, _, _ = socket.recv_fds(self.request, 1, 3)
        words, environment, folder = json.loads(order + self.request.makefile("rb").readline())
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        for number, file in enumerate(files):
            os.dup2(file, number)
        code = _run(words)
        sys.stdout.flush()
        sys.stderr.flush()
        self.request.sendall(b"%d" % code)


def _run(words: list[str]) -> int:
    from lokdarpan_core.cli import main

    try:
        main(words, prog_name="lokdarpan")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 (what the interpreter would do)
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    for module in ("lokdarpan_core.cli", "lokdarpan_jobs.cli", "lokdarpan_web.cli"):
        import_module(module)  # once, for all children

    serve(_Child)
