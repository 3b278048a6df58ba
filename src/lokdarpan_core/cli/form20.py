"""`lokdarpan form20 …`: Form 20 result sheets."""

from pathlib import Path
from typing import Any

import click

from lokdarpan_core.cli.console import as_json, bars, print_json, print_table
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.form20.sheet import Finding, Layout, Severity, Sheet

LAYOUTS = {
    Layout.TIDY: "tidy form, a line for each station and candidate",
    Layout.CLASSIC: "classic Form 20, a column for each candidate",
    Layout.WITH_ELECTORS: "Form 20 with electors or turnout, a column for each candidate",
    Layout.SUMMARY: "summary without candidates; it can't be imported",
}


@click.group()
def form20() -> None:
    """Form 20, the official result sheet of an assembly segment: votes by polling station and candidate.

    \b
    Examples:
      lokdarpan form20 check ac61.csv
      lokdarpan form20 check ac61.xlsx --candidates candidates-61.csv
    """


@form20.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--candidates",
    type=click.Path(path_type=Path),
    help="A CSV with the columns number, name, party: gives the parties, and its names must be the sheet's.",
)
@as_json
@click.pass_context
def check(ctx: click.Context, file: Path, candidates: Path | None, json_output: bool) -> None:
    """Read a sheet and show whether it adds up. Needs no database.

    Exit codes: 0 all adds up, 1 something does not, 2 it is no sheet.
    """
    sheets = read_form20(file, candidates=candidates)
    for sheet in sheets:
        if json_output:
            print_json(_record(file, sheet))
        else:
            _print(sheet)
    ctx.exit(1 if any(sheet.errors for sheet in sheets) else 0)


def _record(file: Path, sheet: Sheet) -> dict[str, Any]:
    return {
        "file": file.name,
        "layout": sheet.layout,
        "title": sheet.title,
        "segment": sheet.segment,
        "adds_up": not sheet.errors,
        "importable": sheet.layout is not Layout.SUMMARY and not sheet.errors,
        "stations": len(sheet.stations),
        "candidates": [
            {"number": one.number, "name": one.name, "party": one.party, "votes": votes}
            for one, votes in zip(sheet.candidates, _votes(sheet), strict=True)
        ],
        "totals": _totals(sheet),
        "nota_in_valid": sheet.nota_in_valid,
        "total_of": sheet.total_of,
        "footers": sheet.footers,
        "columns": sheet.columns,
        "counts": {severity.value: _count(sheet, severity) for severity in Severity},
        "findings": sheet.findings,
    }


def _votes(sheet: Sheet) -> list[int]:
    return [sum(station.votes[index] or 0 for station in sheet.stations) for index in range(len(sheet.candidates))]


def _totals(sheet: Sheet) -> dict[str, int | None]:
    """The sums over all stations; None for what the sheet does not have."""
    return {name: _total(sheet, name) for name in ("electors", "valid", "rejected", "nota", "polled", "tendered")}


def _total(sheet: Sheet, name: str) -> int | None:
    values = [value for station in sheet.stations if (value := getattr(station, name)) is not None]
    return sum(values) if values else None


def _count(sheet: Sheet, severity: Severity) -> int:
    return sum(finding.severity is severity for finding in sheet.findings)


def _print(sheet: Sheet) -> None:
    totals = _totals(sheet)
    click.echo(f"{sheet.title or 'Form 20'}")
    facts = [
        ("layout", LAYOUTS[sheet.layout]),
        ("segment", sheet.segment or "not named in the sheet"),
        ("polling stations", f"{len(sheet.stations):,}"),
        ("candidates", f"{len(sheet.candidates):,}"),
        *((name, f"{total:,}") for name, total in totals.items() if total is not None),
    ]
    print_table(("sheet", ""), facts)
    if sheet.candidates:
        votes = _votes(sheet)
        rows = [
            (one.number, one.name or "", one.party or "", count, _share(count, sum(votes)), bar)
            for one, count, bar in zip(sheet.candidates, votes, bars(votes), strict=True)
        ]
        print_table(("no.", "candidate", "party", "votes", "share", ""), rows)
    if sheet.findings:
        print_table(("", "finding", "cell", "station", "what"), [_row(finding) for finding in sheet.findings])
    click.echo(_verdict(sheet))


def _share(votes: int, of: int) -> str:
    return f"{votes / of:6.1%}" if of else ""


def _row(finding: Finding) -> tuple[str, str, str, str, str]:
    return (finding.severity.value, finding.code, finding.cell or "", finding.station or "", finding.message)


def _verdict(sheet: Sheet) -> str:
    errors, warnings = _count(sheet, Severity.ERROR), _count(sheet, Severity.WARNING)
    if errors:
        return f"It does not add up. Errors: {errors:,}, warnings: {warnings:,}."
    return f"All adds up. Warnings: {warnings:,}."
