"""The negative binomial distribution, as far as alerts need it: its upper tail and its quantiles.

It is written with its mean m and shape a: a Poisson count whose rate is gamma distributed with mean m and shape a
(Gelman et al., *Bayesian Data Analysis*, 3rd ed. 2013, section 2.6), with variance m + m²/a. An infinite shape is the
Poisson distribution.
"""

from math import exp, inf, lgamma, log, log1p

SMALL = 1e-12  # a term of a sum, relative to the sum, that is left out with all that follow
MOST_TERMS = 100_000


def at_least(count: int, mean: float, shape: float) -> float:
    """P(X ≥ count), the plain upper tail (no mid-p): it is never too small, whatever the steps of the counts.

    It is summed from `count` upwards, so that tiny probabilities keep their digits.
    """
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    term = exp(_log_probability(count, mean, shape))
    total, k = 0.0, count
    while k - count < MOST_TERMS:
        total += term
        ratio = _ratio(k, mean, shape)
        term *= ratio
        k += 1
        if ratio < 1 and term <= SMALL * (1 - ratio) * total:
            break
    return min(1.0, total)


def quantile(part: float, mean: float, shape: float) -> int:
    """The smallest count that at least `part` (0 to 1, below 1) of the distribution does not exceed."""
    if mean <= 0:
        return 0
    k, term = 0, exp(_log_probability(0, mean, shape))
    total = term
    while total < part and k < MOST_TERMS:
        term *= _ratio(k, mean, shape)
        total += term
        k += 1
    return k


def _ratio(k: int, mean: float, shape: float) -> float:
    """P(k + 1) ÷ P(k)."""
    if shape == inf:
        return mean / (k + 1)
    return (k + shape) / (k + 1) * (mean / (mean + shape))


def _log_probability(k: int, mean: float, shape: float) -> float:
    if shape == inf:
        return k * log(mean) - mean - lgamma(k + 1)
    rising = lgamma(k + shape) - lgamma(shape) - lgamma(k + 1)
    return rising - shape * log1p(mean / shape) + (k * (log(mean) - log(mean + shape)) if k else 0.0)
