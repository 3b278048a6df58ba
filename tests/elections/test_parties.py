"""Parties are one by their table; candidates who belong to none are never merged."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.elections.parties import (
    Contender,
    aggregate_keys,
    election_day,
    folded,
    is_nota,
    party_code,
    spellings,
)

GHMC_2020, ASSEMBLY_2023 = date(2020, 12, 1), date(2023, 11, 30)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("BJP", "BJP"),
        ("B.J.P.", "BJP"),
        ("  bharatiya   janata party ", "BJP"),
        ("Indian National Congress", "INC"),
        ("All India Majlis-E-Ittehadul Muslimeen", "AIMIM"),
        ("భారత రాష్ట్ర సమితి", "BRS"),
        ("भारतीय जनता पार्टी", "BJP"),
        ("CPI (M)", "CPI(M)"),
        ("CPM", "CPI(M)"),
        ("CPI", "CPI"),
        ("Independent", "IND"),
        ("स्वतंत्र", "IND"),
        ("IND.", "IND"),
        ("A Party That Nobody Knows", None),
        ("NOTA", None),
        ("", None),
        (None, None),
    ],
)
def test_spellings_mean_a_code(printed, code):
    assert code == party_code(printed, ASSEMBLY_2023)


@pytest.mark.parametrize("printed", ["TRS", "Telangana Rashtra Samithi", "T.R.S", "TRS/BRS"])
def test_trs_counts_for_trs_until_2021_and_for_brs_from_2022(printed):
    days = (GHMC_2020, date(2021, 12, 31), date(2022, 1, 1), ASSEMBLY_2023)
    assert ["TRS", "TRS", "BRS", "BRS"] == [party_code(printed, day) for day in days]


def test_election_whose_day_is_not_known_counts_by_its_year():
    assert ("TRS", "BRS") == tuple(party_code("TRS", election_day(None, year)) for year in (2020, 2022))


def test_no_spelling_means_two_parties_on_one_day():
    for name, lines in spellings().items():
        for one in lines:
            overlapping = [
                line for line in lines if line.valid_from <= one.valid_to and one.valid_from <= line.valid_to
            ]
            assert [one] == overlapping, name


@given(st.text())
def test_folding_drops_case_and_marks_and_can_be_repeated(text):
    assert folded(text) == folded(folded(text))
    assert folded(text) == folded(f" {text}.")


@pytest.mark.parametrize(
    ("party", "candidate", "expected"),
    [("NOTA", None, True), (None, "None of the Above", True), (None, "नोटा", True), ("BJP", "N. O. TARA", False)],
)
def test_nota_is_known_by_its_name(party, candidate, expected):
    assert expected is is_nota(party, candidate)


def keys(*contenders, on=ASSEMBLY_2023):
    found = aggregate_keys(contenders, on)
    return [found.get(one) for one in contenders]


def test_candidates_of_one_party_count_together_and_others_alone():
    assert ["BRS", "BRS", "IND:M. ASHOK KUMAR", "IND:B. RAVI", "XYZ:C. DEVI", "?:D. NAIDU", None] == keys(
        Contender("TRS", "A. SINGH", 1),
        Contender("Bharat Rashtra Samithi", "B. SINGH", 2),
        Contender("Independent", "M. ASHOK  KUMAR", 3),
        Contender("IND", "B. RAVI", 4),
        Contender("XYZ", "C. DEVI", 5),
        Contender(None, "D. NAIDU", 6),
        Contender(None, "NOTA", 7),
    )


def test_candidates_of_an_unknown_party_are_not_merged():
    assert ["XYZ:C. DEVI", "XYZ:E. REDDY"] == keys(Contender("XYZ", "C. DEVI", 5), Contender("XYZ", "E. REDDY", 6))


def test_namesakes_on_one_sheet_are_told_apart_by_their_numbers():
    one, two = (Contender("IND", "B. RAVI", number, "60", sheet=1) for number in (4, 9))
    assert ["IND:B. RAVI #4", "IND:B. RAVI #9"] == keys(one, two)


def test_namesakes_in_two_constituencies_are_told_apart():
    one, two = (Contender("IND", "B. RAVI", 4, contest, sheet) for contest, sheet in (("60", 1), ("61", 2)))
    assert ["IND:B. RAVI (60)", "IND:B. RAVI (61)"] == keys(one, two)


def test_one_candidate_on_several_sheets_of_a_constituency_is_one():
    """A Lok Sabha candidate stands in seven segments, and each sheet may print the name and number in its own way."""
    one, two = Contender("IND", "B. RAVI", 4, "9", 1), Contender("Independent", "B.Ravi", 5, "9", 2)
    assert ["IND:B. RAVI"] * 2 == keys(one, two)


def test_candidates_without_a_name_are_told_apart_by_their_numbers():
    assert ["IND:#4", "IND:#9"] == keys(Contender("IND", None, 4, sheet=1), Contender("IND", None, 9, sheet=1))
