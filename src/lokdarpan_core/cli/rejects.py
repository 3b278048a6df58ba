"""`lokdarpan rejects …`: the lines that could not be used."""

from datetime import date, datetime
from typing import BinaryIO

import attrs
import click
from sqlalchemy import Connection

from lokdarpan_core.cli.console import DAY, as_json, database, load_settings, print_json, print_table
from lokdarpan_core.news import rejects as kept
from lokdarpan_core.news import runs
from lokdarpan_core.news.articles import REASONS
from lokdarpan_core.news.follow_up import follow_up
from lokdarpan_core.timestamps import today

run_option = click.option("--run", "run_id", type=int, help="Of this run only.")
reason_option = click.option("--reason", type=click.Choice(sorted(REASONS)), help="With this reason only.")


@click.group()
def rejects() -> None:
    """The lines that could not be used: why, and what to do about them.

    \b
    Examples:
      lokdarpan rejects list --run 12
      lokdarpan rejects export --run 12 > broken.jsonl        repair them, then ingest broken.jsonl
      lokdarpan rejects replay --run 12 --default-date 2026-05-01
    """


@rejects.command("list")
@run_option
@reason_option
@click.option("--resolved", is_flag=True, help="Those that a replay has made articles of.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def list_rejects(*, run_id: int | None, reason: str | None, resolved: bool, limit: int, json_output: bool) -> None:
    """List them, with line, place, reason and how they begin."""
    with database() as engine, engine.connect() as connection:
        _require(connection, run_id)
        found = kept.find(connection, run_id=run_id, reason=reason, resolved=resolved, limit=limit)
    if json_output:
        for reject in found:
            print_json(attrs.asdict(reject) | {"raw": _text(reject.raw)})
    else:
        print_table(
            ("run", "line", "byte", "length", "reason", "detail", "begins"),
            [
                (r.run_id, r.line, r.byte_offset, r.byte_length, r.reason, r.detail, (_text(r.raw) or "")[:40])
                for r in found
            ],
        )


def _require(connection: Connection, run_id: int | None) -> None:
    """Raise NotFoundError for a run that there is not."""
    if run_id is not None:
        runs.get(connection, run_id)


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "backslashreplace")


@rejects.command()
@run_option
@reason_option
@click.option("-o", "--output", type=click.File("wb"), default="-", help="Where to (default: standard output).")
def export(run_id: int | None, reason: str | None, output: BinaryIO) -> None:
    """Write their exact bytes, one a line."""
    written = missing = 0
    with database() as engine, engine.connect() as connection:
        _require(connection, run_id)
        for reject in kept.find_all(connection, run_id=run_id, reason=reason):
            if reject.raw is None:
                missing += 1
                continue
            output.write(reject.raw + b"\n")
            written += 1
    click.echo(f"{written:,} lines written, {missing:,} whose bytes are not kept.", err=True)


@rejects.command()
@run_option
@click.option("--default-date", type=DAY, help="For lines whose date is missing or impossible.")
@as_json
@click.pass_context
def replay(ctx: click.Context, run_id: int | None, default_date: datetime | None, json_output: bool) -> None:
    """Try them again, after a fix; what becomes an article is marked as resolved.

    With --default-date the articles are marked as `date_guessed`.
    """
    day: date | None = default_date.date() if default_date else None
    settings = load_settings()
    with database(settings, writes=True) as engine:
        with engine.connect() as connection:
            _require(connection, run_id)
        report = kept.replay(engine, run_id=run_id, default_date=day, today=today(settings.timezone))
        if report is not None:
            follow_up(engine, report.id)
    if report is None:
        click.echo("There is nothing to replay.", err=True)
        return
    if json_output:
        print_json(report)
    else:
        print_table(
            ("run", "tried", "new", "already there", "still unusable"),
            [(report.id, report.lines, report.new, report.reused, report.rejected)],
        )
    ctx.exit(1 if report.rejected else 0)
