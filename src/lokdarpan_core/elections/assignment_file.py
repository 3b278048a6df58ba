"""Read which ward a station's electors live in: a CSV with the columns `ps_id,ward_id[,weight]`.

A station that is split over wards has a line for each, with weights that sum to 1. All that is wrong is told at once,
by line, and nothing of a file that has something wrong is used.
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import attrs

from lokdarpan_core.errors import SourceError

REQUIRED = ("ps_id", "ward_id")
TOLERANCE = 1e-6  # how far from 1 the weights of a station may sum
NAMED = 5  # problems that a refusal names


@attrs.frozen
class Part:
    """A station, or the part of it (`weight`, over 0 to 1) that belongs to a ward; `ward` is a label as written."""

    ps_id: str
    ward: str
    weight: float = 1.0
    line: int | None = None

    @property
    def where(self) -> str:
        """Where it stands, for people."""
        return f"line {self.line}: " if self.line is not None else ""


def read_assignment(path: Path | str) -> tuple[list[Part], tuple[str, ...]]:
    """The parts that a file names, and its columns that mean nothing here.

    Raises SourceError when the file can't be read, lacks a column, or has a line that can't be used.
    """
    problems: list[str] = []
    parts: list[Part] = []
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            if absent := [name for name in REQUIRED if name not in names]:
                raise SourceError(f"{path}: the columns ps_id,ward_id[,weight] are wanted; no {', '.join(absent)} here")
            reader.fieldnames = names
            for row in reader:
                if not any(value.strip() for value in row.values() if isinstance(value, str)):
                    continue
                part = _part(row, reader.line_num)
                (parts if isinstance(part, Part) else problems).append(part)  # type: ignore[arg-type]
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    refuse(path, problems or list(weight_problems(parts)))
    return parts, tuple(name for name in names if name not in {*REQUIRED, "weight"})


def _part(row: dict[str, str | None], line: int) -> Part | str:
    """A line's part, or what is wrong with it."""
    ps_id, ward, text = ((row.get(name) or "").strip() for name in (*REQUIRED, "weight"))
    if not ps_id or not ward or "\0" in ps_id:
        return f"line {line}: {'ps_id' if ward else 'ward_id'} is missing"
    try:
        weight = float(text) if text else 1.0
    except ValueError:
        weight = math.nan
    if not 0 < weight <= 1:
        return f"line {line}, station {ps_id}: the weight {text!r} is no number over 0 and up to 1"
    return Part(ps_id, ward, weight, line)


def weight_problems(parts: list[Part]) -> Iterator[str]:
    """Stations whose weights do not sum to 1, in words."""
    weights = defaultdict[str, list[float]](list)
    for part in parts:
        weights[part.ps_id].append(part.weight)
    for ps_id, found in weights.items():
        if abs(math.fsum(found) - 1) > TOLERANCE + 1e-12:
            yield f"station {ps_id}: its weights sum to {math.fsum(found):.6g}, not to 1"


def refuse(name: Path | str, problems: list[str]) -> None:
    """Raise SourceError if there are problems, naming the first of them."""
    if not problems:
        return
    more = [f"and {len(problems) - NAMED:,} more"] if len(problems) > NAMED else []
    lines = "\n  ".join([*problems[:NAMED], *more])
    raise SourceError(f"{name}: nothing was assigned, since\n  {lines}")


def doubled(parts: list[tuple[str, str]]) -> Iterator[str]:
    """Stations that name one ward twice, in words; `parts` are stations with ward ids."""
    for (ps_id, ward_id), times in Counter(parts).items():
        if times > 1:
            yield f"station {ps_id}: {ward_id} stands {times} times"
