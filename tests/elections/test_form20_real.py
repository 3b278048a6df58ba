"""Real sheets: the good ones read to the vote, the bad ones are told row by row."""

import csv

import pytest

from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.form20.sheet import Layout


@pytest.fixture
def sheet(real_data):
    def read(name):
        (found,) = read_form20(real_data / "form20" / name)
        return found

    return read


def codes(sheet):
    return {one.code for one in sheet.errors}


def rows_of(sheet, code):
    """The rows that the findings of a code name."""
    return {int("".join(filter(str.isdigit, one.cell or ""))) for one in sheet.findings if one.code == code}


@pytest.mark.parametrize("segment", [1, 171, 172, 173, 384])
def test_uttar_pradesh_reads_to_the_vote(real_data, sheet, segment):
    name = f"up_2014_ac{segment}.csv"
    with (real_data / "form20" / name).open(encoding="utf-8") as file:
        lines = list(csv.reader(file))[2:]

    found = sheet(name)

    assert (Layout.WITH_ELECTORS, True, ()) == (found.layout, found.nota_in_valid, found.errors)
    assert [tuple(map(int, line[12:-2])) for line in lines] == [station.votes for station in found.stations]
    assert [[line[0], int(line[5]), int(line[9]), int(line[-2]), int(line[-1])] for line in lines] == [
        [one.serial, one.electors, one.polled, one.nota, one.valid] for one in found.stations
    ]
    assert all(sum(one.votes) + (one.nota or 0) == one.polled for one in found.stations)
    assert "None of the Above" not in {one.name for one in found.candidates}


def test_sheet_of_zeros_is_told(sheet):
    found = sheet("up_2014_ac170.csv")

    assert ({"all-zero"}, 436) == (codes(found), len(found.stations))


def test_tendered_votes_that_are_none_are_one_warning(sheet):
    """In segment 384 the column holds the voters who came without an EPIC card."""
    assert {"L"} == {(one.cell or "")[0] for one in sheet("up_2014_ac384.csv").findings if one.code == "tendered"}


def test_gujarat_equals_its_footer(sheet):
    found = sheet("gujarat_2014_relaid_ac45.csv")

    (footer,) = found.footers
    assert (Layout.CLASSIC, "45", 234, 18) == (
        found.layout, found.segment, len(found.stations), len(found.candidates),
    )  # fmt: skip
    assert (113_379, 27_624, 2_889, 872) == footer.votes[:4]
    assert footer.votes == tuple(map(sum, zip(*(one.votes for one in found.stations), strict=True)))
    assert ("evm", 147_549, 147_549, ()) == (footer.kind, footer.valid, footer.polled, found.errors)


def test_maharashtra_213_has_a_leaked_total_repeated_serials_and_broken_sums(sheet):
    found = sheet("maharashtra_2024_extracted_ac213.csv")

    assert {"leaked-total", "repeated-serial", "station-sum", "total-sum"} == codes(found)
    assert {534} == rows_of(found, "leaked-total")
    assert 58 == sum(one.code == "repeated-serial" for one in found.errors)
    assert ({495, 534}, 224) == (rows_of(found, "total-sum"), len(rows_of(found, "station-sum")))
    assert (Layout.SUMMARY, 532) == (found.layout, len(found.stations))


def test_maharashtra_28_has_a_leaked_total_and_broken_sums(sheet):
    """Its rejected votes are NOTA's over again: 142 stations whose total does not hold them."""
    found = sheet("maharashtra_2024_extracted_ac28.csv")

    assert {"leaked-total", "station-sum", "total-sum"} == codes(found)
    assert ({317}, {25, 317}) == (rows_of(found, "leaked-total"), rows_of(found, "station-sum"))
    assert (143, True) == (len(rows_of(found, "total-sum")), 317 in rows_of(found, "total-sum"))
    assert ["No polling station has the serial 171"] == [
        one.message for one in found.findings if one.code == "serial-gap"
    ]
