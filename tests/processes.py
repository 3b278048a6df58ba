"""Child processes that hear Ctrl-C, two sessions at once, and waiting for what others do."""

import signal
import time
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

# A test run in the background ignores Ctrl-C, and its children would inherit that.
HEEDING_CTRL_C = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.003)


def two_at_once(work: Callable[[], Any]) -> list[Any]:
    """Do the same in two threads that begin together; what each returned, in no order."""
    barrier, results = Barrier(2), []

    def run() -> None:
        barrier.wait()
        results.append(work())

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
