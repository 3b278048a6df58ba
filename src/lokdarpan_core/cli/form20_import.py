"""`lokdarpan form20 import` and `form20 remove`: sheets into the database, and out again."""

import hashlib
from pathlib import Path

import click

from lokdarpan_core.cli.console import as_json, database, print_json, print_table
from lokdarpan_core.elections import results
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.errors import DisputedSheetError, SourceError

election_option = click.option(
    "--election", required=True, metavar="TYPE-YEAR[-ROUND]", help="GHMC, ASSEMBLY or LOKSABHA: ASSEMBLY-2023."
)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@election_option
@click.option("--segment", metavar="N", help="The assembly segment, where a wide sheet's title does not name it.")
@click.option(
    "--candidates",
    type=click.Path(path_type=Path),
    help="A CSV with the columns number, name, party: gives the parties, and its names must be the sheet's.",
)
@click.option("--accept-disputed", is_flag=True, help="Import what does not add up, and keep its disputes with it.")
@as_json
@click.pass_context
def import_file(
    ctx: click.Context,
    file: Path,
    *,
    election: str,
    segment: str | None,
    candidates: Path | None,
    accept_disputed: bool,
    json_output: bool,
) -> None:
    """Import the sheets of a file, all or none. Safe to repeat; a corrected sheet replaces its own rows.

    A sheet that does not add up is refused, unless --accept-disputed. Exit codes: 0 imported, 1 refused because of what
    it says, 2 it could not be done.
    """
    sheets = read_form20(file, candidates=candidates)
    with database(writes=True) as engine:
        try:
            with engine.begin() as connection:
                reports = results.import_sheets(
                    connection,
                    sheets,
                    election=election,
                    segment=segment,
                    file_name=file.name,
                    file_sha256=_sha256(file),
                    accept_disputed=accept_disputed,
                )
        except DisputedSheetError as error:
            if json_output:
                print_json({"file": file.name, "imported": False, "reason": str(error), "findings": error.findings})
            click.echo(f"Refused: {error}", err=True)
            ctx.exit(1)
    for report in reports:
        for warning in report.warnings:
            click.echo(f"Warning: {warning}", err=True)
        if json_output:
            print_json(report)
    if not json_output:
        _print(reports)


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{file}: {error.strerror}") from error


def _print(reports: tuple[results.SheetReport, ...]) -> None:
    rows = [
        (one.segment, one.stations, one.candidates, one.votes, one.postal_votes, one.new, one.changed, one.deleted)
        for one in reports
    ]
    heads = ["segment", "stations", "candidates", "votes", "postal votes", "rows new", "changed", "deleted"]
    print_table(heads, rows, title=f"{reports[0].election}: {reports[0].file_name}" if reports else None)
    kept = [
        (one.segment, one.station_ids, one.stations_new, one.stations_changed, one.stations_deleted, one.disputes)
        for one in reports
    ]
    print_table(["segment", "stations are", "new", "changed", "gone", "disputes and warnings kept"], kept)


@click.command()
@election_option
@click.option("--segment", required=True, metavar="N", help="The segment whose sheet goes.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def remove(*, election: str, segment: str, yes: bool, json_output: bool) -> None:
    """Take an imported sheet out again, with its results and the stations that nothing else uses."""
    with database(writes=True) as engine:
        if not yes:
            click.confirm(f"Remove the sheet of segment {segment} in {election}?", abort=True, err=True)
        with engine.begin() as connection:
            report = results.remove_sheet(connection, election, segment)
    if json_output:
        print_json(report)
    else:
        click.echo(f"Removed: {report.deleted:,} results, {report.stations_deleted:,} stations that nothing else uses")
