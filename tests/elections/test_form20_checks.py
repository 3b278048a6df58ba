"""What does not add up in a sheet: sums, totals below, totals that pose as stations."""

import attrs
import pytest
from form20_changed import BOOTHS, FIRST, changed
from form20_sheets import classic, codes, figures, found, read, summary, sums, tidy


def test_votes_against_the_total_of_valid_votes(tmp_path):
    sheet = read(tmp_path, changed(classic(BOOTHS, footers=()), FIRST + 2, 1, 999))

    assert (["station-sum"], [("E9", "3")]) == (codes(sheet), found(sheet, "station-sum"))


def test_parts_against_the_total(tmp_path):
    sheet = read(tmp_path, changed(classic(BOOTHS, footers=()), FIRST + 3, 7, 1))

    assert (["total-sum"], [("H10", "4")]) == (codes(sheet), found(sheet, "total-sum"))


@pytest.mark.parametrize("place", range(1, 9))
def test_every_column_is_compared_with_the_footer(tmp_path, place):
    rows = classic(BOOTHS)
    evm = FIRST + len(BOOTHS)
    rows = changed(rows, evm, place, rows[evm][place] + 1)

    sheet = read(tmp_path, rows)

    letter = "ABCDEFGHI"[place]
    severity = "warning" if letter == "I" else "error"
    assert [(f"{letter}13", None)] == found(sheet, "footer-sum")
    assert [(f"{letter}15", None)] == found(sheet, "footer-total")  # machines and postal votes no longer make all
    assert {"footer-sum", "footer-total"} <= set(codes(sheet, severity))


def test_swapped_votes_of_one_station_are_seen_in_the_footer_alone(tmp_path):
    """The row still adds up: only the columns tell."""
    rows = classic(BOOTHS)
    rows[FIRST][1], rows[FIRST][2] = rows[FIRST][2], rows[FIRST][1]

    sheet = read(tmp_path, rows)

    assert [("B13", None), ("C13", None)] == found(sheet, "footer-sum")
    assert ["footer-sum"] * 2 == codes(sheet)


def test_votes_polled_without_postal_votes_must_be_the_stations(tmp_path):
    rows = classic(BOOTHS, footers=("Total Votes Polled",))
    rows = changed(rows, -1, 1, rows[-1][1] + 7)

    assert [("B13", None)] == found(read(tmp_path, rows), "footer-total")


def total_row(serial, listed=BOOTHS):
    return [serial, *figures(sums(listed))]


@pytest.mark.parametrize(
    ("row", "at", "station"),
    [
        (total_row(""), 6, None),
        (total_row("7"), 6, "7"),
        (total_row("900"), 6, "900"),
        (total_row("7"), 0, "7"),
        (total_row("", BOOTHS[:3]), 3, None),
        (total_row("99", BOOTHS[:3]), 3, "99"),
        (total_row("Total", BOOTHS[:3]), 3, None),
        (total_row("LATOT", BOOTHS[:3]), 3, None),
        (total_row("Page Total", BOOTHS[:2]), 3, None),
    ],
)
def test_total_that_poses_as_a_station_is_an_error_and_not_counted(tmp_path, row, at, station):
    """Told by its label, its missing serial or its figures; and the stations still equal the footer."""
    rows = classic(BOOTHS)
    rows.insert(FIRST + at, row)

    sheet = read(tmp_path, rows)

    assert [(f"A{FIRST + at + 1}", station)] == found(sheet, "leaked-total")
    assert ["leaked-total"] == codes(sheet, "error")
    assert [one.votes for one in BOOTHS] == [one.votes for one in sheet.stations]


def test_totals_of_pages_are_each_found_by_their_figures(tmp_path):
    rows = classic(BOOTHS)
    rows.insert(FIRST + 6, total_row("903", BOOTHS[3:]))
    rows.insert(FIRST + 3, total_row("902", BOOTHS[:3]))

    sheet = read(tmp_path, rows)

    assert [("A10", "902"), ("A14", "903")] == found(sheet, "leaked-total")
    assert 6 == len(sheet.stations)


def test_total_of_a_page_that_is_labelled_and_right_is_only_noted(tmp_path):
    rows = classic(BOOTHS)
    rows.insert(FIRST + 6, total_row("Page Total", BOOTHS[3:]))
    rows.insert(FIRST + 3, total_row("Page Total", BOOTHS[:3]))

    sheet = read(tmp_path, rows)

    assert (["page-total"] * 2, 6) == (codes(sheet), len(sheet.stations))


def test_twin_stations_are_no_totals(tmp_path):
    twins = [BOOTHS[0], attrs.evolve(BOOTHS[0], serial="2"), *BOOTHS[2:]]

    assert [] == codes(read(tmp_path, classic(twins)))


def test_total_in_a_summary_is_a_leak(tmp_path):
    total = sums(BOOTHS)
    rows = [*summary(BOOTHS), ["", "TOTAL", total.valid, total.rejected, total.nota, total.polled]]

    sheet = read(tmp_path, rows)

    assert [("B8", None)] == found(sheet, "leaked-total")
    assert (["leaked-total"], 6) == (codes(sheet, "error"), len(sheet.stations))


def test_total_in_the_tidy_form_is_a_leak(tmp_path):
    total = tidy([attrs.evolve(sums(BOOTHS), serial="x")])[1:]
    rows = tidy(BOOTHS) + [["TOTAL", *row[1:]] for row in total]

    sheet = read(tmp_path, rows)

    assert [("A20", None)] == found(sheet, "leaked-total")
    assert 6 == len(sheet.stations)


def test_findings_begin_with_the_errors(tmp_path):
    rows = changed(classic([attrs.evolve(BOOTHS[0], votes=(6_000, 0, 0)), *BOOTHS[2:]]), FIRST, 4, 1)

    severities = [one.severity.value for one in read(tmp_path, rows).findings]

    assert sorted(severities, key=["error", "warning", "note"].index) == severities
    assert {"error", "warning", "note"} == set(severities)
