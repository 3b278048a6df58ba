"""Store the rows of Form 20 sheets: COPY into a temporary stage, then one statement for each table.

Sheets that are new, of stations without results, need no comparing: their rows are copied straight into `result_ps`.

A sheet owns its rows of `result_ps` (`sheet_id`). What the new reading of a sheet no longer has is deleted, what it has
is upserted where it differs, and rows of other sheets and elections are not touched. Rows that belong to no sheet (an
adopted archive's) are superseded by the sheet that has their station: both together would count each vote twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.database import copy_rows
from lokdarpan_core.errors import ConflictError
from lokdarpan_core.records import to_json

NAMED = 5  # stations that a message names

STAGE = {
    "sheet_id": "int8", "ps_id": "text", "candidate_no": "int4", "party": "text", "candidate": "text", "votes": "int4",
    "total_polled": "int4", "rejected": "int4", "sheet_row": "int4",
}  # fmt: skip
TURNOUT = ("electors", "polled", "valid", "rejected", "nota", "tendered")

_ANY_RESULTS = sa.text("""
    SELECT EXISTS (SELECT FROM result_ps WHERE election_id = :election_id AND ps_id = ANY(:ps_ids))
""")
_DROP_STAGE = sa.text("DROP TABLE IF EXISTS pg_temp.form20_stage")
_INDEX_STAGE = sa.text("CREATE INDEX ON form20_stage (ps_id, candidate_no)")
_MAKE_STAGE = sa.text(f"""
    CREATE TEMPORARY TABLE form20_stage (
        {", ".join(f"{name} {type}" for name, type in STAGE.items())}
    ) ON COMMIT DROP
""")
_VANISHED = sa.text("""
    SELECT DISTINCT ps_id, sheet_id FROM result_ps
    WHERE election_id = :election_id AND sheet_id = ANY(:sheet_ids)
      AND NOT EXISTS (SELECT FROM form20_stage AS stage WHERE stage.ps_id = result_ps.ps_id)
    ORDER BY ps_id
""")
_DELETE_RESULTS = sa.text("""
    WITH gone AS (
        DELETE FROM result_ps
        WHERE election_id = :election_id
          AND (sheet_id = ANY(:sheet_ids) OR (sheet_id IS NULL AND ps_id IN (SELECT ps_id FROM form20_stage)))
          AND NOT EXISTS (SELECT FROM form20_stage AS stage
                          WHERE stage.ps_id = result_ps.ps_id AND stage.candidate_no = result_ps.candidate_no
                            AND stage.sheet_id = coalesce(result_ps.sheet_id, stage.sheet_id))
        RETURNING coalesce(sheet_id, (SELECT min(stage.sheet_id) FROM form20_stage AS stage
                                      WHERE stage.ps_id = result_ps.ps_id)) AS sheet_id
    )
    SELECT sheet_id, count(*) FROM gone GROUP BY sheet_id
""")
_STATIONS_OF_OTHERS = sa.text("""
    SELECT DISTINCT result_ps.ps_id, form20_sheet.segment
    FROM form20_stage AS stage
    JOIN result_ps ON result_ps.ps_id = stage.ps_id AND result_ps.election_id = :election_id
    JOIN form20_sheet ON form20_sheet.id = result_ps.sheet_id
    WHERE result_ps.sheet_id <> stage.sheet_id
    ORDER BY ps_id
""")
_UPSERT_RESULTS = sa.text("""
    WITH written AS (
        INSERT INTO result_ps (election_id, ps_id, candidate_no, party, candidate, votes, total_polled, rejected,
                               sheet_id, sheet_row)
        SELECT :election_id, ps_id, candidate_no, party, candidate, votes, total_polled, rejected, sheet_id, sheet_row
        FROM form20_stage ORDER BY ps_id, candidate_no
        ON CONFLICT (election_id, ps_id, candidate_no) DO UPDATE
        SET party = excluded.party, candidate = excluded.candidate, votes = excluded.votes,
            total_polled = excluded.total_polled, rejected = excluded.rejected, sheet_id = excluded.sheet_id,
            sheet_row = excluded.sheet_row
        WHERE (result_ps.party, result_ps.candidate, result_ps.votes, result_ps.total_polled, result_ps.rejected,
               result_ps.sheet_id, result_ps.sheet_row)
              IS DISTINCT FROM (excluded.party, excluded.candidate, excluded.votes, excluded.total_polled,
                                excluded.rejected, excluded.sheet_id, excluded.sheet_row)
        RETURNING sheet_id, xmax = 0 AS new
    )
    SELECT sheet_id, count(*) FILTER (WHERE new) AS new, count(*) FILTER (WHERE NOT new) AS changed
    FROM written GROUP BY sheet_id
""")
_UPSERT_TURNOUT = sa.text("""
    INSERT INTO station_turnout (election_id, ps_id, electors, polled, valid, rejected, nota, tendered)
    SELECT :election_id, ps_id, electors, polled, valid, rejected, nota, tendered
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS said (ps_id text, electors int, polled int, valid int, rejected int, nota int, tendered int)
    ORDER BY ps_id
    ON CONFLICT (election_id, ps_id) DO UPDATE
    SET electors = excluded.electors, polled = excluded.polled, valid = excluded.valid, rejected = excluded.rejected,
        nota = excluded.nota, tendered = excluded.tendered
    WHERE (station_turnout.electors, station_turnout.polled, station_turnout.valid, station_turnout.rejected,
           station_turnout.nota, station_turnout.tendered)
          IS DISTINCT FROM (excluded.electors, excluded.polled, excluded.valid, excluded.rejected, excluded.nota,
                            excluded.tendered)
    RETURNING ps_id
""")
_DELETE_TURNOUT = sa.text("DELETE FROM station_turnout WHERE election_id = :election_id AND ps_id = ANY(:ps_ids)")


@attrs.define
class RowCounts:
    """What became of the rows of one sheet in `result_ps`."""

    new: int = 0
    changed: int = 0
    deleted: int = 0


def have_results(connection: Connection, election_id: int, ps_ids: list[str]) -> bool:
    """Has any of these stations results of this election?"""
    parameters = {"election_id": election_id, "ps_ids": ps_ids}
    return bool(connection.execute(_ANY_RESULTS, parameters).scalar_one())


def copy_results(
    connection: Connection, election_id: int, rows: Iterable[tuple[Any, ...]], sheet_ids: list[int]
) -> dict[int, RowCounts]:
    """Copy rows (columns as in STAGE) of new sheets into `result_ps`. Returns the counts by sheet.

    Raises ConflictError when another process stores the same stations for another segment at this moment.
    """
    counts = {sheet_id: RowCounts() for sheet_id in sheet_ids}

    def counted() -> Iterator[tuple[Any, ...]]:
        for row in rows:
            counts[row[0]].new += 1
            yield (*row, election_id)

    try:
        copy_rows(connection, "result_ps", STAGE | {"election_id": "int8"}, counted())
    except sa.exc.IntegrityError as error:
        raise ConflictError(f"Stations are in another sheet of this election: {error.orig}") from error
    return counts


def stage(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Copy result rows (columns as in STAGE) into an empty stage. It is indexed, since the server may take
    `result_ps` for small (its statistics are older than the last import), and look each of its rows up."""
    connection.execute(_DROP_STAGE)
    connection.execute(_MAKE_STAGE)
    copy_rows(connection, "form20_stage", STAGE, rows)
    connection.execute(_INDEX_STAGE)
    connection.execute(sa.text("ANALYZE form20_stage"))


def vanished_stations(connection: Connection, election_id: int, sheet_ids: list[int]) -> dict[str, int]:
    """Stations that had rows of these sheets and have none in the stage, with their sheet."""
    parameters = {"election_id": election_id, "sheet_ids": sheet_ids}
    return {row.ps_id: row.sheet_id for row in connection.execute(_VANISHED, parameters)}


def write_results(connection: Connection, election_id: int, sheet_ids: list[int]) -> dict[int, RowCounts]:
    """Make `result_ps` hold of these sheets what the stage has. Returns the counts by sheet.

    Raises ConflictError when a station of the stage belongs to another sheet of the same election.
    """
    counts = {sheet_id: RowCounts() for sheet_id in sheet_ids}
    parameters = {"election_id": election_id, "sheet_ids": sheet_ids}
    for sheet_id, deleted in connection.execute(_DELETE_RESULTS, parameters):
        counts[sheet_id].deleted = deleted
    others = connection.execute(_STATIONS_OF_OTHERS, {"election_id": election_id}).all()
    if others:
        named = ", ".join(f"{ps_id} (segment {segment})" for ps_id, segment in others[:NAMED])
        raise ConflictError(f"{len(others):,} stations are in another sheet of this election already: {named}")
    for sheet_id, new, changed in connection.execute(_UPSERT_RESULTS, {"election_id": election_id}):
        counts[sheet_id].new, counts[sheet_id].changed = new, changed
    return counts


def write_turnout(
    connection: Connection, election_id: int, rows: Sequence[dict[str, Any]], vanished: list[str]
) -> set[str]:
    """Upsert electors and votes of stations (`ps_id` and TURNOUT) and delete those of vanished ones. Returns the ids of
    those that changed."""
    changed = set[str]()
    if vanished:
        connection.execute(_DELETE_TURNOUT, {"election_id": election_id, "ps_ids": vanished})
    if rows:
        parameters = {"election_id": election_id, "rows": to_json(list(rows)).decode()}
        changed.update(connection.execute(_UPSERT_TURNOUT, parameters).scalars())
    return changed
