"""Which assembly segments a ward lies in, from a file: `ward,segment[,source]`, a line for each pair.

A ward whose stations nobody assigned shows its segments' results, labelled as such; this is where it learns them.
"""

import csv
from collections import defaultdict
from pathlib import Path

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import AmbiguousWardError, SourceError, UnknownWardError
from lokdarpan_core.schema import ward_segment
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import upsert


@attrs.frozen
class SegmentReject:
    """A line that could not be used, and why."""

    line: int
    ward: str
    reason: str


@attrs.frozen
class SegmentReport:
    """What became of a file of segments: wards in it, pairs new, changed and removed, and the lines not used. A ward's
    segments are replaced as a set; a ward with a line that can't be used keeps those that it had."""

    delimitation: str
    wards: int
    new: int
    changed: int
    removed: int
    rejects: tuple[SegmentReject, ...]


def import_segments(
    connection: Connection, gazetteer: Gazetteer, delimitation: str, path: Path, source: str | None = None
) -> SegmentReport:
    """Read and store them; `ward` is any label, `source` is for lines that name none (default: the file's name).

    Safe to repeat. Raises SourceError when the file can't be read or lacks a column, NotFoundError for a delimitation
    that is not loaded.
    """
    gazetteer.delimitation(delimitation)
    found: dict[str, dict[str, str]] = defaultdict(dict)  # ward id -> segment -> source
    rejects, spoilt = [], set()
    for line, row in _read(path):
        label, segment = row["ward"], segment_of(row["segment"])
        try:
            ward = gazetteer.resolve(label, delimitation)
        except (UnknownWardError, AmbiguousWardError) as error:
            rejects.append(SegmentReject(line, label, str(error)))
            continue
        if ward.delimitation != delimitation:
            rejects.append(SegmentReject(line, label, f"{ward.ward_id} is a ward of {ward.delimitation}"))
        elif not segment:
            rejects.append(SegmentReject(line, label, "there is no segment"))
            spoilt.add(ward.ward_id)
        else:
            found[ward.ward_id][segment] = row.get("source") or source or path.name
    pairs = {ward_id: segments for ward_id, segments in found.items() if ward_id not in spoilt}
    removed, new, changed = _store(connection, pairs)
    return SegmentReport(delimitation, len(pairs), new, changed, removed, tuple(rejects))


def segment_of(text: str) -> str:
    """A segment as `form20_sheet` writes it: a number without leading zeros, anything else as it is."""
    plain = " ".join(text.split())
    return str(int(plain)) if plain.isdecimal() and len(plain) <= 9 else plain


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="", strict=True)
            reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
            if absent := {"ward", "segment"} - {*reader.fieldnames}:
                raise SourceError(f"{path}: the columns are ward, segment and source; no {', '.join(sorted(absent))}")
            rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return [(line, {name: _text(value) for name, value in row.items() if name}) for line, row in rows]


def _text(value: str) -> str:
    return " ".join(value.replace("\0", " ").split())


def _store(connection: Connection, pairs: dict[str, dict[str, str]]) -> tuple[int, int, int]:
    rows = [
        {"ward_id": ward_id, "segment": segment, "source": source}
        for ward_id, segments in sorted(pairs.items())
        for segment, source in sorted(segments.items())
    ]
    if not rows:
        return 0, 0, 0
    stale = sa.and_(
        ward_segment.c.ward_id.in_(list(pairs)),
        sa.tuple_(ward_segment.c.ward_id, ward_segment.c.segment).not_in(
            [(row["ward_id"], row["segment"]) for row in rows]
        ),
    )
    removed = connection.execute(sa.delete(ward_segment).where(stale)).rowcount
    written = upsert(connection, ward_segment, ["ward_id", "segment"], rows)
    return removed, written.count(True), written.count(False)
