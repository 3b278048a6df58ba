"""`lokdarpan elections …` and `lokdarpan stations …`: elections, winners, and which ward a station belongs to."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from lokdarpan_core.cli.console import DAY, as_json, database, load_settings, print_json, print_table
from lokdarpan_core.elections import election as known
from lokdarpan_core.elections.stations import AssignReport, assign_from_sheets, assign_stations, polling_stations
from lokdarpan_core.elections.winners import import_winners

NAMED = 10  # stations that a line names; the others are counted
LISTED = 50  # stations that a list shows by default

delimitation_option = click.option(
    "--delimitation", metavar="ID", help="Of these wards, e.g. ghmc-2016 (default: LOKDARPAN_DELIMITATION)."
)


@click.group()
def elections() -> None:
    """The elections that there are, and who was declared elected.

    \b
    Examples:
      lokdarpan elections list
      lokdarpan elections add ASSEMBLY-2023 --held-on 2023-11-30
      lokdarpan elections winners import ghmc_2020.csv --election GHMC-2020
    """


@elections.command("list")
@as_json
def list_elections(json_output: bool) -> None:
    """List them, the newest first."""
    with database() as engine, engine.connect() as connection:
        found = known.elections(connection)
    if json_output:
        for one in found:
            print_json(one)
    else:
        rows = [
            (str(one.name), str(one.held_on or ""), one.official_ref or "", one.sheets, one.wards, one.winners)
            for one in found
        ]
        print_table(("election", "held on", "reference", "sheets", "wards with results", "winners"), rows)


@elections.command()
@click.argument("name", metavar="TYPE-YEAR[-ROUND]")
@click.option("--held-on", type=DAY, help="The day, as 2023-11-30.")
@click.option("--official-ref", help="The official notification or gazette.")
@as_json
def add(name: str, *, held_on: datetime | None, official_ref: str | None, json_output: bool) -> None:
    """Add an election, or complete one that is there. TYPE is GHMC, ASSEMBLY or LOKSABHA."""
    day = held_on.date() if held_on else None
    with database(writes=True) as engine, engine.begin() as connection:
        found = known.add_election(connection, name, held_on=day, official_ref=official_ref)
    if json_output:
        print_json(found)
    else:
        click.echo(f"{found.name}, held on {found.held_on or 'a day that is not known'}")


@elections.group()
def winners() -> None:
    """Who was declared elected in each ward."""


@winners.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--election", required=True, metavar="TYPE-YEAR[-ROUND]", help="GHMC-2020.")
@delimitation_option
@click.option("--source", help="Where it is from (default: the file's name).")
@as_json
def import_file(file: Path, *, election: str, delimitation: str | None, source: str | None, json_output: bool) -> None:
    """Import a CSV with the columns ward, party and, if it likes, year and candidate. Safe to repeat."""
    settings = load_settings()
    place = delimitation or settings.delimitation
    with database(settings, writes=True) as engine, engine.begin() as connection:
        report = import_winners(connection, file, election=election, delimitation=place, source=source)
    if json_output:
        print_json(report)
        return
    columns = ("election", "wards", "new", "changed", "unchanged")
    print_table(columns, [(report.election, report.wards, report.new, report.changed, report.unchanged)])
    print_table(("party", "seats"), list(report.seats.items()))
    _say_unknown(report.unknown_columns)


@click.group()
def stations() -> None:
    """Polling stations, and which ward they belong to.

    \b
    Examples:
      lokdarpan stations list --unassigned
      lokdarpan stations assign stations.csv --delimitation ghmc-2016
      lokdarpan stations assign --from-sheets
    """


@stations.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@delimitation_option
@click.option("--from-sheets", is_flag=True, help="Use the ward that tidy sheets name, where a station has none.")
@as_json
@click.pass_context
def assign(
    ctx: click.Context, file: Path | None, *, delimitation: str | None, from_sheets: bool, json_output: bool
) -> None:
    """Assign stations to wards by a CSV with the columns ps_id,ward_id[,weight]. Safe to repeat.

    A station that is split over wards has a line for each; its weights sum to 1. Stations that the file does not name
    keep their wards. Exit code 1 when sheets name wards that there are not.
    """
    if (file is None) is not from_sheets:
        raise click.UsageError("either FILE or --from-sheets is wanted")
    settings = load_settings()
    place = delimitation or settings.delimitation
    with database(settings, writes=True) as engine, engine.begin() as connection:
        report = assign_stations(connection, file, place) if file else assign_from_sheets(connection, place)
    if json_output:
        print_json(report)
    else:
        _print_assignment(report)
    ctx.exit(1 if report.unknown_wards else 0)


def _print_assignment(report: AssignReport) -> None:
    columns = ("delimitation", "stations", "rows", "new", "changed", "unchanged", "deleted")
    row = (report.delimitation, report.stations, report.rows, report.new, report.changed, report.unchanged)
    print_table(columns, [(*row, report.deleted)])
    for label, named in report.unknown_wards.items():
        click.echo(f"No ward of {report.delimitation} is {label!r}: {_named(named)}", err=True)
    if report.elsewhere:
        click.echo(
            f"Assigned to another ward than their sheet names, which stays: {_named(report.elsewhere)}", err=True
        )
    if report.unassigned:
        click.echo(f"Stations without a ward of {report.delimitation}: {_named(report.unassigned)}", err=True)
    _say_unknown(report.unknown_columns)


@stations.command("list")
@click.option("--unassigned", is_flag=True, help="Those without a ward of the delimitation.")
@click.option("--disputed", is_flag=True, help="Those with something that does not add up, once accepted.")
@delimitation_option
@click.option("--segment", metavar="N", help="Of this assembly segment.")
@click.option("--limit", default=LISTED, show_default=True, type=click.IntRange(1), help="How many; not with --json.")
@as_json
def list_stations(
    *, unassigned: bool, disputed: bool, delimitation: str | None, segment: str | None, limit: int, json_output: bool
) -> None:
    """List polling stations with their wards (weights where one is split)."""
    settings = load_settings()
    place = delimitation or settings.delimitation
    with database(settings) as engine, engine.connect() as connection:
        found = polling_stations(
            connection, delimitation=place, segment=segment, unassigned=unassigned, disputed=disputed
        )
    if json_output:
        for one in found:
            print_json(one)
        return
    rows = [
        (one.ps_id, one.name or "", one.segment or "", _wards(one.wards), ", ".join(one.elections))
        for one in found[:limit]
    ]
    print_table(("station", "name", "segment", f"ward ({place})", "elections"), rows)
    click.echo(f"{len(found):,} stations" + (f", the first {limit:,} shown" if len(found) > limit else ""))


def _wards(wards: dict[str, float]) -> str:
    if len(wards) == 1:
        return next(iter(wards))
    return ", ".join(f"{ward_id} × {weight:g}" for ward_id, weight in sorted(wards.items()))


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{len(names):,} ({', '.join(names[:NAMED])}{more})"


def _say_unknown(columns: Sequence[str]) -> None:
    if columns:
        click.echo(f"Columns that mean nothing here: {', '.join(columns)}", err=True)
