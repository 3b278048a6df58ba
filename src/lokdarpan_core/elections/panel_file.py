"""A panel from a CSV file, whose columns are found by their names.

Files of results name their columns in many ways, and a file may hold several kinds of share. So each column is looked
for under the names below, in that order and in any case, and every one can be named by hand; other columns are not
read. A column whose name ends in `pct` or `percent` holds per cent, every other share is a fraction.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lokdarpan_core.elections.panel import Panel, make_panel
from lokdarpan_core.errors import PanelError

NAMES: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit_id", "unit", "ward_id", "ward", "division", "constituency", "constituency_name", "seat", "district"),
    "city": ("city", "council", "municipality", "corporation"),
    "held_on": ("held_on", "election_date", "date", "election", "year"),
    "party": ("party", "party_name"),
    "votes": ("votes", "valid_votes", "votes_all"),
    "share": ("share", "vote_share", "share_pct", "vote_share_pct", "share_top"),
    "electors": ("electors", "electorate", "registered_voters"),
}
DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y%m%d")


def read_panel(
    path: Path,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    held_on: Mapping[str, date] | None = None,
    place: str | None = None,
) -> Panel:
    """Read a panel. `columns` names columns by hand (`{"share": "share_top"}`), `where` keeps the rows whose columns
    have these texts, `held_on` gives the day of an election by its name.

    A share that is named by hand goes before votes. An election that is only a year, or a name with a year in it
    (`AC2018`), stands at the middle of that year; several of one year then count as held on one day. Where the unit
    is no id and there is a city, the unit is told apart by both (`city/unit`).

    Raises PanelError, which names row and column, OSError for a file that can't be opened.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            found = _found(list(reader.fieldnames or ()), columns or {}, where or {})
            return make_panel(_rows(reader, found, where or {}, held_on or {}), place or path.stem)
        except UnicodeDecodeError as error:
            raise PanelError(f"{path.name} is not UTF-8: byte {error.start} can't be read") from None
        except csv.Error as error:
            raise PanelError(f"{path.name}, line {reader.line_num}: {error}") from None


def _found(header: list[str], columns: Mapping[str, str], where: Mapping[str, str]) -> dict[str, str]:
    for name in (*columns.values(), *where):
        if name not in header:
            raise PanelError(f"Row 1, column {name}: the file has no such column; it has {', '.join(header)}")
    lower = {name.strip().lower(): name for name in reversed(header)}
    found = {field: lower[name] for field, names in NAMES.items() for name in reversed(names) if name in lower}
    found |= columns
    missing = [field for field in ("unit", "held_on", "party") if field not in found]
    if missing or not {"votes", "share"} & set(found):
        field = missing[0] if missing else "votes"
        wanted = f"it is called none of {', '.join(NAMES[field])}"
        raise PanelError(f"Row 1, column {field}: {wanted}; name it by hand. The file has {', '.join(header)}")
    if "share" in columns and "votes" not in columns:
        found.pop("votes", None)
    return found


def _rows(
    reader: "csv.DictReader[str]", found: Mapping[str, str], where: Mapping[str, str], held_on: Mapping[str, date]
) -> Iterator[dict[str, Any]]:
    days: dict[str, date] = {}
    by_both = "city" in found and not found["unit"].lower().endswith("id")
    per_cent = found.get("share", "").lower().endswith(("pct", "percent"))
    for row in reader:
        number = reader.line_num
        if None in row or None in row.values():
            raise PanelError(
                f"Row {number}: it has other columns than the {len(reader.fieldnames or ())} of the header"
            )
        if any(row[name] != text for name, text in where.items()):
            continue
        made: dict[str, Any] = {field: row[name].strip() for field, name in found.items()}
        label = made["held_on"]
        if label not in days:
            days[label] = held_on.get(label) or _day(label, number, found["held_on"])
        made |= {"row": number, "held_on": days[label], "election": label, "city": made.get("city") or None}
        if by_both and made["city"]:
            made["unit"] = f"{made['city']}/{made['unit']}"
        if per_cent and made["share"]:
            made["share"] = _fraction(made["share"], number, found["share"])
        yield made


def _fraction(text: str, row: int, column: str) -> float:
    try:
        return float(text) / 100
    except ValueError:
        raise PanelError(f"Row {row}, column {column}: {text!r} is no number") from None


def _day(text: str, row: int, column: str) -> date:
    for format_ in DATE_FORMATS:
        try:
            return datetime.strptime(text, format_).date()  # noqa: DTZ007 (a day on the calendar, in no zone)
        except ValueError:
            continue
    years = re.findall(r"(?<!\d)(?:17|18|19|20)\d\d(?!\d)", text)
    if len(set(years)) != 1:
        raise PanelError(f"Row {row}, column {column}: {text!r} is no date and names no year; expected 2020-12-01")
    return date(int(years[0]), 7, 1)
