"""Will the party stand there? A logistic regression on what it did before, learned from the panel's own past.

Its weights start from PRIOR, which says little more than "who stood last time mostly stands again, who won nearly
always", and move as far as the elections before the day bear them out (ridge regression, by Newton's method).
"""

import numpy as np

from lokdarpan_core.elections.forecast.arrays import Floats
from lokdarpan_core.elections.forecast.history import Candidacies, History
from lokdarpan_core.elections.forecast.newton import climb

# columns: always 1; stood last time; won last time; log-odds of its habit here; of its rate in the city; the same if it
# stood last time; log of its last share, if it stood; log-odds of its rate in the region
PRIOR = np.array([0.0, 1.5, 1.0, 0.5, 0.5, 0.0, 0.0, 0.0])
TRUST = np.array([1.0, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0])  # 1 / variance of each weight
USUAL_LOG_SHARE = -1.5  # a share of 0.22: there the column is 0


def columns(past: History, who: Candidacies) -> Floats:
    """What the regression reads of each candidacy."""
    last_share = past.last_share[who.unit, who.party]
    stood = last_share > 0
    in_city = _log_odds(past.city_rate[who.city, who.party])
    size = np.where(stood, np.log(np.maximum(last_share, 0.01)) - USUAL_LOG_SHARE, 0.0)
    table: Floats = np.stack(
        [
            np.ones(len(who.unit)),
            stood,
            won_last(past, who),
            _log_odds(past.habit[who.unit, who.party]),
            in_city,
            stood * in_city,
            size,
            _log_odds(past.rate[who.party]),
        ],
        axis=1,
    ).astype(np.float64)
    return table


def won_last(past: History, who: Candidacies) -> Floats:
    """1 where the party won the ward's last election, else 0."""
    share = past.last_share[who.unit]
    won: Floats = (share.argmax(axis=1) == who.party).astype(np.float64)
    return won


def chances(x: Floats, weights: Floats) -> Floats:
    """The probability that each party stands."""
    chance: Floats = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
    return chance


def learn(x: Floats, stood: Floats, start: Floats) -> Floats:
    """The weights that explain best who `stood`; `start` is where to begin, such as the weights of the time before."""

    def slope(weights: Floats) -> tuple[Floats, Floats]:
        p = chances(x, weights)
        curve = (x * (p * (1 - p))[:, None]).T @ x
        return x.T @ (stood - p), curve

    return climb(slope, PRIOR, TRUST, start)


def _log_odds(rate: Floats) -> Floats:
    bounded = np.clip(rate, 0.02, 0.98)
    odds: Floats = np.log(bounded / (1 - bounded))
    return odds
