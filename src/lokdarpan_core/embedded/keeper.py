"""The keeper: a small process that runs the embedded PostgreSQL as its child and never leaves it behind.

The package starts it as a script of its own (`python -I -S keeper.py ORDER`), so it imports nothing of ours
and nothing that is installed. A command that ends normally stops the server itself. The keeper is for all other
endings: users of the server hold a shared lock on `users.lock`, which the kernel takes back however a process dies, and
when the keeper can get that lock for itself nobody is left, and it stops the server. It does not while the file
`keep` exists (`lokdarpan db start`). If the keeper itself is killed, Linux stops the server in its place.

ORDER is a JSON object: `base`, the folder with the locks; and either `command`, `environment` and `account` (the
keywords of Popen that drop root) to start a server, or `watch`, the process id of one that has lost its keeper.
`socket_directory` is a temporary folder to remove afterwards, or null.
"""

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

LOOK_SECONDS = 0.2
# After these an immediate shutdown: the write-ahead log has everything, it only costs a recovery at the next start.
CHECKPOINT_SECONDS = 60
# PostgreSQL (seen in 15 and 18) never ends a fast shutdown that comes while it recovers from a worker's crash.
WITHOUT_CHECKPOINT_SECONDS = 3
SHUT_DOWN, SHUTTING_DOWN = 1, 3  # in pg_control, the same in all versions
PR_SET_PDEATHSIG = 1


def main(order: dict[str, Any]) -> int:
    base = Path(order["base"])
    mine = open_lock(base / "keeper.lock")
    if not lock_exclusively(mine):
        return 1
    # A second process, so that whoever called is not our parent and need not wait for us. It shares the lock: the
    # caller knows that there is a keeper as soon as this one has ended.
    if os.fork():
        return 0
    asked_to_stop, wait = listen()
    users = open_lock(base / "users.lock")
    pid, alive, send = server_of(order)
    while alive():
        if asked_to_stop() or is_stopping(base, pid) or (not (base / "keep").exists() and lock_exclusively(users)):
            stop(base, alive, send, wait)
            break
        wait(LOOK_SECONDS)
    if order["socket_directory"]:
        shutil.rmtree(order["socket_directory"], ignore_errors=True)
    return 0


def server_of(order: dict[str, Any]) -> tuple[int, Callable[[], bool], Callable[[int], None]]:
    """Start the server, or take over the running one; return its pid, how to see that it lives, how to signal it."""
    if order.get("watch"):
        pid = int(order["watch"])
        return pid, lambda: exists(pid), lambda number: os.kill(pid, number)
    preexec = die_with_keeper() if sys.platform == "linux" else None
    server = subprocess.Popen(
        order["command"],
        env=order["environment"],
        stdin=subprocess.DEVNULL,
        cwd="/",
        umask=0o077,
        start_new_session=True,
        preexec_fn=preexec,  # noqa: PLW1509  (one thread only)
        **order["account"],
    )
    return server.pid, lambda: server.poll() is None, server.send_signal


def die_with_keeper() -> Callable[[], None]:
    """A function for the child that asks Linux for SIGINT, a fast shutdown, when this thread ends."""
    prctl, keeper = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != keeper:  # it has died before the request
            os._exit(1)

    return ask


def stop(base: Path, alive: Callable[[], bool], send: Callable[[int], None], wait: Callable[[float], None]) -> None:
    """Fast shutdown, asked for again and again: a server that has just begun may miss the first signal."""
    begun = time.monotonic()
    while alive():
        patience = CHECKPOINT_SECONDS if is_at_checkpoint(base) else WITHOUT_CHECKPOINT_SECONDS
        try:
            send(signal.SIGINT if time.monotonic() - begun < patience else signal.SIGQUIT)
        except ProcessLookupError:
            return
        wait(LOOK_SECONDS)


def is_stopping(base: Path, pid: int) -> bool:
    """Whether somebody else has asked the server to stop: then we see to it that it does."""
    try:
        lines = (base / "data/postmaster.pid").read_bytes().splitlines()
        return int(lines[0]) == pid and lines[7].strip() == b"stopping"  # the file may be one left by a predecessor
    except (OSError, ValueError, IndexError):
        return False


def is_at_checkpoint(base: Path) -> bool:
    """Whether the shutdown has come to its checkpoint, which may take a while and should be left to end."""
    try:
        control = (base / "data/global/pg_control").read_bytes()
    except OSError:
        return False
    return int.from_bytes(control[16:20], sys.byteorder) in (SHUT_DOWN, SHUTTING_DOWN)


def listen() -> tuple[Callable[[], bool], Callable[[float], None]]:
    """Ignore the terminal; return whether SIGTERM came, and a sleep that ends early on SIGTERM or a child's death."""
    terminated: list[int] = []
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def note(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGTERM:
            terminated.append(number)

    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, note)

    def wait(seconds: float) -> None:
        if select.select([reader], [], [], seconds)[0]:
            os.read(reader, 512)

    return lambda: bool(terminated), wait


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def lock_exclusively(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
