"""The wide sheets: one line for each station, a column for each candidate (or, in a summary, for none).

A line under the heading is a station's, one of totals, the heading over again, or a note. A line with counts is never
passed by without a word: without serial and name it is a total that was taken for a station, and is kept apart.
"""

from collections import Counter, defaultdict

import attrs

from lokdarpan_core.elections.form20 import columns as kinds
from lokdarpan_core.elections.form20.candidates import read_headings
from lokdarpan_core.elections.form20.cells import (
    NotANumberError,
    is_day,
    is_serial,
    letter,
    number,
    serial_key,
    station_serial,
    tidied,
)
from lokdarpan_core.elections.form20.columns import Column, described, read_columns
from lokdarpan_core.elections.form20.draft import Draft, Line
from lokdarpan_core.elections.form20.header import Header, find_headers, is_sequence, title_of
from lokdarpan_core.elections.form20.headings import COUNTS
from lokdarpan_core.elections.form20.labels import is_note, total_kind
from lokdarpan_core.elections.form20.sheet import Finding, Layout, Severity
from lokdarpan_core.errors import Form20Error

MAX_LINES = 20_000  # a segment has some hundred polling stations
TOLD = 80  # characters of a line that is not read


def read_wide(rows: list[list[str]]) -> Draft:
    """The sheet in a table. Raises Form20Error when no heading of a Form 20 sheet is found, or no stations under it."""
    if len(rows) > MAX_LINES:
        raise Form20Error(f"{len(rows):,} lines; the sheet of a segment has at most {MAX_LINES:,}")
    for header in find_headers(rows):
        columns = read_columns(rows, header)
        layout = _layout(columns)
        if layout is not None:
            draft = _Reader(rows, header, columns, layout).read()
            if draft.lines:
                return draft
    raise Form20Error(
        "no heading of a Form 20 sheet with polling stations under it: a column for the stations' serials, one for each"
        " candidate, and their totals; or the columns ps_id, candidate, party, votes"
    )


def _layout(columns: list[Column]) -> Layout | None:
    roles = {column.role or "" for column in columns}
    if kinds.SERIAL not in roles:
        return None
    if kinds.CANDIDATE in roles:
        with_electors = any(role.startswith(("electors", "turnout")) for role in roles)
        return Layout.WITH_ELECTORS if with_electors else Layout.CLASSIC
    if roles & {"valid", "polled"} and len(roles & set(COUNTS)) > 1:
        return Layout.SUMMARY
    return None


class _Reader:
    """Reads the lines under a heading into a draft."""

    def __init__(self, rows: list[list[str]], header: Header, columns: list[Column], layout: Layout) -> None:
        self.rows, self.header, self.columns = rows, header, columns
        self.draft = Draft(layout, columns=described(columns))
        self.places = {column.role: column.index for column in columns if column.role}
        self.counts = [(role, self.places[role]) for role in COUNTS if role in self.places]
        self.draft.places = {role: self.places[role] for role in (*dict(self.counts), kinds.SERIAL)}
        self.draft.vote_places = [column.index for column in columns if column.role == kinds.CANDIDATE]
        self.counted = {*self.draft.vote_places, *(place for _, place in self.counts)}
        told = {*self.counted, self.places[kinds.SERIAL], self.places.get(kinds.NAME)}
        self.beside = [column.index for column in columns if column.role and column.index not in told]
        self.again = [column for column in columns if (column.role or "").startswith(kinds.AGAIN)]
        self.differing: defaultdict[int, list[Finding]] = defaultdict(list)
        self.segments: dict[str, int] = {}
        self.named = self._named()

    def read(self) -> Draft:
        """The draft, with its lines and what was found in reading them."""
        draft, header = self.draft, self.header
        draft.title, draft.segment, titles = title_of(self.rows, header.rows[0])
        draft.texts = [
            (f"{letter(place)}{index + 1}", cell)
            for index in (*titles, *header.rows)
            for place, cell in enumerate(self.rows[index])
            if cell.strip()
        ]
        named = [column for column in self.columns if column.role == kinds.CANDIDATE]
        notas = [column.heading for column in self.columns if column.role == "nota"]
        candidates, findings = read_headings([column.texts for column in named], notas)
        draft.candidates = tuple(candidates)
        draft.findings += findings
        heading = {tuple(map(tidied, self.rows[index])) for index in (*header.rows, *header.skipped)}
        again = False
        for index in range(header.start, len(self.rows)):
            row = self.rows[index]
            if not any(cell.strip() for cell in row):
                continue
            if tuple(map(tidied, row)) in heading:
                draft.note("heading-repeated", "The heading stands here again", f"A{index + 1}")
                again = True
            elif again and is_sequence([cell for cell in row if cell.strip()]):
                draft.note("heading-repeated", "The columns are numbered here again", f"A{index + 1}")
            elif moved := self._moved(row):
                message = f"The heading stands here again, with {moved!r} in another column"
                draft.error("heading-differs", message, f"A{index + 1}")
            else:
                again = False
                self._line(index + 1, row)
        self._finish()
        return draft

    def _named(self) -> dict[str, int]:
        """The words that stand over one candidate's column alone, and which column that is."""
        cells = [
            (self.rows[index][place], place)
            for index in self.header.rows
            for place in self.draft.vote_places
            if place < len(self.rows[index]) and any(map(str.isalpha, self.rows[index][place]))
        ]
        often = Counter(text for text, _ in cells)
        return {text: place for text, place in cells if often[text] == 1}

    def _moved(self, row: list[str]) -> str | None:
        """A candidate's heading that stands in another candidate's column of this row, if there is one."""
        here = [(place, cell) for place, cell in enumerate(row) if cell in self.named]
        moved = (tidied(cell) for place, cell in here if self.named[cell] != place)
        return next(moved, None) if len(here) > 2 else None

    def _line(self, row_number: int, row: list[str]) -> None:
        serial = station_serial(_at(row, self.places[kinds.SERIAL]))
        name = tidied(_at(row, self.places[kinds.NAME])) if kinds.NAME in self.places else ""
        filled = [row[place] for place in self.counted if _at(row, place).strip()]
        if (not any(map(_counts, filled)) or self._is_note(row)) and not self._may_be_station(
            serial, bool(filled or name)
        ):
            text = tidied(" ".join(row))
            text = text if len(text) <= TOLD else text[: TOLD - 1] + "…"
            self.draft.note("line-ignored", f"Not a station, and not read: {text}", f"A{row_number}")
            return
        kind, label, place = self._label(row)
        station = "" if label else serial
        votes, counts = self._values(row_number, row, station)
        line = Line(row_number, serial, votes, counts, name=name if name != serial and name else None)
        if label or not (serial or name):
            cell = f"{letter(place)}{row_number}" if label else self.draft.cell(line)
            self.draft.totals.append(attrs.evolve(line, label=label, label_cell=cell, kind=kind))
        else:
            self._station(line, row)

    def _is_note(self, row: list[str]) -> bool:
        """Does the line under the stations tell something else: electors, how many stations, per cent?"""
        texts = [cell for place, cell in enumerate(row) if cell.strip() and place not in self.counted]
        return bool(texts and self.draft.lines) and all(is_note(text) for text in texts)

    def _may_be_station(self, serial: str, told: bool) -> bool:
        """Is a line without counts a station's? Its serial follows the last one, or there are no totals yet."""
        if not is_serial(serial) or not self.draft.lines:
            return is_serial(serial) and told
        this, last = serial_key(serial)[0], serial_key(self.draft.lines[-1].serial)[0]
        follows = isinstance(this, int) and isinstance(last, int) and this == last + 1
        return follows or (told and not self.draft.totals)

    def _station(self, line: Line, row: list[str]) -> None:
        self.draft.lines.append(line)
        self.draft.texts += [(f"{letter(place)}{line.row}", _at(row, place)) for place in self.beside]
        if not line.serial:
            self.draft.error("no-serial", f"The polling station {line.name} has no serial", self.draft.cell(line))
        elif not is_serial(line.serial):
            message = f"{line.serial!r} does not look like a serial"
            if any(map(str.isdigit, line.serial)):
                self.draft.warn("odd-serial", message, self.draft.cell(line), line.serial)
            else:
                self.draft.error("no-serial", f"{message}, nor like a known total", self.draft.cell(line), line.serial)
        if is_day(line.serial):
            message = f"{line.serial!r} is a day, as spreadsheets make one of 7-1; it should be as printed"
            self.draft.error("date-serial", message, self.draft.cell(line), line.serial)
        if "segment" in self.places and (segment := station_serial(_at(row, self.places["segment"]))):
            self.segments.setdefault(segment, line.row)
        for column in self.again:
            self._compare(line, row, column)

    def _label(self, row: list[str]) -> tuple[str, str, int]:
        """What a line of totals sums up, its words, and the column where they begin; in no column of counts."""
        places = [place for place, cell in enumerate(row) if cell.strip() and place not in self.counted]
        for place in places:
            text = tidied(row[place])
            strict = place != self.places[kinds.SERIAL] or is_serial(text)
            if kind := total_kind(text, strict):
                return kind, text, place
        words = tidied(" ".join(row[place] for place in places))
        kind = total_kind(words)
        return (kind, words, places[0]) if kind else ("", "", 0)

    def _values(
        self, row_number: int, row: list[str], serial: str
    ) -> tuple[tuple[int | None, ...], dict[str, int | None]]:
        def value(place: int) -> int | None:
            try:
                return number(_at(row, place))
            except NotANumberError as error:
                self.draft.error(error.code, str(error), f"{letter(place)}{row_number}", serial or None)
                return None

        return tuple(map(value, self.draft.vote_places)), {role: value(place) for role, place in self.counts}

    def _compare(self, line: Line, row: list[str], column: Column) -> None:
        """A second column of one meaning should say the same."""
        role = (column.role or "").removeprefix(kinds.AGAIN)
        try:
            value = number(_at(row, column.index)) if role in COUNTS else None
        except NotANumberError:
            value = -1
        if value is not None and value != line.counts[role]:
            message = f"{_at(row, column.index)} in this column, {line.counts[role]} in the other one of this meaning"
            cell = f"{letter(column.index)}{line.row}"
            self.differing[column.index].append(Finding(Severity.ERROR, "column-differs", message, cell, line.serial))

    def _finish(self) -> None:
        """What can be said of columns when all lines are read."""
        draft = self.draft
        for column in self.columns:
            cell = f"{letter(column.index)}{self.header.rows[-1] + 1}"
            differing = self.differing.get(column.index, [])
            if len(differing) * 2 <= len(draft.lines):
                draft.findings += differing
            if column.role == kinds.UNKNOWN or len(differing) * 2 > len(draft.lines):
                heading = repr(column.heading) if column.heading else "without a heading"
                draft.warn("unknown-column", f"The column {heading} is not known, and not read", cell)
            elif column.role == kinds.CANDIDATE and not column.texts:
                draft.warn("candidate-unnamed", "The column has votes, but names no candidate", cell)
        if self.segments:
            draft.segment = next(iter(self.segments))
        for segment, row_number in list(self.segments.items())[1:]:
            message = f"Segment {segment}, after {draft.segment}: a sheet is of one segment"
            draft.error("several-segments", message, f"{letter(self.places['segment'])}{row_number}")


def _at(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _counts(cell: str) -> bool:
    try:
        return number(cell) is not None
    except NotANumberError as error:
        return error.code != "no-number"
