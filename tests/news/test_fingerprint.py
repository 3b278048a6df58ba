"""The fingerprint: existing databases' rule, to the letter."""

import hashlib
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.news.fingerprint import UNSURE, _not_plain_after_e2, _table, article_text, fingerprint, fold

DAY = date(2025, 8, 10)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    " \t\n\u00a0\u2009\u2028\u2019₹Ⅻab Σσς İ\u200cలోہے", max_size=40
)


def by_the_rule(publication: str, day: date, text: str) -> str:
    """The rule as it was written first."""

    def norm(value: str) -> str:
        return re.sub(r"\s+", " ", value).strip().lower()

    return hashlib.sha256(f"{norm(publication)}|{day:%Y-%m-%d}|{norm(text)}".encode()).hexdigest()


def test_check_value():
    text = article_text("GHMC sanitation drive", "Residents report mixed results in ...")

    assert "29364b03a023ca8f16fda03da59d47e8b7c2972b46c88045f2fbb2ecd6d27abe" == fingerprint("Eenadu", DAY, text)


@given(TEXTS)
def test_folding_is_the_rule(text):
    assert re.sub(r"\s+", " ", text).strip().lower().encode() == fold(text)


def test_folding_is_the_rule_for_every_letter_that_may_be_taken_for_plain():
    """Whether a letter has a case, or is white space, is read off its first byte up to U+3000."""
    wrong = [
        chr(code)
        for code in range(0x3000)
        if fold(f"A{chr(code)}B") != " ".join(f"A{chr(code)}B".split()).lower().encode()
    ]

    assert [] == wrong


def test_a_byte_is_sure_where_every_letter_that_it_can_begin_is_plain():
    """Of two bytes, or of three after E0; what begins with E2 is looked at again, and all others are unsure."""
    letters = [chr(code) for code in range(0x80, 0x1000)]
    unsure = {one.encode()[0] for one in letters if one.isspace() or one.lower() != one}
    unsure |= {0xC0, 0xC1, 0xE1, *range(0xE3, 0x100)}
    ascii_folded = "".join(map(chr, range(0x80))).lower()
    ascii_folded = "".join(" " if one.isspace() and one != "\n" else one for one in ascii_folded)

    table = _table()

    assert ascii_folded.encode() == table[:0x80]
    assert [UNSURE if byte in unsure else byte for byte in range(0x80, 0x100)] == list(table[0x80:])


def test_of_what_begins_with_e2_that_is_found_which_is_not_plain():
    looked_for = _not_plain_after_e2()

    letters = [chr(code) for code in range(0x2000, 0x3000)]
    found = {one for one in letters if looked_for.search(one.encode())}
    assert {one for one in letters if one.isspace() or one.lower() != one} == found


@given(TEXTS, TEXTS, TEXTS)
def test_fingerprint_is_the_rule(publication, title, body):
    text = article_text(title, body)

    assert by_the_rule(publication, DAY, text) == fingerprint(publication, DAY, text)


@given(st.lists(st.text("abcXYZజూ", min_size=1, max_size=5), min_size=1, max_size=6), st.data())
def test_white_space_and_case_are_ignored(words, data):
    gaps = st.text(" \t\n\u00a0\u3000", min_size=1, max_size=3)
    other = data.draw(gaps) + "".join(word.swapcase() + data.draw(gaps) for word in words)

    assert fingerprint("Paper", DAY, " ".join(words)) == fingerprint(" pApEr ", DAY, other)


@given(st.text("ab \n", max_size=8), st.text("ab \n", max_size=8))
def test_nothing_else_is_ignored(one, other):
    same = one.split() == other.split()

    assert same == (fingerprint("Paper", DAY, one) == fingerprint("Paper", DAY, other))


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("Title", "Body", "Title\n\nBody"),
        ("  Title ", "\nBody\n", "Title\n\nBody"),
        ("Title", "", "Title"),
        ("Title", None, "Title"),
        (None, " Body", "Body"),
        ("", "  ", ""),
    ],
)
def test_text_is_title_and_body(title, body, text):
    assert text == article_text(title, body)
