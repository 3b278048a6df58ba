"""`lokdarpan db adopt`: the database of the original, the Flask backend, comes along."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.progress import Progress, TaskID
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from lokdarpan_core.adoption.adopting import adopt as adopt_database
from lokdarpan_core.adoption.adopting import plan_adoption, rows_since, undo_adoption
from lokdarpan_core.adoption.notes import AdoptionProgress, OnProgress
from lokdarpan_core.adoption.report import AdoptionReport, Fate
from lokdarpan_core.cli.console import (
    as_json,
    database,
    dry_run_option,
    load_settings,
    print_json,
    print_table,
    progress_bar,
)
from lokdarpan_core.settings import DRIVERS

MIB = 1 << 20
NEXT = "Next: lokdarpan backfill mentions, lokdarpan backfill stories, lokdarpan refresh."


def _database_url(_ctx: click.Context, _param: click.Parameter, value: str | None) -> URL | None:
    """Read a PostgreSQL URL; the message shows no password."""
    if value is None:
        return None
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise click.BadParameter("is no URL; expected postgresql://user:password@host:5432/database") from None
    if url.drivername not in DRIVERS:
        raise click.BadParameter(f"starts with {url.drivername}://, but the original runs on postgresql://")
    return url


@click.command()
@click.option(
    "--from", "source", metavar="URL", callback=_database_url, help="Copy it from this database, which is only read."
)
@click.option("--undo", is_flag=True, help="Put the original back in its place.")
@click.option("--yes", is_flag=True, help="Do not ask, and do not show first what would be done.")
@dry_run_option
@as_json
@click.pass_context
def adopt(ctx: click.Context, source: URL | None, *, undo: bool, yes: bool, dry_run: bool, json_output: bool) -> None:
    """Adopt an existing LokDarpan database (Flask, Alembic): archive, alerts and results.

    \b
    Examples:
      lokdarpan db adopt --dry-run        what is there, and what would become of it
      lokdarpan db adopt                  the same, then asks and does it, in place
      lokdarpan db adopt --from postgresql://reader@old-server/lokdarpan_db
      lokdarpan db adopt --undo           the original in its place again

    In place, the original's tables move into the schema `legacy` and are not changed. Safe to stop and to repeat: the
    same command goes on. Exit code 1 when something was set aside or needs a look. See docs/migrate.md.
    """
    if json_output and not (yes or dry_run):
        raise click.UsageError("--json can't ask: add --yes or --dry-run")
    if undo:
        if source is not None:
            raise click.UsageError("--undo is for an adoption in place: the source of a copy is as it was")
        _undo(dry_run=dry_run, yes=yes, json_output=json_output)
        return
    settings = load_settings()
    with database(settings, writes=not dry_run, at_head=False) as engine:
        report = None
        if dry_run or not yes:
            with _watched() as on_progress:
                report = plan_adoption(engine, source, delimitation=settings.delimitation, on_progress=on_progress)
            if not (dry_run or report.applied):
                _print_report(report)
                click.confirm("Adopt it?", abort=True, err=True)
                report = None
        if report is None:
            with _watched() as on_progress:
                report = adopt_database(engine, source, delimitation=settings.delimitation, on_progress=on_progress)
    if json_output:
        print_json(report)
    else:
        _print_report(report)
    ctx.exit(1 if report.needs_a_look else 0)


def _undo(*, dry_run: bool, yes: bool, json_output: bool) -> None:
    with database(writes=not dry_run, at_head=False) as engine:
        with engine.connect() as connection:
            since = rows_since(connection)
        if came := [f"{rows:,} in {table}" for table, rows in since.items() if rows]:
            click.echo(f"Came in since, and would go along: {', '.join(came)}", err=True)
        if dry_run:
            print_json(since) if json_output else click.echo("Nothing was changed.")
            return
        if not yes:
            click.confirm("Put the original back in its place?", abort=True, err=True)
        report = undo_adoption(engine)
    if json_output:
        print_json(report)
    elif report.moved_to is None:
        click.echo("Nothing had been switched yet; what had been copied so far was dropped.")
    else:
        click.echo(f"The original is in its place again. LokDarpan's tables are in the schema {report.moved_to}.")


def _print_report(report: AdoptionReport) -> None:
    click.echo(f"{'In place' if report.in_place else 'From'}: {report.source}")
    for line in report.found:
        click.echo(f"  {line}")
    figures = ("rows", "copied", "merged", "recomputed", "set_aside")
    checks = ("missing", "differing") if report.applied else ()
    print_table(
        ("table", *(name.replace("_", " ") for name in (*figures, *checks))),
        [(one.table, *(getattr(one, name) for name in (*figures, *checks))) for one in report.accounts],
    )
    if report.fates:
        print_table(
            ("table", "rows", "are", "because", "ids"),
            [(one.table, one.rows, one.fate, one.reason, _ids(one)) for one in report.fates],
        )
    if report.repairs:
        print_table(
            ("table", "rows", "copied with a change", ""),
            [(one.table, one.rows, one.what, "look" if one.look else "") for one in report.repairs],
        )
    if report.applied:
        click.echo(f"Adopted {report.finished_at:%Y-%m-%d %H:%M}Z. {NEXT}")
    else:
        click.echo(f"Nothing was changed. The original's tables take {report.bytes / MIB:,.0f} MiB; {_room(report)}")


def _ids(fate: Fate) -> str:
    return ", ".join(map(str, fate.ids)) + (", …" if fate.rows > len(fate.ids) > 0 else "")


def _room(report: AdoptionReport) -> str:
    if report.in_place:
        return "ours need about as much again, and so does the write-ahead log while it is made."
    return "the database to fill needs twice that: the rows as they are, and ours."


@contextmanager
def _watched() -> Iterator[OnProgress]:
    """A bar for the step that is at work, and on Ctrl-C the word that nothing is lost."""
    with progress_bar() as bar:
        try:
            yield _Bar(bar)
        except KeyboardInterrupt:
            bar.stop()
            click.echo("\nStopped. The original is as it was; the same command goes on from there.", err=True)
            raise click.exceptions.Exit(130) from None


class _Bar:
    """One bar at a time: that of the step which reported last."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._step = ""
        self._task: TaskID | None = None

    def __call__(self, progress: AdoptionProgress) -> None:
        """Show it."""
        if self._task is None or progress.step != self._step:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._step, self._task = progress.step, self._bar.add_task(progress.step, total=progress.total)
        self._bar.update(self._task, completed=progress.done)
