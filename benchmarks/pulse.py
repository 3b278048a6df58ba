"""How long does a ward's pulse take, and does it grow with the archive?

    python -m benchmarks.pulse                             10,000, 200,000 and 1,000,000 posts, on private servers
    python -m benchmarks.pulse --posts 1000 5000 20000     smaller, for a look

Run it at the top of the checkout. All the archive lies within the two weeks that are asked for, so that nothing is
spared by the days alone; the city's totals go back over the three months that keywords are compared with. One post in
twenty mentions a ward, as in a real archive, and the ward that is asked for is mentioned once a day, as the busiest
ones are, however large the archive is. Texts are a kilobyte of words, of which as many are said in several stories as
in real news.

The naive ruler is what LokDarpan did before: it looks for the ward in the column of the city (`lower(city) LIKE`), in
posts that carry their own text, through the ORM, and counts the words of what it finds. It is measured at the middle
size, in turn with ours, and both on one core: a server that answers many at once has no second one for each. The
ceiling is the least that an answer needs: one row by its key. Exits with 1 when a promise is missed.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from benchmarks.promises import Promise, show_promises
from benchmarks.pulse_archive import DAYS, END, MENTIONS, OLD_POSTS, WARD, fill, naive, prepare, vacuum
from benchmarks.server import temporary_database
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from lokdarpan_core.pulse.pulse import Pulse, pulse

SIZES = (10_000, 200_000, 1_000_000)
CALLS, BLOCK, WARM = 40, 8, 3
FLAT, FASTER = 1.5, 20


def alternately(ways: Mapping[str, Callable[[], object]], calls: int) -> dict[str, list[float]]:
    """Milliseconds that each call takes: a few calls of each way in turn, so that what else the machine does falls on
    all alike, and no way is measured with the caches that another one has left."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(0, calls, BLOCK):
        for name, work in ways.items():
            for number in range(WARM + BLOCK):
                begun = time.perf_counter()
                work()
                if number >= WARM:
                    taken[name].append(1_000 * (time.perf_counter() - begun))
    return taken


def ask(connection: Connection) -> Pulse:
    """Our answer."""
    return pulse(connection, WARD, days=DAYS, until=END)


def ask_as_before(session: Session) -> None:
    """The naive way's answer, with nothing remembered of the one before."""
    session.expunge_all()
    found = naive(session, "Jubilee Hills")[2]
    assert sum(found.values()) == MENTIONS


def check(answer: Pulse) -> None:
    """What is measured is a whole answer."""
    assert (answer.metrics.copies, answer.status) == (MENTIONS, "ok")
    assert len(answer.evidence) == 10
    assert answer.metrics.top_keywords


def against_the_naive_way(engine: Engine, calls: int) -> dict[str, list[float]]:
    """The pulse, the naive way over posts with the same texts, and the ceiling."""
    with engine.begin() as connection:
        for statement in OLD_POSTS:
            connection.execute(sa.text(statement), {"ward": WARD} if ":ward" in statement else {})
    vacuum(engine)
    with engine.connect() as connection, Session(engine) as session:
        for one in (connection, session):
            one.execute(sa.text("SET max_parallel_workers_per_gather = 0"))
        check(ask(connection))
        row = sa.text("SELECT 1 FROM ward WHERE ward_id = 'WARD_095'")
        ways: dict[str, Callable[[], object]] = {
            "pulse": lambda: ask(connection),
            "naive: LIKE, ORM, words": lambda: ask_as_before(session),
            "ceiling: one row": lambda: connection.execute(row),
        }
        taken = alternately(ways, calls)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE old_post"))
    return taken


def side_by_side(small: Engine, large: Engine, calls: int) -> tuple[list[float], list[float]]:
    """The pulse in the smallest and in the largest archive."""
    with small.connect() as one, large.connect() as other:
        check(ask(one))
        check(ask(other))
        taken = alternately({"small": lambda: ask(one), "large": lambda: ask(other)}, calls)
    return taken["small"], taken["large"]


def run(small: Engine, large: Engine, sizes: Sequence[int], calls: int, console: Console) -> list[Promise]:
    """Fill and measure: one database stays small, beside the one that grows."""
    table = Table("posts", "way", "p50, ms", "p95, ms", title=f"{DAYS} days of a ward, {MENTIONS} mentions")
    for engine, low, high in ((small, 1, sizes[0]), (large, 1, sizes[1])):
        prepare(engine)
        filled(engine, low, high, console)
    middle = against_the_naive_way(large, calls)
    for name, taken in middle.items():
        add(table, sizes[1], name, taken)
    filled(large, sizes[1] + 1, sizes[2], console)
    least, most = side_by_side(small, large, calls)
    add(table, sizes[0], "pulse", least)
    add(table, sizes[2], "pulse", most)
    console.print(table)
    flat = statistics.median(most) / statistics.median(least)
    faster = statistics.median(middle["naive: LIKE, ORM, words"]) / statistics.median(middle["pulse"])
    return [
        Promise(f"p50 at {sizes[2]:,} posts ÷ p50 at {sizes[0]:,}", flat, FLAT, at_most=True),
        Promise(f"the naive way's p50 ÷ ours, at {sizes[1]:,} posts", faster, FASTER),
    ]


def filled(engine: Engine, low: int, high: int, console: Console) -> None:
    """Fill, and say how long it took."""
    begun = time.monotonic()
    fill(engine, low, high)
    console.print(f"{high:,} posts, filled in {time.monotonic() - begun:.0f} s")


def add(table: Table, posts: int, name: str, taken: Sequence[float]) -> None:
    """A row of the table."""
    p95 = statistics.quantiles(taken, n=20)[-1]
    table.add_row(f"{posts:,}", name, f"{statistics.median(taken):.1f}", f"{p95:.1f}")


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs=3, default=SIZES, help="small, middle, large")
    parser.add_argument("--calls", type=int, default=CALLS, help="measured, of each way and size")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    with temporary_database(None) as small, temporary_database(None) as large:
        kept = run(small, large, options.posts, options.calls, console)
    show_promises(kept, console)
    return 0 if all(one.met for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
