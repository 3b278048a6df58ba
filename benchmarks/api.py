"""How near is an answer of the API to the least that a server could say? All in one run, side by side.

    python -m benchmarks.api [--rounds 3] [--seconds 4] [--requests 100000]

The ceiling is the same server's constant reply (`/healthz`): what gunicorn, Falcon, the log line and the metrics cost
before anything is asked of the database. The naive way is `naive_api`. Each is asked over 8 connections in turn, round
after round, and the median of the rounds is taken: neighbours on the machine slow all of them alike. Rate limits are
counted, but out of reach.
"""

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Load, load
from benchmarks.promises import Promise, show_promises
from benchmarks.server import temporary_database
from rich.console import Console
from rich.table import Table

from lokdarpan_core import import_list, packaged_list, seed
from lokdarpan_web.server import free_port

META, PREDICTION = "/api/v1/ward/meta/WARD_001", "/api/v1/prediction/WARD_001"
CONNECTIONS = 8
WARM_UP_S = 2
OUT_OF_REACH = str(10**9)


@contextmanager
def serving(words: list[str], url: str, port: int, path: str) -> Iterator[int]:
    """A server in a process of its own; yields its process id when it answers."""
    variables = os.environ | {"LOKDARPAN_DATABASE_URL": url, "LOKDARPAN_RATE_LIMIT": OUT_OF_REACH}
    program = str(Path(sys.executable).with_name(words[0]))
    process = subprocess.Popen([program, *words[1:]], env=variables, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10):
                    break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def memory_mib(master: int) -> float:
    """What the workers hold in memory together, in MiB."""
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    pages = sum(int(Path(f"/proc/{worker}/statm").read_text().split()[1]) for worker in workers)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a server to make a database on (default: one of its own)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--requests", type=int, default=100_000, help="for the growth of memory; 0 leaves it out")
    chosen = parser.parse_args()
    console = Console()
    with temporary_database(chosen.url) as engine:
        with engine.begin() as connection:
            import_list(connection, packaged_list("ghmc-2016"))
            seed(connection)
        url = engine.url.render_as_string(hide_password=False)
        ours, theirs = free_port("127.0.0.1", 19_000), free_port("127.0.0.1", 19_100)
        with (
            serving(["lokdarpan", "serve", "--port", str(ours), "--workers", "2"], url, ours, META) as master,
            serving(
                ["gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{theirs}", "benchmarks.naive_api:app"],
                *(url, theirs, "/ward/meta/WARD_001"),
            ),
        ):
            found = measure(ours, theirs, chosen.rounds, chosen.seconds)
            grown = growth(master, ours, chosen.requests) if chosen.requests else 0.0
    show(found, grown, chosen.requests, console)


def measure(ours: int, theirs: int, rounds: int, seconds: float) -> dict[str, Load]:
    """Each in turn, round after round; the round with the median rate of each."""
    here = f"http://127.0.0.1:{ours}"
    with urllib.request.urlopen(here + META) as answer:  # noqa: S310 (our own)
        etag = answer.headers["ETag"]
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "constant reply (ceiling)": (f"{here}/healthz", {}),
        "ward/meta": (here + META, {}),
        "ward/meta, 304": (here + META, {"If-None-Match": etag}),
        "prediction": (here + PREDICTION, {}),
        "ward/meta, naive": (f"http://127.0.0.1:{theirs}/ward/meta/WARD_001", {}),
    }
    for address, headers in asked.values():
        load(address, WARM_UP_S, CONNECTIONS, headers)
    runs: dict[str, list[Load]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (address, headers) in asked.items():
            runs[name].append(load(address, seconds, CONNECTIONS, headers))
    return {name: sorted(listed, key=lambda one: one.rate)[len(listed) // 2] for name, listed in runs.items()}


def growth(master: int, port: int, requests: int) -> float:
    """By how many MiB the workers grow over so many requests, after as many as fill what is to be filled."""
    address = f"http://127.0.0.1:{port}{META}"
    load(address, 10, CONNECTIONS, {})
    before, done = memory_mib(master), 0
    while done < requests:
        done += load(address, 10, CONNECTIONS, {}).answers
    return memory_mib(master) - before


def show(found: dict[str, Load], grown: float, requests: int, console: Console) -> None:
    """The table, and what was promised."""
    most = found["constant reply (ceiling)"].rate
    table = Table("8 connections, 2 sync workers", "answers/s", "of the ceiling", "p50 ms", "p99 ms")
    for name, one in found.items():
        share = f"{one.rate / most:.0%}"
        table.add_row(name, f"{one.rate:,.0f}", share, f"{one.p50_ms:.2f}", f"{one.p99_ms:.2f}")
    console.print(table)
    meta = found["ward/meta"]
    promises = [
        Promise("ward/meta ÷ constant reply", found["ward/meta"].rate / most, 0.6),
        Promise("304 ÷ constant reply", found["ward/meta, 304"].rate / most, 0.7),
        Promise("prediction ÷ constant reply", found["prediction"].rate / most, 0.6),
        Promise("ward/meta: p99 ÷ p50", meta.p99_ms / meta.p50_ms, 3, at_most=True),
    ]
    if requests:
        promises.append(Promise(f"growth over {requests:,} requests, MiB", grown, 2, at_most=True))
    show_promises(promises, console)


if __name__ == "__main__":
    main()
