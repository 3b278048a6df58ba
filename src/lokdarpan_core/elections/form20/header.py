"""Where a wide sheet's table begins, and which lines are its heading.

A sheet opens with title lines, then a heading of one to several rows with merged cells, sometimes a row that numbers
the columns, then the stations. The heading is found by a cell that can only head the stations' serials or names; it
ends at the first line that holds counts.
"""

import re

import attrs

from lokdarpan_core.elections.form20.cells import EMPTY, is_number, is_serial, serial_of, tidied
from lokdarpan_core.elections.form20.headings import CANDIDATES, role_of

STATIONS = frozenset(("station-no", "part-no", "running-no", "station"))
SEARCHED = 100  # rows in which a table begins, if at all
MAX_HEADING_ROWS = 8
MAX_HEADERS = 8  # places that are tried

_COLUMN_NUMBER = re.compile(r"[(\[]?\s*(\d{1,3})\s*[)\]]?")
_BRACKETED = re.compile(r"[(\[]\s*(?:\d{1,3}|[a-z]{1,2}|[ivxl]{1,6})\s*[)\]]", re.IGNORECASE)
_NO_SEGMENT = re.compile(
    r"form[ -]*20|\b(?:page|round|table)\s*(?:no\.?|number)?\s*[:-]?\s*\d+|polling stations?\s*[:-]?\s*\d+"
    r"|\b\d{1,2}\s+(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|"
    r"\b(?:19|20)\d\d\b|\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|.*\brule\b.*",
    re.IGNORECASE,
)
_ASSEMBLY = r"(?:segment|assembly|\ba\.? ?c\b\.?|विधान ?सभा)"
_BETWEEN = r"(?:(?!parl|lok)[^\d;])"  # the number of a parliamentary constituency is another one
_SEGMENTS = (
    re.compile(rf"{_ASSEMBLY}{_BETWEEN}{{0,60}}(\d{{1,3}})\b(?![,.]\d)", re.IGNORECASE),
    re.compile(rf"\b(\d{{1,3}})\s*[-–.:]?\s*{_BETWEEN}{{0,40}}?{_ASSEMBLY}", re.IGNORECASE),
)


@attrs.frozen
class Header:
    """`rows` are the indexes of the heading's rows, without those that number the columns; `skipped` of the latter;
    `start` of the first line after it."""

    rows: tuple[int, ...]
    start: int
    skipped: tuple[int, ...] = ()


def find_headers(rows: list[list[str]]) -> list[Header]:
    """The places where a table may begin, from the top."""
    found: list[Header] = []
    for index, row in enumerate(rows[:SEARCHED]):
        places = [place for place, cell in enumerate(row) if role_of(cell) in STATIONS]
        if places and (header := _header(rows, index, places)) and header not in found:
            found.append(header)
    return found[:MAX_HEADERS]


def _header(rows: list[list[str]], anchor: int, places: list[int]) -> Header | None:
    heading, skipped = [anchor], []
    for index in range(anchor + 1, min(len(rows), anchor + 4 * MAX_HEADING_ROWS)):
        row = rows[index]
        if not any(cell.strip() for cell in row):
            continue
        if _numbers_columns(row, _next_filled(rows, index), places):
            skipped.append(index)
        elif _lists(rows, index, places):  # candidates, over the table
            return None
        elif _holds_counts(row, places) and not _numbers_candidates(row, places):
            return Header((*_above(rows, anchor), *heading), index, tuple(skipped))
        else:
            heading.append(index)
            if len(heading) > MAX_HEADING_ROWS:
                return None
    return None


def _lists(rows: list[list[str]], index: int, places: list[int]) -> bool:
    """1 and 2 in two lines on end, with words beside them and no counts: a list, no heading."""
    lines = rows[index : index + 2]
    numbers = [[_cell(row, place) for place in places] for row in lines]
    bare = [sum(map(is_number, row)) == 1 and sum(map(bool, map(str.strip, row))) > 1 for row in lines]
    return len(lines) == 2 and all(bare) and any(pair == ("1", "2") for pair in zip(*numbers, strict=True))


def _above(rows: list[list[str]], anchor: int) -> list[int]:
    """Rows over the anchor that belong to the heading: those with a merged cell over the candidates or electors."""
    index = anchor - 1
    while index >= 0 and anchor - index < 3:
        cells = [cell for cell in rows[index] if cell.strip()]
        roles = {role_of(cell) for cell in cells}
        titled = any(is_number(cell) for cell in cells) or not roles & {CANDIDATES, "electors", "turnout", "station"}
        if titled or (len(cells) < 2 and CANDIDATES not in roles):
            break
        index -= 1
    return list(range(index + 1, anchor))


def _next_filled(rows: list[list[str]], index: int) -> list[str]:
    return next((row for row in rows[index + 1 : index + 10] if any(cell.strip() for cell in row)), [])


def _holds_counts(row: list[str], places: list[int]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    counts = sum(map(is_number, filled))
    if counts > 1 and counts * 2 >= len(filled):
        return True
    serials = sum(place < len(row) and is_serial(serial_of(row[place])) for place in places)
    empty = sum(cell.strip().lower() in EMPTY for cell in filled)
    return bool(serials) and counts + empty > serials and (counts + empty) * 2 >= len(filled)


def is_sequence(cells: list[str]) -> bool:
    """Are these 1, 2, 3 …?"""
    numbers = [_COLUMN_NUMBER.fullmatch(cell.strip()) for cell in cells]
    return len(cells) > 1 and [str(n) for n in range(1, len(cells) + 1)] == [n and n[1] for n in numbers]


def _numbers_candidates(row: list[str], places: list[int]) -> bool:
    """1, 2, 3 … over the candidates alone: their numbers, a part of the heading."""
    labelled = [cell for cell in row if cell.strip() and "candidate" in cell.lower()]
    numbers = [cell for cell in row if cell.strip() and cell not in labelled]
    return is_sequence(numbers) and not any(
        _cell(row, place) not in ("", *map(str.strip, labelled)) for place in places
    )


def _numbers_columns(row: list[str], following: list[str], places: list[int]) -> bool:
    """1, 2, 3 … or (a), (b), (c) … over all columns. A station's line may look like it; then the next serial is 2."""
    cells = [cell for cell in row if cell.strip()]
    if len(cells) > 3 and all(_BRACKETED.fullmatch(cell.strip()) for cell in cells):
        return True
    if len(cells) < 4 or not is_sequence(cells) or not any(_cell(row, place) for place in places):
        return False
    first = next(place for place in places if _cell(row, place))
    return _cell(following, first) == "1" or not is_serial(_cell(following, first))


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def title_of(rows: list[list[str]], end: int) -> tuple[str | None, str | None, list[int]]:
    """The title over the table, the segment that it names (its number), and the indexes of its rows."""
    worded = [index for index in range(end) if any(cell.strip() and not is_number(cell) for cell in rows[index])]
    lines = worded[:SEARCHED]
    texts = [tidied(" ".join(rows[index])) for index in lines]
    return "; ".join(texts) or None, segment_in(texts), lines


def segment_in(lines: list[str]) -> str | None:
    """The number of the assembly segment that a title names: `Assembly segment 45`, `61-Khairatabad Assembly`."""
    told = [_NO_SEGMENT.sub(" ", line[:500]) for line in lines]
    for pattern in _SEGMENTS:
        for line in told:
            if match := pattern.search(line):
                return str(int(match[1]))
    return None
