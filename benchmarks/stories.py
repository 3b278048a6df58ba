"""How well are copies found, and how fast?

    python -m benchmarks.stories --pairs FILE --news FILE    precision and recall on labelled pairs, with every miss
    python -m benchmarks.stories --scale 1000000             seconds and memory for so many synthetic articles
    python -m benchmarks.stories --scale 100000 --database-url postgresql://…    in a database of its own on that server

Run it at the top of the checkout. FILE of pairs: CSV with id_a, id_b, label (`same_text` or another), lang, and
title_a, title_b, date_a, date_b for articles that the news file has not; an id is the MD5 of an article's URL. Two are
told to be one text when they end up in one story, with all the news clustered. Exits with 1 when a promise is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa
from benchmarks.copies import a_year
from benchmarks.ingest import MIB, ROOT, checkpoint
from benchmarks.judge import COSINE, Cosines, Pair, cluster, has_same_title, load_news, load_pairs, score
from benchmarks.promises import Promise, show_promises
from benchmarks.server import temporary_database
from benchmarks.worker import peak_bytes
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from lokdarpan_core.database import create_engine
from lokdarpan_core.news.fingerprint import article_text, fingerprint
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.stories.comparison import compare
from lokdarpan_core.news.stories.rule import findings

PRECISION, RECALL = 0.92, 0.85
MINUTES, MEMORY = 15, 500
COLUMNS = "publication_name, publication_date, title, raw_text, language, url, sha256"
# How the stories differ from the texts that were printed; the number of a text is in the column url.
TRUTH = sa.text("""
    WITH texts AS (SELECT url, count(DISTINCT story_id) AS stories, count(*) AS printings FROM epaper GROUP BY url),
         stories AS (SELECT story_id, count(DISTINCT url) AS texts FROM epaper GROUP BY story_id)
    SELECT (SELECT count(*) FROM texts) AS texts, (SELECT count(*) FROM stories) AS stories,
           (SELECT count(*) FROM texts WHERE printings > 1) AS copied,
           (SELECT count(*) FROM texts WHERE stories > 1) AS split,
           (SELECT count(*) FROM stories WHERE texts > 1) AS mixed
""")


def judge(pairs_path: Path, news_path: Path, console: Console) -> list[Promise]:
    """Print how often the stories and both rulers are right, and each pair that the stories get wrong."""
    news = load_news(news_path)
    pairs = load_pairs(pairs_path, news)
    extra = {article.id: article for pair in pairs for article in (pair.one, pair.other)}
    stories, cosines = cluster((news | extra).values()), Cosines(news.values())
    said = {
        "stories": [(pair, stories.are_joined(pair.one.id, pair.other.id)) for pair in pairs],
        "equal titles": [(pair, has_same_title(pair)) for pair in pairs],
        f"TF-IDF cosine ≥ {COSINE}": [(pair, cosines.of(pair) >= COSINE) for pair in pairs],
    }
    whole = [pair for pair in pairs if pair.complete]
    table = Table(
        "pairs", "by", "one text", "right", "wrong", "missed", "precision", "recall", title="same_text or not"
    )
    groups = {"with both texts": whole, "… English": [pair for pair in whole if pair.language == "en"]}
    if len(whole) < len(pairs):
        groups["a headline for a text that is not in the news file"] = [pair for pair in pairs if not pair.complete]
    for name, group in groups.items():
        for ruler, verdicts in said.items():
            figures = score([one for one in verdicts if one[0] in group])
            counts = (figures.right + figures.missed, figures.right, figures.wrong, figures.missed)
            table.add_row(name, ruler, *map(str, counts), f"{figures.precision:.2f}", f"{figures.recall:.2f}")
    console.print(table)
    for pair, verdict in said["stories"]:
        if pair.complete and verdict != pair.same:
            _show_miss(pair, verdict, console)
    judged = {name: score([one for one in said["stories"] if one[0] in group]) for name, group in groups.items()}
    return [
        promise
        for name, figures in list(judged.items())[:2]
        for promise in (
            Promise(f"precision, {name}", figures.precision, PRECISION),
            Promise(f"recall, {name}", figures.recall, RECALL),
        )
    ]


def _show_miss(pair: Pair, verdict: bool, console: Console) -> None:
    guards, grounds = findings(compare(pair.one.reading, pair.other.reading))
    spoke = [f"{finding.name} ({finding.seen})" for finding in (*guards, *grounds) if finding.speaks]
    said = "taken for one text" if verdict else "taken for two texts"
    console.print(f"\n[bold]{said}, labelled {pair.label}[/]: {'; '.join(spoke) or 'nothing speaks for it'}")
    for article in (pair.one, pair.other):
        console.print(f"  {article.day} {article.title}\n      {article.body}", markup=False, highlight=False)


def scale(engine: Engine, articles: int, console: Console) -> list[Promise]:
    """Load synthetic articles, cluster them in a process of its own, and compare the stories with the truth."""
    begun = time.monotonic()
    load(engine, articles)
    checkpoint(engine)
    console.print(f"{articles:,} articles printed and loaded in {time.monotonic() - begun:,.0f} s")
    environment = {**os.environ, "LOKDARPAN_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
    words = [sys.executable, "-m", "benchmarks.stories", "--worker"]
    told = json.loads(subprocess.run(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    with engine.connect() as connection:
        truth = connection.execute(TRUTH).one()
    rate = told["articles"] / told["seconds"]
    console.print(
        f"{told['articles']:,} articles in {told['seconds']:,.0f} s, {rate:,.0f} a second; "
        f"{truth.texts:,} texts, {truth.copied:,} of them printed more than once, became {truth.stories:,} stories: "
        f"{truth.split:,} texts are in several, {truth.mixed:,} stories hold several texts"
    )
    return [
        Promise(f"minutes for {articles:,} articles", told["seconds"] / 60, MINUTES * articles / 1e6, at_most=True),
        Promise("peak memory, MiB", told["peak"] / MIB, MEMORY, at_most=True),
    ]


def load(engine: Engine, articles: int) -> None:
    """Print so many articles straight into the archive; the number of each one's text goes into its url."""
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"COPY epaper ({COLUMNS}) FROM STDIN") as copy:
            for number, one in enumerate(a_year(articles)):
                text = article_text(one.title, one.body)
                sha256 = fingerprint(f"{one.paper} {number}", one.day, text)
                copy.write_row((one.paper, one.day, one.title, text, "en", str(one.text), sha256))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE epaper"))


def work() -> None:
    """Cluster what the database holds, and say how long it took: the part that is measured."""
    engine = create_engine(os.environ["LOKDARPAN_DATABASE_URL"])
    console = Console(stderr=True)
    done, begun = 0, time.monotonic()

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if done // 50_000 > (done - count) // 50_000:
            console.print(f"{done:,} articles, {time.monotonic() - begun:,.0f} s, {peak_bytes() / MIB:,.0f} MiB")

    counts = assign_stories(engine, on_rows=tell)
    told = {"articles": counts.articles, "seconds": time.monotonic() - begun, "peak": peak_bytes()}
    print(json.dumps(told))


def main() -> int:
    """Judge, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, help="labelled pairs")
    parser.add_argument("--news", type=Path, help="the articles of the pairs, and others")
    parser.add_argument("--scale", type=int, metavar="N", help="cluster so many synthetic articles")
    parser.add_argument("--database-url", help="measure on this PostgreSQL")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work()
        return 0
    if bool(options.pairs) != bool(options.news) or not (options.pairs or options.scale):
        parser.error("give --pairs and --news, or --scale")
    console, kept = Console(width=None if sys.stdout.isatty() else 160), []
    if options.pairs:
        kept += judge(options.pairs, options.news, console)
    if options.scale:
        with ExitStack() as stack:
            kept += scale(stack.enter_context(temporary_database(options.database_url)), options.scale, console)
    show_promises(kept, console)
    return 0 if all(one.met for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
