"""Child processes that hear Ctrl-C. A test run in the background ignores it, and its children would inherit that."""

import signal

HEEDING_CTRL_C = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
