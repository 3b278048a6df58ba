"""The arithmetic of alerts, on arrays: tails, corrections, expectations, terms."""

from datetime import date, timedelta
from math import comb, exp, factorial, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.pulse.alerts.binomial import at_least, quantile
from lokdarpan_core.pulse.alerts.counts import Counts
from lokdarpan_core.pulse.alerts.discovery import q_values, weights
from lokdarpan_core.pulse.alerts.judging import judge
from lokdarpan_core.pulse.alerts.severity import severity
from lokdarpan_core.pulse.alerts.terms import CityTerms, WardTerms, issues, risen

MEANS, SHAPES = st.floats(0.01, 50), st.floats(0.05, 100)
NO_TERMS = CityTerms(0, {}, 0)
FIRST, DAYS = date(2026, 1, 5), 57
LAST = FIRST + timedelta(days=DAYS - 1)


def test_tail_of_a_whole_shape_is_the_failures_before_so_many_successes():
    """Shape 2 and mean 2: failures before the second head of a fair coin. P(X ≥ 3) = 1 − 1/4 − 1/4 − 3/16."""
    below = sum(comb(k + 1, k) / 2 ** (k + 2) for k in range(3))

    assert pytest.approx(1 - below) == at_least(3, 2.0, 2.0)


def test_tail_without_scatter_is_poissons():
    assert pytest.approx(1 - exp(-1.5) * sum(1.5**k / factorial(k) for k in range(4))) == at_least(4, 1.5, inf)


def test_tiny_tails_keep_their_digits():
    assert pytest.approx(exp(-1e-3) * 1e-3**8 / factorial(8), rel=1e-3) == at_least(8, 1e-3, inf)


@given(st.integers(0, 60), MEANS, SHAPES)
def test_tail_is_a_probability_and_falls(count, mean, shape):
    assert 1 >= at_least(count, mean, shape) >= at_least(count + 1, mean, shape) >= 0


@given(st.floats(0.01, 0.99), MEANS, SHAPES)
def test_quantile_is_the_first_count_that_covers_the_part(part, mean, shape):
    found = quantile(part, mean, shape)

    assert 1 - at_least(found + 1, mean, shape) >= part - 1e-9
    assert found == 0 or 1 - at_least(found, mean, shape) < part + 1e-9


def test_benjamini_and_hochbergs_own_example():
    """The paper's fifteen p-values (table 1): at 5 % the four smallest are findings."""
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip

    assert p[:4] == [one for one, q in zip(p, q_values(p, 15), strict=True) if q <= 0.05]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 1000))
def test_q_values_keep_the_order_and_are_never_below_p(p_values, more):
    found = q_values(p_values, len(p_values) + more)

    assert all(p <= q + 1e-12 for p, q in zip(p_values, found, strict=True))
    assert [q for _, q in sorted(zip(p_values, found, strict=True))] == sorted(found)


@given(st.integers(1, 500), st.integers(0, 900), st.integers(0, 900))
def test_weights_of_all_questions_have_the_mean_one(mentions, party, issue):
    asked = {"mentions": mentions, "party": party, "issue": issue}

    total = sum(weights(asked).get(kind, 0) * count for kind, count in asked.items())

    assert pytest.approx(sum(asked.values())) == total


def city(rng, wards=40, sources=4, rate=0.02):
    """Wards that are mentioned in `rate` of each source's 50 stories."""
    volume = np.full((sources, DAYS), 50)
    mentions = rng.poisson(rate * 50 / sources, (wards, sources, DAYS))
    return mentions, volume


def judged(mentions, volume, parties=None):
    wards, sources = (
        tuple(f"{letter}{n:02}" for n in range(size)) for letter, size in zip("WS", mentions.shape[:2], strict=True)
    )
    counts = Counts(FIRST, wards, sources, volume, mentions, parties or {})
    return counts.day(LAST), judge(counts.day(LAST), {}, NO_TERMS)


def test_a_burst_is_found_and_nothing_else():
    mentions, volume = city(np.random.default_rng(1))
    mentions[7, :, -1] += 4

    _, found = judged(mentions, volume)

    assert [("W07", "mentions", "")] == [(one.ward_id, one.kind, one.subject) for one in found.findings]


def test_ten_times_as_many_stories_in_all_are_no_burst():
    """A day on which every source prints ten times as much has ten times as many mentions of every ward."""
    rng = np.random.default_rng(2)
    mentions, volume = city(rng)
    mentions[:, :, -1] = rng.poisson(2.5, mentions.shape[:2])
    volume[:, -1] *= 10

    _, found = judged(mentions, volume)

    assert () == found.findings


def test_a_source_that_comes_back_is_no_burst():
    """One source has all mentions of a ward and was silent for four weeks: its days of silence are no zeros."""
    mentions, volume = city(np.random.default_rng(3))
    mentions[5] = 0
    mentions[5, 0] = 6
    mentions[:, 0, 20:-1], volume[0, 20:-1] = 0, 0

    day, found = judged(mentions, volume)

    assert ("S00" in day.sources, ()) == (True, found.findings)


def test_a_new_source_is_not_judged_before_eight_days():
    mentions, volume = city(np.random.default_rng(4))
    volume[0, :-8], mentions[:, 0, :-8] = 0, 0
    mentions[3, 0, -1] = 30

    day, found = judged(mentions, volume)

    assert (("S00",), ()) == (day.fresh, found.findings)


def test_eight_days_of_history_are_enough():
    mentions, volume = city(np.random.default_rng(4))
    volume[:, :-9], mentions[:, :, :-9] = 0, 0
    mentions[3, 0, -1] = 30

    day, found = judged(mentions, volume)

    assert (8, ["W03"]) == (day.history_days, [one.ward_id for one in found.findings])


def test_two_stories_are_no_alert_however_rare():
    mentions, volume = city(np.random.default_rng(5), rate=0.0)
    mentions[3, 0, -1] = 2

    assert () == judged(mentions, volume)[1].findings


def test_a_burst_does_not_hide_the_next():
    mentions, volume = city(np.random.default_rng(6), rate=0.04)
    mentions[7, :, [20, 33, 45, -1]] += 4

    assert ["W07"] == [one.ward_id for one in judged(mentions, volume)[1].findings]


def test_weekday_that_always_has_more_is_no_burst():
    mentions, volume = city(np.random.default_rng(7), rate=0.04)
    same = np.arange(DAYS) % 7 == (DAYS - 1) % 7
    mentions[:, :, same] *= 4

    assert () == judged(mentions, volume)[1].findings


def test_a_party_is_judged_by_its_own_history():
    mentions, volume = city(np.random.default_rng(8), rate=0.1)
    party = np.zeros_like(mentions)
    party[:, 0, ::9] = 1
    party[4, :, -1] = mentions[4, :, -1] = 2

    _, found = judged(mentions, volume, {"BRS": party})

    assert [("W04", "party", "BRS", 8)] == [
        (one.ward_id, one.kind, one.subject, one.observed) for one in found.findings
    ]


def test_day_without_anything_is_not_judged():
    mentions, volume = city(np.random.default_rng(9))
    volume[:, -1], mentions[:, :, -1] = 0, 0

    day, found = judged(mentions, volume)

    assert (0, 4, ()) == (found.questions, len(day.silent), found.findings)


CITY_TERMS = CityTerms(1000, {"police": 400, "flood": 2}, 5000)


def said(*terms):
    return dict(enumerate(map(frozenset, terms)))


def test_a_term_that_is_new_in_many_stories_is_an_issue():
    """Those that stand in the same stories are named with it; what always stands there is not."""
    ward = WardTerms(said(*[["police", "flood", "boats"]] * 6, ["police"]), 200, {"police": 80})

    (one,) = issues(risen(ward, CITY_TERMS, 0.1), CITY_TERMS.vocabulary)

    assert (6, {"boats", "flood"}) == (one.observed, set(one.terms))
    assert one.p_value < 1e-4


def test_what_the_ward_always_speaks_of_is_no_issue():
    ward = WardTerms(said(*[["lake"]] * 6), 200, {"lake": 150})

    assert [] == risen(ward, CITY_TERMS, 0.1)


def test_issues_in_other_stories_are_apart():
    ward = WardTerms(said(*[["flood"]] * 5, *[["theft"]] * 5), 300, {})

    found = issues(risen(ward, CITY_TERMS, 0.1), CITY_TERMS.vocabulary)

    assert [{"flood"}, {"theft"}] == sorted((set(one.terms) for one in found), key=min)


@pytest.mark.parametrize(
    ("p_value", "observed", "said"),
    [(1e-6, 10, "high"), (1e-6, 9, "medium"), (1e-4, 5, "medium"), (1e-9, 4, "low"), (1e-3, 50, "low")],
)
def test_severity_wants_both_rarity_and_size(p_value, observed, said):
    assert said == severity(p_value, observed)
