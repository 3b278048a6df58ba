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
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from benchmarks.promises import Promise, show_promises
from benchmarks.server import temporary_database
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from lokdarpan_core.database import copy_rows
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.pulse.pulse import Pulse, pulse
from lokdarpan_core.wards.delimitations import packaged
from lokdarpan_core.wards.importing import import_list

SIZES = (10_000, 200_000, 1_000_000)
END, DAYS = date(2026, 6, 30), 14
OLDER = 5  # times the same totals in the days before: they go back 84 days
WARD, MENTIONS, OTHERS, LIST = "WARD_095", 14, 149, "ghmc-2016"
ONE_IN = 20  # posts mention another ward
POOL, WORDS, VOCABULARY, TERMS = 5_000, 150, 40_000, 80
SYLLABLES = ["ka", "lo", "mi", "ru", "te", "pa", "na", "su", "vi", "do", "ge", "ho"]
STEP = 100_000  # posts in a transaction
CALLS, BLOCK, WARM = 40, 8, 3
FLAT, FASTER = 1.5, 20

# Two articles in ten are copies: every fifth number tells the story of the one before.
FILL = (
    """
    INSERT INTO epaper (id, publication_name, publication_date, title, raw_text, city, language, url, sha256, story_id)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'Paper ' || n % 40, CAST(:first AS date) + CAST(n % :days AS integer), 'Title ' || n,
           'Title ' || n || E'\\n\\n' || text, 'Hyderabad', 'en', 'https://example.org/' || n,
           encode(sha256(CAST('article ' || n AS bytea)), 'hex'), CASE WHEN n % 5 = 4 THEN n - 1 ELSE n END
    FROM generate_series(CAST(:low AS bigint), :high) AS n JOIN pool ON pool.id = n % :pool
    """,
    """
    INSERT INTO post (id, author_id, city, emotion, created_at, epaper_id) OVERRIDING SYSTEM VALUE
    SELECT n, 1 + n % 40, 'Hyderabad', (ARRAY['anger', 'joy', 'hope', NULL])[1 + n % 4],
           CAST(:first AS date) + CAST(n % :days AS integer), n
    FROM generate_series(CAST(:low AS bigint), :high) AS n
    """,
    """
    INSERT INTO post_ward (post_id, ward_id, published_on, how, matched)
    SELECT n, (ARRAY(SELECT ward_id FROM ward WHERE ward_id <> :ward ORDER BY ward_id))[1 + n / :one_in % :others],
           CAST(:first AS date) + CAST(n % :days AS integer), 'name', 'Lakeside'
    FROM generate_series(CAST(:low AS bigint), :high) AS n WHERE n % :one_in = 0
    """,
    """
    INSERT INTO post_terms (post_id, terms)
    SELECT n, terms FROM generate_series(CAST(:low AS bigint), :high) AS n JOIN pool ON pool.id = n % :pool
    WHERE n % :one_in = 0
    """,
)
AUTHORS = "INSERT INTO author (name) SELECT 'Paper ' || n FROM generate_series(0, 39) AS n"
# The ward that is asked for: a post of each day, all among the first ones.
ASKED = (
    """
    INSERT INTO post_ward (post_id, ward_id, published_on, how, matched)
    SELECT n, :ward, CAST(:first AS date) + CAST(n % :days AS integer), 'name', 'kalo'
    FROM generate_series(1, CAST(:mentions AS bigint)) AS n
    """,
    """
    INSERT INTO post_terms (post_id, terms) SELECT n, terms
    FROM generate_series(1, CAST(:mentions AS bigint)) AS n JOIN pool ON pool.id = n % :pool
    ON CONFLICT DO NOTHING
    """,
)
TOTALS = (
    "DELETE FROM city_day WHERE published_on < :first",
    "DELETE FROM city_term WHERE published_on < :first",
    """
    INSERT INTO city_day SELECT delimitation_id, published_on - CAST(:days * n AS integer), stories
    FROM city_day, generate_series(1, CAST(:older AS integer)) AS n
    """,
    """
    INSERT INTO city_term SELECT delimitation_id, term, published_on - CAST(:days * n AS integer), stories
    FROM city_term, generate_series(1, CAST(:older AS integer)) AS n ORDER BY 3
    """,
)
OLD_POSTS = (
    """
    CREATE TABLE old_post (id bigint PRIMARY KEY, text text, city text, author_id bigint, emotion text, party text,
                           created_at timestamptz)
    """,
    """
    INSERT INTO old_post
    SELECT post.id, raw_text, CASE WHEN asked.post_id IS NULL THEN post.city ELSE 'Jubilee Hills' END, author_id,
           emotion, post.party, post.created_at
    FROM post JOIN epaper ON epaper.id = epaper_id
    LEFT JOIN post_ward AS asked ON asked.post_id = post.id AND asked.ward_id = :ward
    """,
    "CREATE INDEX ON old_post (created_at)",
    "ANALYZE old_post",
)


class Base(DeclarativeBase):
    """The tables of the naive way."""


class OldPost(Base):
    """A post as it was stored before: with its text, and its city in a column."""

    __tablename__ = "old_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    city: Mapped[str]
    author_id: Mapped[int | None]
    emotion: Mapped[str | None]
    created_at: Mapped[Any] = mapped_column(sa.DateTime(timezone=True))


def naive(session: Session, ward: str) -> tuple[Counter[str], Counter[str | None], Counter[int | None]]:
    """The pulse as it was: all posts of the window whose city is like the ward's name, and the words in them."""
    since = END - timedelta(days=DAYS)
    like = sa.func.lower(OldPost.city).like(f"%{ward.lower()}%")
    posts = session.scalars(sa.select(OldPost).where(OldPost.created_at > since, like)).all()
    words = Counter(word for post in posts for word in re.findall(r"[a-z]{4,}", post.text.lower()))
    return words, Counter(post.emotion for post in posts), Counter(post.author_id for post in posts)


def prepare(engine: Engine) -> None:
    """The wards, forty papers, and the texts that articles are made of."""
    chosen = random.Random(6)
    words = ["".join(chosen.choices(SYLLABLES, k=5)) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 400) for rank in range(VOCABULARY)))
    texts = [chosen.choices(words, cum_weights=weights, k=WORDS) for _ in range(POOL)]
    rows = ((n, f"kalo {' '.join(text)}", list(dict.fromkeys(text))[:TERMS]) for n, text in enumerate(texts))
    with engine.begin() as connection:
        import_list(connection, packaged(LIST))
        connection.execute(sa.text("CREATE UNLOGGED TABLE pool (id int PRIMARY KEY, text text, terms text[])"))
        copy_rows(connection, "pool", {"id": "int4", "text": "text", "terms": "text[]"}, rows)
        connection.execute(sa.text(AUTHORS))


def fill(engine: Engine, low: int, high: int) -> None:
    """Articles, posts, mentions and terms with the numbers from `low` to `high`, and the city's totals."""
    values = {
        "first": END - timedelta(days=DAYS - 1), "days": DAYS, "pool": POOL, "one_in": ONE_IN, "others": OTHERS,
        "ward": WARD, "mentions": MENTIONS, "older": OLDER,
    }  # fmt: skip
    for begin in range(low, high + 1, STEP):
        with engine.begin() as connection:
            for statement in FILL:
                numbers = {"low": begin, "high": min(begin + STEP - 1, high)}
                connection.execute(sa.text(statement), values | numbers)
    if low == 1:
        with engine.begin() as connection:
            for statement in ASKED:
                connection.execute(sa.text(statement), values)
    count_days(engine)
    with engine.begin() as connection:
        for statement in TOTALS:
            connection.execute(sa.text(statement), values)
    vacuum(engine)


def vacuum(engine: Engine) -> None:
    """What autovacuum would have done, so that it does not fall into the measuring."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))


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
