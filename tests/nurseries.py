"""A nursery: a process that has imported everything, and forks a child for each connection to its socket.

So that a test can have many processes at once, and kill them, without waiting for their imports.
"""

import os
import socketserver
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nursery(script: str) -> Iterator[Path]:
    """The socket of a running nursery; `script` calls `serve` when it is run."""
    with tempfile.TemporaryDirectory(prefix="lkd-", dir="/tmp") as folder:
        path = Path(folder) / "socket"
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
        command = [sys.executable, script, path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout.readline() == "ready\n"
            yield path
            process.terminate()


def serve(child: type[socketserver.BaseRequestHandler]) -> None:
    """Serve the socket that the command line names: a forked `child` handles each connection."""
    import lokdarpan_core

    lokdarpan_core.create_engine("postgresql://localhost/none")  # which imports the driver
    with _Nursery(sys.argv[1], child) as server:
        print("ready", flush=True)
        server.serve_forever()


class _Nursery(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 64
    parent = os.getppid()

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self.parent:  # the tests were killed
            sys.exit()
