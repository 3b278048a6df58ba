"""How many stories of each ward a day should have, and how sure that is: a gamma-Poisson model of rates per story.

For ward w, source s and day t, with v the stories that the source printed in all:

    r_s    rate of the average ward per story of source s: (its mentions + ½) ÷ (wards × its stories)
    g_d    factor of weekday d, city-wide: (κ·ē + mentions) ÷ (κ·ē + expected), κ = 4 average days
    θ_w    the ward against the average ward: (a + its mentions) ÷ (a + expected of the average ward)
    ρ_ws   the ward in this source against the ward in all: (b + its mentions there) ÷ (b + expected there)
    μ_wt = g_d · θ_w · Σ_s ρ_ws · r_s · v_st

θ and ρ are posterior means of gamma-Poisson rates with prior mean 1 and shapes a and b (Gelman et al., *Bayesian Data
Analysis*, 3rd ed. 2013, section 2.6); a and b are fitted to the scatter of the wards by moments.

A count scatters by v(μ) = μ + c₁·μ + c₂·μ²: events come in several stories (c₁), and a ward's days differ (c₂). Both
are fitted over all wards by weighted least squares of (x − μ)² − μ, never below zero; a ward that scatters more has its
own factor, drawn to the city's with the weight of four weeks. What is predicted is a negative binomial count with

    variance = factor · v(μ) + μ² · (1 ÷ (a + mentions) + Σ_s share_s² ÷ (b + mentions in s))

since the rates themselves are only estimated. Days in a ward's history that stand out by more than four standard
deviations are left out of its rates and scatter, so that one burst does not hide the next (after Farrington et al.,
*J. R. Statist. Soc.* A 159 (1996) 547–563, and Noufaily et al., *Statistics in Medicine* 32 (2013) 1206–1222, who weigh
such weeks down).
"""

import attrs
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HISTORY_DAYS = 56  # eight weeks: eight of each weekday
MIN_HISTORY_DAYS = 8  # on which a source must have delivered before it is judged
MIN_STORIES = 3
WEEKDAY_PRIOR = 4.0  # average days
SCATTER_PRIOR = 28.0  # days
LEAST_SCATTER = 0.1  # c₁ where the city is too quiet to tell: one event in ten is told twice
BURST, BURST_STORIES = 4.0, 6  # standard deviations above the mean, and stories at least
PASSES = 3  # in which bursts are looked for
SHAPES = (0.1, 1000.0)  # between which a and b are sought


@attrs.frozen
class Past:
    """History of one city: `counts` (wards × sources × days) are the stories that mention a ward, `volume`
    (sources × days) all that a source printed, 0 where it delivered nothing; `weekdays` (days) are 0 to 6."""

    counts: Array
    volume: Array
    weekdays: NDArray[np.int64]


@attrs.frozen
class Expected:
    """For each ward the expected stories of a day, and the shape of the negative binomial around them; `by_event` is
    the city's c₁."""

    mean: Array
    shape: Array
    by_event: float


@attrs.frozen
class _Fit:
    """`rate` (wards × sources) is θ·ρ·r, `daily` (wards × days) is μ; `doubt` is relative variance, for a source's
    part (wards × sources) and for the whole ward."""

    rate: Array
    weekday: Array
    daily: Array
    ward_doubt: Array
    source_doubt: Array


def enough_history(volume: Array) -> NDArray[np.bool_]:
    """Which sources (rows) delivered on enough days to be judged."""
    return np.asarray(np.count_nonzero(volume, axis=1) >= MIN_HISTORY_DAYS)


def expect(past: Past, volume: Array, weekday: int) -> Expected:
    """What a day should have on which the sources print `volume` (sources) stories in all.

    Every source with a volume must have some in the past; mean 0 and shape infinite where nothing is expected.
    """
    totals = past.counts.sum(axis=1)
    kept = np.ones_like(totals)
    fit, scatter = _fitted(past, totals, kept)
    for _ in range(PASSES):
        spread = np.sqrt(_variance(fit.daily, *scatter))
        kept = np.where((totals >= BURST_STORIES) & (totals - fit.daily > BURST * spread), 0.0, 1.0)
        fit, scatter = _fitted(past, totals, kept)
    parts = fit.weekday[weekday] * fit.rate * volume
    mean = parts.sum(axis=1)
    doubt = mean**2 * fit.ward_doubt + (parts**2 * fit.source_doubt).sum(axis=1)
    variance = _own_factor(totals, fit.daily, kept, scatter) * _variance(mean, *scatter) + doubt
    surplus = variance - mean
    shape = np.divide(mean**2, surplus, out=np.full(len(mean), np.inf), where=surplus > 0)
    return Expected(mean, shape, scatter[0])


def _fitted(past: Past, totals: Array, kept: Array) -> tuple[_Fit, tuple[float, float]]:
    fit = _fit(past, kept)
    return fit, _scatter(totals, fit.daily, kept)


def _fit(past: Past, kept: Array) -> _Fit:
    wards = len(past.counts)
    by_source = np.einsum("wst,wt->ws", past.counts, kept)
    volumes = past.volume.sum(axis=1)
    rates = (by_source.sum(axis=0) + 0.5) / np.maximum(wards * volumes, 1.0)
    weekday = _weekdays(past, kept, rates)
    exposed = rates[:, None] * past.volume * weekday[past.weekdays]
    offered = kept @ exposed.T
    mentions, average = by_source.sum(axis=1), offered.sum(axis=1)
    a = _prior(mentions, average)
    theta = (a + mentions) / (a + average)
    likely = theta[:, None] * offered
    b = _prior(by_source, likely)
    rate = theta[:, None] * (b + by_source) / (b + likely) * rates
    daily = (rate / rates) @ exposed
    return _Fit(rate, weekday, daily, 1 / (a + mentions), 1 / (b + by_source))


def _weekdays(past: Past, kept: Array, rates: Array) -> Array:
    """The factor of each weekday."""
    expected = (rates @ past.volume) * kept.sum(axis=0)
    seen = np.einsum("wst,wt->t", past.counts, kept)
    prior = WEEKDAY_PRIOR * expected.sum() / max(np.count_nonzero(expected), 1)
    sums = [np.bincount(past.weekdays, weights=values, minlength=7) for values in (seen, expected)]
    return np.asarray((prior + sums[0]) / np.maximum(prior + sums[1], 1e-300))


def _prior(counts: Array, expected: Array) -> float:
    """The shape of the gamma prior with mean 1: scatter beyond chance is expected² ÷ shape."""
    beyond = float(((counts - expected) ** 2 - expected).sum())
    squares = float((expected**2).sum())
    return float(np.clip(squares / beyond, *SHAPES)) if beyond > 0 else SHAPES[1]


def _variance(mean: Array, by_event: float, by_day: float) -> Array:
    return mean * (1 + by_event) + by_day * mean**2


def _scatter(counts: Array, mean: Array, kept: Array) -> tuple[float, float]:
    """c₁ and c₂. A squared residual has about the variance v + 2v², which is what it is weighed by."""
    days = np.maximum(kept.sum(axis=1, keepdims=True), 2)
    excess = (counts - mean) ** 2 * days / (days - 1) - mean
    weight = kept / np.maximum(mean + 2 * mean**2, 1e-9)
    s2, s3, s4 = ((weight * mean**power).sum() for power in (2, 3, 4))
    t1, t2 = ((weight * excess * mean**power).sum() for power in (1, 2))
    determinant = s2 * s4 - s3**2
    if determinant > 1e-9 * s2 * s4:
        by_event, by_day = (t1 * s4 - t2 * s3) / determinant, (t2 * s2 - t1 * s3) / determinant
        if by_event >= LEAST_SCATTER and by_day >= 0:
            return float(by_event), float(by_day)
        if by_event < LEAST_SCATTER:
            return LEAST_SCATTER, float(max(0.0, (t2 - LEAST_SCATTER * s3) / s4))
    return float(max(LEAST_SCATTER, t1 / s2 if s2 else 0.0)), 0.0


def _own_factor(counts: Array, mean: Array, kept: Array, scatter: tuple[float, float]) -> Array:
    """By how much a ward scatters more than the city's wards do; at least 1."""
    pearson = kept * (counts - mean) ** 2 / np.maximum(_variance(mean, *scatter), 1e-9)
    return np.asarray(np.maximum(1.0, (SCATTER_PRIOR + pearson.sum(axis=1)) / (SCATTER_PRIOR + kept.sum(axis=1))))
