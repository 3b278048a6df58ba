"""Store the results of Form 20 sheets, each with what did not add up in it.

A sheet is one (election, segment). Importing it again makes the database hold what it says now: its rows are replaced
where they differ, nothing else is touched, and the same sheet a second time changes nothing. A sheet with errors is
refused, unless the disputes are accepted; they are then stored with it and with the stations concerned.

Postal votes are counted for the segment as a whole: they stay with the sheet, outside all stations and wards.

One lock for each segment lets two processes import at once. After the writing, what is stored is summed up in the
database and held against what was read.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections import result_rows
from lokdarpan_core.elections.admission import (
    by_segment,
    disputes,
    evm_total_agrees,
    postal_footer,
    refuse_unfit,
    segment_number,
)
from lokdarpan_core.elections.election import ElectionName, add_election, find_election
from lokdarpan_core.elections.form20.sheet import Sheet
from lokdarpan_core.elections.result_rows import RowCounts
from lokdarpan_core.elections.sheet_rows import PlacedSheet, Written, write_sheet
from lokdarpan_core.elections.station_ids import station_ids
from lokdarpan_core.elections.station_rows import drop_unused, write_stations
from lokdarpan_core.elections.verification import verify
from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.schema import form20_sheet

_LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")
_TWINS = sa.text("""
    SELECT segment FROM form20_sheet
    WHERE election_id = :election_id AND file_sha256 = :sha256 AND segment <> :segment
    ORDER BY segment
""")


@attrs.frozen
class SheetReport(Shown):
    """What became of one sheet.

    `stations`, `candidates` and `votes` (for candidates, at the stations) are the sheet's; `postal_votes` the
    segment's, None where the sheet has none. `new`, `changed` and `deleted` count rows of `result_ps`; `stations_new`,
    `stations_changed` and `stations_deleted` stations. `station_ids` says how the stations were recognised, `evm_total`
    whether the stations sum to the sheet's own EVM total (None without one), `disputes` how many findings are kept with
    the sheet, and `warnings` what a person should look at.
    """

    election: str
    segment: str
    file_name: str
    stations: int
    candidates: int
    votes: int
    postal_votes: int | None
    new: int
    changed: int
    deleted: int
    stations_new: int
    stations_changed: int
    stations_deleted: int
    station_ids: str
    evm_total: bool | None
    disputes: int
    warnings: tuple[str, ...] = ()


@attrs.frozen
class RemovalReport(Shown):
    """What the removal of a sheet took away: rows of `result_ps`, and stations that nothing else uses."""

    election: str
    segment: str
    deleted: int
    stations_deleted: int


@attrs.frozen
class _Into:
    """Where a file goes."""

    election: ElectionName
    election_id: int
    file_name: str
    file_sha256: str

    def place(self, segment: str) -> dict[str, Any]:
        """What `form20_sheet` holds of it."""
        file = {"file_name": self.file_name, "file_sha256": self.file_sha256}
        return {"election_id": self.election_id, "segment": segment} | file


def import_sheet(
    connection: Connection,
    sheet: Sheet,
    *,
    election: ElectionName | str,
    segment: str | None = None,
    file_name: str,
    file_sha256: str,
    accept_disputed: bool = False,
) -> SheetReport:
    """Import one sheet. The election is made if it is new; `segment` may be None where the sheet names its own.

    Raises DisputedSheetError for a sheet with errors (unless accepted) or without candidates; Form20Error when the
    segment is missing, or another than the file's; ConflictError when the stations are another segment's.
    """
    said: dict[str, Any] = {"election": election, "segment": segment, "accept_disputed": accept_disputed}
    (report,) = import_sheets(connection, [sheet], file_name=file_name, file_sha256=file_sha256, **said)
    return report


def import_sheets(
    connection: Connection,
    sheets: Sequence[Sheet],
    *,
    election: ElectionName | str,
    segment: str | None = None,
    file_name: str,
    file_sha256: str,
    accept_disputed: bool = False,
) -> tuple[SheetReport, ...]:
    """Import the sheets of one file, all or none; `segment` takes that one of several. See `import_sheet`."""
    name = ElectionName.parse(election) if isinstance(election, str) else election
    chosen = by_segment(sheets, segment, file_name)
    for one in chosen.values():
        refuse_unfit(one, file_name, accept_disputed=accept_disputed)
    into = _Into(name, add_election(connection, name).id, file_name, file_sha256)
    _lock(connection, chosen)
    placed = []
    for number, one in chosen.items():
        ids = station_ids(connection, one, name, into.election_id, number)
        sheet_id, row = write_sheet(connection, one, into.place(number))
        placed.append(PlacedSheet(one, number, sheet_id, row, ids.ps_ids, ids.how))
    return _store(connection, placed, into)


def _lock(connection: Connection, segments: Sequence[str] | dict[str, Sheet]) -> None:
    """Keep other imports of these segments out until this transaction ends; in one order, or two would deadlock."""
    keys = [hashlib.sha256(f"form20 {segment}".encode()).digest()[:8] for segment in segments]
    for key in sorted(keys):
        connection.execute(_LOCK, {"key": int.from_bytes(key, "big", signed=True)})


def _store(connection: Connection, placed: Sequence[PlacedSheet], into: _Into) -> tuple[SheetReport, ...]:
    _refuse_doubles(placed, into.file_name)
    name, election_id = str(into.election), into.election_id
    rows, vanished = _write_results(connection, placed, election_id)
    said = dict(station for one in placed for station in one.stations(into.election))
    new, changed = write_stations(connection, election_id, name, said)
    turnouts = [row for one in placed for row in one.turnouts()]
    changed |= result_rows.write_turnout(connection, election_id, turnouts, list(vanished)) - new
    gone = drop_unused(connection, name, list(vanished))
    verify(connection, election_id, placed)
    warnings = _twins(connection, placed, into)
    reports = []
    for one in placed:
        deleted = sum(vanished[ps_id] == one.sheet_id for ps_id in gone)
        stations = (len(new & {*one.ps_ids}), len(changed & {*one.ps_ids}), deleted)
        reports.append(_report(one, into, rows[one.sheet_id], stations=stations, warnings=warnings))
    _touch(connection, [one.sheet_id for one, report in zip(placed, reports, strict=True) if _moved(one, report)])
    return tuple(reports)


def _write_results(
    connection: Connection, placed: Sequence[PlacedSheet], election_id: int
) -> tuple[dict[int, RowCounts], dict[str, int]]:
    """The counts by sheet, and the stations (with their sheet) that vanished."""
    sheet_ids = [one.sheet_id for one in placed]
    read = (row for one in placed for row in one.results())
    if all(one.row is Written.NEW for one in placed):
        ps_ids = [ps_id for one in placed for ps_id in one.ps_ids]
        if not result_rows.have_results(connection, election_id, ps_ids):
            return result_rows.copy_results(connection, election_id, read, sheet_ids), {}
    result_rows.stage(connection, read)
    vanished = result_rows.vanished_stations(connection, election_id, sheet_ids)
    return result_rows.write_results(connection, election_id, sheet_ids), vanished


def _refuse_doubles(placed: Sequence[PlacedSheet], file_name: str) -> None:
    times = Counter(ps_id for one in placed for ps_id in one.ps_ids)
    doubles = [ps_id for ps_id, count in times.items() if count > 1]
    if doubles:
        raise ConflictError(f"{file_name} has stations more than once: {', '.join(doubles[: result_rows.NAMED])}")


def _twins(connection: Connection, placed: Sequence[PlacedSheet], into: _Into) -> tuple[str, ...]:
    """A warning when a file that does not name its segment was imported as another one, too."""
    if len(placed) != 1 or placed[0].sheet.segment is not None:
        return ()
    parameters = {"election_id": into.election_id, "sha256": into.file_sha256, "segment": placed[0].segment}
    others = list(connection.execute(_TWINS, parameters).scalars())
    return (f"The same file is imported as segment {', '.join(others)}: one of them is wrong",) if others else ()


def _report(
    one: PlacedSheet, into: _Into, rows: RowCounts, *, stations: tuple[int, int, int], warnings: tuple[str, ...]
) -> SheetReport:
    sheet = one.sheet
    postal = postal_footer(sheet)
    new, changed, deleted = stations
    return SheetReport(
        election=str(into.election),
        segment=one.segment,
        file_name=into.file_name,
        stations=len(sheet.stations),
        candidates=len(sheet.candidates),
        votes=sum(votes or 0 for station in sheet.stations for votes in station.votes),
        postal_votes=sum(votes or 0 for votes in postal.votes) if postal else None,
        **attrs.asdict(rows),
        stations_new=new,
        stations_changed=changed,
        stations_deleted=deleted,
        station_ids=one.how,
        evm_total=evm_total_agrees(sheet),
        disputes=len(disputes(sheet)),
        warnings=warnings,
    )


def _moved(one: PlacedSheet, report: SheetReport) -> bool:
    """Did rows of a sheet change whose own row did not (with another file of candidates)?"""
    rows = (report.new, report.changed, report.deleted, report.stations_changed, report.stations_deleted)
    return one.row is Written.UNCHANGED and any(rows)


def _touch(connection: Connection, sheet_ids: list[int]) -> None:
    if sheet_ids:
        statement = sa.update(form20_sheet).where(form20_sheet.c.id.in_(sheet_ids))
        connection.execute(statement.values(imported_at=sa.func.now()))


def remove_sheet(connection: Connection, election: ElectionName | str, segment: str) -> RemovalReport:
    """Take a sheet out again: its results, its turnout, its postal votes, and stations that nothing else uses.

    Raises NotFoundError when there is no such election or sheet.
    """
    found, number = find_election(connection, election), segment_number(segment)
    _lock(connection, [number])
    same = form20_sheet.c.election_id == found.id, form20_sheet.c.segment == number
    sheet_id = connection.execute(sa.select(form20_sheet.c.id).where(*same)).scalar_one_or_none()
    if sheet_id is None:
        raise NotFoundError(f"{found.name} has no sheet of segment {number}")
    result_rows.stage(connection, [])
    vanished = list(result_rows.vanished_stations(connection, found.id, [sheet_id]))
    rows = result_rows.write_results(connection, found.id, [sheet_id])[sheet_id]
    result_rows.write_turnout(connection, found.id, [], vanished)
    gone = drop_unused(connection, str(found.name), vanished)
    connection.execute(sa.delete(form20_sheet).where(form20_sheet.c.id == sheet_id))
    return RemovalReport(str(found.name), number, rows.deleted, len(gone))
