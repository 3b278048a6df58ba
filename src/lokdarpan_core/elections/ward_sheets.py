"""Which Form 20 sheets a ward's figures come from: where a number was printed, and what did not add up there."""

from datetime import datetime

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections.election import ElectionName

_SHEETS = sa.text("""
    SELECT form20_sheet.id, election.type, election.year, election.round, form20_sheet.segment,
           form20_sheet.file_name, form20_sheet.file_sha256, form20_sheet.imported_at,
           jsonb_array_length(jsonb_path_query_array(form20_sheet.disputes, '$[*] ? (@.severity == "error")'))
               AS disputes,
           coalesce(mine.stations, 0) AS stations
    FROM form20_sheet
    JOIN election ON election.id = form20_sheet.election_id
    LEFT JOIN (
        SELECT sheet_id, count(DISTINCT ps_id) AS stations FROM result_ps
        WHERE ps_id IN (SELECT ps_id FROM station_ward WHERE ward_id = :ward) GROUP BY sheet_id
    ) AS mine ON mine.sheet_id = form20_sheet.id
    WHERE mine.stations IS NOT NULL
       OR form20_sheet.segment IN (SELECT segment FROM ward_segment WHERE ward_id = :ward)
    ORDER BY election.year DESC, election.held_on DESC NULLS LAST, election.id DESC, form20_sheet.segment
""")


@attrs.frozen
class WardSheet(Shown):
    """A sheet: the election as its name, the segment that it is of, its file and that file's sha256, how many of its
    findings do not add up, and how many of the ward's stations stand in it (0: it is of the ward's segment)."""

    id: int
    election: str
    segment: str
    file_name: str
    file_sha256: str
    imported_at: datetime
    disputes: int
    stations: int


def ward_sheets(connection: Connection, ward_id: str) -> tuple[WardSheet, ...]:
    """The sheets behind a ward's results, the newest election first; none where no sheet is imported."""
    return tuple(
        WardSheet(
            row.id,
            str(ElectionName(row.type, row.year, row.round)),
            row.segment,
            row.file_name,
            row.file_sha256,
            row.imported_at,
            row.disputes,
            row.stations,
        )
        for row in connection.execute(_SHEETS, {"ward": ward_id})
    )
