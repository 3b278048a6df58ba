"""The other families of sheets, workbooks, and what is the same in all: segment, columns, conventions of totals."""

import attrs
import pytest
from form20_sheets import (
    NAMES,
    PARTIES,
    classic,
    codes,
    found,
    read,
    summary,
    tidy,
    with_electors,
    write_csv,
    write_xlsx,
)
from form20_told import BOOTHS, expected, told

from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.form20.sheet import Layout
from lokdarpan_core.errors import Form20Error


def test_sheet_with_electors_and_turnout_by_sex(tmp_path):
    listed = [attrs.evolve(one, rejected=0) for one in BOOTHS]
    sheet = read(tmp_path, with_electors(listed))

    assert (Layout.WITH_ELECTORS, None, None) == (sheet.layout, sheet.segment, sheet.title)
    assert expected(listed, rejected=False) == told(sheet)
    assert [4_991] * 5 == [one.electors for one in sheet.stations]
    assert "PRIMARY SCHOOL ROOM NO 1" == sheet.stations[0].name
    assert (True, ("valid",), []) == (sheet.nota_in_valid, sheet.total_of, codes(sheet))
    assert ("electors-female", "turnout-female") == (
        sheet.columns["Total No of Electors: Female"], sheet.columns["Voters Turnout: Female"],
    )  # fmt: skip


def test_total_line_under_a_sheet_with_electors_is_a_footer(tmp_path):
    listed = [attrs.evolve(one, rejected=0) for one in BOOTHS]
    rows = with_electors(listed)
    total = ["", "TOTAL", *(sum(row[place] for row in rows[2:]) for place in range(2, len(rows[0]) + 4))]

    sheet = read(tmp_path, [*rows, total])

    assert ([("evm", 8)], []) == ([(one.kind, one.row) for one in sheet.footers], codes(sheet))


def test_tidy_form_of_two_segments(tmp_path):
    second = [attrs.evolve(one, votes=one.votes[::-1]) for one in BOOTHS]
    rows = [*tidy(BOOTHS), *tidy(second, segment="62")[1:]]

    one, two = read_form20(write_csv(tmp_path / "sheet.csv", rows))

    assert [(Layout.TIDY, "61"), (Layout.TIDY, "62")] == [(one.layout, one.segment), (two.layout, two.segment)]
    assert [booth.votes for booth in second] == [station.votes for station in two.stations]
    assert [(name.replace("\n", " "), party) for name, party in zip(NAMES[:3], PARTIES[:3], strict=True)] == [
        (candidate.name, candidate.party) for candidate in one.candidates
    ]
    station = one.stations[1]
    assert ("61/2", "61/2", "WARD_095", "Jubilee Hills", "9", 5) == (
        station.serial, station.ps_id, station.ward_id, station.ward_name, station.pc_id, station.row,
    )  # fmt: skip
    assert (BOOTHS[1].polled, BOOTHS[1].nota, 4_991, 0) == (
        station.polled, station.nota, station.electors, station.tendered,
    )  # fmt: skip
    assert [] == codes(one) + codes(two)


def test_tidy_form_without_optional_columns_and_with_nota_as_a_line(tmp_path):
    nota = [[*row[:5], "NOTA", "None of the above", row[11], *row[8:10]] for row in tidy(BOOTHS)[1::3]]
    rows = [*(row[:10] for row in tidy(BOOTHS)), *nota]

    sheet = read(tmp_path, rows)

    assert 3 == len(sheet.candidates)
    assert [(one.votes, one.nota, one.polled) for one in BOOTHS] == [
        (one.votes, one.nota, one.polled) for one in sheet.stations
    ]
    assert [] == codes(sheet)


def test_postal_line_of_the_tidy_form_is_a_footer(tmp_path):
    rows = tidy(BOOTHS) + [
        ["POSTAL", "", "", "61", "", PARTIES[n], NAMES[n].replace("\n", " "), 40 + n, "123", "0", "", "0", ""]
        for n in range(3)
    ]

    sheet = read(tmp_path, rows)

    assert [("postal", (40, 41, 42))] == [(one.kind, one.votes) for one in sheet.footers]
    assert (5, []) == (len(sheet.stations), codes(sheet))


def test_summary_can_be_checked_only(tmp_path):
    sheet = read(tmp_path, summary(BOOTHS))

    assert (Layout.SUMMARY, "28", ()) == (sheet.layout, sheet.segment, sheet.candidates)
    assert ["no-candidates"] == codes(sheet)


@pytest.mark.parametrize(
    ("title", "segment"),
    [
        ("6-Gandhinagar / Assembly segment 45", "45"),
        ("Name of Assembly/segment : 213-Hadapsar", "213"),
        ("General Election to Legislative Assembly, 2018: 61 - Khairatabad AC", "61"),
        ("A.C. No. 061 Khairatabad", "61"),
        ("Assembly Constituency (in the Parliamentary Constituency 9)", None),
        ("[See rule 56C(2)(c)] Assembly", None),
        ("FINAL RESULT SHEET, 16/05/2014", None),
        ("विधानसभा क्षेत्र 170", "170"),
    ],
)
def test_segment_is_what_the_title_names(tmp_path, title, segment):
    assert segment == read(tmp_path, classic(BOOTHS, titles=("FORM 20", title))).segment


def test_workbook_with_merged_cells_floats_text_and_other_worksheets(tmp_path):
    import openpyxl

    path = write_xlsx(tmp_path / "book.xlsx", Notes=[["Prepared by"]], Result=[[], *classic(BOOTHS)])
    book = openpyxl.load_workbook(path)
    sheet = book["Result"]
    for cells in ("A2:I2", "A5:A6", "B5:D5", "E5:E6"):
        sheet.merge_cells(cells)
    for row in sheet.iter_rows(min_row=8, max_row=12):
        row[1].value, row[2].value = float(row[1].value), str(row[2].value)
    sheet["Z9"].number_format = "0.00"  # formatted, and empty
    book.save(path)

    (read_,) = read_form20(path)

    assert expected() == told(read_)
    assert ["worksheet-ignored"] == codes(read_)
    assert "'Notes'" in next(one.message for one in read_.findings if one.code == "worksheet-ignored")
    assert 8 == read_.stations[0].row


def test_workbook_with_two_sheets_gives_both(tmp_path):
    path = write_xlsx(tmp_path / "book.xlsx", A=classic(BOOTHS), B=with_electors(BOOTHS))

    assert [Layout.CLASSIC, Layout.WITH_ELECTORS] == [one.layout for one in read_form20(path)]


def test_every_column_is_used_ignored_by_name_or_reported(tmp_path):
    rows = classic(BOOTHS, footers=())
    rows[3] += ["Remarks", "Sector Officer's phone"]
    for row in rows[6:]:
        row += ["", 98_480]

    sheet = read(tmp_path, rows)

    assert {
        "Serial No. Of Polling Station": "serial", "K. CHANDRA SEKHAR": "candidate 1", "REVANTH ANUMULA": "candidate 2",
        "BANDI SANJAY": "candidate 3", "Total of Valid Votes": "valid", "No. Of Rejected Votes": "rejected",
        "NOTA": "nota", "Total": "polled", "No. Of Tendered Votes": "tendered", "Remarks": "ignored",
        "Sector Officer's phone": "unknown",
    } == sheet.columns  # fmt: skip
    assert [("K5", None)] == found(sheet, "unknown-column")


@pytest.mark.parametrize("nota_in_valid", [False, True])
def test_convention_of_the_totals_is_what_holds_for_most_stations(tmp_path, nota_in_valid):
    rows = classic(BOOTHS, nota_in_valid=nota_in_valid, footers=())
    rows[7][4] += 1

    sheet = read(tmp_path, rows)

    assert nota_in_valid is sheet.nota_in_valid
    assert [("E8", "2")] == found(sheet, "station-sum")


def test_total_without_nota_is_a_convention_too(tmp_path):
    rows = classic(BOOTHS, footers=())
    for row, one in zip(rows[6:], BOOTHS, strict=True):
        row[7] = one.valid + one.rejected

    sheet = read(tmp_path, rows)

    assert (("valid", "rejected"), []) == (sheet.total_of, codes(sheet))


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "b"], ["1", "2"]],
        [["Serial No.", "A", "B", "Total"]],
        [["Serial No.", "A", "B", "Total"], ["no", "numbers", "here", "."]],
        [["ps_id", "candidate", "votes"]],
        [["number", "name", "party"], ["1", "A", "INC"]],
        [["date", "title"], ["2026-05-01", "News"]],
    ],
)
def test_what_is_no_sheet_is_refused(tmp_path, rows):
    with pytest.raises(Form20Error, match=r"sheet\.csv is no Form 20 sheet"):
        read(tmp_path, rows)


def test_sheet_in_hindi(tmp_path):
    heading = (
        "मतदान केन्द्र का क्रम संख्यांक", "निम्नलिखित के पक्ष में दिए गए विधिमान्य मतों की संख्या", "विधिमान्य मतों का योग",
        "प्रतिक्षेपित मतों की संख्या", "नोटा", "योग", "निविदत्त मतों की संख्या",
    )  # fmt: skip
    titles = ("प्ररूप 20", "अंतिम परिणाम पत्र", "विधान सभा निर्वाचन क्षेत्र का नाम 61-खैरताबाद")
    footers = ("मशीनों में अभिलिखित मतों का योग", "डाक मतपत्रों में अभिलिखित मतों की संख्या", "डाले गए मतों का कुल योग")

    sheet = read(tmp_path, classic(BOOTHS, heading=heading, titles=titles, footers=footers))

    assert ("61", expected(BOOTHS), []) == (sheet.segment, told(sheet), codes(sheet))
    assert ["evm", "postal", "polled"] == [one.kind for one in sheet.footers]


def test_serials_in_other_digits_are_the_same_stations(tmp_path):
    digits = str.maketrans("0123456789", "०१२३४५६७८९")
    rows = [[str(cell).translate(digits) if str(cell).isascii() else cell for cell in row] for row in classic(BOOTHS)]

    sheet = read(tmp_path, rows)

    assert ("61", expected(BOOTHS), []) == (sheet.segment, told(sheet), codes(sheet))


def test_of_two_totals_the_one_that_the_candidates_add_up_to_is_that_of_valid_votes(tmp_path):
    heading = (
        "Sl. No. of P.S.",
        "Votes in favour of",
        "Total no. of votes",
        "Rejected votes",
        "NOTA",
        "Total",
        "Tendered",
    )

    sheet = read(tmp_path, classic(BOOTHS, heading=heading))

    assert (expected(BOOTHS), []) == (told(sheet), codes(sheet))
