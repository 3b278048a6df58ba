"""How fast the ingest is, and how much memory it takes, against its two rulers, measured side by side in one run:

- *naive*: row by row through the ORM, as the Flask backend did it and as one would write it first;
- *ceiling*: bare COPY of the same rows into the same tables, made ready beforehand.

    python -m benchmarks.ingest                  about two minutes, on a PostgreSQL server of its own under /tmp
    python -m benchmarks.ingest --big 1GB        the promise for memory, on a file of that size
    python -m benchmarks.ingest --database-url postgresql://…   a database is created on that server, and dropped

Run it at the top of the checkout. What is compared is measured in turns, in several rounds, each from empty tables and
right after a checkpoint; a figure is the median of the rounds, and a ratio the median of the rounds' ratios, so that a
machine that is slower for a while is slower for both. Exits with 1 when a promise is missed.

One process and its session of the server work side by side already, so that on a machine with few cores a second
process finds little left. How many cores the one keeps busy is printed (on Linux), and what two can reach at most here.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import attrs
import sqlalchemy as sa
from benchmarks.articles import write_jsonl
from benchmarks.promises import Promise, show_promises
from benchmarks.rulers import Ceiling, naive
from benchmarks.server import temporary_database
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine

ROOT = Path(__file__).parents[1]
DOUBLES = 0.2
MIB = 1 << 20
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}

NAMES = {
    "naive new": "naive, new lines",
    "naive known": "naive, known lines",
    "naive new, one commit": "naive, new, one commit",
    "ceiling": "ceiling: bare COPY",
    "new": "ours, new lines",
    "known": "ours, known lines",
    "again": "ours, the same file again",
    "two": "ours, two processes, new",
}


@attrs.frozen
class Measured:
    """Processes that ingested one file each: from the first one's begin to the last one's end."""

    lines: int
    seconds: float
    peak_bytes: int
    busy_cores: float  # on average, whoever kept them busy: the server has its part

    @property
    def rate(self) -> float:
        return self.lines / self.seconds


def ingest(engine: Engine, *files: Path) -> Measured:
    """Ingest each file in a fresh process of its own, all at once; what it takes to start them is not counted."""
    url = engine.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.worker", file],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "LOKDARPAN_DATABASE_URL": url},
                    cwd=ROOT,
                    text=True,
                )
            )
            for file in files
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        before, since = core_seconds(), time.monotonic()
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        told = [json.loads(worker.communicate()[0]) for worker in workers]
        busy = (core_seconds() - before) / (time.monotonic() - since)
    assert not any(one["rejected"] for one in told)
    seconds = max(one["ended"] for one in told) - min(one["begun"] for one in told)
    return Measured(sum(one["lines"] for one in told), seconds, max(one["peak"] for one in told), busy)


def core_seconds() -> float:
    """How long all cores together have been busy since the machine was started; 0 where the system does not tell."""
    try:
        ticks = [int(number) for number in Path("/proc/stat").read_text().partition("\n")[0].split()[1:]]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, irq, softirq, *_ = ticks
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def empty(engine: Engine) -> None:
    """Empty the tables, and let the server write out what it has, so that each measurement starts equal."""
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE epaper, post, author, ingest_run, ingest_reject CASCADE"))
    checkpoint(engine)


def checkpoint(engine: Engine) -> None:
    """Write everything out now, so that it does not happen in the middle of what is measured next."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("CHECKPOINT"))


def measure(engine: Engine, folder: Path, options: argparse.Namespace, progress: Progress) -> dict[str, list[float]]:
    """Lines per second of everything, one figure for each round."""
    first, second, changed = folder / "first.jsonl", folder / "second.jsonl", folder / "changed.jsonl"
    task = progress.add_task("writing the files", total=None)
    lines = write_jsonl(first, seed=1, doubles=DOUBLES, lines=options.lines)
    write_jsonl(second, seed=2, doubles=DOUBLES, lines=options.lines)
    write_jsonl(changed, seed=3, doubles=0, lines=1)
    changed.write_bytes(first.read_bytes() + changed.read_bytes())
    with first.open("rb") as file:
        sample = list(islice(file, options.naive_lines))
    empty(engine)
    ingest(engine, first)  # the first one warms the server up, and makes the rows of the ceiling
    ceiling = Ceiling.of(engine)
    rates = defaultdict[str, list[float]](list)
    for turn in range(1, options.rounds + 1):

        def begin(what: str, turn: int = turn, *, clean: bool = True) -> None:
            progress.update(task, description=f"round {turn} of {options.rounds}: {NAMES[what]}")
            (empty if clean else checkpoint)(engine)

        begin("naive new")
        rates["naive new"].append(len(sample) / naive(engine, sample))
        begin("naive known", clean=False)
        rates["naive known"].append(len(sample) / naive(engine, sample))
        begin("naive new, one commit")
        rates["naive new, one commit"].append(len(sample) / naive(engine, sample, commit_each=False))
        begin("ceiling")
        rates["ceiling"].append(lines / ceiling.load(engine))
        begin("new")
        rates["new"].append(ingest(engine, first).rate)
        begin("known", clean=False)
        rates["known"].append(ingest(engine, changed).rate)
        begin("again", clean=False)
        rates["again"].append(ingest(engine, changed).rate)
        begin("two")
        rates["two"].append(ingest(engine, first, second).rate)
    return rates


def measure_memory(engine: Engine, folder: Path, size: int, progress: Progress) -> Measured:
    """Ingest one big file."""
    task = progress.add_task(f"a file of {size / 1e6:,.0f} MB", total=None)
    big = folder / "big.jsonl"
    write_jsonl(big, seed=4, doubles=DOUBLES, size=size)
    empty(engine)
    measured = ingest(engine, big)
    progress.remove_task(task)
    big.unlink()
    return measured


def ratio(rates: dict[str, list[float]], one: str, other: str) -> float:
    """How many times faster: the median of the rounds' ratios."""
    return median(a / b for a, b in zip(rates[one], rates[other], strict=True))


def promises(rates: dict[str, list[float]], big: Measured) -> list[Promise]:
    """What the ingest has promised, and what became of it."""
    return [
        Promise("new lines, times naive", ratio(rates, "new", "naive new"), 25),
        Promise("known lines, times naive", ratio(rates, "known", "naive known"), 25),
        Promise("new lines, part of bare COPY", ratio(rates, "new", "ceiling"), 0.65),
        Promise("two processes, times one", ratio(rates, "two", "new"), 1.4),
        Promise("peak memory of the big file, MiB", big.peak_bytes / MIB, 100, at_most=True),
    ]


def show(rates: dict[str, list[float]], big: Measured, size: int, kept: list[Promise], console: Console) -> None:
    """Print the tables."""
    table = Table("", "lines/s", "lowest", "highest", "× naive", "of COPY", title="Ingest: medians of the rounds")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, figures in rates.items():
        ruler = "naive known" if name in {"naive known", "known", "again"} else "naive new"
        of_copy = f"{ratio(rates, name, 'ceiling'):.0%}" if ruler == "naive new" else ""
        shown = [f"{figure:,.0f}" for figure in (median(figures), min(figures), max(figures))]
        table.add_row(NAMES[name], *shown, f"{ratio(rates, name, ruler):,.1f}", of_copy)
    table.add_row(f"ours, new, {size / 1e6:,.0f} MB", f"{big.rate:,.0f}")
    console.print(table)
    if big.busy_cores:
        cores = os.cpu_count() or 1
        most = f"two can reach {cores / big.busy_cores:.2f} times one at most here"
        console.print(
            f"One process keeps {big.busy_cores:.2f} of {cores} cores busy, with the server's work for it: {most}"
        )
    show_promises(kept, console)


def in_bytes(text: str) -> int:
    """`100MB` as a number of bytes."""
    return int(float(text[:-2]) * UNITS[text[-2:].upper()])


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=20_000, help="of each file (default: 20000)")
    parser.add_argument("--naive-lines", type=int, default=1_500, help="how many the naive way gets (default: 1500)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--big", type=in_bytes, default="100MB", help="size of the file for the peak memory")
    parser.add_argument("--database-url", help="measure on this PostgreSQL; the account must be a superuser")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()
    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lokdarpan-benchmark-")))
        engine = stack.enter_context(temporary_database(options.database_url))
        stack.enter_context(progress)
        big = measure_memory(engine, folder, options.big, progress)
        rates = measure(engine, folder, options, progress)
    kept = promises(rates, big)
    show(rates, big, options.big, kept, Console())
    if options.json:
        told: dict[str, Any] = {"lines_per_second": rates, "big": attrs.asdict(big) | {"bytes": options.big}}
        told["promises"] = [attrs.asdict(one) | {"met": one.met} for one in kept]
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0 if all(one.met for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
