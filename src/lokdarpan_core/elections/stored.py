"""What was computed meets what is stored: a refresh never overwrites a value with a guess.

- A value that was computed replaces the stored one. What can't be computed keeps the stored value.
- `updated_at` moves when a column changes, and with nothing else: the same refresh again writes nothing.
- An example row (`source = 'example'`) is replaced as a whole when its first real value comes: what can't be computed
  becomes null, for an invented figure beside a real one would look real.
- `source` says where each group of values comes from, `electors, votes cast, turnout: ASSEMBLY 2023; last winner:
  GHMC 2020`; where values are kept, so is what was said of them.

A refresh locks its table against other writers (readers pass), so that two at once end as one after the other.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from lokdarpan_core.display import Shown
from lokdarpan_core.errors import UnknownWardError
from lokdarpan_core.schema import ward

EXAMPLE = "example"
Row = dict[str, Any]


@attrs.frozen
class Computed:
    """What the data supports for one ward: columns with their values (one that it does not support is absent), and
    where each group of them comes from."""

    values: Row
    origins: dict[str, str]


@attrs.frozen
class RefreshReport(Shown):
    """What became of one table: wards with data, rows that are new, changed and unchanged, and for each reason why
    something could not be computed the wards that it holds for."""

    table: str
    wards: int
    new: int
    changed: int
    unchanged: int
    notes: dict[str, list[str]] = attrs.field(factory=dict)


def lock(connection: Connection, table: Table) -> None:
    """Keep other writers out of a table until this transaction ends."""
    connection.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def value_columns(table: Table) -> list[str]:
    """The columns that hold a ward's figures."""
    return [name for name in table.c.keys() if name not in {"id", "ward_id", "source", "updated_at"}]  # noqa: SIM118


def read(connection: Connection, table: Table, ward_ids: Iterable[str]) -> dict[str, Row]:
    """The stored rows of these wards."""
    wanted = [table.c.ward_id, table.c.source, *(table.c[name] for name in value_columns(table))]
    rows = connection.execute(sa.select(*wanted).where(table.c.ward_id.in_(list(ward_ids)))).mappings()
    return {row["ward_id"]: dict(row) for row in rows}


def combine(table: Table, stored: Row | None, computed: Computed) -> Row:
    """The row as it should be: computed values, and of the others what is stored and real."""
    real = real_only(stored)
    absent = [name for name in value_columns(table) if name not in computed.values]
    kept = {name: real[name] for name in absent if real.get(name) is not None}
    source = _source(real.get("source") if kept else None, computed.origins)
    return dict.fromkeys(absent) | kept | computed.values | {"source": source}


def _source(before: str | None, origins: Mapping[str, str]) -> str:
    kept = [part for part in (before or "").split("; ") if part and part.partition(": ")[0] not in origins]
    return "; ".join([*kept, *(f"{label}: {origin}" for label, origin in origins.items())])


def write(
    connection: Connection,
    table: Table,
    rows: Mapping[str, Row],
    stored: Mapping[str, Row],
    notes: dict[str, list[str]],
) -> RefreshReport:
    """Write the rows (by ward) that differ from the stored ones; they hold every value column and `source`."""
    differing = [
        {"ward_id": ward_id} | row
        for ward_id, row in sorted(rows.items())
        if {"ward_id": ward_id} | row != stored.get(ward_id)
    ]
    if differing:
        statement = insert(table).values({"updated_at": sa.func.now()})
        changes = {name: statement.excluded[name] for name in [*value_columns(table), "source", "updated_at"]}
        connection.execute(statement.on_conflict_do_update(index_elements=["ward_id"], set_=changes), differing)
    new = sum(row["ward_id"] not in stored for row in differing)
    return RefreshReport(table.name, len(rows), new, len(differing) - new, len(rows) - len(differing), notes)


def refresh(
    connection: Connection,
    table: Table,
    computed: Mapping[str, Computed],
    stored: Mapping[str, Row],
    notes: dict[str, list[str]],
) -> RefreshReport:
    """Combine what was computed with the stored rows, and write what differs."""
    rows = {ward_id: combine(table, stored.get(ward_id), found) for ward_id, found in computed.items() if found.values}
    return write(connection, table, rows, stored, notes)


def real_only(row: Row | None) -> Row:
    """A stored row's values, unless they are an example's."""
    return {} if row is None or row["source"] == EXAMPLE else row


def require_known(connection: Connection, table: Table, ward_id: str) -> None:
    """Raise UnknownWardError unless the ward is in a loaded delimitation or has a row in this table."""
    places = [sa.exists().where(place.c.ward_id == ward_id) for place in (ward, table)]
    if not connection.execute(sa.select(sa.or_(*places))).scalar_one():
        raise UnknownWardError(f"There is no ward {ward_id!r}; ward ids look like WARD_001")
