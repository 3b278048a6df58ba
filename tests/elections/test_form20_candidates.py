"""Candidates: numbers, names and parties in headings, and the candidates file."""

import pytest
from form20_sheets import booths, classic, codes, found, read

from lokdarpan_core.errors import Form20Error

BOOTHS = booths(candidates=4)


def candidates(tmp_path, names, **options):
    sheet = read(tmp_path, classic(BOOTHS, names=names), **options)
    assert [one.votes for one in BOOTHS] == [one.votes for one in sheet.stations]
    return sheet, [(one.number, one.name, one.party) for one in sheet.candidates]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ["3 - RAMA", "1 - RAHIM", "2. ROBERT", "4) RANI"],
            [(3, "RAMA", None), (1, "RAHIM", None), (2, "ROBERT", None), (4, "RANI", None)],
        ),
        (
            ["1\nRAMA", "2\nRAHIM", "3\nROBERT", "4\nRANI"],
            [(1, "RAMA", None), (2, "RAHIM", None), (3, "ROBERT", None), (4, "RANI", None)],
        ),
        (
            ["RAMA (INC)", "RAHIM (AIMIM)", "ROBERT (PPOI)", "RANI (IND)"],
            [(1, "RAMA", "INC"), (2, "RAHIM", "AIMIM"), (3, "ROBERT", "PPOI"), (4, "RANI", "IND")],
        ),
        (
            ["INC\nRAMA", "AIMIM\nRAHIM\nKHAN", "XYZ\nROBERT", "IND\nRANI"],
            [(1, "RAMA", "INC"), (2, "RAHIM KHAN", "AIMIM"), (3, "ROBERT", "XYZ"), (4, "RANI", "IND")],
        ),
        (
            ["RAMA\nINC", "RAHIM\nKHAN\nAIMIM", "ROBERT\nXYZ", "RANI\nIND"],
            [(1, "RAMA", "INC"), (2, "RAHIM KHAN", "AIMIM"), (3, "ROBERT", "XYZ"), (4, "RANI", "IND")],
        ),
        (
            ["1 - RAMA - INC", "2 - RAHIM - AIMIM", "3 - ROBERT", "4 - RANI - Independent"],
            [(1, "RAMA", "INC"), (2, "RAHIM", "AIMIM"), (3, "ROBERT", None), (4, "RANI", "Independent")],
        ),
        (
            ["RAMA (Bharatiya Janata Party)", "RAHIM\n(Communist Party of India (Marxist))", "ROBERT", "RANI"],
            [
                (1, "RAMA", "Bharatiya Janata Party"),
                (2, "RAHIM", "Communist Party of India (Marxist)"),
                (3, "ROBERT", None),
                (4, "RANI", None),
            ],
        ),
        (
            ["L.\nK. RAMA", "RAHIM\nKHAN", "MOHD. SALIM (PAPPU)", "RANI"],
            [(1, "L. K. RAMA", None), (2, "RAHIM KHAN", None), (3, "MOHD. SALIM (PAPPU)", None), (4, "RANI", None)],
        ),
        (["INC", "BJP", "TRS", "OTHERS"], [(1, None, "INC"), (2, None, "BJP"), (3, None, "TRS"), (4, "OTHERS", None)]),
        (
            ["(1) RAMA", "(2) RAHIM", "(3) ROBERT", "(4) RANI"],
            [(1, "RAMA", None), (2, "RAHIM", None), (3, "ROBERT", None), (4, "RANI", None)],
        ),
        (
            ["VALID KHAN", "TOTAL SINGH", "MALE", "SERIAL NO"],
            [(1, "VALID KHAN", None), (2, "TOTAL SINGH", None), (3, "MALE", None), (4, "SERIAL NO", None)],
        ),
    ],
)
def test_headings(tmp_path, names, expected):
    sheet, told = candidates(tmp_path, names)

    assert (expected, []) == (told, codes(sheet))


def test_gap_in_the_numbers_is_noted(tmp_path):
    sheet, told = candidates(tmp_path, ["1 - A", "2 - B", "4 - C", "7 - D"])

    assert ([1, 2, 4, 7], ["candidate-gap"]) == ([number for number, *_ in told], codes(sheet))


@pytest.mark.parametrize("names", [["1 - A", "1 - B", "2 - C", "3 - D"], ["1 - A", "B", "3 - C", "4 - D"]])
def test_numbers_that_are_not_unique_or_complete_give_way_to_the_columns(tmp_path, names):
    sheet, told = candidates(tmp_path, names)

    assert ([1, 2, 3, 4], ["candidate-numbers"]) == ([number for number, *_ in told], codes(sheet))


def test_namesakes_are_told(tmp_path):
    sheet, told = candidates(tmp_path, ["RAM KUMAR", "ROBERT", "Ram  Kumar", "RANI"])

    assert (4, ["candidate-name-repeated"]) == (len(told), codes(sheet))


def listed(tmp_path, text):
    path = tmp_path / "candidates.csv"
    path.write_text(text, encoding="utf-8")
    return path


NAMES = ["RAMA RAO", "RAHIM KHAN", "ROBERT", "RANI DEVI"]
FILE = "Number,Name,Party\n1,Rama Rao,TRS\n2,Rahim Khan,AIMIM\n3,Robert,IND\n4,Rani Devi,INC\n5,NOTA,NOTA\n"


def test_candidates_file_gives_the_parties(tmp_path):
    sheet, told = candidates(tmp_path, NAMES, candidates=listed(tmp_path, FILE))

    assert (["TRS", "AIMIM", "IND", "INC"], []) == ([party for *_, party in told], codes(sheet))


@pytest.mark.parametrize(
    ("text", "code", "party"),
    [
        (FILE.replace("Rama Rao", "Rao Rama"), "candidate-spelling", "TRS"),
        (FILE.replace("Rama Rao", "Ramarao"), "candidate-spelling", "TRS"),
        (FILE.replace("Rama Rao", "Somebody Else"), "candidate-differs", None),
        (FILE.replace("1,Rama Rao,TRS\n", ""), "candidate-missing", None),
        (FILE + "9,Nobody,INC\n", "candidate-missing", "TRS"),
    ],
)
def test_candidates_file_that_does_not_agree(tmp_path, text, code, party):
    """A party is not taken over for a candidate of another name."""
    sheet, told = candidates(tmp_path, NAMES, candidates=listed(tmp_path, text))

    assert ([code], party) == (codes(sheet), told[0][2])


def test_party_that_differs_is_a_warning(tmp_path):
    names = [f"{name} ({party})" for name, party in zip(NAMES, ("BRS", "AIMIM", "IND", "INC"), strict=True)]

    sheet, told = candidates(tmp_path, names, candidates=listed(tmp_path, FILE))

    assert (["party-differs"], "TRS") == (codes(sheet, "warning"), told[0][2])


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", "number,name,party\n", "number,name,party\nx,A,INC\n", "number,name,party\n1,A,INC\n1,B,BJP\n"],
)
def test_what_is_no_candidates_file_is_refused(tmp_path, text):
    with pytest.raises(Form20Error, match=r"candidates\.csv"):
        read(tmp_path, classic(BOOTHS), candidates=listed(tmp_path, text))


def test_column_with_votes_and_no_name_is_told(tmp_path):
    names = ["RAMA", "RAHIM", "", "RANI"]

    sheet, told = candidates(tmp_path, names)

    assert ([("D5", None)], (3, None, None)) == (found(sheet, "candidate-unnamed"), told[2])
