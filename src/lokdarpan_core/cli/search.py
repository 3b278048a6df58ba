"""`lokdarpan backfill search`: make the posts of an archive findable by their words."""

import click

from lokdarpan_core.cli.console import as_json, database, print_json, progress_bar
from lokdarpan_core.news.search import POSTS_IN_BATCH, count_unindexed, index_posts


@click.command()
@click.option("--batch", type=click.IntRange(1), default=POSTS_IN_BATCH, show_default=True, help="Posts a transaction.")
@as_json
def backfill_search(batch: int, json_output: bool) -> None:
    """Index the words of every post that is not indexed yet, the newest first."""
    with database(writes=True) as engine, progress_bar() as bar:
        with engine.connect() as connection:
            task = bar.add_task("posts", total=count_unindexed(connection))
        report = index_posts(engine, batch=batch, on_rows=lambda count: bar.advance(task, count))
    if json_output:
        print_json(report)
    else:
        click.echo(f"Indexed: {report.posts}")
