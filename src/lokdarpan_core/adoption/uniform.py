"""The original's tables with one set of columns, whatever stage they are at.

Each is read through a view (`old_post`, `old_epaper`, …) that has every column: one that the database lacks is null
there, a naive time is the same time in UTC, and JSON is text, since not all of it can be parsed. All that follows is
written once, against these views.
"""

from typing import Any

import sqlalchemy as sa

from lokdarpan_core.adoption.original import OTHER_TIMES, SHAPES, Original

_TYPES: dict[str, Any] = {
    "key": sa.BigInteger(),
    "text": sa.Text(),
    "json": sa.Text(),
    "number": sa.BigInteger(),
    "real": sa.Double(),
    "date": sa.Date(),
    "time": sa.DateTime(timezone=True),
}


def uniform(original: Original, table: str, raw: sa.TableClause) -> sa.Select[Any]:
    """The query of one view; `raw` is where the table lies. A table that is not there gives no rows."""
    shape = SHAPES[table].columns
    if table not in original.tables:
        kinds = shape | ({"written_time": "text"} if table == "post" else {})
        nulls = (sa.cast(sa.null(), _TYPES[kind]).label(name) for name, kind in kinds.items())
        return sa.select(*nulls).where(sa.false())
    found = original.tables[table]
    columns = [_column(raw, name, kind, found).label(name) for name, kind in shape.items()]
    if table == "post":
        columns = [column for column in columns if column.name != "party" or "party" in found]
        if "party" not in found:
            columns.append(_party_of_author(original, raw, found).label("party"))
        columns.append(_written_time(raw, found).label("written_time"))
    return sa.select(*columns).select_from(raw)


def _column(raw: sa.TableClause, name: str, kind: str, found: dict[str, str]) -> sa.ColumnElement[Any]:
    if name not in found:
        return sa.cast(sa.null(), _TYPES[kind])
    column: sa.ColumnElement[Any] = raw.c[name]
    if kind == "key":  # as it is: a cast would keep the index from being used
        return column
    if kind != "time":
        return sa.cast(column, _TYPES[kind])
    if found[name] == "timestamptz":
        return column
    if found[name] in {"timestamp", "date"}:
        return sa.func.timezone("UTC", sa.cast(column, sa.DateTime()))
    return sa.cast(sa.null(), _TYPES["time"])


def _party_of_author(original: Original, raw: sa.TableClause, found: dict[str, str]) -> sa.ColumnElement[Any]:
    """A stage without `post.party` counted a post for its author's party."""
    if "author_id" not in found or not original.has("author", "party"):
        return sa.cast(sa.null(), sa.Text())
    name = "author" if raw.schema != "pg_temp" else "raw_author"
    author = sa.table(name, sa.column("id"), sa.column("party"), schema=raw.schema)
    return sa.cast(
        sa.select(author.c.party).where(author.c.id == raw.c.author_id).correlate(raw).scalar_subquery(), sa.Text()
    )


def _written_time(raw: sa.TableClause, found: dict[str, str]) -> sa.ColumnElement[Any]:
    """A post's time as text, from the columns that the earliest stages had for it."""
    names = [name for name in OTHER_TIMES if name in found]
    if found.get("created_at", "timestamp") not in {"timestamp", "timestamptz", "date"}:
        names.insert(0, "created_at")
    return sa.func.coalesce(*(sa.cast(raw.c[name], sa.Text()) for name in names), sa.cast(sa.null(), sa.Text()))
