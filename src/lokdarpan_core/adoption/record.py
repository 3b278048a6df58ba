"""The one row that says which adoption this is: from where, of which state of the original, and how it ended."""

from collections.abc import Sequence
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from lokdarpan_core.adoption.notes import SCHEMA
from lokdarpan_core.adoption.report import AdoptionReport, from_record, to_record
from lokdarpan_core.adoption.switch import BUILDING, LEGACY, is_ours, make_schema
from lokdarpan_core.errors import ConflictError

run = sa.Table(
    "run",
    sa.MetaData(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("in_place", sa.Boolean, nullable=False),
    sa.Column("marks", JSONB, nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("ours", ARRAY(sa.Text)),
    sa.Column("report", JSONB),
    schema=SCHEMA,
)


@attrs.frozen
class Run:
    """An adoption that was begun here. `marks` tell whether the original's rows are still those that it began with,
    `ours` names what it put in the original's place, and `report` is None until it is finished."""

    source: str
    in_place: bool
    marks: dict[str, str]
    ours: tuple[str, ...]
    report: AdoptionReport | None


def find(connection: Connection) -> Run | None:
    """The adoption of this database, if one was begun."""
    if not is_ours(connection, SCHEMA):
        return None
    row = connection.execute(sa.select(run)).mappings().one_or_none()
    if row is None:
        return None
    report = from_record(row["report"]) if row["report"] else None
    return Run(row["source"], row["in_place"], row["marks"], tuple(row["ours"] or ()), report)


def begin(connection: Connection, source: str, marks: dict[str, str], *, in_place: bool) -> bool:
    """Begin an adoption, or go on with the one that was begun. Returns whether it is a new one; what an earlier one
    had made is dropped when the original has changed since.

    Raises ConflictError when an unfinished one is from another database.
    """
    begun = find(connection)
    if begun is not None and begun.marks == marks and begun.in_place == in_place:
        return False
    if begun is not None and (begun.in_place != in_place or (begun.source != source and not in_place)):
        raise ConflictError(
            f"An adoption from {begun.source} was begun here and is not finished: finish that first, or give it up "
            "with `lokdarpan db adopt --undo`"
        )
    forget(connection)
    make_schema(connection, SCHEMA)
    make_schema(connection, BUILDING if in_place else LEGACY)
    run.create(connection)
    connection.execute(sa.insert(run).values(source=source, in_place=in_place, marks=marks))
    return True


def finish(connection: Connection, report: AdoptionReport, ours: Sequence[str] = ()) -> None:
    """Note that it is finished."""
    values: dict[str, Any] = {"report": to_record(report), "ours": list(ours), "finished_at": report.finished_at}
    connection.execute(sa.update(run).values(values))


def forget(connection: Connection) -> None:
    """Drop what an unfinished adoption made, all of it in schemas of its own. What it copied into public stays."""
    for name in (SCHEMA, BUILDING, LEGACY):
        if is_ours(connection, name):
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
