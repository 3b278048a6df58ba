"""What it costs to link: the speed of an ingest that keeps articles alone, beside that of one that finds their stories,
the wards that they mention, and the terms of those that mention one.

    python -m benchmarks.linked                  on generated lines, with a PostgreSQL server of its own under /tmp
    python -m benchmarks.linked --news FILE      on a newspaper's real lines, too
    python -m benchmarks.linked --database-url postgresql://…   a database is created on that server, and dropped

Run it at the top of the checkout. Each way is a process of its own, on empty tables and right after a checkpoint; the
ways take turns, in several rounds. A figure is the median of the rounds, and a share the median of the rounds' shares,
so that a machine that is slower for a while is slower for all. In generated lines one in twenty mentions a ward, as in
real ones. Exits with 1 when a promise is missed.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import attrs
import sqlalchemy as sa
from benchmarks.articles import FIRST_PARTS, LAST_PARTS, Newsroom, write_jsonl
from benchmarks.ingest import DOUBLES, ROOT, checkpoint
from benchmarks.promises import Promise, show_promises
from benchmarks.server import temporary_database
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from lokdarpan_core.database import create_engine
from lokdarpan_core.news.ingest import ingest_jsonl
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.terms.text import terms_of
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.wards.delimitations import packaged, packaged_ids
from lokdarpan_core.wards.importing import import_list

WAYS = {
    "plain": "articles and posts alone",
    "stories": "… and their stories",
    "wards": "… and wards and terms, without stories",
    "all": "… and all of it, with the city's days counted",
}
WITH_WARDS, WITH_STORIES = {"wards", "all"}, {"stories", "all"}
SHARE_OF_SPEED, MICROSECONDS = 0.30, 100
MENTIONING = 20  # one generated line in so many keeps its names of places
PLACE = re.compile(rf"\b({'|'.join(FIRST_PARTS.split())})({'|'.join(LAST_PARTS.split())})\b".encode())
TABLES = (
    "epaper, post, author, story, story_text, ingest_run, ingest_reject, delimitation, city_day, city_term, stale_day"
)


def work(file: str, way: str) -> None:
    """Ingest the file in this process when a line comes, and print the seconds of each part."""
    engine = create_engine(os.environ["LOKDARPAN_DATABASE_URL"])
    engine.connect().close()
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.monotonic()
    report = ingest_jsonl(engine, file)
    if way in WITH_STORIES:
        assign_stories(engine, run_id=report.id)
    if way == "all":
        count_days(engine)
    print(json.dumps({"lines": report.lines, "seconds": time.monotonic() - begun}))


@attrs.frozen
class Measured:
    """Lines a second: of the work alone, and with what it takes to start the process that does it."""

    work: float
    with_start: float


def measured(engine: Engine, file: Path, way: str) -> Measured:
    """One way, on empty tables."""
    with engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {TABLES} CASCADE"))
        for id in packaged_ids() if way in WITH_WARDS else ():
            import_list(connection, packaged(id))
    checkpoint(engine)
    begun = time.monotonic()
    worker = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.linked", "--worker", way, "--news", file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "LOKDARPAN_DATABASE_URL": engine.url.render_as_string(hide_password=False)},
        cwd=ROOT,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        told = json.loads(worker.communicate("go\n")[0])
    return Measured(told["lines"] / told["seconds"], told["lines"] / (time.monotonic() - begun))


def generate(path: Path, lines: int) -> None:
    """Write lines as `benchmarks.ingest` has them, but most of them about places that are no wards."""
    write_jsonl(path, seed=1, doubles=DOUBLES, lines=lines)
    elsewhere = [
        line if number % MENTIONING == 0 else PLACE.sub(lambda name: b"Zo" + name[0].lower(), line)
        for number, line in enumerate(path.read_bytes().splitlines(keepends=True))
    ]
    path.write_bytes(b"".join(elsewhere))


def measure(engine: Engine, file: Path, rounds: int, console: Console) -> Promise:
    """Print the rate of each way."""
    rates = defaultdict[str, list[Measured]](list)
    for _ in range(rounds):
        for way in WAYS:
            rates[way].append(measured(engine, file, way))
    with engine.connect() as connection:
        posts, linked = connection.execute(
            sa.text("SELECT count(*), count(*) FILTER (WHERE id IN (SELECT post_id FROM post_ward)) FROM post")
        ).one()
    title = f"{file.name}: {posts:,} posts, {linked:,} of them mention a ward"
    table = Table("", "lines/s", "lowest", "highest", "of plain", "× as long", "of plain, with the start", title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    share = 0.0
    for way, figures in rates.items():
        work = [one.work for one in figures]
        pairs = list(zip(figures, rates["plain"], strict=True))
        share = median(one.work / plain.work for one, plain in pairs)
        started = median(one.with_start / plain.with_start for one, plain in pairs)
        shown = [f"{figure:,.0f}" for figure in (median(work), min(work), max(work))]
        table.add_row(WAYS[way], *shown, f"{share:.0%}", f"{1 / share:.2f}", f"{started:.0%}")
    console.print(table)
    return Promise(f"{file.name}: share of speed that is left", share, SHARE_OF_SPEED)


def microseconds_for_terms(kilobytes: float = 3.0) -> float:
    """What the terms of one generated article of this size take, in a process that has seen its words."""
    newsroom = Newsroom(seed=1)
    records = [json.loads(newsroom.line()) for _ in range(1_000)]
    texts = [f"{record['title']}\n\n{record['body']}" for record in records]
    for text in texts:
        terms_of(text)
    begun = time.process_time()
    for text in texts:
        terms_of(text)
    spent = time.process_time() - begun
    return spent / sum(len(text.encode()) for text in texts) * kilobytes * 1_000 * 1e6


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--news", type=Path, help="a file of articles, JSONL")
    parser.add_argument("--lines", type=int, default=10_000, help="generated lines (default: 10000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url", help="measure on this PostgreSQL; the account must be a superuser")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(str(options.news), options.worker)
        return 0
    console = Console(width=None if sys.stdout.isatty() else 140)
    kept = [Promise("terms of an article of 3 kB, µs", microseconds_for_terms(), MICROSECONDS, at_most=True)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lokdarpan-benchmark-")))
        engine = stack.enter_context(temporary_database(options.database_url))
        generate(folder / "generated.jsonl", options.lines)
        files = (folder / "generated.jsonl", *([options.news.resolve()] if options.news else []))
        kept += [measure(engine, file, options.rounds, console) for file in files]
    show_promises(kept, console)
    return 0 if all(one.met for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
