"""Polling stations and the wards that they are assigned to.

Form 20 counts by station of an assembly segment, and a station belongs to no ward by itself: the assignment comes from
the user, for one delimitation at a time. Nothing is guessed, and nothing is put into a ward called UNKNOWN: a station
without an assignment is counted and named. The ward that a tidy sheet names for a station may serve as assignment when
that is asked for; it never replaces one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections import stored
from lokdarpan_core.elections.assignment_file import Part, doubled, read_assignment, refuse, weight_problems
from lokdarpan_core.elections.station_ids import natural
from lokdarpan_core.elections.ward_labels import WardLabels
from lokdarpan_core.records import to_json
from lokdarpan_core.schema import polling_station, station_ward

_DELETE = sa.text("""
    DELETE FROM station_ward
    WHERE delimitation_id = :delimitation AND ps_id = ANY(:ps_ids)
      AND NOT EXISTS (SELECT FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS said (ps_id text, ward_id text)
                      WHERE said.ps_id = station_ward.ps_id AND said.ward_id = station_ward.ward_id)
""")
_UPSERT = sa.text("""
    WITH written AS (
        INSERT INTO station_ward (ps_id, delimitation_id, ward_id, weight)
        SELECT ps_id, :delimitation, ward_id, weight
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS said (ps_id text, ward_id text, weight float8)
        ORDER BY ps_id, ward_id
        ON CONFLICT (ps_id, ward_id) DO UPDATE SET weight = excluded.weight
        WHERE station_ward.weight IS DISTINCT FROM excluded.weight
        RETURNING xmax = 0 AS new
    )
    SELECT count(*) FILTER (WHERE new) AS new, count(*) FILTER (WHERE NOT new) AS changed FROM written
""")
_UNASSIGNED = sa.text("""
    SELECT ps_id FROM polling_station
    WHERE NOT EXISTS (SELECT FROM station_ward WHERE station_ward.ps_id = polling_station.ps_id
                                                 AND delimitation_id = :delimitation)
""")
_AS_READ = sa.text("""
    SELECT ps_id, ward_id, jsonb_path_query_array(source_meta, '$.as_read.*.ward_id') AS others,
           ARRAY(SELECT station_ward.ward_id FROM station_ward
                 WHERE station_ward.ps_id = polling_station.ps_id AND delimitation_id = :delimitation) AS wards
    FROM polling_station
    WHERE ward_id IS NOT NULL OR source_meta->'as_read' IS NOT NULL
    ORDER BY ps_id
""")
_LIST = sa.text("""
    SELECT ps_id, name, ac_id AS segment, ward_id AS ward_as_read,
           (SELECT jsonb_object_agg(station_ward.ward_id, weight) FROM station_ward
            WHERE station_ward.ps_id = polling_station.ps_id
              AND (CAST(:delimitation AS text) IS NULL OR delimitation_id = :delimitation)) AS wards,
           ARRAY(SELECT concat_ws('-', type, year, round)
                 FROM election JOIN station_turnout ON election_id = election.id
                 WHERE station_turnout.ps_id = polling_station.ps_id ORDER BY year, type, round) AS elections,
           source_meta->'disputes' AS disputes
    FROM polling_station
    WHERE (CAST(:segment AS text) IS NULL OR coalesce(ac_id, source_meta->>'segment') = :segment)
      AND (CAST(:ward_id AS text) IS NULL OR EXISTS (
          SELECT FROM station_ward
          WHERE station_ward.ps_id = polling_station.ps_id AND station_ward.ward_id = :ward_id))
""")


@attrs.frozen
class AssignReport(Shown):
    """What became of an assignment: stations and rows of `station_ward` that it names, and which of the rows are new,
    changed, unchanged and deleted.

    `unassigned` are all stations that have no ward in this delimitation now. `unknown_wards` are labels of sheets that
    mean no ward of it, with their stations, and `elsewhere` stations whose sheet names another ward than the one that
    they are assigned to, which stays.
    """

    delimitation: str
    stations: int
    rows: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    unassigned: tuple[str, ...]
    unknown_columns: tuple[str, ...] = ()
    unknown_wards: dict[str, list[str]] = attrs.field(factory=dict)
    elsewhere: tuple[str, ...] = ()


@attrs.frozen
class PollingStation(Shown):
    """A polling station: the ward that its sheet names, the wards that it is assigned to (ward -> weight), the
    elections that it has results of, and what does not add up in them."""

    ps_id: str
    name: str | None
    segment: str | None
    ward_as_read: str | None
    wards: dict[str, float]
    elections: tuple[str, ...]
    disputes: dict[str, list[dict[str, Any]]]


def assign_stations(connection: Connection, assignment: Path | str | Iterable[Part], delimitation: str) -> AssignReport:
    """Assign stations to wards of a delimitation, by a CSV file or by parts; wards are named by id or number.

    The stations that it names get this assignment in this delimitation instead of theirs; other stations keep theirs.

    Raises SourceError, with the stations named, when weights of a station do not sum to 1, a ward stands twice for one,
    or a station or ward is not known; NotFoundError when the delimitation is not loaded. Nothing is written then.
    """
    wards = WardLabels.load(connection, delimitation)
    name, unknown_columns = "The assignment", tuple[str, ...]()
    if isinstance(assignment, Path | str):
        name = str(assignment)
        parts, unknown_columns = read_assignment(assignment)
    else:
        parts = list(assignment)
        refuse(name, list(weight_problems(parts)))
    stored.lock(connection, station_ward)
    known = _known(connection, {part.ps_id for part in parts})
    found = [(part, *wards.find(part.ward)) for part in parts]
    problems = [f"{part.where}there is no station {part.ps_id}" for part in parts if part.ps_id not in known]
    problems += [f"{part.where}{reason}" for part, ward, reason in found if ward is None]
    refuse(name, problems or list(doubled([(part.ps_id, ward or "") for part, ward, _ in found])))
    rows = [{"ps_id": part.ps_id, "ward_id": ward, "weight": part.weight} for part, ward, _ in found]
    return attrs.evolve(_write(connection, delimitation, rows), unknown_columns=unknown_columns)


def assign_from_sheets(connection: Connection, delimitation: str) -> AssignReport:
    """Assign each station that has no ward in this delimitation to the one that its sheet names (tidy sheets do).

    A label that means no ward of the delimitation is reported. Raises NotFoundError when that is not loaded.
    """
    wards = WardLabels.load(connection, delimitation)
    stored.lock(connection, station_ward)
    rows, elsewhere = [], []
    unknown = defaultdict[str, list[str]](list)
    for row in connection.execute(_AS_READ, {"delimitation": delimitation}):
        labels = [label for label in (row.ward_id, *(row.others or ())) if label]
        ward = next((found for label in labels if (found := wards.find(label)[0]) is not None), None)
        if row.wards:
            if ward is not None and ward not in row.wards:
                elsewhere.append(row.ps_id)
        elif ward is None:
            unknown[labels[0] if labels else ""].append(row.ps_id)
        else:
            rows.append({"ps_id": row.ps_id, "ward_id": ward, "weight": 1.0})
    report = _write(connection, delimitation, rows)
    return attrs.evolve(report, unknown_wards=dict(unknown), elsewhere=tuple(elsewhere))


def _known(connection: Connection, ps_ids: set[str]) -> set[str]:
    return set(
        connection.execute(sa.select(polling_station.c.ps_id).where(polling_station.c.ps_id.in_(ps_ids))).scalars()
    )


def _write(connection: Connection, delimitation: str, rows: Sequence[dict[str, Any]]) -> AssignReport:
    parameters = {"delimitation": delimitation, "rows": to_json(list(rows)).decode()}
    ps_ids = sorted({row["ps_id"] for row in rows})
    deleted = connection.execute(_DELETE, parameters | {"ps_ids": ps_ids}).rowcount if rows else 0
    new, changed = connection.execute(_UPSERT, parameters).one() if rows else (0, 0)
    unassigned = sorted(connection.execute(_UNASSIGNED, {"delimitation": delimitation}).scalars(), key=natural)
    return AssignReport(
        delimitation=delimitation,
        stations=len(ps_ids),
        rows=len(rows),
        new=new,
        changed=changed,
        unchanged=len(rows) - new - changed,
        deleted=deleted,
        unassigned=tuple(unassigned),
    )


def polling_stations(
    connection: Connection,
    *,
    delimitation: str | None = None,
    segment: str | None = None,
    ward_id: str | None = None,
    unassigned: bool = False,
    disputed: bool = False,
) -> list[PollingStation]:
    """Stations, in the order of their ids: all, or those of a segment, of a ward, without a ward, with a dispute.

    With `delimitation` only its wards count.
    """
    rows = connection.execute(_LIST, {"delimitation": delimitation, "segment": segment, "ward_id": ward_id})
    found = [
        PollingStation(ps_id, name, of, as_read, wards or {}, tuple(elections), disputes or {})
        for ps_id, name, of, as_read, wards, elections, disputes in rows
    ]
    wanted = [one for one in found if not (unassigned and one.wards) and not (disputed and not one.disputes)]
    return sorted(wanted, key=lambda one: natural(one.ps_id))
