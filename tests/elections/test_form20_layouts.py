"""The classic sheet in the wordings and shapes that states give it: headings, footers, numbers, serials, columns."""

import attrs
import pytest
from form20_sheets import HEADING, Booth, classic, codes, found, read, with_electors
from form20_told import BOOTHS, expected, told

from lokdarpan_core.elections.form20.sheet import Layout


def test_classic_sheet_is_read_with_title_segment_candidates_and_footers(tmp_path):
    sheet = read(tmp_path, classic(BOOTHS))

    assert (Layout.CLASSIC, "61") == (sheet.layout, sheet.segment)
    assert "FORM 20; FINAL RESULT SHEET; 61-Khairatabad Assembly Constituency" == sheet.title
    assert [(1, "K. CHANDRA SEKHAR"), (2, "REVANTH ANUMULA"), (3, "BANDI SANJAY")] == [
        (one.number, one.name) for one in sheet.candidates
    ]
    assert expected() == told(sheet)
    assert [("evm", 12), ("postal", 13), ("polled", 14)] == [(one.kind, one.row) for one in sheet.footers]
    assert (False, ("valid", "rejected", "nota"), []) == (sheet.nota_in_valid, sheet.total_of, codes(sheet))


HEADINGS = {
    "Telangana": "Polling Station No.|NO. OF VALID VOTES CAST IN FAVOUR OF|Total of valid\nvotes|No. of\nrejected votes"
    "|NOTA|Total|No. of tendered votes",
    "Karnataka": "PS No|Valid votes polled by candidates|Total Valid Votes|Rejected Votes|Votes for 'NOTA' option"
    "|Total Votes|Tendered Votes",
    "Tamil Nadu": "Polling Station Number|Names of the contesting candidates|Total No. of Valid votes"
    "|No. of Rejected Votes|None of the above (NOTA)|Grand Total|Tendered",
    "Jharkhand": "Serial No. of Polling Station|No. of valid votes cast in favour of|Total of Valid Votes"
    "|No. of Rejected votes|Votes for NOTA|Total Votes Polled|No. of Tendered votes",
    "Hindi": "मतदान केन्द्र संख्या|के पक्ष में डाले गये वैध मतों की संख्या|कुल वैध मत|अस्वीकृत मत|नोटा|कुल योग|निविदत्त मत",
    "lower case": "|".join(HEADING).lower(),
}


@pytest.mark.parametrize("one_row", [False, True])
@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS.keys())
def test_headings_of_other_states(tmp_path, heading, one_row):
    sheet = read(tmp_path, classic(BOOTHS, heading=tuple(heading.split("|")), one_row=one_row))

    assert (expected(), []) == (told(sheet), codes(sheet))


def test_regional_digits_and_names(tmp_path):
    """देवनागरी and తెలుగు digits are digits; names keep their script."""
    digits = str.maketrans("0123456789", "०१२३४५६७८९")
    rows = classic(BOOTHS, heading=tuple(HEADINGS["Hindi"].split("|")), names=["राहुल", "సుధ", "C"], footers=("कुल योग",))
    rows = [[str(cell).translate(digits) for cell in row] for row in rows]

    sheet = read(tmp_path, rows)

    assert ["राहुल", "సుధ", "C"] == [one.name for one in sheet.candidates]
    assert [one[1:] for one in expected()] == [one[1:] for one in told(sheet)]
    assert [] == codes(sheet)


@pytest.mark.parametrize(
    ("labels", "kinds"),
    [
        (("Total EVM Votes", "Total Postal Ballot Votes", "Total Votes Polled"), ["evm", "postal", "polled"]),
        (("TOTAL (EVM)", "Postal Votes", "GRAND TOTAL"), ["evm", "postal", "polled"]),
        (("Total", "Postal Ballot", "Total"), ["evm", "postal", "polled"]),
        (("Total of votes polled in EVM", "Postal Ballots", "Grand Total of votes"), ["evm", "postal", "polled"]),
        (
            (
                "Total No. of votes recorded at polling stations",
                "No. of votes recorded on postal ballot papers",
                "Total votes polled",
            ),
            ["evm", "postal", "polled"],
        ),
        (("Total\nEVM\nVotes", "Total Postal\nBallot Votes", "EVM + Postal"), ["evm", "postal", "polled"]),
        (("Total EVM Votes",), ["evm"]),
        (("Grand Total",), ["polled"]),
        (("कुल योग", "डाक मतपत्र"), ["evm", "postal"]),
        ((), []),
    ],
)
def test_footers_in_many_spellings(tmp_path, labels, kinds):
    sheet = read(tmp_path, classic(BOOTHS, footers=labels))

    assert kinds == [one.kind for one in sheet.footers]
    assert (expected(), []) == (told(sheet), codes(sheet))


def test_numbers_in_groups_blanks_and_missing_values(tmp_path):
    rows = classic([attrs.evolve(BOOTHS[0], votes=(113_379, 1_000, 12)), *BOOTHS[1:]], footers=())
    for row in rows[6:]:
        row[1:] = [f"{cell:,}" for cell in row[1:]]
    rows[6][1:3] = ["1,13,379", " 1,000 "]
    rows[8][5], rows[7][8] = "NA", "-"  # the third station has no rejected votes

    sheet = read(tmp_path, rows)

    assert (113_379, 1_000, 12) == sheet.stations[0].votes
    assert (0, None) == (sheet.stations[0].tendered, sheet.stations[1].tendered)
    assert (None, []) == (sheet.stations[2].rejected, codes(sheet, "error"))


def test_serials_are_as_printed(tmp_path):
    serials = ["1", "1A", "2(a)", "3-B", "4/1", "07", "8 (Aux)"]
    sheet = read(
        tmp_path, classic([attrs.evolve(BOOTHS[1], serial=serial, nota=n) for n, serial in enumerate(serials)])
    )

    assert serials == [one.serial for one in sheet.stations]
    assert [] == codes(sheet, "error") + codes(sheet, "warning")


def test_blank_rows_repeated_headings_notes_and_trailing_columns_are_passed_by(tmp_path):
    rows = classic(BOOTHS)
    rows = [
        *rows[:9],
        [],
        rows[3],
        rows[4],
        ["FORM 20"],
        *rows[9:],
        [],
        ["Place: Hyderabad", "", "Returning Officer"],
        ["Date", "11/12/2018"],
    ]
    rows = [[*row, *[""] * (16 - len(row))] for row in rows]

    sheet = read(tmp_path, rows)

    assert expected() == told(sheet)
    assert {"heading-repeated", "line-ignored"} == set(codes(sheet))
    assert 5 == len(codes(sheet))


def test_rows_that_number_the_columns_or_the_candidates_are_no_stations(tmp_path):
    rows = classic(BOOTHS)
    columns = [str(n) for n in range(1, 10)]
    bracketed = [f"({n})" for n in range(1, 10)]
    candidates = ["", "1", "2", "3"]

    for extra in (columns, bracketed, candidates):
        sheet = read(tmp_path, [*rows[:5], extra, *rows[6:]])

        assert (expected(), []) == (told(sheet), codes(sheet))
        assert [1, 2, 3] == [one.number for one in sheet.candidates]


def test_first_station_may_look_like_a_row_of_column_numbers(tmp_path):
    first = Booth("1", (2, 3, 4))
    rows = [["Serial No.", "A", "B", "C"], *([one.serial, *one.votes] for one in (first, *BOOTHS[1:]))]

    assert [first.votes, *(one.votes for one in BOOTHS[1:])] == [one.votes for one in read(tmp_path, rows).stations]


def test_order_of_the_columns_does_not_matter(tmp_path):
    """Totals before the candidates, the serial last: what counts is the heading."""
    rows = classic(BOOTHS, one_row=True, footers=())
    order = [7, 4, 6, 5, 1, 2, 3, 8, 0]
    turned = [[row[place] if place < len(row) else "" for place in order] for row in rows[3:]]

    sheet = read(tmp_path, [*rows[:3], *turned])

    assert (expected(), []) == (told(sheet), codes(sheet))


def test_nota_among_the_candidates_is_no_candidate(tmp_path):
    rows = [["Serial No.", "1 - A", "2 - NOTA", "3 - B", "Total"]]
    rows += [
        [one.serial, one.votes[0], one.nota, one.votes[1], one.votes[0] + one.votes[1] + one.nota] for one in BOOTHS
    ]

    sheet = read(tmp_path, rows)

    assert [(1, "A"), (3, "B")] == [(one.number, one.name) for one in sheet.candidates]
    assert [(one.votes[:2], one.nota) for one in BOOTHS] == [(one.votes, one.nota) for one in sheet.stations]
    assert [] == codes(sheet)


@pytest.mark.parametrize(
    ("columns", "serials"),
    [
        ((["Sl. No.", "Polling Station No."], lambda n: [n + 1, f"{n + 1}A"]), [f"{n + 1}A" for n in range(5)]),
        ((["Serial No. Of Polling Station", ""], lambda n: [n + 1, f"{n + 1}A"]), [f"{n + 1}A" for n in range(5)]),
        ((["Serial No. Of Polling Station", "Polling Station"], lambda n: [n + 1, n + 1]), list("12345")),
        ((["", "Polling Station"], lambda n: [n + 1, "GOVT SCHOOL"]), list("12345")),
        ((["S.No", "Name of the Polling Station"], lambda n: [n + 1, "GOVT SCHOOL"]), list("12345")),
    ],
)
def test_the_number_of_the_polling_station_is_found_among_others(tmp_path, columns, serials):
    heading, cells = columns
    rows = classic(BOOTHS, one_row=True, footers=())
    rows[3] = [*heading, *rows[3][1:]]
    rows[4:] = [[*cells(n), *row[1:]] for n, row in enumerate(rows[4:])]

    sheet = read(tmp_path, rows)

    assert (serials, []) == ([one.serial for one in sheet.stations], codes(sheet))
    assert {"GOVT SCHOOL" if "GOVT SCHOOL" in rows[4] else None} == {one.name for one in sheet.stations}


def test_merged_heading_over_number_and_name(tmp_path):
    rows = [
        [
            "Name of the Polling Station",
            "",
            "No. of valid votes cast in favour of",
            "",
            "",
            "Total of Valid Votes",
            "NOTA",
            "Total",
        ],
        ["No.", "Name", "RAMA", "RAHIM", "ROBERT", "", "", ""],
        ["", "", "BRS", "INC", "IND", "", "", ""],
        *([one.serial, "SCHOOL", *one.votes, one.valid, one.nota, one.valid + one.nota] for one in BOOTHS),
    ]

    sheet = read(tmp_path, rows)

    assert [("RAMA", "BRS"), ("RAHIM", "INC"), ("ROBERT", "IND")] == [(one.name, one.party) for one in sheet.candidates]
    assert (["SCHOOL"] * 5, [one.votes for one in BOOTHS]) == (
        [one.name for one in sheet.stations], [one.votes for one in sheet.stations],
    )  # fmt: skip
    assert [] == codes(sheet)


def test_number_that_is_no_candidates_is_told_by_the_sums(tmp_path):
    """A machine's number beside the candidates: the rest adds up without it."""
    rows = classic(BOOTHS, one_row=True, footers=())
    rows = [*rows[:3], *([row[0], 30_433 if n else "CU No", *row[1:]] for n, row in enumerate(rows[3:]))]

    sheet = read(tmp_path, rows)

    assert ([("B4", None)], ["unknown-column"]) == (found(sheet, "unknown-column"), codes(sheet))
    assert expected() == told(sheet)


def test_footnotes_are_no_stations_and_stations_without_figures_are(tmp_path):
    rows = classic(BOOTHS)
    rows[8][1:] = ["NA"] * 8
    rows[9][1:] = [""] * 8

    sheet = read(tmp_path, [*rows, ["Notes"], ["1", "Station 3 is to be polled again"], ["2", "see Form 21"]])

    assert (list("12345"), (None, None, None)) == ([one.serial for one in sheet.stations], sheet.stations[2].votes)
    assert [("A9", "3"), ("A10", "4")] == found(sheet, "no-figures")
    assert [("A15", None), ("A16", None), ("A17", None)] == found(sheet, "line-ignored")


def test_heading_that_was_flattened(tmp_path):
    listed = [attrs.evolve(one, rejected=0) for one in BOOTHS]
    _, under, *lines = with_electors(listed)
    flat = [*under[:2], *(f"Total No of Electors {sex}" for sex in ("Male", "Female", "Other", "Total"))]
    flat += [f"Voters Turnout {sex}" for sex in ("Male", "Female", "Other", "Total")]

    sheet = read(tmp_path, [[*flat, *under[10:]], *lines])

    assert (expected(listed, rejected=False), []) == (told(sheet), codes(sheet))
    assert [4_991] * 5 == [one.electors for one in sheet.stations]
