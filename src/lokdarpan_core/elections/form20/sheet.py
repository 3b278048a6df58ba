"""A Form 20 sheet as it was read, and what does not add up in it.

Numbers are as printed; a cell that is empty, `NA` or `-` is None, never 0.
"""

from enum import StrEnum

import attrs


class Layout(StrEnum):
    """The families of sheets, found by their content."""

    TIDY = "tidy"  # one line for each station and candidate
    CLASSIC = "classic"  # one line for each station, a column for each candidate, totals at the end
    WITH_ELECTORS = "with-electors"  # the same with electors and turnout by sex before the candidates
    SUMMARY = "summary"  # no candidates: it can be checked, but never imported


class Severity(StrEnum):
    """How much a finding matters: an error is a dispute, and keeps a sheet from being imported as it is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@attrs.frozen
class Finding:
    """Something that does not add up, or that a reader should know. `code` is stable; `cell` is an address like `D17`
    (column letter and row, both of the file; `Page_2!D17` where worksheets are pages of one sheet), or None for the
    sheet as a whole."""

    severity: Severity
    code: str
    message: str
    cell: str | None = None
    station: str | None = None


@attrs.frozen
class Candidate:
    """A candidate of a segment. `number` is unique in the sheet, from 1: as printed, else by column. `party` is as
    printed (or from a candidates file), None when the sheet names none. NOTA is no candidate."""

    number: int
    name: str | None
    party: str | None = None


@attrs.frozen
class Station:
    """One polling station's line: `votes` in the order of the sheet's candidates. `polled` is all votes polled there:
    valid, rejected and NOTA. `serial` is as printed (`12A`), but in the digits 0 to 9; `ps_id`, ward and constituencies
    only where the sheet has them (the tidy form). `row` counts from 1 in the file, on from page to page."""

    serial: str
    row: int
    votes: tuple[int | None, ...]
    name: str | None = None
    electors: int | None = None
    valid: int | None = None
    rejected: int | None = None
    nota: int | None = None
    polled: int | None = None
    tendered: int | None = None
    ps_id: str | None = None
    ward_id: str | None = None
    ward_name: str | None = None
    pc_id: str | None = None


@attrs.frozen
class Footer:
    """A line of totals under the stations (`evm`, `postal`, `polled`): sums as printed, candidates in order.

    `total` is a total among the stations: of a page, or one that was taken for a station.
    """

    kind: str
    row: int
    votes: tuple[int | None, ...]
    valid: int | None = None
    rejected: int | None = None
    nota: int | None = None
    polled: int | None = None
    tendered: int | None = None


@attrs.frozen
class Sheet:
    """One segment's sheet. `segment` only where the file says it (the tidy form's ac_id, a title line).

    `nota_in_valid`: does the printed total of valid votes include NOTA? None when the sheet does not show it.
    `total_of`: what the printed total is the sum of (`valid`, `rejected`, `nota`); empty when it prints none.
    `columns` says what each column was taken for, and which were ignored, by header.
    """

    layout: Layout
    title: str | None
    segment: str | None
    candidates: tuple[Candidate, ...]
    stations: tuple[Station, ...]
    footers: tuple[Footer, ...]
    nota_in_valid: bool | None
    columns: dict[str, str]
    findings: tuple[Finding, ...] = ()
    total_of: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep it from being imported as it is."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)
