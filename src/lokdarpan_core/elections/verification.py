"""Hold what is stored of a sheet against what was read, summed up by the database: no vote lost, none counted twice."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections.admission import counts
from lokdarpan_core.elections.form20.sheet import Layout, Sheet
from lokdarpan_core.elections.sheet_rows import PlacedSheet, any_known
from lokdarpan_core.errors import LokDarpanError

_STORED_SUMS = sa.text("""
    SELECT sheet_id, candidate_no, count(*) AS rows, count(votes) AS known, coalesce(sum(votes), 0) AS votes
    FROM result_ps
    WHERE election_id = :election_id AND sheet_id = ANY(:sheet_ids)
    GROUP BY sheet_id, candidate_no
""")
_STORED_TURNOUT = sa.text("""
    SELECT count(*), coalesce(sum(electors), 0), coalesce(sum(polled), 0), coalesce(sum(valid), 0),
           coalesce(sum(rejected), 0), coalesce(sum(nota), 0), coalesce(sum(tendered), 0)
    FROM station_turnout WHERE election_id = :election_id AND ps_id = ANY(:ps_ids)
""")


def verify(connection: Connection, election_id: int, placed: Sequence[PlacedSheet]) -> None:
    """Raise LokDarpanError, so that nothing is kept, when what is stored does not sum to what was read."""
    stored: dict[int, dict[int, tuple[int, ...]]] = {one.sheet_id: {} for one in placed}
    parameters = {"election_id": election_id, "sheet_ids": list(stored)}
    for sheet_id, number, *numbers in connection.execute(_STORED_SUMS, parameters):
        stored[sheet_id][number] = tuple(map(int, numbers))
    for one in placed:
        if stored[one.sheet_id] != _read(one.sheet):
            raise LokDarpanError(f"Segment {one.segment}: the votes stored are not the votes read; nothing is kept")
    stations = [station for one in placed for station in one.sheet.stations]
    read = [sum(number or 0 for number in column) for column in zip(*map(counts, stations), strict=True)]
    ps_ids = {"election_id": election_id, "ps_ids": [ps_id for one in placed for ps_id in one.ps_ids]}
    if stations and [*connection.execute(_STORED_TURNOUT, ps_ids).one()] != [len(stations), *read]:
        raise LokDarpanError("The electors and votes polled that are stored are not those read; nothing is kept")


def _read(sheet: Sheet) -> dict[int, tuple[int, ...]]:
    """Candidate number -> rows, rows with votes, votes."""
    silent = sum(not any_known(station) for station in sheet.stations)
    columns = zip(*(station.votes for station in sheet.stations), strict=True)
    read: dict[int, tuple[int, ...]] = {}
    for one, column in zip(sheet.candidates, columns, strict=bool(sheet.stations)):
        votes = [number for number in column if number is not None]
        rows = len(votes) + silent if sheet.layout is Layout.TIDY else len(column)
        read[one.number] = (rows, len(votes), sum(votes))
    return read
