"""What each column of a wide sheet holds. Every column is used, ignored by name, or reported as unknown.

A column is known by its heading; where that is a merged cell over several columns, by the words under it. Candidates
are the columns under `… votes cast in favour of`, or with numbered headings, or else the unknown ones beside the
totals. Which of several numbers is the polling station's, the lines decide.
"""

import re
from collections import Counter

import attrs

from lokdarpan_core.elections.form20.candidates import numbered
from lokdarpan_core.elections.form20.cells import folded, is_number, is_serial, letter, number, station_serial, tidied
from lokdarpan_core.elections.form20.header import STATIONS, Header
from lokdarpan_core.elections.form20.headings import CANDIDATES, COUNTS, IGNORED, SUMS, role_of

CANDIDATE, UNKNOWN, SERIAL, NAME, AGAIN = "candidate", "unknown", "serial", "name", "again: "
_OF_STATIONS = re.compile(r"\b(?:stations?|booths?|ps|part)\b|मतदान|పోలింగ్")
RANKS = {"station-no": 0, "part-no": 1, "station": 2, "running-no": 3}


@attrs.define
class Column:
    """`texts` are the heading's own, from the top, without the merged cell over all candidates; `groups` the merged
    cells over it, the nearest first. `filled` and `counts` are shares (0 to 1) of the lines with counts."""

    index: int
    texts: list[str]
    groups: list[str]
    role: str | None = None
    filled: float = 0
    counts: float = 0
    serials: float = 0
    runs: bool = False  # 1, 2, 3 … down the lines

    @property
    def heading(self) -> str:
        """The heading in one line."""
        return tidied(" ".join(self.texts))

    @property
    def under_candidates(self) -> bool:
        """Is it under the merged cell over all candidates?"""
        return any(role_of(group) == CANDIDATES for group in self.groups)


def read_columns(rows: list[list[str]], header: Header) -> list[Column]:
    """The columns with their roles: those of headings.COUNTS, `candidate`, `serial`, `name`, `segment`, `ignored`,
    `unknown`, or `again` for a second one of the same meaning. None where a column holds nothing at all."""
    lines = [row for row in rows[header.start :] if sum(map(is_number, row)) > 1]
    width = max(map(len, (*lines, *(rows[index] for index in header.rows))))
    columns = [_column(rows, header, index) for index in range(width)]
    for column in columns:
        _sampled(column, [row[column.index].strip() if column.index < len(row) else "" for row in lines])
        column.role = _role(column)
    _choose_candidates(columns, lines)
    _choose_serial(columns)
    _tell_totals_apart(columns, lines)
    _settle(columns)
    return columns


def _column(rows: list[list[str]], header: Header, index: int) -> Column:
    own = [row for row in header.rows if index < len(rows[row]) and rows[row][index].strip()]
    lowest = own[-1] if own else -1
    groups = []
    for row in header.rows:
        if row < lowest:  # over the column's own heading: its own cell there, or the merged one that begins to the left
            left = (cell.strip() for cell in reversed(rows[row][: index + 1]))
            groups.append(tidied(next((cell for cell in left if cell), "")))
    texts = [rows[row][index] for row in own if not (_spans(rows[row], index) and row < lowest)]
    texts = [text for text in texts if role_of(text) != CANDIDATES]
    return Column(index, texts, [group for group in reversed(groups) if group])


def _spans(row: list[str], index: int) -> bool:
    """Is it a known heading that is merged over the next column too?"""
    return role_of(row[index]) is not None and not (index + 1 < len(row) and row[index + 1].strip())


def _sampled(column: Column, cells: list[str]) -> None:
    many = max(len(cells), 1)
    column.filled = sum(map(bool, cells)) / many
    column.counts = sum(map(is_number, cells)) / many
    serials = list(map(station_serial, cells))
    column.serials = sum(map(is_serial, serials)) / many
    column.runs = bool(cells) and serials == [str(n + 1) for n in range(len(cells))]


def _role(column: Column) -> str | None:
    if not column.texts:
        return None
    heading = column.heading
    printed, rest = numbered(heading)
    if printed is not None:
        return role_of(rest) or CANDIDATE
    ways = [*((column.texts[-1], group) for group in (*column.groups, "")), (heading, "")]
    ways += [(text, "") for text in column.texts]
    role = next((found for text, group in ways if (found := role_of(text, group))), None)
    if column.under_candidates and role not in (*SUMS, "nota"):
        return None  # a candidate may be called anything
    return None if role == CANDIDATES else role


def _choose_candidates(columns: list[Column], lines: list[list[str]]) -> None:
    """Mark the candidates among the columns whose headings are not known."""
    first = next((column.index for column in columns if column.under_candidates), 0)
    summed = next((c.index for c in columns if c.role in SUMS and c.index > first), len(columns))
    open_ = [column for column in columns if column.role is None and (column.texts or column.counts > 0.5)]
    grouped = [c for c in open_ if (c.under_candidates or (first < c.index and not c.texts)) and c.index < summed]
    known = [column for column in columns if column.role == CANDIDATE]
    if any(column.under_candidates for column in grouped):
        chosen = [column for column in grouped if column.texts or column.counts > 0.5]
    elif known or any(column.role in ("elected", "others") for column in columns):
        chosen = []
    else:
        block = _beside_the_sums(columns, [column for column in open_ if column.texts and column.counts > 0.5])
        chosen = _that_add_up(columns, block, lines)
    for column in chosen:
        column.role = CANDIDATE


def _beside_the_sums(columns: list[Column], open_: list[Column]) -> list[Column]:
    """The unknown columns that stand together: those next to the sums, else the longest block."""
    blocks: list[list[Column]] = []
    for column in open_:
        between = columns[blocks[-1][-1].index + 1 : column.index] if blocks else []
        if blocks and all(one.role == "nota" or not (one.texts or one.filled) for one in between):
            blocks[-1].append(column)
        else:
            blocks.append([column])
    after = {column.index - 1 for column in columns if column.role in (*SUMS, "nota")}
    beside = [block for block in blocks if block[-1].index in after and len(block) > 1]
    return max(beside or [block for block in blocks if len(block) > 1], key=len, default=[])


def _that_add_up(columns: list[Column], block: list[Column], lines: list[list[str]]) -> list[Column]:
    """The block without the one or two columns at its left that are none (a machine's number), if so it adds up."""
    places = {role: next((c.index for c in columns if c.role == role), -1) for role in ("valid", "nota", "polled")}
    total = places["valid"] if places["valid"] >= 0 else places["polled"]
    if total < 0:
        return block

    tries = [block[dropped:] for dropped in range(3) if len(block) > dropped + 1]
    return next((tried for tried in tries if _add_up(tried, total, places["nota"], lines)), block)


def _add_up(columns: list[Column], total: int, nota: int, lines: list[list[str]]) -> bool:
    """Are the columns' sums those of the column `total`, or these without NOTA, in most lines? -1 is no column."""
    made = [(_value(row, total) - sum(_value(row, column.index) for column in columns), row) for row in lines]
    return sum(rest in (0, _value(row, nota)) for rest, row in made) * 2 > len(lines)


def _value(row: list[str], place: int) -> int:
    return (number(row[place]) or 0) if 0 <= place < len(row) and is_number(row[place]) else 0


def _choose_serial(columns: list[Column]) -> None:
    """Which column numbers the stations, and which names them."""
    counted = next((c.index for c in columns if c.role in COUNTS or c.role == CANDIDATE), len(columns))
    numbers = [column for column in columns if column.role in STATIONS]
    for column in columns[:counted]:
        if (
            column.role is None
            and column.serials > 0.5
            and not column.runs
            and _OF_STATIONS.search(folded(column.heading))
        ):
            column.role = "station-no"
            numbers.append(column)
        elif column.role is None and not column.texts and column.filled > 0.5:  # under a heading merged over two
            left = columns[column.index - 1].role if column.index else None
            role = left if left in STATIONS else "running-no"
            column.role = role if column.serials > 0.5 else NAME if left in STATIONS else None
            numbers += [column] if column.serials > 0.5 else []
    fitting = [c for c in numbers if c.serials > 0.5] or [c for c in numbers if c.filled > 0.5 and c.role != "station"]
    fitting.sort(key=lambda column: (RANKS[column.role or "running-no"], column.runs, column.index))
    if not fitting:
        return
    for column in numbers:
        named = column.role == "station" and column.serials <= 0.5
        column.role = NAME if named else IGNORED
    fitting[0].role = SERIAL


def _tell_totals_apart(columns: list[Column], lines: list[list[str]]) -> None:
    """Of two totals, where none is called that of valid votes, the first is if the candidates add up to it."""
    totals = [column for column in columns if column.role == "polled"]
    if len(totals) != 2 or any(column.role == "valid" for column in columns):
        return
    candidates = [column for column in columns if column.role == CANDIDATE]
    if candidates and _add_up(candidates, totals[0].index, -1, lines):
        totals[0].role = "valid"


def _settle(columns: list[Column]) -> None:
    """Give every column that is left its role, and one column only to each role."""
    roles = {column.role for column in columns}
    for single, total in (("cast", "polled"), ("turnout", "polled")):
        if "polled" not in roles and single in roles:
            next(column for column in columns if column.role == single).role = total
            roles = {column.role for column in columns}
    seen: Counter[str] = Counter()
    for column in columns:
        role = column.role
        if role == "pc":
            column.role = IGNORED
        elif role is None or role in STATIONS:
            column.role = UNKNOWN if column.filled or column.texts else None
        elif role in COUNTS or role in (NAME, "segment"):
            seen[role] += 1
            column.role = role if seen[role] == 1 else AGAIN + role


def described(columns: list[Column]) -> dict[str, str]:
    """Heading -> what the column was taken for. A heading that stands twice is told apart by the cell over it, else by
    the column's letter."""
    headings = Counter(column.heading for column in columns if column.role)
    named: dict[str, str] = {}
    candidate = 0
    for column in columns:
        if column.role is None:
            continue
        candidate += column.role == CANDIDATE
        heading = column.heading
        if headings[heading] > 1 and column.groups:
            heading = f"{column.groups[0]}: {heading}"
        if not heading or heading in named:
            heading = f"{heading} [{letter(column.index)}]".strip()
        named[heading] = f"candidate {candidate}" if column.role == CANDIDATE else column.role
    return named
