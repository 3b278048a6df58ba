"""How a record looks as a table: in a notebook (`_repr_html_`), and as the row of a DataFrame (`frames`).

A name that does not tell its unit gets one here, for a figure without its unit is soon read as another: `literacy_idx`
becomes `literacy_share` (a fraction, 0 to 1), `dvi` of BRS `dvi_BRS_share`. `_pct` is per cent, `_pp` percentage
points, `_share` a fraction of 1. Names that tell it already (`turnout_pct`, `votes_cast`) stay.

Fields of a record inside a record stand beside its own; where two would have one name, the inner one is prefixed with
the field that holds it (`profile_updated_at`). A figure for each party is a column for each party. What is neither
number, text nor time is written as JSON.
"""

import datetime as dt
import types
import typing
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import attrs

from lokdarpan_core.records import to_json

WITH_UNIT = {
    "literacy_idx": "literacy_share",
    "muslim_idx": "muslim_share",
    "scst_idx": "scst_share",
    "secc_deprivation_idx": "secc_deprivation_share",
    "aci_23": "aci_23_share",
    "turnout_volatility": "turnout_volatility_pp",
    "vote_share": "vote_share_pct",
    "share_error": "error_share",
    "winners_right": "winners_right_share",
    "coverage": "coverage_share",
    "width": "width_share",
}
BY_PARTY = {  # field -> what stands before the party's name, and its unit after it
    "as23_party_shares": ("as23", "share"),
    "ls24_party_shares": ("ls24", "share"),
    "dvi": ("dvi", "share"),
    "incumbency_weakness": ("incumbency_weakness", "share"),
    "scores": ("score", "pct"),
    "win_probability": ("win", "probability"),
    "stands": ("stands", "probability"),
}
PLAIN = (bool, int, float, str, dt.datetime, dt.date)


@attrs.frozen
class Column:
    """A column of a table: its name with the unit, its type, and the fields that lead to its value."""

    name: str
    type: type
    path: tuple[str, ...]


@cache
def columns(record: type) -> tuple[Column, ...]:
    """The columns of an attrs class; those of a figure for each party are still one, of type dict."""
    names = [(column, _named(column.path[-1])) for column in _leaves(record, ())]
    taken = [name for column, name in names if len(column.path) > 1]
    outer = {name for column, name in names if len(column.path) == 1}
    return tuple(
        attrs.evolve(column, name="_".join((*column.path[:-1], name)))
        if len(column.path) > 1 and (name in outer or taken.count(name) > 1)
        else attrs.evolve(column, name=name)
        for column, name in names
    )


def _named(field: str) -> str:
    return WITH_UNIT.get(field, field)


def _leaves(record: type, path: tuple[str, ...]) -> Iterator[Column]:
    hints = typing.get_type_hints(record)
    for field in attrs.fields(record):
        kind = _kind(hints[field.name])
        if attrs.has(kind):
            yield from _leaves(kind, (*path, field.name))
        else:
            yield Column(field.name, kind, (*path, field.name))


def _kind(hint: Any) -> type:
    """The class behind a hint: `int | None` is int, `dict[str, float]` dict, and what is no single class is object."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [part for part in typing.get_args(hint) if part is not types.NoneType]
        return _kind(inner[0]) if len(inner) == 1 else object
    found = typing.get_origin(hint) or hint
    return found if isinstance(found, type) else object


def cells(record: Any) -> dict[str, tuple[type, Any]]:
    """A record as a row: column name -> type and value."""
    row: dict[str, tuple[type, Any]] = {}
    kind: Any = type(record)
    for column in columns(kind):
        value: Any = record
        for name in column.path:
            value = getattr(value, name, None)
        if column.path[-1] in BY_PARTY:
            before, unit = BY_PARTY[column.path[-1]]
            row |= {f"{before}_{party}_{unit}": (float, number) for party, number in (value or {}).items()}
        elif issubclass(column.type, PLAIN):
            row[column.name] = (column.type, value)
        else:
            row[column.name] = (str, None if value is None else to_json(value).decode())
    return row


def html_table(record: Any) -> str:
    """A record as an HTML table of names and values; every text in it is escaped."""
    left = 'style="text-align:left"'
    rows = "".join(
        f"<tr><th {left}>{escape(name)}</th><td {left}>{escape(_shown(value))}</td></tr>"
        for name, (_, value) in cells(record).items()
    )
    return f"<table><caption>{escape(type(record).__name__)}</caption>{rows}</table>"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 1900 <= value <= 2100 else f"{value:,}"
    return value.isoformat(sep=" ", timespec="seconds") if isinstance(value, dt.datetime) else str(value)


class Shown:
    """For records that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return html_table(self)
