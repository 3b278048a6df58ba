"""`lokdarpan articles …`: look at one article, or withdraw it."""

import attrs
import click

from lokdarpan_core.cli.console import as_json, database, print_fields, print_json
from lokdarpan_core.news import removal
from lokdarpan_core.news.terms.totals import count_days


@click.group()
def articles() -> None:
    """Single articles, by their fingerprint.

    \b
    Examples:
      lokdarpan articles show 29364b03a023
      lokdarpan articles withdraw 29364b03a023 --reason "court order 12/2026"
    """


@articles.command()
@click.argument("sha256")
@as_json
def show(sha256: str, json_output: bool) -> None:
    """Show an article; six digits of its fingerprint or more."""
    with database() as engine, engine.connect() as connection:
        article = removal.find_article(connection, sha256)
    _print(article, json_output)


@articles.command()
@click.argument("sha256")
@click.option("--reason", required=True, help="Why; it is kept with the tombstone.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def withdraw(sha256: str, *, reason: str, yes: bool, json_output: bool) -> None:
    """Remove an article's text and posts for good. The fingerprint stays, so that no delivery restores it."""
    if not reason.strip():
        raise click.UsageError("--reason should say why; it is kept with the tombstone")
    with database(writes=True) as engine:
        with engine.connect() as connection:
            article = removal.find_article(connection, sha256)
        if not yes:
            click.echo(f"{article.publication_name}, {article.publication_date}: {article.title}", err=True)
            click.confirm("Withdraw it for good?", abort=True, err=True)
        with engine.begin() as connection:
            article = removal.withdraw_article(connection, article.sha256, reason)
        count_days(engine)
    _print(article, json_output)


def _print(article: removal.ArticleRecord, json_output: bool) -> None:
    if json_output:
        print_json(article)
    else:
        values = attrs.asdict(article)
        print_fields({name: value for name, value in values.items() if value is not None})
