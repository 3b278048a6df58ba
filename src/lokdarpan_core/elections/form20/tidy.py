"""The tidy form: one line for each station and candidate, in one file for any number of segments.

What is told of a station (its total, its ward) stands on each of its lines and must be the same on all of them. NOTA
may be a column, or a candidate's line. Reading is one pass that touches a cell once: files of hundreds of thousands of
lines are usual here.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter

import attrs

from lokdarpan_core.elections.form20.cells import (
    NotANumberError,
    folded,
    is_day,
    is_serial,
    letter,
    number,
    serial_of,
    tidied,
)
from lokdarpan_core.elections.form20.draft import Draft, Line
from lokdarpan_core.elections.form20.headings import role_of
from lokdarpan_core.elections.form20.labels import total_kind
from lokdarpan_core.elections.form20.sheet import Candidate, Finding, Layout, Severity

SEARCHED = 20  # rows in which the header line may stand
COUNTS = ("electors", "valid", "rejected", "nota", "polled", "tendered")
TOTALS = {"valid": "valid", "rejected": "rejected", "polled": "polled", "cast": "polled", "tendered": "tendered"}
TEXTS = ("name", "ward_id", "ward_name", "pc_id")
_NAMES = {
    "ps_id": "ps id|ps|ps no|ps code|polling station|polling station id|polling station no|station|station id|booth id",
    "votes": "votes|vote|votes polled|candidate votes|no of votes",
    "candidate": "candidate|candidate name|name of candidate|name of the candidate",
    "party": "party|party name|party abbreviation|candidate party",
    "candidate_no": "candidate no|candidate number|candidate id|candidate serial no",
    "segment": "ac id|ac|ac no|ac number|segment|segment no|assembly|assembly constituency|assembly constituency no",
    "pc_id": "pc id|pc|pc no|pc number|parliamentary constituency|parliamentary constituency no",
    "ward_id": "ward id|ward|ward no|ward number",
    "ward_name": "ward name|name of ward",
    "name": "ps name|station name|polling station name|booth name|name of polling station",
    "polled": "total polled|polled|total votes polled|total votes|total",
    "rejected": "rejected|rejected votes|no of rejected votes|invalid|invalid votes",
    "electors": "electors|total electors|no of electors|registered voters",
    "nota": "nota|nota votes|votes for nota|none of the above",
    "tendered": "tendered|tendered votes|no of tendered votes",
    "valid": "valid|valid votes|total valid votes|total of valid votes",
    "ignored": "election|election id|election type|election year|type|year|round|date|state|district|ac name|pc name"
    "|address|lat|lon|latitude|longitude|remarks|id|index|vote share|source",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split("|")}


@attrs.define
class _Station:
    """A station as its lines go by; `told` is what its first line told of it, `lines` candidate's index -> votes."""

    ps_id: str
    row: int
    told: tuple[str, ...]
    counts: dict[str, int | None]
    texts: dict[str, str | None]
    votes: dict[int, int | None] = attrs.field(factory=dict)
    among: dict[str, tuple[int | None, int]] = attrs.field(factory=dict)  # role -> its number and row


@attrs.define
class _Segment:
    """The candidates of one segment in the order in which they come, and its stations. A candidate is an index, or the
    role of what stands among the candidates and is none: NOTA, and the totals of a wide sheet that was turned."""

    candidates: dict[tuple[str, str, str], int | str] = attrs.field(factory=dict)
    listed: list[tuple[str, str, str]] = attrs.field(factory=list)
    stations: dict[str, _Station] = attrs.field(factory=dict)
    findings: list[Finding] = attrs.field(factory=list)


def find_tidy_header(rows: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """The index of the header line of a tidy table, and the column of each role; None when there is none."""
    for index, row in enumerate(rows[:SEARCHED]):
        roles: dict[str, int] = {}
        for place, cell in enumerate(row):
            role = _ROLES.get(folded(cell.replace("_", " ")) if len(cell) < 100 else "")
            if role:
                roles.setdefault(role, place)
        if {"ps_id", "votes"} <= roles.keys() and roles.keys() & {"candidate", "party"}:
            return index, roles
    return None


def read_tidy(rows: list[list[str]], header: int, roles: dict[str, int]) -> list[Draft]:
    """The sheets in a tidy table, one for each segment in the order in which they come."""
    reader = _Reader(rows[header], roles)
    for row_number, row in enumerate(rows[header + 1 :], header + 2):
        reader.line(row_number, row)
    return [reader.draft(name, segment) for name, segment in reader.segments.items() if segment.stations]


class _Reader:
    """Takes the lines of a tidy table one by one."""

    def __init__(self, header: Sequence[str], roles: dict[str, int]) -> None:
        self.header, self.roles = header, roles
        self.width = max(len(header), max(roles.values()) + 1)
        self.counts = [role for role in COUNTS if role in roles]
        self.texts = [role for role in TEXTS if role in roles]
        self.told = [*self.counts, *self.texts]
        self.get_told = _getter([roles[role] for role in self.told])
        self.get_candidate = _getter([roles.get(role, self.width) for role in ("candidate", "party", "candidate_no")])
        self.segments: dict[str, _Segment] = {}
        self.homes: dict[str, str] = {}  # station -> its segment
        self.last: tuple[str, str] | None = None
        self.station: _Station | None = None
        self.segment = self.segments[""] = _Segment()

    def line(self, row_number: int, row: list[str]) -> None:
        """One line of the table."""
        if len(row) == self.width:
            row = [*row, ""]  # what stands for the columns that there are not
        elif any(cell.strip() for cell in row):
            row = self._shaped(row_number, row)
        else:
            return
        place = self.roles.get("segment", self.width)
        key = (row[place], row[self.roles["ps_id"]])
        if key != self.last:
            self._turn_to(key, row_number, row)
        segment, station = self.segment, self.station
        if station is None:
            return
        told = self.get_told(row)
        if told != station.told:
            self._compare(row_number, told)
        candidate = self.get_candidate(row)
        index = segment.candidates[candidate] if candidate in segment.candidates else self._add(candidate)
        try:
            votes = number(row[self.roles["votes"]])
        except NotANumberError as error:
            self._find(error.code, str(error), row_number, "votes")
            votes = None
        if isinstance(index, str):
            self._among(index, row_number, votes)
        elif index in station.votes:
            name = " ".join(part for part in candidate if part)
            self._find("candidate-twice", f"{name} stands at station {station.ps_id} already", row_number, "votes")
        else:
            station.votes[index] = votes

    def _shaped(self, row_number: int, row: list[str]) -> list[str]:
        if any(cell.strip() for cell in row[self.width :]):
            cell = f"{letter(self.width)}{row_number}"
            message = f"More cells than the header line has columns: {tidied(' '.join(row[self.width :]))[:80]}"
            self.segment.findings.append(Finding(Severity.ERROR, "extra-cells", message, cell))
        row = row[: self.width]
        return [*row, *[""] * (self.width + 1 - len(row))]

    def _turn_to(self, key: tuple[str, str], row_number: int, row: list[str]) -> None:
        self.last = key
        name, ps_id = serial_of(key[0]), serial_of(key[1])
        if name or ps_id:  # a line that names neither belongs to those before it, and is reported there
            self.segment = self.segments.setdefault(name, _Segment())
        self.station = self.segment.stations.get(ps_id)
        if self.station is None:
            other = self.homes.setdefault(ps_id, name)
            self.station = self.segment.stations[ps_id] = _Station(ps_id, row_number, self.get_told(row), {}, {})
            for role in self.counts:
                self.station.counts[role] = self._count(row[self.roles[role]], row_number, role)
            if other != name:
                message = f"Station {ps_id} stands in segment {other or '(none)'} already"
                self._find("several-segments", message, row_number, "ps_id")
            self.station.texts = {role: tidied(row[self.roles[role]]) or None for role in self.texts}

    def _add(self, candidate: tuple[str, ...]) -> int | str:
        """A candidate's index by the cells that tell of it, or the role of what is none."""
        name, party, printed = (tidied(part) for part in candidate)
        segment = self.segment
        role = role_of(name or party)
        index: int | str = "nota"
        if role in TOTALS and not (name and party):
            index = TOTALS[role]
        elif role != "nota":
            tidy = (name, party, serial_of(printed))
            if tidy not in segment.listed:
                segment.listed.append(tidy)
            index = segment.listed.index(tidy)
        segment.candidates[candidate] = index  # type: ignore[index]
        return index

    def _compare(self, row_number: int, told: tuple[str, ...]) -> None:
        """What a further line tells of the station must be what its first line told; a blank tells nothing."""
        station = self.station
        if station is None:
            return
        for role, cell, first in zip(self.told, told, station.told, strict=True):
            if cell == first or not cell.strip():
                continue
            values: dict[str, int | None] | dict[str, str | None]
            values = station.counts if role in COUNTS else station.texts
            value = self._count(cell, row_number, role) if role in COUNTS else tidied(cell)
            if values[role] is None:
                values[role] = value  # type: ignore[assignment]
            elif value is not None and value != values[role]:
                message = f"{cell.strip()!r} here, {values[role]!r} on the station's first line (row {station.row})"
                self._find("station-differs", message, row_number, role)

    def _among(self, role: str, row_number: int, votes: int | None) -> None:
        station = self.station
        if station is None:
            return
        if role in station.among:
            message = f"{_shown(role)} stands at station {station.ps_id} already"
            self._find("candidate-twice", message, row_number, "votes")
        else:
            station.among[role] = votes, row_number

    def _count(self, cell: str, row_number: int, role: str) -> int | None:
        try:
            return number(cell)
        except NotANumberError as error:
            self._find(error.code, str(error), row_number, role)
            return None

    def _find(self, code: str, message: str, row_number: int, role: str, severity: Severity = Severity.ERROR) -> None:
        station = self.station.ps_id or None if self.station else None
        cell = f"{letter(self.roles[role])}{row_number}"
        self.segment.findings.append(Finding(severity, code, message, cell, station))

    def draft(self, name: str, segment: _Segment) -> Draft:
        """The sheet of one segment."""
        draft = Draft(Layout.TIDY, segment=name or None, findings=segment.findings)
        draft.places = {role: self.roles[role] for role in (*self.counts, "votes")} | {"serial": self.roles["ps_id"]}
        taken = {place: role for role, place in self.roles.items()}
        for place, heading in enumerate(self.header):
            if heading.strip():
                role = taken.get(place) or ("ignored" if _ROLES.get(folded(heading)) else "unknown")
                draft.columns[tidied(heading)] = role
                if role == "unknown":
                    draft.warn("unknown-column", f"The column {heading!r} is not known, and not read", letter(place))
        draft.candidates = _candidates(draft, segment.listed)
        for role in {role for station in segment.stations.values() for role in station.among}:
            draft.places.setdefault(role, self.roles["votes"])
        for station in segment.stations.values():
            self._settle(draft, station)
        return draft

    def _settle(self, draft: Draft, station: _Station) -> None:
        counts = dict(station.counts)
        for role, (number_, row) in station.among.items():
            printed = counts.get(role)
            if printed is not None and number_ is not None and printed != number_:
                message = f"{_shown(role)} has {number_:,} votes on its line, {printed:,} in its column"
                place = f"{letter(self.roles['votes'])}{row}"
                if role == "nota":
                    draft.error("nota-differs", message, place, station.ps_id)
                else:
                    draft.error("column-differs", message, place, station.ps_id)
            counts[role] = printed if printed is not None else number_
        votes = tuple(station.votes.get(index) for index in range(len(draft.candidates)))
        ids = {role: station.texts.get(role) for role in ("ward_id", "ward_name", "pc_id")} | {"ps_id": station.ps_id}
        cell = f"{letter(self.roles['ps_id'])}{station.row}"
        line = Line(station.row, station.ps_id, votes, counts, station.texts.get("name"), ids, label_cell=cell)
        kind = total_kind(station.ps_id, strict=is_serial(station.ps_id)) or total_kind(station.texts.get("name") or "")
        if kind or not station.ps_id:
            draft.totals.append(attrs.evolve(line, label=(station.ps_id or "Total") if kind else "", kind=kind or ""))
            return
        draft.lines.append(attrs.evolve(line, label_cell=None))
        if is_day(station.ps_id):
            message = f"{station.ps_id!r} is a day, as spreadsheets make one of 7-1; it should be as printed"
            draft.error("date-serial", message, cell, station.ps_id)
        missing = len(draft.candidates) - len(station.votes)
        if missing:
            message = f"{missing} of {len(draft.candidates)} candidates have no line for this station"
            draft.warn("no-line", message, cell, station.ps_id)


def _shown(role: str) -> str:
    return "NOTA" if role == "nota" else f"The line of {role} votes"


def _getter(places: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[place] for place in places)


def _candidates(draft: Draft, listed: list[tuple[str, str, str]]) -> tuple[Candidate, ...]:
    numbers = [int(printed) if printed.isdecimal() and len(printed) < 5 else 0 for _, _, printed in listed]
    if 0 in numbers or len(set(numbers)) < len(numbers):
        if any(numbers):
            draft.warn(
                "candidate-numbers", "The candidates' numbers are not complete and unique: numbered as they come"
            )
        numbers = list(range(1, len(listed) + 1))
    return tuple(
        Candidate(number_, name or None, party or None)
        for number_, (name, party, _) in zip(numbers, listed, strict=True)
    )
