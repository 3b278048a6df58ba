"""Excerpts: never too long, never torn inside a letter."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.news.excerpts import excerpt

LETTERS = st.sampled_from(["a", "జ్ఞా", "క్ష్మీ", "क़ि", "و", "é", "e\u0301", " ", "\n", "👩‍👩‍👧", "🇮🇳", "\u200d", "ా"])


@given(st.lists(LETTERS, max_size=60).map("".join), st.integers(10, 40))
def test_it_is_a_beginning_of_at_most_so_many_characters(text, longest):
    found = excerpt(text, longest)

    assert len(found) <= longest
    assert " ".join(text.split()).startswith(found.removesuffix("…"))


@given(st.lists(st.sampled_from(["జ్ఞా", "క్ష్మీ", "क़ि", "సా", "e\u0301"]), min_size=30, max_size=60))
def test_no_letter_is_torn_where_there_is_no_blank(letters):
    found = excerpt("".join(letters), 40).removesuffix("…")

    kept = 0
    while len("".join(letters[:kept])) < len(found):
        kept += 1
    assert "".join(letters[:kept]) == found


def test_it_ends_between_words_where_there_are_any():
    assert "one two…" == excerpt("one two three", 10)
    assert "short" == excerpt("  short\n")


def test_text_of_marks_alone_is_cut_all_the_same():
    assert 10 == len(excerpt("ా" * 50, 10))
    assert "Mc" == unicodedata.category("ా") or "Mn" == unicodedata.category("ా")
