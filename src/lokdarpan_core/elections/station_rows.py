"""The rows of `polling_station`, which several elections share.

A sheet sets name, segment and ward (as read) of stations that no other election has results of; where one has, what is
stored stays, so that two sheets never overwrite each other in turns, and what this sheet says otherwise is kept beside
it. `source_meta` holds what comes from sheets:

    {"segment": "60",
     "as_read":  {"LOKSABHA-2024": {"name": …}},        where a sheet says something else than the row
     "disputes": {"LOKSABHA-2024": [finding, …]}}       what does not add up in the station's line, once accepted

A station of a corrected sheet that is no longer in it loses its results of that election. Its row goes too, unless
another election or an assignment uses it, or it did not come from a sheet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.records import to_json

AS_READ = ("name", "ac_id", "pc_id", "ward_id", "ward_name")

_STORED = sa.text("""
    SELECT ps_id, name, ac_id, pc_id, ward_id, ward_name, source_meta, EXISTS (
        SELECT FROM result_ps WHERE result_ps.ps_id = polling_station.ps_id AND election_id <> :election_id
    ) AS shared
    FROM polling_station WHERE ps_id = ANY(:ps_ids)
""")
_UPSERT = sa.text("""
    INSERT INTO polling_station (ps_id, name, ac_id, pc_id, ward_id, ward_name, source_meta)
    SELECT ps_id, name, ac_id, pc_id, ward_id, ward_name, source_meta
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS said (
        ps_id text, name text, ac_id text, pc_id text, ward_id text, ward_name text, source_meta jsonb)
    ORDER BY ps_id
    ON CONFLICT (ps_id) DO UPDATE
    SET name = excluded.name, ac_id = excluded.ac_id, pc_id = excluded.pc_id, ward_id = excluded.ward_id,
        ward_name = excluded.ward_name, source_meta = excluded.source_meta
""")
_KEEP_ASSIGNMENTS = sa.text("LOCK TABLE station_ward IN SHARE MODE")
_DELETE_UNUSED = sa.text("""
    DELETE FROM polling_station
    WHERE ps_id = ANY(:ps_ids) AND source_meta->>'segment' IS NOT NULL
      AND NOT EXISTS (SELECT FROM result_ps WHERE result_ps.ps_id = polling_station.ps_id)
      AND NOT EXISTS (SELECT FROM station_turnout WHERE station_turnout.ps_id = polling_station.ps_id)
      AND NOT EXISTS (SELECT FROM station_ward WHERE station_ward.ps_id = polling_station.ps_id)
    RETURNING ps_id
""")
_FORGET = sa.text("""
    UPDATE polling_station
    SET source_meta = source_meta #- ARRAY['as_read', :election] #- ARRAY['disputes', :election]
    WHERE ps_id = ANY(:ps_ids)
      AND (source_meta->'as_read' ? CAST(:election AS text) OR source_meta->'disputes' ? CAST(:election AS text))
""")


def write_stations(
    connection: Connection, election_id: int, election: str, rows: Mapping[str, dict[str, Any]]
) -> tuple[set[str], set[str]]:
    """Make `polling_station` hold these stations: ps_id -> AS_READ, `segment` and `disputes`. `election` is its name.

    Returns the ids of those that are new, and of those that changed.
    """
    parameters = {"election_id": election_id, "ps_ids": list(rows)}
    stored = {row["ps_id"]: dict(row) for row in connection.execute(_STORED, parameters).mappings()}
    merged = {ps_id: _merged(row, stored.get(ps_id), election) for ps_id, row in rows.items()}
    written = [
        {"ps_id": ps_id} | row
        for ps_id, row in merged.items()
        if ps_id not in stored or any(stored[ps_id][name] != value for name, value in row.items())
    ]
    if written:
        connection.execute(_UPSERT, {"rows": to_json(written).decode()})
    changed = {row["ps_id"] for row in written if row["ps_id"] in stored}
    return rows.keys() - stored.keys(), changed


def _merged(said: Mapping[str, Any], stored: Mapping[str, Any] | None, election: str) -> dict[str, Any]:
    """The row as it should be."""
    before = stored or {}
    first, second = (before, said) if before.get("shared") else (said, before)
    row = {name: first.get(name) if first.get(name) is not None else second.get(name) for name in AS_READ}
    meta = dict(before.get("source_meta") or {})
    if "segment" not in meta or not before.get("shared"):
        meta["segment"] = said["segment"]
    otherwise = {name: said[name] for name in AS_READ if said[name] is not None and said[name] != row[name]}
    _set(meta, "as_read", election, otherwise)
    _set(meta, "disputes", election, said["disputes"])
    return row | {"source_meta": meta}


def _set(meta: dict[str, Any], key: str, election: str, value: Any) -> None:
    """Set what one election's sheet says under a key, or take it out."""
    kept = {name: one for name, one in (meta.get(key) or {}).items() if name != election}
    if value:
        kept[election] = value
    if kept:
        meta[key] = kept
    else:
        meta.pop(key, None)


def drop_unused(connection: Connection, election: str, ps_ids: Sequence[str]) -> list[str]:
    """Delete those of these stations, which have no results of `election` any more, that nothing uses. Returns which
    they are."""
    if not ps_ids:
        return []
    connection.execute(_KEEP_ASSIGNMENTS)
    connection.execute(_FORGET, {"ps_ids": list(ps_ids), "election": election})
    return list(connection.execute(_DELETE_UNUSED, {"ps_ids": list(ps_ids)}).scalars())
