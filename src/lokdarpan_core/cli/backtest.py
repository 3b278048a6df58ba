"""`lokdarpan backtest`: how good the forecast would have been on a panel of past elections. Needs no database."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from lokdarpan_core.cli.console import as_json, err, load_settings, print_json, print_table
from lokdarpan_core.elections.panel import Panel
from lokdarpan_core.elections.panel_file import NAMES, read_panel
from lokdarpan_core.elections.scored import ALL, FORECAST, HORIZON, PAST, BacktestReport, Group
from lokdarpan_core.elections.scores import Figures, Trial
from lokdarpan_core.embargo import active, forbid
from lokdarpan_core.errors import SourceError
from lokdarpan_core.records import to_json
from lokdarpan_core.settings import Settings

MEASURES = {"share_error": ("MAE, pp", 100), "winners_right": ("winners, pp", 100), "brier": ("Brier", 1)}
MEASURES |= {"log_score": ("log score", 1)}
BY_DAY = "Differences, with 95 % intervals by the bootstrap over days (none under 3 days)"


def _pairs(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE, each."""
    pairs = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{value!r} has no name and value; expected NAME=VALUE", ctx, param)
        pairs[name] = text
    return pairs


def _column_options(command: Any) -> Any:
    for field, names in reversed(list(NAMES.items())):
        option = f"--{field.replace('_', '-')}"
        known = f"Column of the {field.replace('_', ' ')} (default: {', '.join(names)})."
        command = click.option(option, f"column_{field}", metavar="COLUMN", help=known)(command)
    return command


@click.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="PANEL.csv")
@_column_options
@click.option(
    "--where", callback=_pairs, multiple=True, metavar="COLUMN=TEXT", help="Only the rows that have this text."
)
@click.option(
    "--day",
    "days",
    callback=_pairs,
    multiple=True,
    metavar="ELECTION=DATE",
    help="The day of an election (YYYY-MM-DD).",
)
@click.option("--place", help="What the panel is of (default: the file's name).")
@click.option("--listed", is_flag=True, help="Let all methods know who stands, as from the day nominations are final.")
@click.option("--seed", default=0, show_default=True, help="Of the draws; the same seed gives the same figures.")
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="Write every forecast, as JSON lines.")
@click.option("--charts", type=click.Path(path_type=Path, file_okay=False), help="Write charts (SVG) into this folder.")
@as_json
def backtest(
    path: Path,
    *,
    where: dict[str, str],
    days: dict[str, str],
    place: str | None,
    listed: bool,
    seed: int,
    save: Path | None,
    charts: Path | None,
    json_output: bool,
    **columns: str | None,
) -> None:
    """Forecast every election of a panel from its past alone, beside simple rules, and score them all.

    A row of the file is one party in one unit (ward, constituency) at one election, with its votes or its share
    (a fraction). Columns are found by their names, or named by hand. Without --share, votes go first.

    \b
    Examples:
      lokdarpan backtest results.csv
      lokdarpan backtest wards.csv --where main_election=1 --share share_top --charts charts
      lokdarpan backtest assembly.csv --day AC2018=2018-12-07 --save forecasts.jsonl
    """
    named = {name.removeprefix("column_"): column for name, column in columns.items() if column}
    settings = load_settings()
    panel = _panel(path, named, where, {name: _date(text) for name, text in days.items()}, place)
    _refuse_in_embargo(panel, settings)
    write_charts = _chart_writer() if charts else None  # before the work: a missing package is said at once
    scored, report = _scored(panel, listed, seed)
    if save:
        _save(save, report, scored)
    if charts and write_charts:
        for chart in write_charts(report, charts):
            err().print(f"Wrote {chart}")
    if json_output:
        print_json(report)
    else:
        _print(report, panel)


def _panel(
    path: Path, columns: dict[str, str], where: dict[str, str], days: dict[str, date], place: str | None
) -> Panel:
    try:
        return read_panel(path, columns, where, days, place)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from None


def _refuse_in_embargo(panel: Panel, settings: Settings) -> None:
    """A panel with "results" of the election that an embargo is about would give its forecast away."""
    now = datetime.now(settings.timezone)
    begun = [window.start.astimezone(settings.timezone).date() for window in active(settings.embargo, now)]
    if begun and any(contest.held_on >= min(begun) for contest in panel.contests):
        forbid(settings.embargo, now)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no date; expected YYYY-MM-DD", param_hint="--day") from None


def _chart_writer() -> Callable[[BacktestReport, Path], Iterator[Path]]:
    try:
        from lokdarpan_core.forecast_charts import write_charts  # noqa: PLC0415 (Altair is an extra, and large)
    except ImportError as error:
        raise SourceError(f"Charts need the extra `charts`: pip install 'lokdarpan-core[charts]' ({error})") from None
    return write_charts


def _scored(panel: Panel, listed: bool, seed: int) -> tuple[list[Trial], BacktestReport]:
    from lokdarpan_core.elections import backtest as work  # noqa: PLC0415 (numpy: not for the other commands)

    with err().status("Forecasting …") as status:
        scored = list(
            work.trials(panel, listed, seed, progress=lambda day: status.update(f"Forecasting … {day:%Y-%m-%d}"))
        )
        return scored, work.report(scored, panel, listed, seed)


def _save(path: Path, report: BacktestReport, scored: Sequence[Trial]) -> None:
    head = {"place": report.place, "listed": report.listed, "seed": report.seed, "contests": report.contests}
    with path.open("wb") as file:
        file.writelines(to_json(line) + b"\n" for line in (head, *scored))


def _print(report: BacktestReport, panel: Panel) -> None:
    names = ("method", "MAE, pp", "winners, %", "Brier", "log score", "80 % holds, %", "width, pp")
    whole = [group for group in report.groups if group.by == ALL]
    for group in whole:
        print_table(names, ((method, *_cells(of)) for method, of in group.methods.items()), _title(report))
        print_table(("forecast − …", *(label for label, _ in MEASURES.values())), _differences(group), BY_DAY)
    for by, what in ((HORIZON, "last election"), (PAST, "past elections")):
        rows = [row for group in report.groups if group.by == by for row in _rows(group)]
        print_table((what, "contests", *names), rows)
        beside = [[group.name, *next(_differences(group))] for group in report.groups if group.by == by]
        print_table((what, "forecast − …", *(label for label, _ in MEASURES.values())), beside, BY_DAY)
    bins = (
        (f"{one.low:.0%}–{one.high:.0%}", one.chances, f"{one.expected:.1%}", f"{one.happened:.1%}")
        for one in report.calibration
    )
    print_table(("chance to win", "parties", "expected", "won"), bins)
    for note in (*report.notes, *(f"Left out: {reason}" for reason in panel.left_out)):
        click.echo(note, err=True)


def _title(report: BacktestReport) -> str:
    size = f"{report.contests:,} contests in {report.units:,} units on {report.days} days"
    known = "who stands is known" if report.listed else "who stands is not known beforehand"
    return f"{report.place}, {report.first_year}–{report.last_year}: {size}; {known}"


def _cells(of: Figures) -> Iterator[str]:
    yield f"{100 * of.share_error:.2f}"
    yield f"{100 * of.winners_right:.1f}"
    yield f"{of.brier:.4f}"
    yield f"{of.log_score:.4f}"
    yield "" if of.coverage is None else f"{100 * of.coverage:.1f}"
    yield "" if of.width is None else f"{100 * of.width:.1f}"


def _differences(group: Group) -> Iterator[list[str]]:
    for rule in dict.fromkeys(one.baseline for one in group.differences):
        row = [rule]
        for measure, (_, scale) in MEASURES.items():
            one = next(one for one in group.differences if (one.baseline, one.measure) == (rule, measure))
            digits = 2 if scale == 100 else 4
            value = f"{scale * one.value:+.{digits}f}"
            if one.low is not None and one.high is not None:
                value += f" ({scale * one.low:+.{digits}f} to {scale * one.high:+.{digits}f})"
            row.append(value)
        yield row


def _rows(group: Group) -> Iterator[list[object]]:
    for method in (FORECAST, *(name for name in group.methods if name != FORECAST)):
        first = method == FORECAST
        yield [group.name if first else "", group.contests if first else None, method, *_cells(group.methods[method])]
