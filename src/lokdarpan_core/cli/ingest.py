"""`lokdarpan ingest …`: files in, runs, and undo."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress
from sqlalchemy import Engine

from lokdarpan_core.cli.console import (
    as_json,
    database,
    dry_run_option,
    load_settings,
    out,
    print_json,
    print_table,
    progress_bar,
)
from lokdarpan_core.errors import LokDarpanError
from lokdarpan_core.news import removal, runs
from lokdarpan_core.news.follow_up import follow_up
from lokdarpan_core.news.ingest import IngestProgress, OnProgress, ingest_directory, ingest_jsonl
from lokdarpan_core.news.runs import IngestReport
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.timestamps import today

SHOWN = ("lines", "new", "reused", "rejected", "posts")


class PathsOrCommand(click.Group):
    """`ingest PATH…` is what people type; the other commands are told by their names (write ./undo for such a file)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the hidden command `files` before anything that is no command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["files", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of `files` as this group's own."""
        records = [record for param in self.commands["files"].params if (record := param.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(records)
        self.format_commands(ctx, formatter)


@click.group(cls=PathsOrCommand, subcommand_metavar="PATH... | COMMAND")
def ingest() -> None:
    """Archive articles from files, folders or standard input (-), and link a post to each.

    \b
    Examples:
      lokdarpan ingest news.jsonl              one file; .jsonl.gz and .jsonl.zst too
      lokdarpan ingest inbox/                  every such file of a folder
      zcat old/*.gz | lokdarpan ingest -       standard input
      lokdarpan ingest --json news.jsonl       counts as JSON, one object a file
      lokdarpan ingest undo 12 --dry-run       what would taking run 12 back remove?

    Safe to repeat and to interrupt: nothing is stored twice, and a run that was stopped goes on where it was. Lines
    that can't be used are kept with the reason: `lokdarpan rejects list`. Exit code 1 when there were any.
    """


@ingest.command(hidden=True)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--posts/--no-posts", default=True, help="Make a post for each article (default: yes).")
@click.option("--update-metadata", is_flag=True, help="Overwrite city, party, language, url and emotion of articles.")
@click.option("--force", is_flag=True, help="Read files again that are done.")
@as_json
@click.pass_context
def files(
    ctx: click.Context, paths: tuple[Path, ...], *, posts: bool, update_metadata: bool, force: bool, json_output: bool
) -> None:
    """Ingest files."""
    settings = load_settings()
    day = today(settings.timezone)
    options: dict[str, Any] = {
        "also_create_posts": posts,
        "update_metadata": update_metadata,
        "force": force,
        "today": day,
    }
    reports: list[IngestReport] = []
    failed = 0
    with database(settings, writes=True) as engine:
        for result in _results(engine, paths, options):
            if isinstance(result, LokDarpanError):
                failed += 1
                click.echo(f"Error: {result}", err=True)
                continue
            reports.append(result)
            if json_output:
                print_json(result)
    if not json_output and reports:
        _print_reports(reports)
    ctx.exit(2 if failed else int(any(report.rejected for report in reports)))


def _results(
    engine: Engine, paths: tuple[Path, ...], options: dict[str, Any]
) -> Iterator[IngestReport | LokDarpanError]:
    for path in paths:
        with _watched() as on_progress:
            for result in _ingested(engine, path, on_progress, options):
                if isinstance(result, IngestReport):
                    follow_up(engine, result.id)
                yield result


def _ingested(
    engine: Engine, path: Path, on_progress: OnProgress, options: dict[str, Any]
) -> Iterator[IngestReport | LokDarpanError]:
    if path.is_dir():
        yield from ingest_directory(engine, path, on_progress=on_progress, **options)
        return
    try:
        yield ingest_jsonl(engine, path, on_progress=on_progress, **options)
    except LokDarpanError as error:
        yield error


@contextmanager
def _watched() -> Iterator[OnProgress]:
    """A progress bar, and on Ctrl-C the word that nothing is lost."""
    with progress_bar(in_bytes=True) as bar:
        try:
            yield _Bar(bar)
        except KeyboardInterrupt:
            bar.stop()
            click.echo("\nStopped. What was committed stays; the same command goes on from there.", err=True)
            raise click.exceptions.Exit(130) from None


class _Bar:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, int] = {}
        self._told = False

    def __call__(self, now: IngestProgress) -> None:
        if now.waiting and not self._told:
            self._told = True
            click.echo(f"Another process is ingesting {now.source}; waiting for it.", err=True)
        if now.source not in self._tasks:
            self._tasks[now.source] = self._bar.add_task(Path(now.source).name, total=now.bytes_total, lines=0)
        self._bar.update(self._tasks[now.source], completed=now.bytes_read, lines=now.lines)  # type: ignore[arg-type]


def _print_reports(reports: list[IngestReport]) -> None:
    print_table(
        ("run", "file", *SHOWN, "state"),
        [
            (
                report.id,
                Path(report.source).name,
                *(getattr(report, name) for name in SHOWN),
                "was done already" if report.already_done else report.state,
            )
            for report in reports
        ],
    )
    if keys := {key for report in reports for key in report.unknown_keys}:
        out().print(f"Keys that LokDarpan does not store: {', '.join(sorted(keys))}", markup=False)
    if any(report.rejected for report in reports):
        out().print("Some lines could not be used: lokdarpan rejects list --run RUN", markup=False)


@ingest.command("runs")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@as_json
def list_runs(limit: int, json_output: bool) -> None:
    """List the newest runs."""
    with database() as engine, engine.connect() as connection:
        found = runs.newest(connection, limit)
    if json_output:
        for run in found:
            print_json(run)
    else:
        print_table(
            ("run", "source", *SHOWN, "state", "started"),
            [
                (run.id, Path(run.source).name, *(getattr(run, name) for name in SHOWN), run.state, run.started_at)
                for run in found
            ],
        )


@ingest.command()
@click.argument("run", type=int)
@dry_run_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def undo(run: int, *, dry_run: bool, yes: bool, json_output: bool) -> None:
    """Take back what a run first delivered: says what would go, then asks.

    Runs of other files that carried the same articles are reopened: ingest those files again to bring them back.
    """
    with database(writes=not dry_run) as engine:
        with engine.begin() as connection:
            report = removal.undo_run(connection, run, dry_run=True)
        if not dry_run:
            if not yes:
                _print_undo(report)
                click.confirm("Take that back?", abort=True, err=True)
            with engine.begin() as connection:
                report = removal.undo_run(connection, run)
            count_days(engine)
    if json_output:
        print_json(report)
    else:
        _print_undo(report)


def _print_undo(report: removal.UndoReport) -> None:
    rows = [
        ("articles", report.articles),
        ("posts", report.posts),
        ("posts that keep their own text", report.posts_unlinked),
        ("withdrawn articles that stay", report.tombstones),
        ("rejects that are open again", report.rejects_open_again),
        ("articles whose earlier metadata can't be restored", report.metadata_kept),
        ("runs to be read again", len(report.reopened)),
    ]
    print_table(
        ("what", "removed" if report.applied else "would be removed"), rows, title=f"Undo of run {report.run_id}"
    )
    if report.reopened:
        verb = "were" if report.applied else "would be"
        out().print(f"Reopened {verb}: runs {', '.join(map(str, report.reopened))}. Ingest their files again.")
