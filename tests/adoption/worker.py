"""Adopt in a process of its own, and die by SIGKILL at the given call of the progress report (0: never).

worker.py TARGET SOURCE|- DIES_AT
"""

import os
import signal
import sys
import threading
from functools import partial

from lokdarpan_core import create_engine
from lokdarpan_core.adoption import copies, fetch, fingerprints
from lokdarpan_core.adoption.adopting import adopt

calls = 0


def report(progress) -> None:
    global calls  # noqa: PLW0603
    calls += 1
    if calls == int(sys.argv[3]):
        die = partial(os.kill, os.getpid(), signal.SIGKILL)
        threading.Timer(int(sys.argv[4]) / 1000, die).start() if sys.argv[4] != "0" else die()


copies.ROWS_IN_BATCH = fetch.ROWS_IN_BATCH = fingerprints.ROWS = 150  # many batches of few rows
source = None if sys.argv[2] == "-" else create_engine(sys.argv[2]).url
adopt(create_engine(sys.argv[1]), source, on_progress=report)
print(calls)
