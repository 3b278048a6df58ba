"""What the commands have in common: settings, the database, and how things look in a terminal."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from lokdarpan_core import migration
from lokdarpan_core.database import display_url, open_engine, reachable
from lokdarpan_core.records import to_json
from lokdarpan_core.settings import Settings, notices

as_json = click.option("--json", "json_output", is_flag=True, help="One JSON object a line, for machines.")
BAR_WIDTH = 40  # characters for the longest bar
EIGHTHS = " ▏▎▍▌▋▊▉"


class _Day(click.DateTime):
    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} should be a day such as 2026-05-31", param, ctx)


DAY = _Day()
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")


def out() -> Console:
    """Results go here; a pipe gets lines that are not folded."""
    return Console(width=None if sys.stdout.isatty() else 200)


def err() -> Console:
    """Progress, notices and questions go here, so that results can be piped."""
    return Console(stderr=True)


def load_settings() -> Settings:
    """The settings of this process, with a notice about names that mean nothing any more."""
    for line in notices(os.environ):
        click.echo(line, err=True)
    return Settings.from_environment(os.environ)


@contextmanager
def database(settings: Settings | None = None, *, writes: bool = False, at_head: bool = True) -> Iterator[Engine]:
    """The database of this command; one that writes names it first. Checks that its schema is this version's.

    `settings` when the command has loaded them already.
    """
    with open_engine(settings or load_settings()) as engine, reachable(engine):
        if writes:
            click.echo(f"Database: {display_url(engine.url)}", err=True)
        if at_head:
            with engine.connect() as connection:
                migration.require_head(connection)
        yield engine


def print_json(value: Any) -> None:
    """One record as one line of JSON."""
    sys.stdout.write(to_json(value).decode() + "\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A table; numbers are grouped and set right."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    listed = [list(row) for row in rows]
    for index, name in enumerate(columns):
        numbers = all(isinstance(row[index], int | float | None) for row in listed)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold", no_wrap=numbers)
    for row in listed:
        table.add_row(*(Text(shown(cell)) for cell in row))
    out().print(table)


def print_fields(values: Mapping[str, object]) -> None:
    """One record, a line for each field; its id as one types it."""
    print_table(("field", "value"), [(name, str(one) if name == "id" else shown(one)) for name, one in values.items()])


def shown(cell: object) -> str:
    """A value for people."""
    if cell is None:
        return ""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    return f"{cell:%Y-%m-%d %H:%M}Z" if hasattr(cell, "hour") else str(cell)


class _LinesPerSecond(ProgressColumn):
    def render(self, task: Task) -> Text:
        lines, seconds = task.fields.get("lines", 0), task.elapsed or 0
        return Text(f"{lines / seconds if seconds else 0:,.0f} lines/s", style="progress.data.speed")


def progress_bar(*, in_bytes: bool = False) -> Progress:
    """A bar on standard error; it shows nothing where that is no terminal."""
    columns: list[str | ProgressColumn] = [TextColumn("{task.description}"), BarColumn()]
    columns += (
        [DownloadColumn(), _LinesPerSecond()] if in_bytes else [TextColumn("{task.completed:,.0f}/{task.total:,.0f}")]
    )
    console = err()
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal)


def bars(values: Iterable[float]) -> list[str]:
    """A bar for each value, to an eighth of a character; the longest is BAR_WIDTH characters."""
    listed = list(values)
    most = max(listed, default=0)
    return [_bar(value / most if most > 0 else 0) for value in listed]


def _bar(part: float) -> str:
    whole, eighths = divmod(round(part * BAR_WIDTH * 8), 8)
    return "█" * whole + EIGHTHS[eighths].strip()
