"""A ward list of one's own city, from a CSV. All of it is used, or nothing is and every problem is named by its line.

    number     the ward's number; where there is none, the number that its ward_id ends in
    ward_id    its id; where there is none, the delimitation's id and the number, as in PUNE_2017_012
    name       required
    aliases    other spellings, parted by | or ; (their language is told by their script)
    name_te, name_hi, name_ur, …   the name in the language with that code
    corporation, zone, circle, lon, lat   optional; lon and lat in degrees, both or neither

`ward_no` and `ward_name` are accepted for `number` and `name`. Other columns are named in the report and not stored.
"""

import csv
import math
import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from lokdarpan_core.errors import SourceError
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import USERS, Alias, Delimitation, Ward, WardList, ward_id

SYNONYMS = {"ward_no": "number", "ward_name": "name"}
TEXTS = ("corporation", "zone", "circle")
KNOWN = {"number", "ward_id", "name", "aliases", "lon", "lat", *TEXTS}
RESERVED = {USERS, "example"}  # sources by which people's own aliases and example rows are told from the rest
LARGEST = 99_999
PROBLEMS_SHOWN = 10
SURPLUS = "values beyond the last column"
_WARD_ID = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,63}")
_DELIMITATION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_NAME_IN = re.compile(r"name_([a-z]{2,3})")
_BETWEEN_ALIASES = re.compile(r"[|;]")

Row = dict[str, str]


@attrs.frozen
class ReadList:
    """A list as it was read, and the columns that mean nothing here."""

    list: WardList
    unknown_columns: tuple[str, ...]


class _ProblemError(Exception):
    """What is wrong with one row."""


def read_list(path: Path, delimitation: Delimitation) -> ReadList:
    """Read the wards of a delimitation. Raises SourceError when the file or any of its rows can't be used."""
    if not _DELIMITATION_ID.fullmatch(delimitation.id):
        raise SourceError(
            f"{delimitation.id!r} can't be a delimitation's id: small letters, digits and -, as pune-2017"
        )
    if delimitation.source in RESERVED:
        raise SourceError(f"{delimitation.source!r} can't be a list's source: say where the list is from")
    columns, rows = _read(path)
    wards: list[Ward] = []
    aliases: list[Alias] = []
    problems: list[str] = []
    seen: dict[object, int] = {}
    for line, row in rows:
        try:
            ward = _ward(row, delimitation.id)
            for what in (ward.ward_id, ward.number):
                if seen.setdefault(what, line) != line:
                    raise _ProblemError(f"{what} stands in line {seen[what]} already")
            aliases += _aliases(row, ward, delimitation.source)
            wards.append(ward)
        except _ProblemError as problem:
            problems.append(f"line {line}: {problem}")
    if problems:
        more = f"\n… and {len(problems) - PROBLEMS_SHOWN} more" if len(problems) > PROBLEMS_SHOWN else ""
        raise SourceError(f"{path} can't be used:\n" + "\n".join(problems[:PROBLEMS_SHOWN]) + more)
    if not wards:
        raise SourceError(f"{path} has no wards")
    ordered = tuple(sorted(wards, key=lambda ward: ward.number))
    unknown = tuple(name for name in columns if name and name not in KNOWN and not _NAME_IN.fullmatch(name))
    return ReadList(WardList(delimitation, ordered, tuple(aliases)), unknown)


def _read(path: Path) -> tuple[list[str], list[tuple[int, Row]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey=SURPLUS, restval="", strict=True)
            columns = [_column(name) for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if "name" not in columns or not {"number", "ward_id"} & {*columns}:
        raise SourceError(f"{path}: a ward list has the columns name and number (or ward_id); here are {columns}")
    if doubles := {name for name in columns if columns.count(name) > 1}:
        raise SourceError(f"{path}: the columns {', '.join(sorted(doubles))} stand there twice")
    return columns, rows


def _column(name: str) -> str:
    plain = name.strip().lower()
    return SYNONYMS.get(plain, plain)


def _text(row: Row, name: str) -> str:
    text = " ".join(row.get(name, "").split())
    if "\0" in text:
        raise _ProblemError(f"{name} holds a NUL character")
    return text


def _ward(row: Row, delimitation_id: str) -> Ward:
    if SURPLUS in row:
        raise _ProblemError("there are more values than columns")
    id = _text(row, "ward_id").upper()
    number = _number(_text(row, "number"), id)
    id = id or ward_id(delimitation_id, number)
    if not _WARD_ID.fullmatch(id):
        raise _ProblemError(f"{id!r} can't be a ward id: capitals, digits, _ and -, as PUNE_012")
    name = _text(row, "name")
    if not labels.key(name):
        raise _ProblemError("there is no name")
    if len(name) > labels.LONGEST:
        raise _ProblemError(f"the name has more than {labels.LONGEST} characters")
    corporation, zone, circle = (_text(row, column) or None for column in TEXTS)
    lon, lat = _place(row)
    return Ward(id, delimitation_id, number, name, corporation, zone, circle, lon, lat)


def _number(text: str, id: str) -> int:
    digits = text or (found[0] if (found := re.search(r"[0-9]+$", id)) else "")
    if not digits:
        raise _ProblemError("there is neither a number nor a ward_id that ends in one")
    if not digits.isdecimal() or len(digits) > 9 or not 0 < int(digits) <= LARGEST:
        raise _ProblemError(f"{digits!r} is no ward number (1 to {LARGEST})")
    return int(digits)


def _place(row: Row) -> tuple[float | None, float | None]:
    given = _text(row, "lon"), _text(row, "lat")
    if given == ("", ""):
        return None, None
    try:
        lon, lat = float(given[0]), float(given[1])
    except ValueError:
        raise _ProblemError(f"lon {given[0]!r} and lat {given[1]!r} are not both numbers") from None
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise _ProblemError(f"lon {lon} and lat {lat} are on no map (degrees east and north)")
    return lon, lat


def _aliases(row: Row, ward: Ward, source: str) -> Iterator[Alias]:
    spellings: dict[str, str | None] = {}
    for part in _BETWEEN_ALIASES.split(_text(row, "aliases")):
        spellings[part.strip()] = labels.language_of(part)
    for column in row:
        if found := _NAME_IN.fullmatch(column):
            spellings[_text(row, column)] = found[1]
    for alias, language in spellings.items():
        if alias and not any(character.isalpha() for character in alias):
            raise _ProblemError(f"the alias {alias!r} has no letter")
        if alias and alias != ward.name:
            yield Alias(ward.ward_id, alias, language, True, source)
