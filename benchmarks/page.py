"""How long a ward's page takes on the server, at an archive of 200,000 posts: its data, the whole page, and beside them
the API's constant reply through the same framework, in the same process and on the same database.

    python -m benchmarks.page [--posts 200000] [--rounds 200] [--url postgresql://…]

The archive is invented: 400 days of articles by 12 papers, of which one in four names one ward of the 150; the page is
of the ward that every tenth of these names.
"""

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import falcon
import sqlalchemy as sa
from benchmarks.promises import Promise, show_promises
from benchmarks.server import temporary_database
from falcon.testing import TestClient
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from lokdarpan_core import Settings, import_list, packaged_list, seed
from lokdarpan_web import create_app
from lokdarpan_web.page import add_page
from lokdarpan_web.page.alerts import band_of
from lokdarpan_web.page.site import Site
from lokdarpan_web.page.ward import read_ward

WARD = "WARD_001"
LAST = date(2026, 6, 30)
MOST_MS = 50.0

FILL = (
    """
    INSERT INTO epaper (publication_name, publication_date, title, raw_text, city, language, sha256)
    SELECT 'Paper ' || n % 12, CAST(:last AS date) - abs(hashint4(n) % 400), 'Title ' || n,
           'Title ' || n || E'\\n\\n' || repeat('Some words of an article about a street. ', 20), 'Hyderabad', 'en',
           lpad(to_hex(n), 64, '0')
    FROM generate_series(1, :posts) AS n
    """,
    "INSERT INTO author (name) SELECT 'Paper ' || n FROM generate_series(0, 11) AS n",
    """
    INSERT INTO post (author_id, city, emotion, created_at, epaper_id)
    SELECT author.id, 'Hyderabad', (ARRAY['joy', 'anger', NULL])[1 + epaper.id % 3],
           epaper.publication_date::timestamp AT TIME ZONE 'UTC', epaper.id
    FROM epaper JOIN author ON author.name = epaper.publication_name
    """,
    """
    INSERT INTO post_ward (post_id, ward_id, published_on, how, matched)
    SELECT id, 'WARD_' || lpad((CASE WHEN id % 40 = 0 THEN 1 ELSE 1 + abs(hashint8(id + 7) % 150) END)::text, 3, '0'),
           (created_at AT TIME ZONE 'UTC')::date, 'name', 'words'
    FROM post WHERE id % 4 = 0
    """,
    """
    INSERT INTO post_terms (post_id, terms)
    SELECT post_id, ARRAY['street', 'word' || post_id % 50, 'word' || post_id % 997] FROM post_ward
    """,
    "ANALYZE",
)


def fill(engine: Engine, posts: int) -> None:
    """An archive of so many posts."""
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
        seed(connection)
        for statement in FILL:
            connection.execute(sa.text(statement), {"posts": posts, "last": LAST} if ":" in statement else {})


def band(site: Site) -> object:
    """What the chart of a ward's days waits for the first time, and then remembers for ten minutes."""
    with site.api.connect() as connection:
        return band_of(connection, WARD, LAST - timedelta(days=29), LAST)


def median_ms(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median and the 95th percentile in milliseconds, after some rounds to warm up."""
    for _ in range(min(10, rounds)):
        work()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def main() -> int:
    """Measure, print, and exit with 1 if a promise was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--url", help="a PostgreSQL server (default: one in a temporary folder)")
    asked = parser.parse_args()
    console = Console()
    settings = Settings.from_environment({"LOKDARPAN_RATE_LIMIT": "0"})
    with temporary_database(asked.url) as engine:
        console.print(f"Filling an archive of {asked.posts:,} posts…")
        fill(engine, asked.posts)
        app = create_app(engine, settings, log=io.StringIO())
        page = falcon.App()
        add_page(page, engine, settings)
        api, pages = TestClient(app), TestClient(page)
        site = Site(engine, settings)

        def data() -> object:
            with site.api.connect() as connection:
                fresh = site.freshness(connection, LAST)
                places = site.gazetteer(connection)
                return read_ward(
                    connection, places, fresh, settings, WARD,
                    day=LAST, lang="en", sensitive=False, band=site.known_band,
                )  # fmt: skip

        works: dict[str, Callable[[], object]] = {
            "the API's constant reply (/healthz)": lambda: api.simulate_get("/healthz"),
            "the API's ward/meta": lambda: api.simulate_get(f"/api/v1/ward/meta/{WARD}"),
            "the ward page's data": data,
            "the whole ward page": lambda: pages.simulate_get(f"/ward/{WARD}"),
            "the usual bounds of its days (its chart)": lambda: band(site),
            "the city's page": lambda: pages.simulate_get("/"),
        }
        table = Table("what", "p50 ms", "p95 ms", "× constant reply")
        found = {name: median_ms(work, 5 if "bounds" in name else asked.rounds) for name, work in works.items()}
        constant = next(iter(found.values()))[0]
        for name, (p50, p95) in found.items():
            table.add_row(name, f"{p50:.2f}", f"{p95:.2f}", f"{p50 / constant:.1f}")
        console.print(table)
        promises = [Promise("data of the ward page, p50 ms", found["the ward page's data"][0], MOST_MS, at_most=True)]
        show_promises(promises, console)
        return 0 if all(one.met for one in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
