"""A sheet in the making: the lines that were read, where each value stands, and what was found so far.

Every layout is brought to this form; footers, conventions and sums are then looked at in one way for all of them.
"""

from collections.abc import Mapping

import attrs

from lokdarpan_core.elections.form20.cells import letter
from lokdarpan_core.elections.form20.sheet import Candidate, Finding, Footer, Layout, Severity, Sheet, Station


@attrs.frozen
class Line:
    """A station's line, or one of totals: `votes` in the order of the candidates, `counts` by role (see headings).

    `label` is the text of a line of totals, `label_cell` where it stands.
    """

    row: int
    serial: str
    votes: tuple[int | None, ...]
    counts: Mapping[str, int | None]
    name: str | None = None
    ids: Mapping[str, str | None] = attrs.field(factory=dict)
    label: str = ""
    label_cell: str | None = None
    kind: str = ""

    @property
    def candidates_sum(self) -> int:
        """The votes of all candidates; an empty cell counts as none."""
        return sum(votes or 0 for votes in self.votes)

    @property
    def station(self) -> str | None:
        """The serial for a finding; None for a line of totals."""
        return None if self.kind or self.label else self.serial or None

    def count(self, role: str) -> int | None:
        """What is printed for a role."""
        return self.counts.get(role)


@attrs.define
class Draft:
    """`places` says which column (index from 0) holds a role, `vote_places` the same for each candidate; in the tidy
    form, where a candidate has no column, it is empty."""

    layout: Layout
    title: str | None = None
    segment: str | None = None
    candidates: tuple[Candidate, ...] = ()
    lines: list[Line] = attrs.field(factory=list)
    totals: list[Line] = attrs.field(factory=list)
    columns: dict[str, str] = attrs.field(factory=dict)
    places: dict[str, int] = attrs.field(factory=dict)
    vote_places: list[int] = attrs.field(factory=list)
    texts: list[tuple[str, str]] = attrs.field(factory=list)  # (cell, text) of titles and headings
    nota_in_valid: bool | None = None
    total_of: tuple[str, ...] = ()
    findings: list[Finding] = attrs.field(factory=list)

    def cell(self, line: Line, role: str | int = "serial") -> str | None:
        """The address of a line's value: by role, or by the candidate's index."""
        place = self.places.get(role) if isinstance(role, str) else None
        if isinstance(role, int) and self.vote_places:
            place = self.vote_places[role]
        return f"{letter(place)}{line.row}" if place is not None else f"A{line.row}"

    def error(self, code: str, message: str, cell: str | None = None, station: str | None = None) -> None:
        """A dispute."""
        self.findings.append(Finding(Severity.ERROR, code, message, cell, station))

    def warn(self, code: str, message: str, cell: str | None = None, station: str | None = None) -> None:
        """What may be wrong, and does not touch the sums."""
        self.findings.append(Finding(Severity.WARNING, code, message, cell, station))

    def note(self, code: str, message: str, cell: str | None = None, station: str | None = None) -> None:
        """What a reader should know."""
        self.findings.append(Finding(Severity.NOTE, code, message, cell, station))

    def has(self, role: str) -> bool:
        """Is there any figure for this role, at a station or in a footer?"""
        return any(line.counts.get(role) is not None for line in (*self.lines, *self.totals))

    def sheet(self) -> Sheet:
        """The sheet; findings are ordered by severity, then as they came."""
        order = list(Severity)
        return Sheet(
            layout=self.layout,
            title=self.title,
            segment=self.segment,
            candidates=self.candidates,
            stations=tuple(map(_station, self.lines)),
            footers=tuple(map(_footer, self.totals)),
            nota_in_valid=self.nota_in_valid,
            columns=self.columns,
            findings=tuple(sorted(self.findings, key=lambda finding: order.index(finding.severity))),
            total_of=self.total_of,
        )


def _station(line: Line) -> Station:
    get = line.counts.get
    return Station(
        serial=line.serial,
        row=line.row,
        votes=line.votes,
        name=line.name,
        electors=get("electors"),
        valid=get("valid"),
        rejected=get("rejected"),
        nota=get("nota"),
        polled=get("polled"),
        tendered=get("tendered"),
        **line.ids,
    )


def _footer(line: Line) -> Footer:
    get = line.counts.get
    return Footer(
        kind=line.kind,
        row=line.row,
        votes=line.votes,
        valid=get("valid"),
        rejected=get("rejected"),
        nota=get("nota"),
        polled=get("polled"),
        tendered=get("tendered"),
    )
