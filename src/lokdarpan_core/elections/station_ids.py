"""Which polling station a line of a sheet is: the `ps_id` of each.

The tidy form brings ids. A wide sheet has serials only, so an id is made of segment and serial (`60-12A`). Stations are
renumbered between elections, and then one serial means two places: an assignment to wards that was made for the one
must not be taken for the other. So the sheet's list of stations is held against the lists that are stored for the
segment, name by name:

- the names at the same serials agree: it is the stored list. A name or one in ten may be new (a school was renamed),
  but none may have moved to another serial, for then the list was renumbered;
- they don't, and the stored list is another election's: the stations were renumbered, and this sheet's ids are marked
  with its year (`60-12A@2024`);
- they don't, and the stored list is of this very election: if most names are new altogether, the sheet is of another
  segment, and is refused. If they are the same names in another order, it is a renumbered list as above.

Where there are no names to compare (many sheets print none), the same set of serials is taken for the same list, and
any other set for a renumbered one: a station without an assignment is seen, a wrong assignment is not.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections.election import ElectionName
from lokdarpan_core.elections.form20.sheet import Sheet, Station
from lokdarpan_core.elections.parties import folded
from lokdarpan_core.errors import ConflictError

Names = dict[str, str]  # serial -> folded name, or "" where there is none to compare

_STORED = sa.text("""
    SELECT ps_id, name, EXISTS (
        SELECT FROM result_ps WHERE result_ps.ps_id = polling_station.ps_id AND sheet_id IN (
            SELECT id FROM form20_sheet WHERE election_id = :election_id AND segment = :segment)
    ) AS own
    FROM polling_station
    WHERE starts_with(ps_id, :prefix) AND coalesce(source_meta->>'segment', :segment) = :segment
""")


@attrs.frozen
class StationIds:
    """The id of each station of a sheet, in its order, and in words how they were found."""

    ps_ids: tuple[str, ...]
    how: str


@attrs.frozen
class _Comparison:
    """A sheet's names against a stored list's, at the serials where both have one."""

    equal: int
    moved: int
    renamed: int

    @property
    def compared(self) -> int:
        return self.equal + self.moved + self.renamed

    @property
    def agrees(self) -> bool:
        return self.equal > 0 and self.moved == 0 and self.renamed <= max(1, self.compared // 10)


def station_ids(connection: Connection, sheet: Sheet, name: ElectionName, election_id: int, segment: str) -> StationIds:
    """The ids of a sheet's stations. The caller holds the segment's lock.

    Raises ConflictError when the names are those of another segment than the one that is stored.
    """
    if all(station.ps_id for station in sheet.stations):
        return StationIds(tuple(station.ps_id or "" for station in sheet.stations), "the file's own ids")
    prefix = _prefix(name, segment)
    serials = _serials(sheet.stations)
    names = {serial: _name(serial, one.name) for serial, one in zip(serials, sheet.stations, strict=True)}
    lists, own = _stored_lists(connection, prefix, election_id, segment)
    mark, how = _decide(names, lists, own, name, segment)
    return StationIds(tuple(f"{prefix}{serial}{mark}" for serial in serials), how)


def natural(ps_id: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts ids as people count: 60-2, 60-12, 60-12A."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", ps_id)
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces)


def _prefix(name: ElectionName, segment: str) -> str:
    """A ward election's segments are wards: its station 60-1 is not that of assembly segment 60."""
    return f"W{segment}-" if name.type == "GHMC" else f"{segment}-"


def _serials(stations: Sequence[Station]) -> list[str]:
    """Serials as parts of ids: `012 a` is 12A. One that stands again is told apart, `58~2`, for its votes are not the
    first one's."""
    seen = defaultdict[str, int](int)
    found = []
    for station in stations:
        serial = re.sub(r"[\s@~]+", "", station.serial).upper().lstrip("0") or f"row{station.row}"
        seen[serial] += 1
        found.append(serial if seen[serial] == 1 else f"{serial}~{seen[serial]}")
    return found


def _name(serial: str, printed: str | None) -> str:
    name = folded(printed or "")
    return "" if name == folded(serial) or name.isdecimal() else name


def _stored_lists(
    connection: Connection, prefix: str, election_id: int, segment: str
) -> tuple[dict[str, Names], str | None]:
    """The lists that are stored for a segment, by mark (`@2024`, or nothing), and the mark of the one that this
    election's sheet has."""
    lists = defaultdict[str, Names](dict)
    own = None
    parameters = {"prefix": prefix, "election_id": election_id, "segment": segment}
    for ps_id, name, is_own in connection.execute(_STORED, parameters):
        serial, at, mark = ps_id.removeprefix(prefix).partition("@")
        lists[at + mark][serial] = _name(serial, name)
        own = at + mark if is_own else own
    return dict(lists), own


def _decide(
    names: Names, lists: Mapping[str, Names], own: str | None, name: ElectionName, segment: str
) -> tuple[str, str]:
    """The mark of the list that the sheet has, and why."""
    if not lists:
        return "", "new: no list was stored"
    compared = {mark: _compare(names, stored) for mark, stored in lists.items()}
    same = [mark for mark, one in compared.items() if one.agrees]
    if same:
        mark = own if own in same else max(same, key=lambda mark: (compared[mark].equal, mark))
        return mark, f"as stored: {compared[mark].equal} of {compared[mark].compared} names agree"
    if own is not None:
        _refuse_another_segment(compared[own], name, segment)
        if not compared[own].compared:
            return own, "as stored for this election: there are no names to compare"
        if not compared[own].moved:
            return own, f"as stored for this election, {compared[own].renamed} stations renamed"
    nameless = [mark for mark, one in compared.items() if not one.compared and names.keys() == lists[mark].keys()]
    if nameless:
        return max(nameless), "as stored: the same serials, and no names to compare"
    closest = max(compared.values(), key=lambda one: one.equal)
    if not closest.compared:
        return _new_mark(name, lists), "renumbered: other serials than those stored, and no names to compare"
    return _new_mark(name, lists), f"renumbered: {closest.equal} of {closest.compared} names agree with those stored"


def _compare(names: Names, stored: Names) -> _Comparison:
    both = [(name, stored[serial]) for serial, name in names.items() if name and stored.get(serial)]
    known = set(stored.values())
    equal = sum(name == before for name, before in both)
    moved = sum(name != before and name in known for name, before in both)
    return _Comparison(equal, moved, len(both) - equal - moved)


def _refuse_another_segment(found: _Comparison, name: ElectionName, segment: str) -> None:
    if found.compared and 2 * (found.equal + found.moved) < found.compared:
        raise ConflictError(
            f"The sheet's stations are not those of segment {segment}: of {found.compared} names that can be compared "
            f"with the ones stored for {name}, {found.equal} agree. Is it the sheet of another segment? If the stored "
            f"one is wrong: lokdarpan form20 remove --election {name} --segment {segment}"
        )


def _new_mark(name: ElectionName, lists: Mapping[str, Names]) -> str:
    marks = (f"@{name.year}", *(f"@{name.year}.{number}" for number in range(2, len(lists) + 2)))
    return next(mark for mark in marks if mark not in lists)
