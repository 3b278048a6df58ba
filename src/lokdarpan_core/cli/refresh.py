"""`lokdarpan refresh …`: bring up to date what is computed from results, or from a census."""

from collections.abc import Sequence
from pathlib import Path

import click

from lokdarpan_core.cli.console import as_json, database, load_settings, print_json, print_table
from lokdarpan_core.elections import refresh as computing
from lokdarpan_core.elections.aggregates import AggregateReport
from lokdarpan_core.elections.demographics import DemographicsReport, compute_demographic_indices
from lokdarpan_core.elections.forecast.refreshing import ForecastsReport, refresh_forecasts
from lokdarpan_core.elections.forecast.standing_file import read_standing
from lokdarpan_core.elections.stored import RefreshReport
from lokdarpan_core.timestamps import today
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.lookup import ward_id_of

NAMED = 3  # wards that a note names; the others are counted


class _AllByDefault(click.Group):
    """`lokdarpan refresh` alone is `lokdarpan refresh all`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["all", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_AllByDefault)
def refresh() -> None:
    """Compute again what rests on results. Safe to repeat: what is up to date stays untouched.

    A value that can't be computed keeps what is stored; nothing is overwritten with a guess.

    \b
    Examples:
      lokdarpan refresh                         aggregates, profile and features of every ward
      lokdarpan refresh profile --ward WARD_095
      lokdarpan refresh forecasts --standing candidates.csv
      lokdarpan refresh demographics census.csv
    """


ward_option = click.option("--ward", metavar="WARD", help="One ward only, by any label; aggregates are always whole.")


@refresh.command("all")
@ward_option
@as_json
def everything(ward: str | None, json_output: bool) -> None:
    """Aggregates, then profile and features."""
    _run(computing.STEPS, ward, json_output)


@refresh.command()
@as_json
def aggregates(json_output: bool) -> None:
    """Votes, shares and turnout per ward, from the stations that are assigned to wards."""
    _run(("aggregates",), None, json_output)


@refresh.command()
@ward_option
@as_json
def profile(ward: str | None, json_output: bool) -> None:
    """Electors, votes cast, turnout, and who won last."""
    _run(("profile",), ward, json_output)


@refresh.command()
@ward_option
@as_json
def features(ward: str | None, json_output: bool) -> None:
    """Party shares of 2023 and 2024, the swing between them, how steady turnout is."""
    _run(("features",), ward, json_output)


@refresh.command()
@click.option(
    "--standing",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Who stands: a CSV with ward and party, a line a candidate. It is kept until the next such file.",
)
@as_json
def forecasts(standing: Path | None, json_output: bool) -> None:
    """The next election in every ward that has the history. Prints counts; `lokdarpan ward prediction` shows a ward's.

    The next election is the soonest one without results (`lokdarpan elections add GHMC-2026 --held-on DAY`); where
    there is none, it is as if one were held today.
    """
    settings = load_settings()
    with database(settings, writes=True) as engine, engine.begin() as connection:
        lists = None if standing is None else read_standing(standing, Gazetteer.load(connection, settings.delimitation))
        report = refresh_forecasts(connection, today(settings.timezone), standing=lists)
    if json_output:
        print_json(report)
    else:
        _print_forecasts(report)


def _print_forecasts(report: ForecastsReport) -> None:
    if report.type is not None:
        named = f"{report.election}, held on {report.held_on}"
        as_if = f"as if a {report.type} election were held on {report.held_on}, since no next one is stored"
        click.echo(f"Forecast: {named if report.election else as_if}")
    names = ("wards", "listed", "new", "changed", "unchanged", "deleted")
    print_table(names, [[getattr(report, name) for name in names]])
    if report.notes:
        print_table(("note", "where"), [(reason, _named(where)) for reason, where in report.notes.items()])


def _run(steps: tuple[str, ...], ward: str | None, json_output: bool) -> None:
    settings = load_settings()
    with database(settings, writes=True) as engine, engine.begin() as connection:
        gazetteer = Gazetteer.load(connection, settings.delimitation)
        ward_id = None if ward is None else ward_id_of(connection, gazetteer, ward)
        reports = computing.refresh(connection, steps, ward_id)
    if json_output:
        for report in reports:
            print_json(report)
    else:
        _print(reports)


def _print(reports: list[AggregateReport | RefreshReport]) -> None:
    elections = [report for report in reports if isinstance(report, AggregateReport)]
    tables = [report for report in reports if isinstance(report, RefreshReport)]
    if elections:
        _print_fields(elections, "election", "stations", "votes", "wards", "new", "changed", "unchanged", "deleted")
        _print_unassigned(elections)
    if tables:
        _print_fields(tables, "table", "wards", "new", "changed", "unchanged")
    notes = [
        (report.election if isinstance(report, AggregateReport) else report.table, reason, _named(wards))
        for report in reports
        for reason, wards in report.notes.items()
    ]
    if notes:
        print_table(("where", "could not be computed", "wards"), notes)


def _print_fields(reports: Sequence[AggregateReport | RefreshReport], *names: str) -> None:
    print_table(names, [[getattr(report, name) for name in names] for report in reports])


def _print_unassigned(reports: list[AggregateReport]) -> None:
    rows = [
        (report.election, one.delimitation, len(one.unassigned_stations), one.unassigned_votes)
        for report in reports
        for one in report.coverage
        if one.unassigned_stations
    ]
    if rows:
        columns = ("election", "delimitation", "stations in no ward", "their votes")
        print_table(columns, rows, title="`lokdarpan stations assign` puts these into wards")


def _named(wards: list[str]) -> str:
    more = f" and {len(wards) - NAMED:,} more" if len(wards) > NAMED else ""
    return ", ".join(wards[:NAMED]) + more


@refresh.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@click.pass_context
def demographics(ctx: click.Context, file: Path, json_output: bool) -> None:
    """Shares of a census file, a line for each ward. Exit 1 when a row can't be true.

    \b
    Columns: ward, census_year, source; any of population, population_7plus, literates, muslim, sc, st, households,
    deprived_households; and estimated (yes or no) for figures that are not the census's own.
    """
    with database(writes=True) as engine, engine.begin() as connection:
        report = compute_demographic_indices(connection, file)
    if json_output:
        print_json(report)
    else:
        _print_demographics(report)
    ctx.exit(1 if report.rejects else 0)


def _print_demographics(report: DemographicsReport) -> None:
    print_table(
        ("rows", "new", "changed", "unchanged", "rejected"),
        [(report.rows, report.new, report.changed, report.unchanged, len(report.rejects))],
    )
    if report.rejects:
        print_table(("line", "ward", "not stored, because"), [(r.line, r.ward, r.reason) for r in report.rejects])
    if report.lacking:
        print_table(("could not be computed", "wards"), [(name, _named(ids)) for name, ids in report.lacking.items()])
    if report.unknown_columns:
        click.echo(f"Columns that mean nothing here: {', '.join(report.unknown_columns)}", err=True)
