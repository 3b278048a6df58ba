"""A panel of past elections: who got how much, unit by unit and election by election.

Forecast, baselines and back-test all read this one form, and nothing else. It is plain data, without a database and
without numpy, so that a notebook can make one from any table and a test from five lines.

Shares are taken relative to the parties that are listed: those of a contest are scaled to sum 1. A party with nothing
did not stand. A contest that can teach nothing (one party alone, no votes at all) is left out and said so.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import attrs

from lokdarpan_core.errors import PanelError

FIELDS = ("unit", "city", "election", "held_on", "party", "votes", "share", "electors")
REQUIRED = ("unit", "held_on", "party")
ROUNDING = 0.02  # shares that are printed with two decimals add up to this near 1


@attrs.frozen
class Contest:
    """One unit's result at one election: `shares` are fractions that sum to 1, of the parties that stood.

    `votes` is their sum, None where only shares are known. `city` is what several units belong to, None if not known.
    """

    unit: str
    election: str
    held_on: date
    shares: Mapping[str, float]
    city: str | None = None
    votes: float | None = None
    electors: float | None = None

    @property
    def winner(self) -> str:
        """The party with the largest share; of equals the first by name, so that every run says the same."""
        return min(self.shares, key=lambda party: (-self.shares[party], party))


@attrs.frozen
class Panel:
    """Contests in order of time, then of unit. `left_out` says of each contest that is not here why not."""

    contests: tuple[Contest, ...]
    place: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """The units, in order of name."""
        return tuple(sorted({contest.unit for contest in self.contests}))

    def before(self, day: date) -> "Panel":
        """What was known on the eve of that day."""
        return attrs.evolve(self, contests=tuple(one for one in self.contests if one.held_on < day))


def make_panel(rows: Iterable[Mapping[str, Any]], place: str | None = None) -> Panel:
    """A panel from rows with the keys `unit`, `held_on` (a date), `party`, and `votes` or `share` (a fraction of 1);
    `election` (a name, by default the date), `city` and `electors` may be there. Rows count from 1 in messages.

    A contest's shares come from its votes where all its rows have them, else from `share`.
    Raises PanelError, which names row and column, for what can't be true.
    """
    contests: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for number, row in enumerate(rows, 1):
        checked = _checked(row, number)
        parties = contests[checked["unit"], checked["election"]]
        if checked["party"] in parties:
            first = parties[checked["party"]]["row"]
            where = f"{checked['unit']}, {checked['election']}"
            raise _wrong(number, "party", f"{checked['party']!r} has a row already in {where} (row {first})")
        parties[checked["party"]] = checked
    made, left_out = [], []
    for (unit, election), parties in contests.items():
        contest = _contest(unit, election, list(parties.values()))
        if isinstance(contest, Contest):
            made.append(contest)
        else:
            left_out.append(f"{unit}, {election}: {contest}")
    return Panel(tuple(sorted(made, key=lambda one: (one.held_on, one.election, one.unit))), place, tuple(left_out))


def _wrong(row: object, column: str, what: str) -> PanelError:
    return PanelError(f"Row {row}, column {column}: {what}")


def _checked(row: Mapping[str, Any], fallback: int) -> dict[str, Any]:
    number = row.get("row", fallback)
    unknown = sorted(set(row) - {*FIELDS, "row"})
    if unknown:
        raise _wrong(number, unknown[0], f"there is no such column in a panel; it has {', '.join(FIELDS)}")
    for name in REQUIRED:
        if row.get(name) in {None, ""}:
            raise _wrong(number, name, "it is empty, but every row needs it")
    day = row["held_on"]
    if isinstance(day, datetime) or not isinstance(day, date):
        raise _wrong(number, "held_on", f"{day!r} is no date")
    kept = {"row": number, "unit": str(row["unit"]), "party": str(row["party"]), "held_on": day}
    kept |= {"election": str(row.get("election") or day), "city": row.get("city")}
    for name in ("votes", "share", "electors"):
        kept[name] = _number(row.get(name), number, name)
    if kept["share"] is not None and kept["share"] > 1 + 1e-6:
        raise _wrong(number, "share", f"{kept['share']:g} is over 1; a share is a fraction (0.42, not 42)")
    return kept


def _number(value: Any, row: object, column: str) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _wrong(row, column, f"{value!r} is no number") from None
    if not math.isfinite(number):
        raise _wrong(row, column, f"{value} is no number that counts anything; leave it empty if it is not known")
    if number < 0:
        raise _wrong(row, column, f"{value} is negative")
    return number


def _contest(unit: str, election: str, rows: list[Mapping[str, Any]]) -> Contest | str:
    """The contest, or why it is left out."""
    first = rows[0]
    for row in rows[1:]:
        for name in ("held_on", "city"):
            if row[name] != first[name]:
                raise _wrong(row["row"], name, f"{row[name]} here, but {first[name]} in row {first['row']}")
    column = "votes" if all(row["votes"] is not None for row in rows) else "share"
    values = {row["party"]: row[column] for row in rows}
    if len(rows) == 1:
        return "one party alone (unopposed)"
    for row in rows:
        if row[column] is None:
            raise _wrong(row["row"], column, f"it is empty, but other parties in {unit}, {election} have it")
    total = sum(values.values())
    if total <= 0:
        return "no votes at all"
    if column == "share" and total > 1 + ROUNDING:
        raise _wrong(first["row"], "share", f"the shares of {unit}, {election} sum to {total:.3f}")
    shares = {party: value / total for party, value in sorted(values.items()) if value > 0}
    if len(shares) == 1:
        return "one party alone (unopposed)"
    votes = total if column == "votes" else None
    electors = max((row["electors"] for row in rows if row["electors"] is not None), default=None)
    return Contest(unit, election, first["held_on"], shares, first["city"], votes, electors)
