"""One process that ingests one file on a signal: `benchmarks.ingest` starts it.

It says `ready` when it has imported everything and reached the database, begins when it is sent a line, and prints what
it measured as JSON. The clock is the machine's, so that the times of several workers can be compared.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from lokdarpan_core.database import create_engine
from lokdarpan_core.news.ingest import ingest_jsonl


def main() -> None:
    """Ingest the file that the command line names."""
    engine = create_engine(os.environ["LOKDARPAN_DATABASE_URL"])
    engine.connect().close()
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.monotonic()
    report = ingest_jsonl(engine, sys.argv[1])
    ended = time.monotonic()
    counts = {"lines": report.lines, "new": report.new, "rejected": report.rejected}
    print(json.dumps({"begun": begun, "ended": ended, "peak": peak_bytes(), **counts}))


def peak_bytes() -> int:
    """The most memory that this process has ever had resident."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss also counts what the parent had when it forked
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS gives bytes


if __name__ == "__main__":
    main()
