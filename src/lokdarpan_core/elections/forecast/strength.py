"""How strong is a party where it stands? A conditional logit for shares, learned from the panel's own past.

Of the parties that stand, each gets a share in proportion to exp(strength), where

    strength = level + weights · columns

Leaving a party out scales up the others; a newcomer takes from all. The weights say how much the ward's last result
counts beside its longer past, how much of the swing since then holds, how newcomers do. They start from PRIOR and
move as far as past elections bear them out. The fit is by quasi-likelihood (Papke and Wooldridge 1996): a contest's
result counts like so many independent votes as would scatter about their expectation as widely as past results did.
"""

import attrs
import numpy as np

from lokdarpan_core.elections.forecast.arrays import Floats, Ints, sums
from lokdarpan_core.elections.forecast.history import Candidacies, History
from lokdarpan_core.elections.forecast.newton import climb

# columns: ward's last residual; its shrunk mean; the city's; swing since the party last stood here (−1: does not hold);
# never stood here; stood before but not last time
PRIOR = np.array([0.6, 0.3, 0.1, -0.3, -0.5, -0.3])
TRUST = 1 / np.array([0.3, 0.3, 0.3, 0.3, 0.5, 0.5]) ** 2
INDEPENDENT = 0.15  # of what the contests of an election tell: they share its swing
LEAST_SPREAD = 1e-4


def columns(past: History, who: Candidacies) -> Floats:
    """What the regression reads of each candidacy, all on the scale of logarithms or 0 and 1."""
    cell = who.unit, who.party
    row = past.latest[cell]
    ever = row >= 0
    contest = past.arrays.contest[row]
    occasion = np.searchsorted(past.levels.occasions, past.arrays.occasion[contest])
    then = past.levels.level[np.minimum(occasion, len(past.levels.occasions) - 1), who.party]
    table: Floats = np.stack(
        [
            np.where(ever, past.levels.residual[row], 0.0),
            past.mean[cell],
            past.city_mean[who.city, who.party],
            np.where(ever, past.level[who.party] - then, 0.0),
            ~ever,
            ever & (past.last_share[cell] == 0),
        ],
        axis=1,
    ).astype(np.float64)
    return table


def shares(strength: Floats, contest: Ints, n_contests: int) -> Floats:
    """exp(strength) as shares that sum to 1 in each contest."""
    top = np.full(n_contests, -np.inf)
    np.maximum.at(top, contest, strength)
    raised = np.exp(strength - top[contest])
    of_all: Floats = raised / sums(contest, raised, n_contests)[contest]
    return of_all


@attrs.frozen(eq=False)
class Rows:
    """Parties in past contests: what is read of each, the region's `level` of it, the `share` that it got of those in
    its `contest` (0, 1, …)."""

    x: Floats
    level: Floats
    share: Floats
    contest: Ints


def learn(rows: Rows, start: Floats) -> Floats:
    """The weights that explain best the shares; `start` is where to begin."""
    x, share, contest = rows.x, rows.share, rows.contest
    n = int(contest[-1]) + 1
    before = shares(rows.level + x @ start, contest, n)
    spread = ((share - before) ** 2).sum() / (before * (1 - before)).sum()
    votes = INDEPENDENT / max(float(spread), LEAST_SPREAD)

    def slope(weights: Floats) -> tuple[Floats, Floats]:
        f = shares(rows.level + x @ weights, contest, n)
        mean = np.stack([sums(contest, f * column, n) for column in x.T], axis=1)
        curve = (x * f[:, None]).T @ x - mean.T @ mean
        return votes * (x.T @ (share - f)), votes * curve

    return climb(slope, PRIOR, TRUST, start)
