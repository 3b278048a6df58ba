"""`lokdarpan wards import`: ward lists, boundaries and segments, and what in them needs a look."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import click
from sqlalchemy import Connection

from lokdarpan_core.cli.console import DAY, as_json, database, print_json, print_table
from lokdarpan_core.wards.boundaries import BoundaryReport, Mismatch, import_boundaries, read_features
from lokdarpan_core.wards.delimitations import Delimitation, packaged, packaged_ids
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import ImportReport, import_list
from lokdarpan_core.wards.lists import read_list
from lokdarpan_core.wards.segments import SegmentReport, import_segments

Report = ImportReport | BoundaryReport | SegmentReport

file = click.Path(path_type=Path)


@click.command("import")
@click.argument("name", metavar="[LIST|FILE.csv]", required=False)
@click.option("--boundaries", type=file, help="GeoJSON; matched by name and number together.")
@click.option("--segments", type=file, help="CSV: ward,segment[,source].")
@click.option("--delimitation", "place", help="The id of a file's list, as pune-2017; or whose boundaries these are.")
@click.option("--authority", help="Who drew a file's wards.")
@click.option("--source", help="Where a file's list is from.")
@click.option("--valid-from", type=DAY, help="The first day on which a file's list holds.")
@click.option("--valid-to", type=DAY, help="The last day.")
@as_json
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    name: str | None,
    *,
    boundaries: Path | None,
    segments: Path | None,
    place: str | None,
    json_output: bool,
    **about: Any,
) -> None:
    """Load ward lists, boundaries and assembly segments; safe to repeat.

    LIST is ghmc-2016 or hyderabad-2026. Without it: both, unless only boundaries or segments are given. Exits with 1
    when something was left out or needs a look.
    """
    is_file = name is not None and name not in packaged_ids()
    if is_file and place is None:
        raise click.UsageError(f"{name} is no packaged list ({', '.join(packaged_ids())}); a file needs --delimitation")
    if name and not is_file and place not in (None, name):
        raise click.UsageError(f"{name} is not {place}")
    place = place or name
    if (boundaries or segments) and place is None:
        raise click.UsageError("Say with --delimitation whose boundaries or segments these are")
    reports: list[Report] = []
    with database(writes=True) as engine, engine.begin() as connection:
        if is_file and name and place:
            read = read_list(Path(name), _about(connection, place, about))
            reports.append(import_list(connection, read.list, read.unknown_columns))
        elif name or not (boundaries or segments):
            reports += [import_list(connection, packaged(id)) for id in ([name] if name else packaged_ids())]
        if boundaries and place:
            gazetteer = Gazetteer.load(connection, place)
            reports.append(import_boundaries(connection, gazetteer, place, read_features(boundaries)))
        if segments and place:
            gazetteer = Gazetteer.load(connection, place)
            reports.append(import_segments(connection, gazetteer, place, segments, about["source"]))
    for report in reports:
        print_json(report) if json_output else _print(report)
    ctx.exit(1 if any(list(_findings(report)) for report in reports) else 0)


def _about(connection: Connection, place: str, given: dict[str, Any]) -> Delimitation:
    """The delimitation of a file: what the options say, and for the rest what is stored of it."""
    stored = {one.id: one for one in Gazetteer.load(connection).delimitations}.get(place)
    days = {name: value.date() for name, value in given.items() if isinstance(value, datetime)}
    values: dict[str, Any] = {name: value or getattr(stored, name, None) for name, value in (given | days).items()}
    if absent := [f"--{name}" for name in ("authority", "source") if not values[name]]:
        raise click.UsageError(f"A new list needs {' and '.join(absent)}")
    return Delimitation(id=place, **values)


def _print(report: Report) -> None:
    counts = {name: value for name, value in attrs.asdict(report).items() if isinstance(value, int | str)}
    print_table(tuple(name.replace("_", " ") for name in counts), [tuple(counts.values())])
    for line in _findings(report):
        click.echo(f"  {line}")


def _findings(report: Report) -> Iterator[str]:
    """What needs a look, one line each."""
    match report:
        case ImportReport():
            for spelling, ids in report.shared_spellings.items():
                yield f"{spelling!r} is a name of {', '.join(ids)}: as a label it is ambiguous"
            if report.not_in_list:
                yield f"stored, but not in the list: {', '.join(report.not_in_list)}"
            if report.unknown_columns:
                yield f"columns that mean nothing here: {', '.join(report.unknown_columns)}"
        case BoundaryReport():
            yield from _mismatches("used", report.wrong_numbers)
            yield from _mismatches("not used", report.unused)
            if report.wards_without:
                named = (f"{one.ward_id} {one.name}" for one in report.wards_without)
                yield f"wards without a boundary in the file: {', '.join(named)}"
        case SegmentReport():
            for reject in report.rejects:
                yield f"line {reject.line}, {reject.ward!r}: {reject.reason}"


def _mismatches(what: str, mismatches: Iterable[Mismatch]) -> Iterator[str]:
    for one in mismatches:
        yield f"feature {one.feature}, {one.label!r}: {what} ({one.reason}): {one.detail}"
