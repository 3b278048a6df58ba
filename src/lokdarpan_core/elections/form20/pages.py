"""Worksheets that are the printed pages of one sheet, as the extraction of a PDF leaves them: put together again.

A worksheet goes on with the one before it when it has the same candidates (in a summary, the same columns), names no
other segment, has no serial that is there already, and no total of all stations stands before it; or when it has no
stations, and nothing but totals. Its heading, and what stands over that, is passed by. So the workbook of several
segments stays what it is: each of them begins again at serial 1, or names itself.
"""

from collections.abc import Sequence

import attrs

from lokdarpan_core.elections.form20.cells import serial_key
from lokdarpan_core.elections.form20.draft import Draft
from lokdarpan_core.elections.form20.header import find_headers
from lokdarpan_core.elections.form20.labels import PAGE
from lokdarpan_core.elections.form20.sheet import Finding, Severity
from lokdarpan_core.elections.form20.wide import read_wide
from lokdarpan_core.elections.form20.worksheets import Worksheet, moved
from lokdarpan_core.errors import Form20Error

STATIONS_READ = 20
MOST_TOTALS = 40  # lines of a page that has nothing but totals


def join_pages(worksheets: Sequence[Worksheet]) -> list[Worksheet]:
    """The worksheets, those that are pages of one sheet as one. Rows are counted on from page to page."""
    groups: list[_Pages] = []
    for worksheet in worksheets if len(worksheets) > 1 else ():
        before = next((group for group in reversed(groups) if group.lead), None)
        if not (before and before.takes(worksheet)):
            groups.append(_Pages.first(worksheet))
    return [group.whole() for group in groups] or list(worksheets)


@attrs.define
class _Pages:
    """Pages that belong together. `lead` is what the first one says, None when it is no wide sheet; `ended` when the
    totals of all stations have come."""

    pages: list[Worksheet]
    lead: Draft | None
    serials: set[object]
    ended: bool

    @classmethod
    def first(cls, worksheet: Worksheet) -> "_Pages":
        lead = _draft(worksheet.rows)
        return cls([worksheet], lead, _serials(lead), _has_end(lead))

    def takes(self, worksheet: Worksheet) -> bool:
        """Take a worksheet in, if it is the next page."""
        page = _draft(worksheet.rows)
        if page is None:
            if not _is_totals_only(_beginning(self.pages[0].rows), worksheet.rows):
                return False
            self.ended = True
        else:
            serials = _serials(page)
            if self.ended or not self._goes_on(page) or self.serials & serials:
                return False
            self.ended = _has_end(page)
            self.serials |= serials
        self.pages.append(worksheet)
        return True

    def _goes_on(self, page: Draft) -> bool:
        lead = self.lead
        if lead is None or lead.layout is not page.layout or page.segment not in (None, lead.segment):
            return False
        return lead.candidates == page.candidates if lead.candidates else lead.columns == page.columns

    def whole(self) -> Worksheet:
        """All pages as one worksheet."""
        if len(self.pages) == 1:
            return self.pages[0]
        names = [page.name or "" for page in self.pages]
        findings = [Finding(Severity.NOTE, "pages-joined", f"Read as the pages of one sheet: {', '.join(names)}")]
        rows: list[list[str]] = []
        pages = []
        for name, page in zip(names, self.pages, strict=True):
            pages.append((name, len(rows)))
            findings += [attrs.evolve(one, cell=moved(one.cell, len(rows))) for one in page.findings]
            rows += _without_heading(page.rows) if rows else page.rows
        return Worksheet(None, rows, tuple(findings), tuple(pages))


def _draft(rows: list[list[str]]) -> Draft | None:
    try:
        return read_wide(rows)
    except Form20Error:
        return None


def _serials(draft: Draft | None) -> set[object]:
    return {serial_key(line.serial) for line in draft.lines if line.serial} if draft else set()


def _has_end(draft: Draft | None) -> bool:
    return draft is not None and any(line.kind != PAGE for line in draft.totals)


def _beginning(rows: list[list[str]]) -> list[list[str]]:
    """The heading, and as many stations as tell what its columns hold."""
    start = next((header.start for header in find_headers(rows)), 0)
    return rows[: start + STATIONS_READ]


def _is_totals_only(beginning: list[list[str]], rows: list[list[str]]) -> bool:
    """Whether a page without stations has lines of totals, with figures for most candidates, under this heading."""
    if len(rows) > MOST_TOTALS:
        return False
    before, after = _draft(beginning), _draft([*beginning, *_without_heading(rows)])
    if before is None or after is None or len(after.lines) != len(before.lines):
        return False
    added = [rows[line.row - len(beginning) - 1] for line in after.totals[len(before.totals) :] if line.kind]
    return any(2 * sum(map(_holds_figure, row)) > len(before.vote_places) for row in added)


def _holds_figure(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _without_heading(rows: list[list[str]]) -> list[list[str]]:
    """As many rows, those of the heading and over it empty."""
    start = next((header.start for header in find_headers(rows)), 0)
    return [[]] * start + rows[start:]
