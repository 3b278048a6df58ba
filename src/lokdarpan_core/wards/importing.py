"""Bring a ward list into the database. It can be repeated, by two processes at once: the second run changes nothing.

A ward is found again by its id. What the list says replaces what the database has, the example's rows too; a place that
the list lacks is kept, since a boundary may have given it. Aliases are replaced as a set, except those that people
added: the list is then right about every spelling that is its own. A ward that the list lacks stays, and is named: its
results and its news hang on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import Insert, insert

from lokdarpan_core.errors import ConflictError
from lokdarpan_core.schema import delimitation, ward, ward_alias
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import USERS, Alias, Ward, WardList

KEPT_WHERE_ABSENT = {"lon", "lat"}


@attrs.frozen
class ImportReport:
    """What became of a ward list: its wards and aliases, how many are new, changed or gone, wards that are stored but
    not in the list, and spellings that several of its wards share (spelling -> ward ids), which no label can use."""

    delimitation: str
    wards: int
    wards_new: int
    wards_changed: int
    aliases: int
    aliases_new: int
    aliases_changed: int
    aliases_removed: int
    not_in_list: tuple[str, ...]
    shared_spellings: dict[str, list[str]]
    unknown_columns: tuple[str, ...] = ()


def import_list(connection: Connection, given: WardList, unknown_columns: tuple[str, ...] = ()) -> ImportReport:
    """Write a delimitation, its wards and their aliases; `unknown_columns` goes into the report as it is.

    Raises ConflictError when one of its ids belongs to another delimitation, or one of its numbers to a ward that is
    not in the list.
    """
    upsert(connection, delimitation, ["id"], [attrs.asdict(given.delimitation)])  # its row lock keeps others waiting
    not_in_list = _make_room(connection, given)
    wards = upsert(connection, ward, ["ward_id"], [_ward_row(one) for one in given.wards])
    removed = _drop_aliases(connection, given)
    mine = sa.func.coalesce(ward_alias.c.source, "") != USERS
    aliases = upsert(connection, ward_alias, ["ward_id", "alias"], [attrs.asdict(one) for one in given.aliases], mine)
    return ImportReport(
        delimitation=given.delimitation.id,
        wards=len(given.wards),
        wards_new=wards.count(True),
        wards_changed=wards.count(False),
        aliases=len(given.aliases),
        aliases_new=aliases.count(True),
        aliases_changed=aliases.count(False),
        aliases_removed=removed,
        not_in_list=not_in_list,
        shared_spellings=shared_spellings(given.wards, given.aliases),
        unknown_columns=unknown_columns,
    )


def shared_spellings(wards: Iterable[Ward], aliases: Iterable[Alias]) -> dict[str, list[str]]:
    """The names and aliases that several wards of one delimitation have, by the first spelling of each."""
    spelt: dict[str, dict[str, str]] = defaultdict(dict)  # key -> ward id -> spelling
    for one in wards:
        spelt[labels.key(one.name)].setdefault(one.ward_id, one.name)
    for alias in aliases:
        spelt[labels.key(alias.alias)].setdefault(alias.ward_id, alias.alias)
    return {next(iter(of.values())): sorted(of) for of in spelt.values() if len(of) > 1}


def _ward_row(one: Ward) -> dict[str, Any]:
    row = attrs.asdict(one)
    return row | {"delimitation_id": row.pop("delimitation")}


def _make_room(connection: Connection, given: WardList) -> tuple[str, ...]:
    """Set aside the old numbers of wards whose number changes, so that two wards can swap theirs in one statement."""
    numbers = {one.ward_id: one.number for one in given.wards}
    in_it = ward.c.delimitation_id == given.delimitation.id
    query = sa.select(ward.c.ward_id, ward.c.delimitation_id, ward.c.number)
    stored = connection.execute(query.where(sa.or_(in_it, ward.c.ward_id.in_(list(numbers))))).all()
    holders = {row.number: row.ward_id for row in stored if row.ward_id not in numbers}
    for row in stored:
        if row.delimitation_id != given.delimitation.id:
            raise ConflictError(f"{row.ward_id} is a ward of {row.delimitation_id}: another list needs other ids")
    for id, number in numbers.items():
        if number in holders:
            raise ConflictError(f"Number {number} of {id} is that of {holders[number]}, which is not in the list")
    moving = [row.ward_id for row in stored if row.number != numbers.get(row.ward_id, row.number)]
    if moving:
        connection.execute(sa.update(ward).where(ward.c.ward_id.in_(moving)).values(number=-ward.c.number))
    return tuple(sorted(holders.values()))


def _drop_aliases(connection: Connection, given: WardList) -> int:
    """Remove the stored aliases of these wards that are neither in the list nor people's own."""
    ids = [one.ward_id for one in given.wards]
    wanted = {(one.ward_id, one.alias) for one in given.aliases}
    mine = sa.func.coalesce(ward_alias.c.source, "") != USERS
    query = sa.select(ward_alias.c.id, ward_alias.c.ward_id, ward_alias.c.alias)
    stored = connection.execute(query.where(ward_alias.c.ward_id.in_(ids), mine)).all()
    gone = [row.id for row in stored if (row.ward_id, row.alias) not in wanted]
    if not gone:
        return 0
    return connection.execute(sa.delete(ward_alias).where(ward_alias.c.id.in_(gone), mine)).rowcount


def upsert(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    rows: Sequence[dict[str, Any]],
    where: sa.ColumnElement[bool] | None = None,
) -> list[bool]:
    """Insert rows, or update those that differ; for each that was written, whether it is new."""
    if not rows:
        return []
    statement = insert(table)
    values = {name: _value(statement, table, name) for name in rows[0] if name not in key}
    differs = sa.tuple_(*(table.c[name] for name in values)).is_distinct_from(sa.tuple_(*values.values()))
    writing: sa.Executable = statement.on_conflict_do_update(
        index_elements=key, set_=values, where=differs if where is None else sa.and_(where, differs)
    ).returning(sa.literal_column("xmax = 0"))
    return [bool(new) for new in connection.execute(writing, list(rows)).scalars()]


def _value(statement: Insert, table: Table, name: str) -> sa.ColumnElement[Any]:
    given: sa.ColumnElement[Any] = statement.excluded[name]
    return sa.func.coalesce(given, table.c[name]) if name in KEPT_WHERE_ABSENT else given
