"""Child processes that hear Ctrl-C, and waiting for what other processes do."""

import signal
import time
from collections.abc import Callable

# A test run in the background ignores Ctrl-C, and its children would inherit that.
HEEDING_CTRL_C = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.003)
