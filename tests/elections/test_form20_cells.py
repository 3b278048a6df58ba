"""Cells: numbers in groups and scripts, serials, addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.elections.form20.cells import (
    ABSURD,
    NotANumberError,
    is_serial,
    letter,
    number,
    serial_key,
    serial_of,
)

DIGITS = ("0123456789", "०१२३४५६७८९", "౦౧౨౩౪౫౬౭౮౯", "٠١٢٣٤٥٦٧٨٩")


def indian(value: int) -> str:
    """12345678 -> 1,23,45,678."""
    head, tail = str(value)[:-3], str(value)[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail])


@given(
    st.integers(0, ABSURD),
    st.sampled_from(DIGITS),
    st.sampled_from((str, "{:,}".format, indian, "{}.0".format, "{}.00".format)),
)
def test_every_way_to_write_a_count_is_read(value, digits, written):
    text = written(value).translate(str.maketrans(DIGITS[0], digits))

    assert value == number(f" {text}\u00a0")


@pytest.mark.parametrize("text", ["", "  ", "NA", "n/a", "-", "--", "–", "N.A.", "\u200b", "."])
def test_empty_is_none_and_never_nought(text):
    assert number(text) is None


@given(st.text(max_size=12))
def test_what_is_read_is_digits_and_the_rest_is_refused(text):
    try:
        value = number(text)
    except NotANumberError as error:
        assert error.code in {"no-number", "negative", "fraction", "absurd-number"}
    else:
        assert value is None or 0 <= value <= ABSURD


@pytest.mark.parametrize(
    "text", ["1", "12A", "12(a)", "12 (A)", "12-A", "12/1", "045", "PS 12", "45/123", "12 Aux", "12अ"]
)
def test_serials(text):
    assert is_serial(text)


@pytest.mark.parametrize(
    "text", ["", "Total", "A", "Date: 12/05/2014", "1. Note on the count", "Place", "12345678", "12 AND 13 OF 14"]
)
def test_what_is_no_serial(text):
    assert not is_serial(text)


def test_serials_that_are_the_same():
    assert 1 == len({serial_key(text) for text in ("12A", "12 (a)", "012-A", "१२A")})
    assert 4 == len({serial_key(text) for text in ("12", "12A", "1/2", "121")})
    assert ["12", "12", "12.5", "12A"] == [serial_of(text) for text in ("12.0", " 12 ", "12.5", "12A")]


def test_letters():
    assert ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"] == [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)]
