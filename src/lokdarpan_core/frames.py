"""Records as DataFrames, for notebooks. pandas and polars are extras, imported by the function that needs them.

Columns are named, with their unit, as `lokdarpan_core.display` says; types follow the records' own, so that a column
that happens to be empty has the type that it has elsewhere. What is None is missing, never 0.
"""

import datetime as dt
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lokdarpan_core.display import cells

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def to_pandas(records: Iterable[Any]) -> "pd.DataFrame":
    """A row for each record. Whole numbers are `Int64`, so that a missing one does not turn the others into fractions;
    times are UTC. Raises ImportError without pandas (the extra `pandas`)."""
    library = _library("pandas")
    types: dict[type, str] = {int: "Int64", float: "float64", bool: "boolean", str: "string"}
    types |= {dt.datetime: "datetime64[us, UTC]", dt.date: "datetime64[s]"}
    frame: pd.DataFrame = library.DataFrame(
        {name: library.Series(values, dtype=types[kind]) for name, (kind, values) in _by_column(records).items()}
    )
    return frame


def to_polars(records: Iterable[Any]) -> "pl.DataFrame":
    """A row for each record; times are UTC. Raises ImportError without polars (the extra `polars`)."""
    library = _library("polars")
    types = {int: library.Int64, float: library.Float64, bool: library.Boolean, str: library.String}
    types |= {dt.datetime: library.Datetime("us", "UTC"), dt.date: library.Date}
    frame: pl.DataFrame = library.DataFrame(
        [library.Series(name, values, dtype=types[kind]) for name, (kind, values) in _by_column(records).items()]
    )
    return frame


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"This needs {name}: pip install 'lokdarpan-core[{name}]' ({error})") from error


def _by_column(records: Iterable[Any]) -> dict[str, tuple[type, list[Any]]]:
    """Column -> its type and a value for each record; a column that only some records have is None in the others."""
    rows = [cells(record) for record in records]
    kinds = {name: _base(kind) for row in rows for name, (kind, _) in row.items()}
    return {name: (kind, [row.get(name, (kind, None))[1] for row in rows]) for name, kind in kinds.items()}


def _base(kind: type) -> type:
    """The plain type under a type: an enumeration of text is text. `bool` is an int and `datetime` a date, hence the
    order."""
    return next(base for base in (bool, int, float, str, dt.datetime, dt.date) if issubclass(kind, base))
