"""Do the sums of the stations agree with the totals printed under them, and the totals with each other?

Every column that a footer fills is compared: the stations with the total of the votes on machines, both with postal
votes with the total of all votes.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping

import attrs

from lokdarpan_core.elections.form20 import labels
from lokdarpan_core.elections.form20.checks import check_sums
from lokdarpan_core.elections.form20.draft import Draft, Line

BESIDE = frozenset(("tendered", "epic"))  # what contradicts the rest in these is a warning

Value = Callable[[Line], int | None]


def check_footers(draft: Draft) -> None:
    """Compare every column of every line of totals. The findings go into the draft."""
    _tell_machines(draft)
    by_kind: defaultdict[str, list[Line]] = defaultdict(list)
    last = max(line.row for line in draft.lines)
    for line in draft.totals:
        if line.kind in (labels.EVM, labels.POLLED, labels.POSTAL) or line.label:
            check_sums(draft, line)
        by_kind[line.kind].append(line)
    for line in draft.totals:
        of_some = line.kind == labels.TOTAL and (
            labels.total_kind(line.label, strict=False) != labels.TOTAL or line.row < last
        )
        if line.kind in (labels.POSTAL, labels.PAGE) or of_some:
            continue
        untold = line.kind == labels.POLLED and labels.includes_postal(line.label) and not by_kind[labels.POSTAL]
        if untold:
            message = (
                f"{line.label!r} has postal votes that no line tells apart: what is more than the stations' is theirs"
            )
            draft.note("postal-untold", message, line.label_cell)
        for role, name, value in _columns(draft):
            printed = value(line)
            expected, of = _expected(draft, line, value, by_kind)
            if untold and printed is not None and printed > expected:
                continue
            if printed is not None and printed != expected:
                code = "footer-total" if line.kind == labels.POLLED else "footer-sum"
                message = f"{name}: {of} make {expected:,}, {line.label or 'the total'} is {printed:,}"
                report = draft.warn if role in BESIDE else draft.error
                report(code, message, draft.cell(line, role))


def _tell_machines(draft: Draft) -> None:
    """A total over the line of postal votes is that of the machines if it is the stations': `Grand Total`, `Postal
    Ballot`, `Total Votes Polled`."""
    rows = [line.row for line in draft.totals if line.kind == labels.POSTAL]
    over = [line for line in draft.totals if line.kind == labels.POLLED and rows and line.row < rows[0]]
    if len(over) != 1 or any(line.kind == labels.EVM for line in draft.totals):
        return
    stations = [sum(line.votes[index] or 0 for line in draft.lines) for index in range(len(draft.candidates))]
    if stations and stations == [votes or 0 for votes in over[0].votes]:
        draft.totals = [attrs.evolve(line, kind=labels.EVM) if line is over[0] else line for line in draft.totals]


def _expected(draft: Draft, line: Line, value: Value, by_kind: Mapping[str, list[Line]]) -> tuple[int, str]:
    """What a total should be, and the sum of what that is."""
    expected, of = sum(value(station) or 0 for station in draft.lines), "the stations"
    if line.kind != labels.POLLED:
        return expected, of
    evm = next(iter(by_kind.get(labels.EVM, ())), None)
    if evm is not None and (machines := value(evm)) is not None:
        expected, of = machines, evm.label
    for postal in by_kind.get(labels.POSTAL, ()):
        expected, of = expected + (value(postal) or 0), f"{of} and {postal.label}"
    return expected, of


def _columns(draft: Draft) -> list[tuple[str | int, str, Value]]:
    """What can be summed: how the column is addressed, what it is called, and its value in a line."""
    columns: list[tuple[str | int, str, Value]] = [
        (index, f"{candidate.number} - {candidate.name or candidate.party}", _vote(index))
        for index, candidate in enumerate(draft.candidates)
    ]
    roles = [role for role in draft.places if any(role in line.counts for line in draft.lines[:1])]
    return columns + [(role, role, _count(role)) for role in roles]


def _vote(index: int) -> Value:
    return lambda line: line.votes[index]


def _count(role: str) -> Value:
    return lambda line: line.counts.get(role)
