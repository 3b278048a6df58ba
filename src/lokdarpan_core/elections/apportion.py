"""Share out a whole number by weights, in whole numbers that sum to it: the method of largest remainder (Hamilton's).

Each gets its quota, total × weight ÷ sum of weights, rounded down; what is left goes, one each, to those whose quotas
lost most by rounding. Weights are taken as the decimals that they print as, so that 0.1 and 0.9 of 5 are a true tie; a
tie is decided by name, so that it never depends on the order of rows or on the machine.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache


def apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that sum to `total`, in the order of `weights`; each is less than 1 away from its exact quota.

    `total` is 0 or more. Weights need not sum to 1. Raises ValueError for a negative total, and for weights that are
    negative, infinite or all 0.
    """
    if total < 0:
        raise ValueError(f"{total} can't be shared out: it is negative")
    wholes = _whole(tuple(weights.values()))
    over = sum(wholes)
    shares, remainders = {}, []
    for name, weight in zip(weights, wholes, strict=True):
        shares[name], rest = divmod(total * weight, over)
        remainders.append((-rest, name))
    left = total - sum(shares.values())
    if left:
        for _, name in sorted(remainders)[:left]:
            shares[name] += 1
    return shares


@lru_cache(maxsize=4096)
def _whole(weights: tuple[float, ...]) -> tuple[int, ...]:
    """Whole numbers in the ratio of the weights."""
    if not all(0 <= weight < math.inf for weight in weights) or not any(weights):
        raise ValueError(f"{', '.join(map(str, weights)) or 'nothing'}: weights are 0 or more, and not all are 0")
    exact = [Fraction(str(weight)) for weight in weights]
    scale = math.lcm(*(fraction.denominator for fraction in exact))
    return tuple(int(fraction * scale) for fraction in exact)
