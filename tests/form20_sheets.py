"""Form 20 sheets for tests, from votes: every layout, in many wordings, as CSV and XLSX."""

import csv
import io
from pathlib import Path

import attrs
import openpyxl

from lokdarpan_core.elections.form20.reading import read_form20

NAMES = ("K. CHANDRA\nSEKHAR", "REVANTH ANUMULA", "BANDI SANJAY", "AKBARUDDIN", "P. MALLESH", "D. SUDHA RANI")
PARTIES = ("BRS", "INC", "BJP", "AIMIM", "IND", "IND")


@attrs.frozen
class Booth:
    """A polling station's figures; electors are by sex."""

    serial: str
    votes: tuple[int, ...]
    nota: int = 0
    rejected: int = 0
    tendered: int = 0
    electors: tuple[int, int, int] = (2_500, 2_490, 1)

    @property
    def valid(self) -> int:
        return sum(self.votes)

    @property
    def polled(self) -> int:
        return self.valid + self.nota + self.rejected


def booths(many: int = 5, candidates: int = 3) -> list[Booth]:
    """Stations whose figures all differ; the first has no votes for NOTA."""
    return [
        Booth(str(n + 1), tuple(101 * (c + 1) + 7 * n * (c + 2) for c in range(candidates)), nota=3 * n, rejected=n % 2)
        for n in range(many)
    ]


def sums(listed: list[Booth]) -> Booth:
    """All stations as one."""
    votes = tuple(map(sum, zip(*(one.votes for one in listed), strict=True)))
    counts = {name: sum(getattr(one, name) for one in listed) for name in ("nota", "rejected", "tendered")}
    return Booth("", votes, **counts, electors=tuple(map(sum, zip(*(one.electors for one in listed), strict=True))))


TIDY = "ps_id,ward_id,ward_name,ac_id,pc_id,party,candidate,votes,total_polled,rejected,electors,nota,tendered"
HEADING = (
    "Serial No. Of Polling Station", "No of Valid Votes Cast in favour of", "Total of Valid Votes",
    "No. Of Rejected Votes", "NOTA", "Total", "No. Of Tendered Votes",
)  # fmt: skip


def figures(one: Booth, nota_in_valid: bool = False) -> list[object]:
    """Votes, total of valid votes, rejected, NOTA, total, tendered."""
    return [*one.votes, one.valid + one.nota * nota_in_valid, one.rejected, one.nota, one.polled, one.tendered]


def classic(
    listed: list[Booth],
    *,
    heading: tuple[str, ...] = HEADING,
    names: list[str] | None = None,
    titles: tuple[str, ...] = ("FORM 20", "FINAL RESULT SHEET", "61-Khairatabad Assembly Constituency"),
    footers: tuple[str, ...] = ("Total EVM Votes", "Total Postal Ballot Votes", "Total Votes Polled"),
    nota_in_valid: bool = False,
    one_row: bool = False,
) -> list[list[object]]:
    """The classic sheet: title rows, a merged heading of two rows (or one), blank rows, footers."""
    many = len(listed[0].votes)
    names = names or [NAMES[index % len(NAMES)] for index in range(many)]
    serial, over, *beside = heading
    rows: list[list[object]] = [[title] for title in titles]
    if one_row:
        rows.append([serial, *names, *beside])
    else:
        rows += [[serial, over, *[""] * (many - 1), *beside], ["", *names], []]
    rows += [[one.serial, *figures(one, nota_in_valid)] for one in listed]
    machines, post = sums(listed), Booth("", tuple(range(1, many + 1)), nota=2, rejected=5)
    for label, one in zip(footers, (machines, post, sums([machines, post])), strict=False):
        rows.append([label, *figures(one, nota_in_valid)])
    return rows


def with_electors(listed: list[Booth], *, names: list[str] | None = None) -> list[list[object]]:
    """The Uttar Pradesh sheet: electors and turnout by sex, numbered candidates, NOTA the last of them."""
    many = len(listed[0].votes)
    names = names or [NAMES[index % len(NAMES)].replace("\n", " ") for index in range(many)]
    over = [
        "Polling Station",
        "",
        "Total No of Electors",
        "",
        "",
        "",
        "Voters Turnout",
        *[""] * 5,
        "Candidate ID and Name",
    ]
    under = [
        "Part No",
        "Part Name",
        "Male",
        "Female",
        "Other",
        "Total No. of electors",
        "Male",
        "Female",
        "Other",
        "Total",
    ]
    under += [
        "No of voters identifying using EPIC",
        "Tendered Voter",
        *(f"{n} - {name}" for n, name in enumerate(names, 1)),
    ]
    under += [f"{many + 1} - None of the Above", "Total Votes Secured"]
    rows: list[list[object]] = [over, under]
    for one in listed:
        secured = one.valid + one.nota
        men = secured // 2
        counts = [*one.electors, sum(one.electors), men, secured - men, 0, secured, secured, one.tendered]
        rows.append([one.serial, f"PRIMARY SCHOOL ROOM NO {one.serial}", *counts, *one.votes, one.nota, secured])
    return rows


def tidy(listed: list[Booth], *, names: list[str] | None = None, segment: str = "61") -> list[list[object]]:
    """The tidy form with all its columns."""
    names = names or [NAMES[index % len(NAMES)].replace("\n", " ") for index in range(len(listed[0].votes))]
    rows: list[list[object]] = [TIDY.split(",")]
    for one in listed:
        for index, (name, votes) in enumerate(zip(names, one.votes, strict=True)):
            told = [one.polled, one.rejected, sum(one.electors), one.nota, one.tendered]
            place = [f"{segment}/{one.serial}", "WARD_095", "Jubilee Hills", segment, "9"]
            rows.append([*place, PARTIES[index % len(PARTIES)], name, votes, *told])
    return rows


def summary(listed: list[Booth]) -> list[list[object]]:
    """A sheet without candidates."""
    rows: list[list[object]] = [
        ["Constituency No", "Serial Poll", "Total No. Valid Votes", "No. of Rejected Votes", "NOTA", "Total"]
    ]
    return rows + [["28", one.serial, one.valid, one.rejected, one.nota, one.polled] for one in listed]


def as_csv(rows: list[list[object]], delimiter: str = ",") -> str:
    """The rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def write_csv(path: Path, rows: list[list[object]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A CSV file."""
    path.write_bytes(as_csv(rows, delimiter).encode(encoding))
    return path


def write_xlsx(path: Path, **sheets: list[list[object]]) -> Path:
    """A workbook: name of a worksheet -> its rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read(tmp_path: Path, rows: list[list[object]], **options):
    """Write the rows as CSV, and read the one sheet that they are."""
    (sheet,) = read_form20(write_csv(tmp_path / "sheet.csv", rows), **options)
    return sheet


def codes(sheet, severity: str | None = None) -> list[str]:
    """The codes of a sheet's findings, without what every sheet tells of its totals."""
    found = [one for one in sheet.findings if severity in (None, one.severity)]
    return [one.code for one in found if one.code != "totals"]


def found(sheet, code: str) -> list[tuple[str | None, str | None]]:
    """Cell and station of each finding of a code."""
    return [(one.cell, one.station) for one in sheet.findings if one.code == code]
