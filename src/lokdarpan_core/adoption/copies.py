"""Copy what is to be copied, with its repairs. Ids stay, so that links from outside hold."""

import json
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import JSONB

from lokdarpan_core.adoption.columns import SOURCE, copy_statement
from lokdarpan_core.adoption.notes import Work
from lokdarpan_core.adoption.original import SHAPES
from lokdarpan_core.elections.aggregates import aggregate_to_ward
from lokdarpan_core.elections.stored import EXAMPLE
from lokdarpan_core.examples import ROWS
from lokdarpan_core.wards.delimitations import packaged, packaged_ids
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import import_list

ROWS_IN_BATCH = 5_000
TOMBSTONE = "adopted: the original kept this fingerprint for an article whose text has another, epaper "

_NEXT_ID = """
    SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) FROM {source} HAVING count(*) > 0
"""
# the ids are not the sequence's: a killed transaction would have used some up, and the next one others
_TOMBSTONES = sa.text("""
    INSERT INTO epaper (id, publication_name, publication_date, created_at, sha256, withdrawn_at, withdrawn_reason)
    SELECT (SELECT max(id) FROM old_epaper) + row_number() OVER (ORDER BY kept.id),
           publication_name, publication_date, epaper.created_at, kept.sha256, now(), :reason || kept.id
    FROM (
        SELECT DISTINCT ON (lower(old.sha256)) old.id, lower(old.sha256) AS sha256, coalesce(into_id, old.id) AS owner
        FROM old_epaper AS old JOIN fingerprint ON epaper_id = old.id
        LEFT JOIN fate ON of_table = 'epaper' AND fate.id = old.id
        WHERE lower(old.sha256) ~ '^[0-9a-f]{64}$' AND lower(old.sha256) <> fingerprint.sha256
        ORDER BY lower(old.sha256), old.id
    ) AS kept JOIN epaper ON epaper.id = kept.owner
    WHERE NOT EXISTS (SELECT FROM fingerprint WHERE fingerprint.sha256 = kept.sha256)
""")
_STATION_WARDS = sa.text("""
    INSERT INTO station_ward (ps_id, delimitation_id, ward_id)
    SELECT ps_id, delimitation_id, named.ward_id
    FROM old_polling_station AS old CROSS JOIN LATERAL (
        SELECT * FROM ward_label WHERE label IN (old.ward_id, old.ward_name)
        ORDER BY label = old.ward_id DESC NULLS LAST LIMIT 1
    ) AS named
    WHERE NOT EXISTS (SELECT FROM fate WHERE of_table = 'polling_station' AND fate.id = old.id)
""")
_ASSIGNED_ELECTIONS = sa.text("""
    SELECT type, year, round FROM election
    WHERE EXISTS (SELECT FROM result_ps JOIN station_ward USING (ps_id) WHERE result_ps.election_id = election.id)
    ORDER BY year, type, round
""")


def load_wards(work: Work, default: str) -> Gazetteer:
    """The ward lists of the database; the packaged ones are brought in where there are none. A dry run reads only."""
    has_table = "SELECT to_regclass('ward') IS NOT NULL AND to_regclass('delimitation') IS NOT NULL"
    if work.dry:
        if work.connection.exec_driver_sql(has_table).scalar_one():
            loaded = Gazetteer.load(work.connection, default)
            if loaded.wards:
                return loaded
        return Gazetteer.packaged(default)
    work.whole("ward lists", _import_lists)
    with work.transaction():
        return Gazetteer.load(work.connection, default)


def _import_lists(connection: Connection) -> None:
    if not connection.exec_driver_sql("SELECT EXISTS (SELECT FROM ward)").scalar_one():
        for id in packaged_ids():
            import_list(connection, packaged(id))


def copy_all(work: Work) -> None:
    """Copy every table, then make what follows from the copies."""
    work.whole("ids", _reserve_ids)
    for table in SHAPES:
        work.batches(table, table, ROWS_IN_BATCH, partial(_copy, sa.text(copy_statement(table))))
    work.whole("fingerprints of other texts", _keep_other_fingerprints)
    work.whole("wards of stations", lambda connection: connection.execute(_STATION_WARDS))
    work.whole("example rows", _mark_examples)
    _compute_aggregates(work)
    with work.transaction():
        for table in SHAPES:
            work.connection.exec_driver_sql(f"ANALYZE {table}")


def _copy(statement: sa.TextClause, connection: Connection, batch: dict[str, int]) -> None:
    connection.execute(statement, batch)


def _reserve_ids(connection: Connection) -> None:
    """Let new rows begin after the original's, also after those that are not copied: an id never means two rows."""
    for table in SHAPES:
        connection.exec_driver_sql(_NEXT_ID.format(table=table, source=f"old_{table}"))


def _keep_other_fingerprints(connection: Connection) -> None:
    """A delivery of the text that such a fingerprint is of adds nothing, as the original would have had it."""
    connection.execute(_TOMBSTONES, {"reason": TOMBSTONE})
    connection.exec_driver_sql(_NEXT_ID.format(table="epaper", source="epaper"))


def example_rows(connection: Connection) -> dict[str, list[int]]:
    """The rows that the original's seed script made, by table: they are invented, and the same as our example's."""
    found = {}
    for table, row in ROWS:
        if table.name in SHAPES:
            values = {name: value for name, value in row.items() if name != "source"}
            old = sa.table(f"old_{table.name}", sa.column("id"), *map(sa.column, values))
            same = [_value(table, old, name) == _literal(value) for name, value in values.items()]
            found[table.name] = list(connection.execute(sa.select(old.c.id).where(*same)).scalars())
    return found


def _value(table: Table, old: sa.TableClause, name: str) -> sa.ColumnElement[Any]:
    is_json = isinstance(table.c[name].type, JSONB)
    return sa.func.pg_temp.as_jsonb(old.c[name], type_=JSONB) if is_json else old.c[name]


def _literal(value: Any) -> Any:
    return sa.cast(sa.literal(json.dumps(value), sa.Text), JSONB) if isinstance(value, dict) else value


def _mark_examples(connection: Connection) -> None:
    tables = {table.name: table for table, _ in ROWS}
    for name, ids in example_rows(connection).items():
        table = tables[name]
        mine = sa.and_(table.c.id.in_(ids), table.c.source == SOURCE)
        connection.execute(sa.update(table).where(mine).values(source=EXAMPLE))


def _compute_aggregates(work: Work) -> None:
    with work.transaction():
        elections = work.connection.execute(_ASSIGNED_ELECTIONS).all()
    for type, year, round in elections:
        name = " ".join(str(part) for part in (type, year, round) if part is not None)
        work.whole(f"ward results of {name}", partial(aggregate_to_ward, type=type, year=year, round=round))
