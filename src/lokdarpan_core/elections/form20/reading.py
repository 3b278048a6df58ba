"""Reading a Form 20 file: what it is, what it says, and what does not add up.

The family of a sheet is found by its content. A file gives one sheet, or in the tidy form one for each segment, or one
for each worksheet that is one; worksheets that are the pages of one sheet are read as one (`pages`). Only what is no
sheet at all raises an error; everything else that is wrong is told in the sheet's findings, and nothing that is wrong
is left untold.
"""

from collections.abc import Sequence
from pathlib import Path

import attrs

from lokdarpan_core.elections.form20.candidates import read_candidates, repeated_names, with_parties
from lokdarpan_core.elections.form20.checks import check, check_serials, check_texts
from lokdarpan_core.elections.form20.delimited import read_delimited
from lokdarpan_core.elections.form20.draft import Draft
from lokdarpan_core.elections.form20.footers import check_footers
from lokdarpan_core.elections.form20.pages import join_pages
from lokdarpan_core.elections.form20.sheet import Candidate, Finding, Layout, Severity, Sheet
from lokdarpan_core.elections.form20.tidy import find_tidy_header, read_tidy
from lokdarpan_core.elections.form20.totals import settle_totals
from lokdarpan_core.elections.form20.wide import read_wide
from lokdarpan_core.elections.form20.worksheets import Worksheet, read_bytes
from lokdarpan_core.elections.form20.xlsx import read_xlsx
from lokdarpan_core.errors import Form20Error

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_form20(path: Path | str, *, candidates: Path | str | None = None) -> tuple[Sheet, ...]:
    """Read and check the sheets of a CSV or XLSX file.

    `candidates` is a CSV with the columns number, name, party; its parties are taken over, and its names must be the
    sheet's. Raises Form20Error when the file, or the candidates file, is not what it should be.
    """
    path = Path(path)
    listed = read_candidates(Path(candidates)) if candidates is not None else ()
    drafts: list[tuple[Worksheet, Draft]] = []
    refused: list[tuple[Worksheet, str]] = []
    for worksheet in join_pages(_worksheets(path)):
        try:
            drafts += [(worksheet, draft) for draft in _drafts(worksheet)]
        except Form20Error as error:
            refused.append((worksheet, str(error)))
    if not drafts:
        reasons = [f"{sheet.name}: {why}" if sheet.name and len(refused) > 1 else why for sheet, why in refused]
        raise Form20Error(f"{path} is no Form 20 sheet: {'; '.join(reasons) or 'it has no worksheets'}")
    others = [
        Finding(Severity.NOTE, "worksheet-ignored", f"The worksheet {sheet.name!r} is no Form 20 sheet, and not read")
        for sheet, _ in refused
    ]
    return tuple(_checked(draft, listed, worksheet, others) for worksheet, draft in drafts)


def _worksheets(path: Path) -> list[Worksheet]:
    data = read_bytes(path)
    if data.startswith(OLE_MAGIC):
        raise Form20Error(
            f"{path} is encrypted, or a workbook of Excel before 2007: save it as .xlsx without a password"
        )
    return read_xlsx(path, data) if data.startswith(ZIP_MAGIC) else [read_delimited(path, data)]


def _drafts(worksheet: Worksheet) -> list[Draft]:
    tidy = find_tidy_header(worksheet.rows)
    if tidy is None:
        return [read_wide(worksheet.rows)]
    drafts = [draft for draft in read_tidy(worksheet.rows, *tidy) if draft.lines]
    if not drafts:
        raise Form20Error("no polling stations under the header line")
    return drafts


def _checked(draft: Draft, listed: Sequence[Candidate], worksheet: Worksheet, others: list[Finding]) -> Sheet:
    """The one place where a sheet's findings come from."""
    settle_totals(draft)
    if listed:
        draft.candidates, findings = with_parties(draft.candidates, tuple(listed))
        draft.findings += findings
    draft.findings += repeated_names(draft.candidates)
    check_serials(draft)
    check(draft)
    check_footers(draft)
    check_texts(draft)
    if draft.layout is Layout.SUMMARY:
        draft.note("no-candidates", "A summary without the candidates' votes: it can be checked, but not imported")
    draft.findings = [*worksheet.findings, *others, *draft.findings]
    draft.findings = [attrs.evolve(one, cell=worksheet.address(one.cell)) for one in draft.findings]
    return draft.sheet()
