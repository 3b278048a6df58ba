"""Who lives in a ward, from a census file: four shares by the formulas of `census`.

A row that can't be true (a part above its whole, nobody living there) is reported with line and reason, and nothing of
it is stored. A blank number means that its share can't be computed; a stored one of the same census and source is then
kept. A row of another census replaces all four: figures of two censuses never stand under one year.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections import stored
from lokdarpan_core.elections.census import (
    FORMULAS,
    KNOWN,
    REQUIRED,
    SURPLUS,
    ImpossibleRowError,
    census_indices,
    text_of,
)
from lokdarpan_core.elections.stored import Row
from lokdarpan_core.errors import AmbiguousWardError, SourceError, UnknownWardError
from lokdarpan_core.schema import ward, ward_demographics
from lokdarpan_core.wards.gazetteer import Gazetteer


@attrs.frozen
class CensusReject:
    """A row that could not be used, and why: its line in the file, or its number from 1 where rows were given."""

    line: int
    ward: str
    reason: str


@attrs.frozen
class DemographicsReport(Shown):
    """What became of a census file: its rows, the wards that are new, changed and unchanged, shares that could not be
    computed (share -> wards), columns that mean nothing here, and the rows that can't be true."""

    rows: int
    new: int
    changed: int
    unchanged: int
    lacking: dict[str, list[str]]
    unknown_columns: tuple[str, ...]
    rejects: tuple[CensusReject, ...]


def compute_demographic_indices(
    connection: Connection,
    census: str | PathLike[str] | Iterable[Mapping[str, Any]],
    gazetteer: Gazetteer | None = None,
) -> DemographicsReport:
    """Compute the shares from a census CSV (a path, or its rows as mappings) and write what changed.

    Columns: `ward` (any label that `gazetteer` knows, an id without one), `census_year`, `source`; any of
    `population`, `population_7plus`, `literates`, `muslim`, `sc`, `st` (persons), `households`, `deprived_households`;
    and `estimated` (yes or no) for figures that are not the census's own.

    Raises SourceError when the file can't be read or lacks a required column.
    """
    lines = list(_read(Path(census)) if isinstance(census, str | PathLike) else enumerate(census, start=1))
    columns = {str(name) for _, row in lines for name in row} - {SURPLUS}
    if lines and (absent := [name for name in REQUIRED if name not in columns]):
        raise SourceError(f"A census file needs the columns {', '.join(REQUIRED)}; it has no {', '.join(absent)}")
    stored.lock(connection, ward_demographics)
    known = set(connection.execute(sa.select(ward.c.ward_id)).scalars())
    ward_ids = [_ward_id(row, gazetteer) for _, row in lines]
    times = Counter(ward_ids)
    found, rejects = {}, []
    for (line, row), ward_id in zip(lines, ward_ids, strict=True):
        try:
            _require_place(ward_id, known, times[ward_id])
            found[ward_id] = census_indices(row)
        except ImpossibleRowError as error:
            rejects.append(CensusReject(line, ward_id, str(error)))
    before = stored.read(connection, ward_demographics, found)
    rows = {ward_id: _of_one_census(before.get(ward_id), row) for ward_id, row in found.items()}
    report = stored.write(connection, ward_demographics, rows, before, {})
    lacking = {name: sorted(ward_id for ward_id, row in found.items() if name not in row) for name in FORMULAS}
    return DemographicsReport(
        rows=len(lines),
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        lacking={name: wards for name, wards in lacking.items() if wards},
        unknown_columns=tuple(sorted(columns - {*KNOWN})),
        rejects=tuple(rejects),
    )


def _read(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey=SURPLUS, strict=True)
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            if absent := [name for name in REQUIRED if name not in names]:
                raise SourceError(
                    f"{path}: a census file has the columns {', '.join(KNOWN)}; no {', '.join(absent)} here"
                )
            reader.fieldnames = names
            for row in reader:
                if SURPLUS in row or any(text_of(row, name) for name in row):
                    yield reader.line_num, row
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _ward_id(row: Mapping[str, Any], gazetteer: Gazetteer | None) -> str:
    label = text_of(row, "ward")
    if gazetteer is not None:
        with suppress(UnknownWardError, AmbiguousWardError):
            return gazetteer.resolve(label).ward_id
    return label.upper()


def _require_place(ward_id: str, known: set[str], times: int) -> None:
    if ward_id not in known:
        raise ImpossibleRowError(f"{ward_id!r} is no ward of a loaded delimitation; ids look like WARD_001")
    if times > 1:
        raise ImpossibleRowError(f"{ward_id} stands {times} times in this file; which row counts can't be known")


def _of_one_census(before: Row | None, row: Row) -> Row:
    """The row to store: a share that it lacks is kept when the stored row is of the same census and source."""
    real = stored.real_only(before)
    same = all(real.get(name) == row[name] for name in ("census_year", "source"))
    return {name: real.get(name) if same else None for name in FORMULAS} | row
