"""A workbook with a worksheet for each printed page of a sheet is read as that sheet."""

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from form20_sheets import booths, classic, codes, read_form20, summary, with_electors, write_csv, write_xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BOOTHS = booths(many=9)
HEADING = classic(BOOTHS, titles=())[:2]
STATIONS = classic(BOOTHS, titles=())[3:12]
TOTALS = classic(BOOTHS, titles=())[12:]
NUMBERS = [[float(number) for number in range(9)]]  # some extractions put the columns' numbers over each page


def told(sheet):
    """What a sheet says, wherever it stands."""
    stations = [
        (one.serial, one.name, one.votes, one.valid, one.rejected, one.nota, one.polled) for one in sheet.stations
    ]
    footers = [(one.kind, one.votes, one.valid, one.nota, one.polled) for one in sheet.footers]
    return sheet.layout, sheet.segment, sheet.candidates, stations, footers


def read_book(tmp_path, **pages):
    return read_form20(write_xlsx(tmp_path / "book.xlsx", **pages))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.sampled_from([classic(BOOTHS), classic(BOOTHS, footers=()), with_electors(BOOTHS), summary(BOOTHS)]),
    cuts=st.sets(st.integers(1, 12), max_size=4),
    above=st.sampled_from([[], NUMBERS]),
)
def test_sheet_cut_into_pages_anywhere_is_the_sheet(rows, cuts, above):
    first = next(place for place, row in enumerate(rows) if row and str(row[0 if len(row) != 6 else 1]) == "1")
    heading = [row for row in rows[:first] if len([cell for cell in row if cell]) > 1]
    body = rows[first:]
    places = [0, *sorted(cut for cut in cuts if cut < len(body)), len(body)]
    pages = {
        f"Page_{number}": (rows[:first] if number == 1 else [*above, *heading]) + body[start:end]
        for number, (start, end) in enumerate(itertools.pairwise(places), 1)
    }
    with TemporaryDirectory() as folder:
        (whole,) = read_form20(write_csv(Path(folder, "sheet.csv"), rows))
        (sheet,) = read_form20(write_xlsx(Path(folder, "book.xlsx"), **pages))

    assert told(whole) == told(sheet)
    assert codes(whole) == [code for code in codes(sheet) if code != "pages-joined"]


@pytest.mark.parametrize("heading", [[], HEADING], ids=["bare", "under the heading"])
def test_page_of_totals_alone_belongs_to_the_sheet(tmp_path, heading):
    (sheet,) = read_book(tmp_path, One=HEADING + STATIONS, Notes=[["Prepared by", "the office"]], Two=heading + TOTALS)

    assert ["evm", "postal", "polled"] == [one.kind for one in sheet.footers]
    assert ["pages-joined", "worksheet-ignored"] == codes(sheet)


def test_totals_that_can_not_be_read_are_no_reason_to_pass_them_by(tmp_path):
    broken = [[TOTALS[0][0], "n.a.?", *TOTALS[0][2:]]]

    (sheet,) = read_book(tmp_path, One=HEADING + STATIONS, Two=broken)

    assert ("no-number", "Two!B1") in [(one.code, one.cell) for one in sheet.findings]


def test_note_with_one_total_is_no_page(tmp_path):
    (sheet,) = read_book(tmp_path, One=HEADING + STATIONS, Notes=[["Total Votes Polled", 7_834]])

    assert (["worksheet-ignored"], ()) == (codes(sheet), sheet.footers)


def test_what_does_not_add_up_is_told_with_its_page(tmp_path):
    wrong = [*STATIONS[5][:4], STATIONS[5][4] + 1, *STATIONS[5][5:]]
    pages = {"Page_1": HEADING + STATIONS[:5], "Page 2": [*NUMBERS, *HEADING, wrong, *STATIONS[6:]]}

    (sheet,) = read_book(tmp_path, **pages)

    assert (
        {("station-sum", "'Page 2'!E4"), ("total-sum", "'Page 2'!H4")}
        >= {(one.code, one.cell) for one in sheet.findings if one.severity == "error"}
        > set()
    )


@pytest.mark.parametrize(
    "second",
    [
        HEADING + STATIONS[:4],  # its serials begin again
        [["61-Khairatabad Assembly Constituency"], *HEADING, *STATIONS[5:]],
        [HEADING[0], ["", "X", *HEADING[1][2:]], *STATIONS[5:]],
    ],
    ids=["serials", "segment", "candidates"],
)
def test_worksheets_of_two_segments_stay_two(tmp_path, second):
    sheets = read_book(tmp_path, A=HEADING + STATIONS[:5], B=second)

    assert [5, 4] == [len(sheet.stations) for sheet in sheets]


def test_after_the_totals_of_all_stations_another_sheet_begins(tmp_path):
    sheets = read_book(tmp_path, A=HEADING + STATIONS[:5] + TOTALS, B=HEADING + STATIONS[5:])

    assert [5, 4] == [len(sheet.stations) for sheet in sheets]
