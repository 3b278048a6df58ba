"""Sheets as offices and extractions make them: other words, other orders, other lines under the table."""

import attrs
import pytest
from form20_sheets import HEADING, booths, classic, codes, figures, found, read, sums, tidy
from form20_told import BOOTHS, expected, told

SPLIT = attrs.evolve(sums(BOOTHS), serial="")
POST, MORE_POST = attrs.evolve(BOOTHS[1], rejected=0), attrs.evolve(BOOTHS[2], rejected=0)


def with_lines(*lines):
    """The classic sheet without its footers, and these lines (label, figures) under it."""
    return [*classic(BOOTHS, footers=()), *([label, *figures(one)] for label, one in lines)]


@pytest.mark.parametrize("over", ["Grand Total", "Total Votes Polled", "Total votes polled at polling stations"])
def test_total_over_the_postal_votes_is_the_machines_when_it_is_the_stations(tmp_path, over):
    sheet = read(tmp_path, with_lines((over, SPLIT), ("Postal", POST), ("Total Votes Polled", sums([SPLIT, POST]))))

    assert (["evm", "postal", "polled"], []) == ([one.kind for one in sheet.footers], codes(sheet))


def test_lines_of_postal_votes_add_up(tmp_path):
    total = sums([SPLIT, POST, MORE_POST])
    sheet = read(
        tmp_path, with_lines(("EVM", SPLIT), ("Service Votes", POST), ("ETPB Votes", MORE_POST), ("Total", total))
    )

    assert (["evm", "postal", "postal", "polled"], []) == ([one.kind for one in sheet.footers], codes(sheet))


def test_total_that_includes_postal_votes_is_no_line_of_them(tmp_path):
    label = "Total votes polled (including postal ballots)"
    sheet = read(tmp_path, with_lines(("Total EVM Votes", SPLIT), (label, sums([SPLIT, POST]))))

    assert (["evm", "polled"], ["postal-untold"]) == ([one.kind for one in sheet.footers], codes(sheet))


def test_words_that_no_total_is_known_by_are_no_station(tmp_path):
    sheet = read(tmp_path, with_lines(("Ballots by courier", POST)))

    assert [("A12", "Ballots by courier")] == found(sheet, "no-serial")


@pytest.mark.parametrize(
    "line",
    [
        ["Total Electors", 12_345],
        ["No. of Polling Stations", 5],
        ["Polling percentage", 57.3],
        ["% of votes", 44.1, 30.2, 25.7],
    ],
)
def test_lines_that_count_something_else_are_passed_by_and_told(tmp_path, line):
    rows = classic(BOOTHS)
    sheet = read(tmp_path, [*rows, line])

    assert (expected(), ["line-ignored"]) == (told(sheet), codes(sheet))
    assert [(f"A{len(rows) + 1}", None)] == found(sheet, "line-ignored")


@pytest.mark.parametrize("label", ["TOTAL", "Total C/F", "Round Total", "Total of this page"])
def test_totals_of_pages_are_noted(tmp_path, label):
    rows = classic(BOOTHS)
    rows.insert(8, [label, *figures(sums(BOOTHS[:2]))])
    rows.insert(12, [label, *figures(sums(BOOTHS[2:]))])

    sheet = read(tmp_path, rows)

    assert (expected(), ["page-total"] * 2) == (told(sheet), codes(sheet))


def test_total_of_a_page_that_is_wrong_in_a_column_is_told_with_its_cell(tmp_path):
    rows = classic(BOOTHS)
    rows.insert(8, ["Page Total", *figures(sums(BOOTHS[:2]))])
    rows[8][2] += 1

    sheet = read(tmp_path, rows)

    assert [("C9", None)] == found(sheet, "footer-sum")
    assert [] == found(sheet, "leaked-total")


def test_total_with_a_wrong_digit_is_still_no_station(tmp_path):
    listed = booths(many=6, candidates=5)
    total = sums(listed)
    rows = [
        *classic(listed, footers=()),
        ["7", *figures(attrs.evolve(total, votes=(total.votes[0] + 1, *total.votes[1:])))],
    ]

    sheet = read(tmp_path, rows)

    assert (6, [("A13", "7")]) == (len(sheet.stations), found(sheet, "leaked-total"))


def test_heading_of_a_page_with_candidates_in_another_order_is_an_error(tmp_path):
    rows = classic(BOOTHS)
    rows.insert(8, ["", *[rows[4][place] for place in (2, 1, 3)]])

    assert [("A9", None)] == found(read(tmp_path, rows), "heading-differs")


def test_numbers_of_columns_under_a_repeated_heading_are_no_station(tmp_path):
    rows = classic(BOOTHS)
    rows[8:8] = [rows[3], rows[4], list(range(1, 10))]

    sheet = read(tmp_path, rows)

    assert (expected(), ["heading-repeated"] * 3) == (told(sheet), codes(sheet))


@pytest.mark.parametrize("serial", ["2018-07-01", "2018-07-01 00:00:00", "01-Jul", "Jul-01"])
def test_serial_that_a_spreadsheet_made_a_day_is_an_error(tmp_path, serial):
    sheet = read(tmp_path, classic([*BOOTHS[:2], attrs.evolve(BOOTHS[2], serial=serial), *BOOTHS[3:]], footers=()))

    assert [("A9", serial)] == found(sheet, "date-serial")


@pytest.mark.parametrize("heading", ["Polling Stations No.", "Booth Sr. No.", "PSNo", "Part No. / Polling Station No."])
def test_number_of_the_station_comes_before_the_running_number(tmp_path, heading):
    rows = classic([attrs.evolve(one, serial=f"{n + 6}A") for n, one in enumerate(BOOTHS)], footers=())
    numbers = ["Sl. No.", "", "", *range(1, len(BOOTHS) + 1)]
    rows = [*rows[:3], *([number, *row] for number, row in zip(numbers, rows[3:], strict=True))]
    rows[3][1] = heading

    assert ["6A", "7A", "8A", "9A", "10A"] == [one.serial for one in read(tmp_path, rows).stations]


@pytest.mark.parametrize(
    "total", ["Total (Valid + Rejected + NOTA)", "Total Votes Polled (including rejected votes)", "G. Total", "एकुण"]
)
def test_total_is_checked_in_these_words_too(tmp_path, total):
    heading = (*HEADING[:5], total, HEADING[6])
    rows = classic(BOOTHS, heading=heading, footers=())
    rows[7][7] += 9

    assert [("H8", "2")] == found(read(tmp_path, rows), "total-sum")


def test_list_of_candidates_over_the_table_is_no_heading(tmp_path):
    rows = classic(BOOTHS, names=["A. RAO", "B. RAO", "C. RAO"])
    listed = [
        ["Sl. No.", "Name of Candidate", "Party"],
        [1, "A. RAO", "TRS"],
        [2, "B. RAO", "BJP"],
        [3, "C. RAO", "INC"],
    ]

    assert (expected(), []) == (told(sheet := read(tmp_path, [*rows[:3], *listed, [], *rows[3:]])), codes(sheet))


def test_sheet_in_gujarati(tmp_path):
    heading = ("મતદાન મથક નંબર", "ઉમેદવારો", "કુલ માન્ય મત", "રદ થયેલ મત", "નોટા", "કુલ", "ટેન્ડર મત")
    sheet = read(tmp_path, classic(BOOTHS, heading=heading, footers=("ઈવીએમ કુલ મત", "ટપાલ મત", "કુલ")))

    assert (expected(), ["evm", "postal", "polled"], []) == (
        told(sheet),
        [one.kind for one in sheet.footers],
        codes(sheet),
    )


def test_names_in_two_lines_over_a_row_of_parties_stay_whole(tmp_path):
    rows = classic(BOOTHS, names=["FATIMA\nBEGUM", "P. VIJAYA\nLAXMI", "K. RAO"])
    rows.insert(5, ["", "", "TRS", "BJP"])

    assert [("FATIMA BEGUM", None), ("P. VIJAYA LAXMI", "TRS"), ("K. RAO", "BJP")] == [
        (one.name, one.party) for one in read(tmp_path, rows).candidates
    ]


def test_symbols_under_the_parties_are_no_part_of_a_name(tmp_path):
    rows = classic(BOOTHS, names=["A. RAO", "B. RAO", "C. RAO"])
    rows[5:5] = [["", "TRS", "BJP", "INC"], ["", "Car", "Lotus", "Hand"]]

    assert [("A. RAO", "TRS"), ("B. RAO", "BJP"), ("C. RAO", "INC")] == [
        (one.name, one.party) for one in read(tmp_path, rows).candidates
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Election to the Legislative Assembly, 2018 - Page No. 3",
        "Legislative Assembly Election held on 7 December 2018",
        "Assembly: KHAIRATABAD, No. of Polling Stations: 245",
    ],
)
def test_other_numbers_in_a_title_are_no_segment(tmp_path, title):
    assert read(tmp_path, classic(BOOTHS, titles=("FORM 20", title))).segment is None


def test_totals_among_the_candidates_of_the_tidy_form_are_totals(tmp_path):
    head, *rows = [[row[0], row[3], *row[5:8]] for row in tidy(BOOTHS)]
    melted = [head]
    for n, one in enumerate(BOOTHS):
        melted += rows[3 * n : 3 * n + 3]
        counts = {"Total Valid Votes": one.valid, "Rejected Votes": one.rejected, "NOTA": one.nota, "Total": one.polled}
        melted += [[rows[3 * n][0], "61", "", name, votes] for name, votes in counts.items()]

    sheet = read(tmp_path, melted)

    assert (3, [one[1:] for one in expected()], []) == (
        len(sheet.candidates),
        [one[1:] for one in told(sheet)],
        codes(sheet),
    )


def test_lines_of_the_tidy_form_that_name_neither_segment_nor_station_are_refused(tmp_path):
    rows = [[row[0], row[3], *row[5:8]] for row in tidy(BOOTHS)]
    merged = [row if n % 3 == 1 or not n else ["", "", *row[2:]] for n, row in enumerate(rows)]

    assert "error" in {str(one.severity) for one in read(tmp_path, merged).findings}
