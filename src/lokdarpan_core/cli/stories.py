"""`lokdarpan stories …` and `lokdarpan backfill stories`: which articles are one text, and why."""

import sys
from collections.abc import Sequence

import click
from rich.text import Text

from lokdarpan_core.cli.backfill import backfill
from lokdarpan_core.cli.console import as_json, database, dry_run_option, out, print_json, print_table, progress_bar
from lokdarpan_core.news.stories.assign import assign_stories, count_without_story
from lokdarpan_core.news.stories.explain import Explanation, Piece, Side
from lokdarpan_core.news.stories.explain import explain as explain_pair
from lokdarpan_core.news.stories.rule import Finding
from lokdarpan_core.news.stories.stored import Printing, find_story
from lokdarpan_core.news.terms.totals import count_days

MARK = ("⟦", "⟧")  # around what is shared, where there are no colours


@click.group()
def stories() -> None:
    """One text, told once: articles that are copies of each other.

    \b
    Examples:
      lokdarpan stories show 42                          who printed it first, and who else
      lokdarpan stories explain 29364b03a023 8c1f00aa    why two articles are one story, or are not
      lokdarpan backfill stories                         look for the stories of an older archive
    """


@stories.command()
@click.argument("story", type=int)
@as_json
def show(story: int, json_output: bool) -> None:
    """Show a story by its number: its articles, the earliest first."""
    with database() as engine, engine.connect() as connection:
        found = find_story(connection, story)
    if json_output:
        print_json(found)
        return
    print_table(
        ("", "article", "date", "publication", "title"),
        [("leads" if one is found.lead else "also", *_line(one)) for one in found.articles],
        title=f"Story {found.id}, {found.language or 'of no known language'}",
    )


def _line(article: Printing) -> tuple[str, ...]:
    day = article.publication_date.isoformat()
    return article.sha256[:12], day, article.publication_name, article.title or "(withdrawn)"


@stories.command()
@click.argument("one")
@click.argument("other")
@as_json
def explain(one: str, other: str, json_output: bool) -> None:
    """Why two articles are one story, or are not. ONE and OTHER are ids, or fingerprints (six digits or more)."""
    with database() as engine, engine.connect() as connection:
        explanation = explain_pair(connection, one, other)
    if json_output:
        print_json(explanation)
    else:
        _print(explanation)


def _print(explanation: Explanation) -> None:
    out().print(_verdict(explanation), markup=False, highlight=False)
    if explanation.chain:
        print_table(("article", "date", "publication", "title"), map(_line, explanation.chain), title="By way of")
    print_table(
        ("", "guard or ground", "what was seen"),
        [*_rows(explanation.guards, "against"), *_rows(explanation.grounds, "for")],
    )
    for side in (explanation.one, explanation.other):
        _print_side(side)


def _verdict(explanation: Explanation) -> str:
    if explanation.same_story:
        number = explanation.one.story_id
        how = "by themselves" if explanation.same_text else "through other articles, not by themselves"
        return f"One story, number {number}: {how}."
    if None in (explanation.one.story_id, explanation.other.story_id):
        said = "one text" if explanation.same_text else "two texts"
        return f"Not looked for yet (`lokdarpan backfill stories` does it); by the rule they are {said}."
    few = "" if explanation.compared else " They share too little to be compared at all."
    return f"Two stories, numbers {explanation.one.story_id} and {explanation.other.story_id}.{few}"


def _rows(found: Sequence[Finding], side: str) -> list[tuple[str, str, str]]:
    return [(f"speaks {side}" if one.speaks else "", one.name, one.seen) for one in found]


def _print_side(side: Side) -> None:
    console = out()
    article = side.article
    head = f"{article.publication_name}, {article.publication_date}, {article.sha256[:12]}"
    console.print(Text(f"\n{head}", style="bold"))
    for pieces in (side.headline, side.lead):
        if pieces:
            console.print(_marked(pieces), soft_wrap=not sys.stdout.isatty())


def _marked(pieces: Sequence[Piece]) -> Text:
    text, plain = Text(), not sys.stdout.isatty()
    for piece in pieces:
        shared = f"{MARK[0]}{piece.text}{MARK[1]}" if plain and piece.shared else piece.text
        text.append(shared, style="black on green" if piece.shared and not plain else "")
    return text


@backfill.command("stories")
@dry_run_option
@as_json
def backfill_stories(dry_run: bool, json_output: bool) -> None:
    """Find the story of every article that has none yet."""
    with database(writes=not dry_run) as engine, progress_bar() as bar:
        with engine.connect() as connection:
            task = bar.add_task("articles", total=count_without_story(connection))
        counts = assign_stories(engine, dry_run=dry_run, on_rows=lambda count: bar.advance(task, count))
        if not dry_run:
            count_days(engine)
    if json_output:
        print_json(counts)
    else:
        click.echo(f"Articles: {counts.articles}, New stories: {counts.new}, Joined to others: {counts.merged}")
