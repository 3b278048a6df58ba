"""`lokdarpan mentions …`: which wards a text mentions, and the links of posts to wards."""

import sys
from datetime import datetime

import click
from rich.text import Text

from lokdarpan_core.cli.console import DAY, as_json, database, load_settings, out, print_json, print_table, progress_bar
from lokdarpan_core.errors import NotFoundError
from lokdarpan_core.news.mentions import explain as explaining
from lokdarpan_core.news.mentions import linking
from lokdarpan_core.news.mentions.matcher import Matcher
from lokdarpan_core.news.mentions.matcher import packaged as packaged_matcher
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.timestamps import utc_now
from lokdarpan_core.wards.gazetteer import Gazetteer


@click.group()
def mentions() -> None:
    """Which wards the news speaks of.

    \b
    Examples:
      lokdarpan mentions explain "Fire near Gandhi Nagar, Vijayawada; traffic held up at Uppal"
      lokdarpan mentions explain - < article.txt
      lokdarpan mentions backfill           search the posts that were not, or not since aliases changed
    """


@mentions.command()
@click.argument("text")
@click.option("--on", "day", type=DAY, help="The day it was published (default: today).")
@click.option("--packaged", is_flag=True, help="Use the packaged ward lists, without a database.")
@as_json
def explain(text: str, *, day: datetime | None, packaged: bool, json_output: bool) -> None:
    """Mark the names of wards in TEXT (- reads standard input), and say why each counts or does not."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    explanation = explaining.explain(_matcher(packaged), text, day.date() if day else utc_now().date())
    if json_output:
        print_json(explanation)
        return
    out().print(_shown(explanation))
    if explanation.matches:
        rows = [
            (
                one.text,
                "yes" if one.how else "no",
                ", ".join(id for id, _, _ in one.wards),
                one.how or "",
                explaining.why(one),
            )
            for one in explanation.matches
        ]
        print_table(("match", "counts", "wards", "how", "why"), rows)
    else:
        click.echo("No name of a ward.")


def _matcher(packaged: bool) -> Matcher:
    if packaged:
        return packaged_matcher()
    settings = load_settings()
    with database(settings) as engine, engine.connect() as connection:
        gazetteer = Gazetteer.load(connection)
    if not gazetteer.wards:
        raise NotFoundError("No ward list is loaded: `lokdarpan wards import` loads one, --packaged does without")
    return Matcher(gazetteer)


def _shown(explanation: explaining.Explanation) -> Text:
    shown = Text()
    for piece, match in explaining.marked(explanation):
        if match is None:
            shown.append(piece)
        elif match.how:
            shown.append(f"[{piece}]", style="bold green")
        else:
            shown.append(f"({piece})", style="strike red")
    return shown


@click.command()
@click.option(
    "--batch", type=click.IntRange(1), default=linking.POSTS_IN_BATCH, show_default=True, help="Posts a transaction."
)
@as_json
def backfill(batch: int, json_output: bool) -> None:
    """Search posts for wards: those that were not searched yet, or not with today's wards and aliases."""
    with database(writes=True) as engine:
        with engine.begin() as connection:
            linker = linking.Linker.load(connection)
            waiting = linking.count_unsearched(connection, linker) if linker else 0
        if linker is None:
            raise NotFoundError("No ward list is loaded: `lokdarpan wards import` loads one")
        with progress_bar() as bar:
            task = bar.add_task("posts", total=waiting)
            report = linking.backfill_mentions(
                engine, linker, batch=batch, on_rows=lambda count: bar.advance(task, count)
            )
        count_days(engine)
    if json_output:
        print_json(report)
    else:
        click.echo(f"Searched: {report.posts}, mentioning a ward: {report.mentioning}, links: {report.links}")


mentions.add_command(backfill)
