"""A Form 20 sheet as rows of the tables that hold it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from lokdarpan_core.elections.admission import counts, disputes, postal_footer
from lokdarpan_core.elections.election import ElectionName
from lokdarpan_core.elections.form20.sheet import Finding, Footer, Layout, Sheet, Station
from lokdarpan_core.elections.result_rows import TURNOUT
from lokdarpan_core.schema import form20_sheet


class Written(Enum):
    """What became of a row."""

    NEW = 1
    CHANGED = 2
    UNCHANGED = 3


@attrs.frozen
class PlacedSheet:
    """A sheet with its place in the database: its segment, the id of its row and what became of that, the `ps_id` of
    each station, and how these were found."""

    sheet: Sheet
    segment: str
    sheet_id: int
    row: Written
    ps_ids: tuple[str, ...]
    how: str

    def results(self) -> Iterator[tuple[Any, ...]]:
        """A row for each station and candidate, as `result_rows.STAGE` has its columns. In the tidy form a candidate
        may have no line at a station (candidates of several wards stand in one segment): then there is no row."""
        candidates = [(one.number, one.party, one.name) for one in self.sheet.candidates]
        for ps_id, station in zip(self.ps_ids, self.sheet.stations, strict=True):
            after = (station.polled, station.rejected, station.row)
            every = self.sheet.layout is not Layout.TIDY or not any_known(station)
            for (number, party, name), votes in zip(candidates, station.votes, strict=True):
                if every or votes is not None:
                    yield (self.sheet_id, ps_id, number, party, name, votes, *after)

    def turnouts(self) -> Iterator[dict[str, Any]]:
        """A row of `station_turnout` for each station."""
        for ps_id, station in zip(self.ps_ids, self.sheet.stations, strict=True):
            yield {"ps_id": ps_id} | dict(zip(TURNOUT, counts(station), strict=True))

    def stations(self, name: ElectionName) -> Iterator[tuple[str, dict[str, Any]]]:
        """The `ps_id` of each station, and what the sheet says of it."""
        disputed = self._disputed()
        wards = name.type == "GHMC" and self.sheet.layout is not Layout.TIDY  # then the segment is a ward
        for ps_id, station in zip(self.ps_ids, self.sheet.stations, strict=True):
            said = {"name": station.name, "ac_id": None if wards else self.segment, "pc_id": station.pc_id}
            said |= {"ward_id": station.ward_id, "ward_name": station.ward_name}
            yield ps_id, said | {"segment": self.segment, "disputes": disputed.get(station.row, [])}

    def _disputed(self) -> Mapping[int, list[dict[str, Any]]]:
        """Row -> the errors in it: of its cells, and of its station where that is named alone."""
        rows = {station.row for station in self.sheet.stations}
        by_serial = {one.ps_id or one.serial: one.row for one in self.sheet.stations}
        by_serial |= {one.serial: one.row for one in self.sheet.stations}
        found = defaultdict[int, list[dict[str, Any]]](list)
        for finding in self.sheet.errors:
            row = _row(finding)
            if row not in rows and finding.station is not None:
                row = by_serial.get(finding.station)
            if row is not None:
                found[row].append(shown(finding))
        return found


def any_known(station: Station) -> bool:
    """Has it votes of any candidate?"""
    return any(votes is not None for votes in station.votes)


def _row(finding: Finding) -> int | None:
    match = re.search(r"\d+$", finding.cell or "")
    return int(match[0]) if match else None


def shown(finding: Finding) -> dict[str, Any]:
    """A finding as it is kept."""
    return attrs.asdict(finding) | {"severity": str(finding.severity)}


def write_sheet(connection: Connection, sheet: Sheet, place: Mapping[str, Any]) -> tuple[int, Written]:
    """Upsert the row of `form20_sheet`; `imported_at` moves when something changes. `place` has election, segment and
    file. Returns the row's id, and what became of it."""
    values = {**place, **_values(sheet)}
    statement = insert(form20_sheet).values(values)
    changes = {name: statement.excluded[name] for name in values if name not in {"election_id", "segment"}}
    differs = sa.or_(*(form20_sheet.c[name].is_distinct_from(value) for name, value in changes.items()))
    upsert = statement.on_conflict_do_update(
        index_elements=["election_id", "segment"], set_=changes | {"imported_at": sa.func.now()}, where=differs
    )
    is_new = sa.literal_column("xmax = 0", sa.Boolean)
    written = connection.execute(upsert.returning(form20_sheet.c.id, is_new)).one_or_none()
    if written is not None:
        return written[0], Written.NEW if written[1] else Written.CHANGED
    same = [form20_sheet.c[name] == values[name] for name in ("election_id", "segment")]
    return int(connection.execute(sa.select(form20_sheet.c.id).where(*same)).scalar_one()), Written.UNCHANGED


def _values(sheet: Sheet) -> dict[str, Any]:
    postal = postal_footer(sheet)
    totals = {
        "nota_in_valid": sheet.nota_in_valid,
        "total_of": list(sheet.total_of),
        "footers": [attrs.asdict(footer) | {"votes": _by_number(sheet, footer)} for footer in sheet.footers],
    }
    return {
        "layout": str(sheet.layout),
        "disputes": [shown(finding) for finding in disputes(sheet)],
        "totals": totals,
        "postal_votes": _by_number(sheet, postal) if postal else sa.null(),
    }


def _by_number(sheet: Sheet, footer: Footer) -> dict[str, int | None]:
    return {str(one.number): votes for one, votes in zip(sheet.candidates, footer.votes, strict=True)}
