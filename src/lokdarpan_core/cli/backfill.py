"""`lokdarpan backfill …`: put an older archive in order."""

import click
import sqlalchemy as sa

from lokdarpan_core.cli.console import as_json, database, dry_run_option, print_json, progress_bar
from lokdarpan_core.news import backfill as fills
from lokdarpan_core.news.terms import filling
from lokdarpan_core.schema import post


@click.group()
def backfill() -> None:
    """Put an older archive in order. Safe to stop and to repeat.

    \b
    Examples:
      lokdarpan backfill sha256 --dry-run
      lokdarpan backfill post-links
      lokdarpan backfill dedupe-posts            says what it would delete
      lokdarpan backfill dedupe-posts --apply
      lokdarpan backfill terms                   what posts that mention a ward speak of
    """


@backfill.command()
@dry_run_option
@as_json
def sha256(dry_run: bool, json_output: bool) -> None:
    """Give every epaper its fingerprint; doubles are merged."""
    with database(writes=not dry_run) as engine:
        with engine.connect() as connection:
            rows = fills.count_without_sha256(connection)
        if not json_output:
            click.echo(f"Backfilling sha256 for {rows} epaper rows... ", nl=False)
        with progress_bar() as bar:
            task = bar.add_task("epapers", total=rows)
            report = fills.backfill_sha256(engine, dry_run=dry_run, on_rows=lambda count: bar.advance(task, count))
    if json_output:
        print_json(report)
        return
    click.echo("Done.")
    if report.merged:
        click.echo(f"Merged {report.merged} epapers that were there twice.")


@backfill.command("post-links")
@dry_run_option
@as_json
def post_links(dry_run: bool, json_output: bool) -> None:
    """Link posts without an epaper to theirs."""
    with database(writes=not dry_run) as engine, progress_bar() as bar:
        with engine.connect() as connection:
            task = bar.add_task("posts", total=_unlinked(connection))
        report = fills.backfill_post_links(engine, dry_run=dry_run, on_rows=lambda count: bar.advance(task, count))
    if json_output:
        print_json(report)
    else:
        click.echo(
            f"Scanned: {report.scanned}, Linked: {report.linked}, Skipped_due_to_unique: {report.skipped_due_to_unique}"
        )


@backfill.command("dedupe-posts")
@click.option("--apply", is_flag=True, help="Delete them; without it nothing is changed.")
@click.option("--dry-run", is_flag=True, help="Change nothing; as without --apply.")
@as_json
def dedupe_posts(*, apply: bool, dry_run: bool, json_output: bool) -> None:
    """Delete posts that say what another post says."""
    if apply and dry_run:
        raise click.UsageError("--apply and --dry-run exclude each other")
    with database(writes=apply) as engine, progress_bar() as bar:
        with engine.connect() as connection:
            task = bar.add_task("posts", total=_unlinked(connection))
        report = fills.dedupe_posts(engine, apply=apply, on_rows=lambda count: bar.advance(task, count))
    if json_output:
        print_json(report)
    else:
        done = "deleted" if report.applied else "to delete (--apply does it)"
        click.echo(f"Scanned: {report.scanned}, doubles {done}: {report.doubles}")


@backfill.command()
@as_json
def terms(json_output: bool) -> None:
    """Find the terms of posts that mention a ward and lack them, and count the city's days."""
    with database(writes=True) as engine, progress_bar() as bar:
        with engine.connect() as connection:
            task = bar.add_task("posts", total=filling.count_lacking(connection))
        report = filling.backfill_terms(engine, on_rows=lambda count: bar.advance(task, count))
    if json_output:
        print_json(report)
    else:
        click.echo(f"Posts: {report.posts}, Days counted: {report.days}")


def _unlinked(connection: sa.Connection) -> int:
    query = sa.select(sa.func.count()).select_from(post).where(post.c.epaper_id.is_(None))
    return int(connection.execute(query).scalar_one())
