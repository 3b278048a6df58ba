"""What is odd in a sheet whatever its sums are: serials, cells, texts, columns, the lines of the tidy form."""

import attrs
import pytest
from form20_changed import BOOTHS, FIRST, changed
from form20_sheets import classic, codes, found, read, summary, tidy, with_electors, write_csv

from lokdarpan_core.elections.form20.reading import read_form20

COUNTED = [attrs.evolve(one, rejected=0) for one in BOOTHS]  # as a sheet without rejected votes can tell


def test_serial_that_stands_twice(tmp_path):
    again = attrs.evolve(BOOTHS[3], serial="02")

    sheet = read(tmp_path, classic([*BOOTHS[:3], again, *BOOTHS[4:]], footers=()))

    assert [("A10", "02")] == found(sheet, "repeated-serial")
    assert ["serial-gap"] == codes(sheet, "note")


def test_station_without_serial_but_with_a_name_is_kept(tmp_path):
    sheet = read(tmp_path, changed(with_electors(COUNTED), 4, 0, ""))

    assert ([("A5", None)], 6) == (found(sheet, "no-serial"), len(sheet.stations))


def test_gaps_in_the_serials_are_one_note(tmp_path):
    serials = ["1", "2", "4", "4A", "9", "12"]
    sheet = read(tmp_path, classic([attrs.evolve(one, serial=s) for one, s in zip(BOOTHS, serials, strict=True)]))

    (note,) = [one for one in sheet.findings if one.code == "serial-gap"]
    assert "No polling station has the serial 3, 5–8, 10, 11" == note.message


def test_sheet_of_zeros(tmp_path):
    zeros = [attrs.evolve(one, votes=(0, 0, 0), nota=0, rejected=0) for one in BOOTHS]

    sheet = read(tmp_path, with_electors(zeros))

    assert (["all-zero"], 6) == (codes(sheet), len(sheet.stations))


def test_station_without_votes_is_noted(tmp_path):
    sheet = read(tmp_path, classic([attrs.evolve(BOOTHS[0], votes=(0, 0, 0), nota=0, rejected=0), *BOOTHS[1:]]))

    assert [("A7", "1")] == found(sheet, "no-votes")
    assert ["no-votes"] == codes(sheet)


def test_more_votes_than_electors(tmp_path):
    sheet = read(tmp_path, with_electors([attrs.evolve(COUNTED[0], electors=(200, 100, 0)), *COUNTED[1:]]))

    assert [("J3", "1")] == found(sheet, "over-electors")
    assert {"over-electors-sex"} == set(codes(sheet, "warning"))


@pytest.mark.parametrize(("place", "code", "cell"), [(2, "electors-sum", "F4"), (6, "turnout-sum", "J4")])
def test_figures_by_sex(tmp_path, place, code, cell):
    rows = with_electors(COUNTED)

    assert [(cell, "2")] == found(read(tmp_path, changed(rows, 3, place, rows[3][place] - 1)), code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-5", "negative"), ("(5)", "negative"), ("5.5", "fraction"), ("12 345", "no-number"), ("5*", "no-number"),
        ("1,2345", "no-number"), ("abc", "no-number"), ("99999999999", "absurd-number"), ("9" * 5_000, "absurd-number"),
        ("1e3", "no-number"),
    ],
)  # fmt: skip
def test_cell_that_is_no_count(tmp_path, text, code):
    sheet = read(tmp_path, changed(classic(BOOTHS, footers=()), FIRST + 1, 2, text))

    assert ([("C8", "2")], None) == (found(sheet, code), sheet.stations[1].votes[1])
    assert [code, "station-sum"] == codes(sheet)


def test_more_votes_than_a_station_has(tmp_path):
    sheet = read(tmp_path, classic([attrs.evolve(BOOTHS[0], votes=(5_001, 0, 0)), *BOOTHS[1:]]))

    assert (["implausible"], [("A7", "1")]) == (codes(sheet), found(sheet, "implausible"))


def test_empty_totals_are_told(tmp_path):
    rows = changed(changed(classic(BOOTHS, footers=()), FIRST, 7, ""), FIRST + 1, 4, "-")

    sheet = read(tmp_path, rows)

    assert [("H7", "1"), ("E8", "2")] == found(sheet, "no-total")
    assert [] == codes(sheet, "error")


def test_rejected_votes_of_the_post_alone_belong_into_its_total(tmp_path):
    rows = classic([attrs.evolve(one, rejected=0) for one in BOOTHS])
    for row in rows[FIRST : FIRST + len(BOOTHS) + 1]:
        row[5] = "-"

    sheet = read(tmp_path, rows)

    assert (("valid", "rejected", "nota"), []) == (sheet.total_of, codes(sheet))


def test_columns_beside_the_votes_give_warnings_only(tmp_path):
    rows = with_electors(COUNTED)
    for row in rows[2:]:
        row[10], row[11] = row[9] - 9, 9  # the tendered votes are those without EPIC card
    rows = changed(changed(rows, 2, 10, 5_000), 3, 11, 4_000)

    sheet = read(tmp_path, rows)

    assert ["epic", "tendered", "tendered"] == codes(sheet)
    assert [("K3", "1")] == found(sheet, "epic")
    assert [("L4", "2"), ("L3", None)] == found(sheet, "tendered")


def test_text_that_reads_backwards(tmp_path):
    """Columns are known all the same; names stay as they are printed, and are told."""
    heading = (
        "NOITATS GNILLOP FO .ON LAIRES",
        "",
        "SETOV DILAV FO LATOT",
        "SETOV DETCEJER FO .ON",
        "ATON",
        "LATOT",
        "SETOV DEREDNET FO .ON",
    )
    rows = classic(BOOTHS, heading=heading, names=["HGNIS MAR", "B", "C"], one_row=True, footers=("SETOV MVE LATOT",))

    sheet = read(tmp_path, rows)

    assert ["HGNIS MAR", "B", "C"] == [one.name for one in sheet.candidates]
    assert [one.polled for one in BOOTHS] == [one.polled for one in sheet.stations]
    assert ["evm"] == [one.kind for one in sheet.footers]
    assert {"reversed-text"} == set(codes(sheet))
    assert {"A4", "B4", "E4", "F4", "G4", "H4", "I4", "A11"} == {cell for cell, _ in found(sheet, "reversed-text")}


def test_winners_name_that_reads_backwards_is_told_once(tmp_path):
    """It stands in a column that nothing is taken from, at every station."""
    head, *stations = summary(BOOTHS)
    rows = [[*head, "Elected Person Name"], *([*station, "EROM ARDNAHC TNANA LOMA"] for station in stations)]

    (one,) = [one for one in read(tmp_path, rows).findings if one.code == "reversed-text"]

    assert ("G2", "EROM ARDNAHC TNANA LOMA reads backwards: AMOL ANANT CHANDRA MORE") == (one.cell, one.message)


def test_second_column_of_one_meaning_must_agree(tmp_path):
    rows = classic(BOOTHS, footers=())
    rows[FIRST - 3].append("Total Votes")
    for row in rows[FIRST:]:
        row.append(row[7])
    rows = changed(rows, FIRST + 2, 9, 1)

    assert [("J9", "3")] == found(read(tmp_path, rows), "column-differs")


def test_sheet_of_several_segments(tmp_path):
    rows = changed(summary(BOOTHS), 4, 0, "29")

    assert [("A5", None)] == found(read(tmp_path, rows), "several-segments")


def test_summarys_other_columns(tmp_path):
    rows = summary(BOOTHS)
    rows[0] += ["No. of Valid Votes Cast in Favour of Elected Person", "Other Candidate Votes", "Total EVM Votes"]
    rows[0] += ["Total Postal ballot votes", "Total Votes Polled"]
    for row, one in zip(rows[1:], BOOTHS, strict=True):
        row += [one.votes[0], one.valid - one.votes[0], one.valid, 0, one.valid]
    good = read(tmp_path, rows)
    rows = changed(changed(changed(rows, 1, 7, 0), 2, 8, 1), 3, 10, 1)

    sheet = read(tmp_path, rows)

    assert [] == codes(good, "error")
    assert [("C2", "1")] == found(sheet, "station-sum")
    assert [("I3", "2")] == found(sheet, "evm-differs")
    assert [("K3", "2"), ("K4", "3")] == found(sheet, "polled-sum")


def test_values_of_a_station_must_agree_on_its_lines(tmp_path):
    rows = changed(changed(tidy(BOOTHS), 2, 8, 5), 3, 2, "Somajiguda")

    sheet = read(tmp_path, rows)

    assert [("I3", "61/1"), ("C4", "61/1")] == found(sheet, "station-differs")


def test_blank_on_a_further_line_says_nothing(tmp_path):
    rows = changed(changed(tidy(BOOTHS), 1, 8, ""), 3, 9, "")

    sheet = read(tmp_path, rows)

    assert (BOOTHS[0].polled, []) == (sheet.stations[0].polled, codes(sheet))


def test_candidate_twice_at_a_station(tmp_path):
    rows = tidy(BOOTHS)

    sheet = read(tmp_path, [*rows, rows[4]])

    assert ([("H20", "61/2")], BOOTHS[1].votes) == (found(sheet, "candidate-twice"), sheet.stations[1].votes)


def test_candidate_without_a_line(tmp_path):
    rows = tidy(BOOTHS)

    sheet = read(tmp_path, [*rows[:4], *rows[5:]])

    assert ([("A5", "61/2")], None) == (found(sheet, "no-line"), sheet.stations[1].votes[0])
    assert ["total-sum"] == codes(sheet, "error")


def test_nota_in_column_and_line_must_agree(tmp_path):
    rows = tidy(BOOTHS)
    lines = [[*row[:5], "NOTA", "NOTA", row[11] + (row[0] == "61/3"), *row[8:]] for row in rows[1::3]]

    assert [("H22", "61/3")] == found(read(tmp_path, [*rows, *lines]), "nota-differs")


def test_station_in_two_segments_and_cells_beyond_the_header(tmp_path):
    rows = changed(tidy(BOOTHS), 3, 3, "62")
    rows[5].append("stray")

    one, two = read_form20(write_csv(tmp_path / "f", rows))

    assert [("A4", "61/1")] == found(two, "several-segments")
    assert [("N6", None)] == found(one, "extra-cells")
