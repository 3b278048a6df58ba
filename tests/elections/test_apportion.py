"""Whole numbers are shared out without loss, in a way that depends on nothing but numbers and names."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.elections.apportion import apportion

WEIGHTS = st.dictionaries(
    st.text(min_size=1, max_size=4),
    st.one_of(st.floats(0, 1), st.floats(1e-300, 1e300), st.integers(0, 10**9)),
    min_size=1,
    max_size=6,
).filter(lambda weights: any(weights.values()))


@given(total=st.integers(0, 10**9), weights=WEIGHTS)
def test_parts_sum_to_the_whole_and_stay_within_one_of_their_quota(total, weights):
    """No vote is lost or made, for any weights, and nobody is a whole vote away from the exact quota."""
    parts = apportion(total, weights)

    exact = {name: Fraction(str(weight)) for name, weight in weights.items()}
    quotas = {name: total * weight / sum(exact.values()) for name, weight in exact.items()}
    assert total == sum(parts.values())
    assert list(weights) == list(parts)
    assert all(math.floor(quotas[name]) <= part <= math.ceil(quotas[name]) for name, part in parts.items())


@given(total=st.integers(0, 1000), weights=WEIGHTS, seed=st.randoms(use_true_random=False))
def test_order_of_the_weights_does_not_matter(total, weights, seed):
    """Rows come in any order; the result is one."""
    shuffled = list(weights.items())
    seed.shuffle(shuffled)

    assert apportion(total, weights) == apportion(total, dict(shuffled))


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (501, {"WARD_002": 0.5, "WARD_001": 0.5}, {"WARD_002": 250, "WARD_001": 251}),
        (10, {"A": 1 / 3, "B": 1 / 3, "C": 1 / 3}, {"A": 4, "B": 3, "C": 3}),
        (5, {"B": 0.1, "A": 0.9}, {"B": 0, "A": 5}),
        (5, {"A": 0.1, "B": 0.9}, {"A": 1, "B": 4}),
        (7, {"A": 1.0}, {"A": 7}),
        (7, {"A": 0, "B": 1}, {"A": 0, "B": 7}),
        (0, {"A": 0.4, "B": 0.6}, {"A": 0, "B": 0}),
    ],
)
def test_largest_remainder_gets_the_rest_and_ties_go_by_name(total, weights, parts):
    """0.1 and 0.9 of 5 are a tie, though the binary numbers are not."""
    assert parts == apportion(total, weights)


@pytest.mark.parametrize("weights", [{}, {"A": 0}, {"A": -1, "B": 2}, {"A": math.nan}, {"A": math.inf}])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        apportion(1, weights)


def test_negative_total_is_refused():
    with pytest.raises(ValueError, match="negative"):
        apportion(-1, {"A": 1})
