"""How fast sheets are imported and added up by ward, against two rulers, measured side by side in one run:

- *naive*: row by row through the ORM, as the Flask backend did it and as one would write it first;
- *ceiling*: bare COPY of the same rows into the same tables, made ready beforehand.

    python -m benchmarks.form20                      about two minutes, on a PostgreSQL server of its own under /tmp
    python -m benchmarks.form20 --rows 500000        a larger file
    python -m benchmarks.form20 --database-url postgresql://…   a database is created on that server, and dropped

Run it at the top of the checkout. Ours is everything from the file to the commit: reading, all checks of the sheets,
writing, and summing up what was written; *known* is the same file once more. The aggregates are those of 150 wards,
with one station in fifty split over two of them, into an empty table. What is compared is measured in turns, in several
rounds; a figure is the median of the rounds, and a ratio the median of the rounds' ratios. Exits with 1 when a promise
is missed.

The promise for the aggregates is a part of the import: of one that is just as fast as promised, so that a faster import
breaks no promise. Their part of the import as it is here is printed, too.
"""

import argparse
import csv
import hashlib
import json
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median

import attrs
import sqlalchemy as sa
from benchmarks.ingest import checkpoint, ratio
from benchmarks.promises import Promise, show_promises
from benchmarks.server import temporary_database
from benchmarks.sheets import TABLES, WARDS, Ceiling, naive, write_tidy
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine

from lokdarpan_core.elections.aggregates import aggregate_to_ward
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.results import import_sheets

ELECTION = "ASSEMBLY-2023"
TIMES_NAIVE = 60  # the import, as promised
NAMES = {
    "naive": "naive: row by row, a commit each",
    "naive, one commit": "naive: row by row, one commit",
    "ceiling": "ceiling: bare COPY",
    "new": "ours, a new file",
    "known": "ours, the same file again",
    "aggregates": f"ours, aggregates of {WARDS} wards",
}
SPLIT = """
    INSERT INTO station_ward (ps_id, delimitation_id, ward_id, weight)
    SELECT ps_id, 'ghmc-2016', ward, CASE WHEN id % 50 = 0 THEN 0.5 ELSE 1 END
    FROM polling_station, LATERAL (
        SELECT ward_id AS ward UNION SELECT 'WARD_001' WHERE id % 50 = 0 AND ward_id <> 'WARD_001'
    ) AS wards
    WHERE NOT (id % 50 = 0 AND ward_id = 'WARD_001')
"""


def empty(engine: Engine) -> None:
    """Empty the tables, and let the server write out what it has, so that each measurement starts equal."""
    with engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE result_ward_agg, station_ward, {', '.join(TABLES)} CASCADE"))
    checkpoint(engine)


def add_wards(engine: Engine) -> None:
    """The wards that the file names."""
    with engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO delimitation (id, authority, source) VALUES ('ghmc-2016', 'GHMC', 'benchmark')")
        )
        connection.execute(
            sa.text("""
                INSERT INTO ward (ward_id, delimitation_id, number, name)
                SELECT 'WARD_' || to_char(n, 'FM000'), 'ghmc-2016', n, 'Ward ' || n FROM generate_series(1, :wards) AS n
            """),
            {"wards": WARDS},
        )


def import_file(engine: Engine, file: Path) -> float:
    """Read, check and import a file; return the seconds."""
    begun = time.monotonic()
    sheets = read_form20(file)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    with engine.begin() as connection:
        import_sheets(connection, sheets, election=ELECTION, file_name=file.name, file_sha256=sha256)
    return time.monotonic() - begun


def aggregate(engine: Engine) -> float:
    """Assign the stations, and add them up by ward; return the seconds of the adding up."""
    with engine.begin() as connection:
        connection.execute(sa.text(SPLIT))
    checkpoint(engine)
    begun = time.monotonic()
    with engine.begin() as connection:
        report = aggregate_to_ward(connection, "ASSEMBLY", 2023)
    seconds = time.monotonic() - begun
    assert report.wards == WARDS
    return seconds


def measure(engine: Engine, folder: Path, options: argparse.Namespace, progress: Progress) -> dict[str, list[float]]:
    """Rows per second of everything, one figure for each round."""
    file = folder / "tidy.csv"
    task = progress.add_task("writing the file", total=None)
    rows = write_tidy(file, options.rows)
    with file.open(encoding="utf-8", newline="") as lines:
        sample = list(islice(csv.DictReader(lines), options.naive_rows))
    add_wards(engine)
    empty(engine)
    import_file(engine, file)  # warms the server up, and makes the rows of the ceiling
    ceiling = Ceiling.of(engine)
    rates = defaultdict[str, list[float]](list)
    for turn in range(1, options.rounds + 1):

        def begin(what: str, turn: int = turn, *, clean: bool = True) -> None:
            progress.update(task, description=f"round {turn} of {options.rounds}: {NAMES[what]}")
            (empty if clean else checkpoint)(engine)

        begin("naive")
        rates["naive"].append(len(sample) / naive(engine, sample))
        begin("naive, one commit")
        rates["naive, one commit"].append(len(sample) / naive(engine, sample, commit_each=False))
        begin("ceiling")
        rates["ceiling"].append(rows / ceiling.load(engine))
        begin("new")
        rates["new"].append(rows / import_file(engine, file))
        begin("known", clean=False)
        rates["known"].append(rows / import_file(engine, file))
        begin("aggregates", clean=False)
        rates["aggregates"].append(rows / aggregate(engine))
    return rates


def promises(rates: dict[str, list[float]]) -> list[Promise]:
    """What was promised, and what became of it."""
    return [
        Promise("import, times naive", ratio(rates, "new", "naive"), TIMES_NAIVE),
        Promise(
            f"aggregates, per cent of an import at {TIMES_NAIVE} × naive",
            100 * TIMES_NAIVE * ratio(rates, "naive", "aggregates"),
            5,
            at_most=True,
        ),
    ]


def show(rates: dict[str, list[float]], rows: int, kept: list[Promise], console: Console) -> None:
    """Print the tables."""
    table = Table("", "rows/s", f"seconds for {rows:,}", "× naive", "of COPY", title="Form 20: medians of the rounds")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, figures in rates.items():
        times, part = f"{ratio(rates, name, 'naive'):,.1f}", f"{ratio(rates, name, 'ceiling'):.0%}"
        table.add_row(NAMES[name], f"{median(figures):,.0f}", f"{rows / median(figures):,.3f}", times, part)
    console.print(table)
    console.print(f"Aggregates: {100 * ratio(rates, 'new', 'aggregates'):.1f} per cent of our own import")
    show_promises(kept, console)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000, help="of the tidy file (default: 50000)")
    parser.add_argument("--naive-rows", type=int, default=2_000, help="how many the naive way gets (default: 2000)")
    parser.add_argument("--rounds", type=int, default=5)
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
        rates = measure(engine, folder, options, progress)
    kept = promises(rates)
    show(rates, options.rows, kept, Console())
    if options.json:
        told = {"rows_per_second": rates, "promises": [attrs.asdict(one) | {"met": one.met} for one in kept]}
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0 if all(one.met for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
