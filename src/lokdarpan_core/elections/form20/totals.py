"""Lines of totals: which are footers, and which pose as a station.

A total belongs under the stations, with a label. One that stands among them, has no label, or is told only by its
figures (they are the sums of the lines above it, or of all others) would be counted twice: it is kept out of the
stations and reported. A page's total that is labelled so, and is right, is only noted.
"""

import math
from collections.abc import Sequence

import attrs

from lokdarpan_core.elections.form20 import labels
from lokdarpan_core.elections.form20.cells import is_serial
from lokdarpan_core.elections.form20.draft import Draft, Line
from lokdarpan_core.elections.form20.sheet import Layout

CHANCE = 12.0  # bits: how unlikely it must be that a station's figures are the sums of others by accident


def settle_totals(draft: Draft) -> None:
    """Tell footers from totals among the stations; move those that pose as stations away from them."""
    last = max(line.row for line in draft.lines)
    footers, postal = [], False
    pages = _pages(draft)
    for line in draft.totals:
        kind = labels.PAGE if line in pages else line.kind
        if _is_footer(draft, line, kind, last):
            postal = postal or kind == labels.POSTAL
            if kind == labels.TOTAL:  # after the postal votes it holds them too
                kind = labels.POLLED if postal else labels.EVM
            footers.append(attrs.evolve(line, kind=kind))
        else:
            footers.append(attrs.evolve(line, kind=labels.PAGE if line in pages else labels.TOTAL))
            _report(draft, line, kind)
    draft.totals = footers
    _find_unlabelled(draft)


def _is_footer(draft: Draft, line: Line, kind: str, last: int) -> bool:
    if kind == labels.POSTAL:
        return True
    if kind in ("", labels.PAGE) or line.row < last or draft.layout is Layout.TIDY:
        return False
    if kind == labels.TOTAL and line.serial and is_serial(line.serial):
        return False  # numbered as a station
    if draft.layout is Layout.SUMMARY:  # a table of records, in which a mere total is one record too many
        return kind != labels.TOTAL and draft.cell(line) == line.label_cell
    return True


def _pages(draft: Draft) -> list[Line]:
    """Lines called `Total` that are those of pages: two or more, each the sum of the stations since the last one."""
    if draft.layout is Layout.TIDY:
        return []
    found = []
    for line in draft.totals:
        _, page = _since(draft, line)
        if line.kind == labels.TOTAL and page and not _differing(line, page):
            found.append(line)
    return found if len(found) > 1 else []


def _report(draft: Draft, line: Line, kind: str) -> None:
    if kind == labels.PAGE and (parts := [part for part in _since(draft, line) if part]):
        wrong = min((_differing(line, part) for part in parts), key=len)
        if len(wrong) * 4 <= len(figures(line)):
            draft.note("page-total", f"{line.label!r} is the total of a page, and no station", line.label_cell)
            for index, made, printed in wrong:
                message = f"The stations of the page make {made:,}, {line.label!r} is {printed:,}"
                draft.error("footer-sum", message, draft.cell(line, index if index < len(line.votes) else "nota"))
            return
    what = f"{line.label!r} is a total" if line.label else "A line without serial and name is a total"
    message = f"{what} that stands as a station in row {line.row}; it is not counted as one"
    draft.error("leaked-total", message, line.label_cell, line.serial if is_serial(line.serial) else None)


def _since(draft: Draft, line: Line) -> list[list[Line]]:
    """The stations above a line, and those of them since the last line of totals."""
    above = [one for one in draft.lines if one.row < line.row]
    before = max((other.row for other in draft.totals if other.row < line.row), default=0)
    return [above, [one for one in above if one.row > before]]


def _find_unlabelled(draft: Draft) -> None:
    """Find stations whose figures are the sums of all others, or of those above them (since the last such line)."""
    kept: list[Line] = []
    leaked: list[Line] = []
    everything = _Sum()
    for line in draft.lines:
        everything.add(line)
    above, page = _Sum(), _Sum()
    for line in draft.lines:
        rest = everything.without(line)
        if any(total.is_total(line) for total in (above, page, rest)):
            leaked.append(line)
            everything, page = rest, _Sum()
            continue
        kept.append(line)
        above.add(line)
        page.add(line)
    if not kept:
        return
    draft.lines = kept
    for line in leaked:
        message = (
            f"The figures of row {line.row} are the sums of other stations: a total; it is not counted as a station"
        )
        draft.error("leaked-total", message, draft.cell(line), line.serial or None)
        draft.totals.append(attrs.evolve(line, kind=labels.TOTAL, label_cell=draft.cell(line)))


def figures(line: Line) -> tuple[int | None, ...]:
    """What of a line can be summed independently: the candidates' votes and NOTA, without candidates what there is."""
    if line.votes:
        return (*line.votes, line.count("nota"))
    return tuple(line.count(role) for role in ("valid", "rejected", "nota"))


@attrs.define
class _Sum:
    """Sums of some lines, and how many of these have votes at all."""

    sums: list[int] = attrs.field(factory=list)
    voted: int = 0

    def add(self, line: Line) -> None:
        values = [value or 0 for value in figures(line)]
        self.sums = [a + b for a, b in zip(self.sums, values, strict=True)] if self.sums else values
        self.voted += any(values)

    def without(self, line: Line) -> "_Sum":
        values = [value or 0 for value in figures(line)]
        return _Sum([a - b for a, b in zip(self.sums, values, strict=True)], self.voted - any(values))

    def is_total(self, line: Line) -> bool:
        """Are the line's figures these sums, but for one in four? Not when they are so small that it may well be an
        accident."""
        values = [value or 0 for value in figures(line)]
        wrong = sum(value != total for value, total in zip(values, self.sums, strict=False))
        if self.voted < 2 or wrong * 4 > len(values):
            return False
        agreeing = [value for value, total in zip(values, self.sums, strict=True) if value == total]
        return sum(math.log2(value + 1) for value in agreeing) >= CHANCE * (1 + 2 * wrong)


def _differing(line: Line, lines: Sequence[Line]) -> list[tuple[int, int, int]]:
    """(which figure, the lines' sum, what is printed) of each figure that is not the sum of these lines."""
    total = _Sum()
    for one in lines:
        total.add(one)
    pairs = enumerate(zip(total.sums, figures(line), strict=True))
    return [(index, made, printed or 0) for index, (made, printed) in pairs if made != (printed or 0)]
