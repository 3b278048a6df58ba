"""Child processes that hear Ctrl-C, two sessions at once, and waiting for what others do."""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from sqlalchemy import Connection, Engine

from lokdarpan_core import LockTimeoutError

# A test run in the background ignores Ctrl-C, and its children would inherit that.
HEEDING_CTRL_C = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.003)


def patiently(work: Callable[[], Any]) -> Any:
    """Do it again as long as a lock was not to be had within its four seconds: the other one may be slow."""
    while True:
        try:
            return work()
        except LockTimeoutError:
            continue


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do several things in threads that begin together; what each returned, or the error that it raised."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(30)
        try:
            return work()
        except Exception as error:  # noqa: BLE001
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def two_at_once(work: Callable[[], Any]) -> list[Any]:
    """Do the same in two threads that begin together; what each returned. Raises what the first of them raised."""
    results = at_once(work, work)
    for one in results:
        if isinstance(one, Exception):
            raise one
    return results


def failures_at_once(engine: Engine, *jobs: Callable[[Connection], Any]) -> list[Exception]:
    """Do jobs in transactions of their own that begin together; the errors that they raised."""

    def in_transaction(job: Callable[[Connection], Any]) -> Any:
        with engine.begin() as connection:
            return job(connection)

    return [one for one in at_once(*(partial(in_transaction, job) for job in jobs)) if isinstance(one, Exception)]
