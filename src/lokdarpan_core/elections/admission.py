"""Which sheets may be stored, and under which segment.

A sheet with errors is disputed and refused, unless the disputes are accepted; a summary, which has no candidates, is
refused always. The reader holds stations against footers; it is done here once more, so that a sheet that somebody made
by hand can't bring in what doesn't add up.
"""

import unicodedata
from collections.abc import Sequence

from lokdarpan_core.elections.form20.sheet import Finding, Footer, Layout, Severity, Sheet, Station
from lokdarpan_core.errors import DisputedSheetError, Form20Error

NAMED = 5  # findings that a refusal names
MOST = 2_147_483_647  # what an integer column holds


def by_segment(sheets: Sequence[Sheet], segment: str | None, file_name: str) -> dict[str, Sheet]:
    """Segment -> its sheet; with `segment`, that one alone.

    Raises Form20Error when a sheet is of another segment, of none, or two are of the same.
    """
    wanted = segment_number(segment) if segment is not None else None
    found: dict[str, Sheet] = {}
    for sheet in sheets:
        said = segment_number(sheet.segment) if sheet.segment else wanted
        if said is None:
            raise Form20Error(f"{file_name} does not say which segment it is: name it with --segment")
        if said in found:
            raise Form20Error(f"{file_name} has two sheets of segment {said}")
        found[said] = sheet
    if wanted is None:
        return found
    if wanted not in found:
        raise Form20Error(f"{file_name} is not of segment {wanted}: it says {', '.join(found) or 'nothing'}")
    return {wanted: found[wanted]}


def segment_number(text: str) -> str:
    """A segment as it is stored: without blanks around it and zeros before it. Raises Form20Error for what is none."""
    number = text.strip()
    number = number.lstrip("0") or "0" if number.isdecimal() else number
    if not 0 < len(number) <= 40 or "@" in number or any(unicodedata.category(one)[0] == "C" for one in number):
        raise Form20Error(f"{text!r} is no segment: a number like 60 is wanted")
    return number


def refuse_unfit(sheet: Sheet, file_name: str, *, accept_disputed: bool) -> None:
    """Raise DisputedSheetError for what can't be imported, or not as it is; Form20Error for what no column holds."""
    if sheet.layout is Layout.SUMMARY or not sheet.candidates:
        what = "is a summary without candidates, which can be checked but never imported"
        raise DisputedSheetError(_refusal(file_name, what, sheet.errors), sheet.findings)
    _refuse_shapeless(sheet, file_name)
    disputes = sheet.errors or footer_disputes(sheet)
    if disputes and not accept_disputed:
        what = "does not add up; --accept-disputed imports it with its disputes"
        raise DisputedSheetError(_refusal(file_name, what, disputes), sheet.findings or disputes)
    texts = [text for one in sheet.candidates for text in (one.name, one.party)]
    texts += [text for one in sheet.stations for text in (one.serial, one.name, one.ps_id, one.ward_id, one.ward_name)]
    if any("\0" in text for text in texts if text):
        raise Form20Error(f"{file_name}: a name holds the character NUL, which can't be stored")
    for station in sheet.stations:
        if any(number is not None and not 0 <= number <= MOST for number in (*station.votes, *counts(station))):
            raise Form20Error(
                f"{file_name}, row {station.row}: a number below 0 or above {MOST:,} is no count of votes"
            )


def _refuse_shapeless(sheet: Sheet, file_name: str) -> None:
    """The reader never makes such a sheet; a hand may."""
    numbers = {candidate.number for candidate in sheet.candidates}
    if len(numbers) < len(sheet.candidates):
        raise Form20Error(f"{file_name}: two candidates have one number")
    lines: list[Station | Footer] = [*sheet.stations, *sheet.footers]
    for line in lines:
        if len(line.votes) != len(numbers):
            raise Form20Error(f"{file_name}, row {line.row}: {len(line.votes)} votes for {len(numbers)} candidates")


def _refusal(file_name: str, what: str, findings: Sequence[Finding]) -> str:
    lines = [f"{file_name} {what}"]
    lines += [f"  {finding.cell or 'sheet'}: {finding.message}" for finding in findings[:NAMED]]
    if len(findings) > NAMED:
        lines.append(f"  and {len(findings) - NAMED:,} more: lokdarpan form20 check {file_name}")
    return "\n".join(lines)


def footer_disputes(sheet: Sheet) -> tuple[Finding, ...]:
    """Where the stations' sums are not those of the EVM footer."""
    found = []
    for footer in sheet.footers:
        if footer.kind != "evm":
            continue
        for candidate, printed, *votes in zip(
            sheet.candidates, footer.votes, *(one.votes for one in sheet.stations), strict=True
        ):
            total = sum(number for number in votes if number is not None)
            if printed is not None and printed != total:
                message = f"The stations have {total:,} votes for {candidate.name}; the EVM total says {printed:,}"
                found.append(Finding(Severity.ERROR, "evm-total", message, f"row {footer.row}"))
    return tuple(found)


def evm_total_agrees(sheet: Sheet) -> bool | None:
    """Do the stations sum to the sheet's own EVM total? None when it prints none."""
    if not any(footer.kind == "evm" and any(votes is not None for votes in footer.votes) for footer in sheet.footers):
        return None
    return not footer_disputes(sheet)


def counts(station: Station) -> tuple[int | None, ...]:
    """A station's counts besides the candidates': electors, polled, valid, rejected, NOTA, tendered."""
    return station.electors, station.polled, station.valid, station.rejected, station.nota, station.tendered


def disputes(sheet: Sheet) -> tuple[Finding, ...]:
    """The findings that are kept with a sheet: what does not add up, and what may be wrong."""
    found = tuple(finding for finding in sheet.findings if finding.severity is not Severity.NOTE)
    return found if sheet.errors else (*footer_disputes(sheet), *found)


def postal_footer(sheet: Sheet) -> Footer | None:
    """The line of postal votes, if the sheet has one."""
    return next((footer for footer in sheet.footers if footer.kind == "postal"), None)
