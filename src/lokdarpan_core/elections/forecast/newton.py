"""Newton's method for a regression whose weights have a normal prior: the two regressions climb the same way."""

from collections.abc import Callable

import numpy as np

from lokdarpan_core.elections.forecast.arrays import Floats

STEPS, NEAR, LONGEST = 12, 1e-4, 1.0


def climb(slope: Callable[[Floats], tuple[Floats, Floats]], prior: Floats, trust: Floats, start: Floats) -> Floats:
    """The weights with the highest posterior. `slope` gives the log-likelihood's gradient and its curvature (the
    negative second derivatives); `trust` is 1 / variance of each weight's prior. No step moves a weight by more than
    1."""
    weights = start.copy()
    for _ in range(STEPS):
        gradient, curvature = slope(weights)
        step = np.linalg.solve(curvature + np.diag(trust), gradient - trust * (weights - prior))
        weights += step * min(1.0, LONGEST / max(float(np.abs(step).max()), LONGEST))
        if np.abs(step).max() < NEAR:
            break
    return weights
