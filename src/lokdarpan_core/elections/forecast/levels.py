"""How each party does in the region over time, apart from where it stood and against whom.

On the scale of logarithms a share is

    log share = contest + level(party, occasion) + ward(party) + rest

`contest` takes up who else stood (were a party missing, the others' shares would all grow by one factor), `level` is a
random walk over time, and `ward` is shrunk towards 0. All three are estimated by turns, each as the weighted
mean (penalised least squares) of what the others leave. A small share's logarithm is noisy and weighs less.
"""

import attrs
import numpy as np

from lokdarpan_core.elections.forecast.arrays import Arrays, Floats, Ints, sums

LEAST_SHARE = 0.005  # below this a logarithm says more about a few votes than about a party
NOISE, SMALL_SHARE_NOISE = 0.1, 0.05  # the variance of log share is about NOISE + SMALL_SHARE_NOISE / share
WALK = 0.05  # variance of a level's change in a year: a party's share moves by about a fifth of itself
WARD = 0.5  # variance of a party's strength between wards
PIN = 0.01  # holds the levels' common mean, which the contests' terms would leave undetermined
ROUNDS = 12


@attrs.frozen(eq=False)
class Levels:
    """`level[occasion, party]`, `occasions` (half-years, in order), and of each row its `residual`: what ward and
    moment add to the level, on the scale of logarithms, and its `weight`."""

    occasions: Ints
    level: Floats
    residual: Floats
    weight: Floats

    @property
    def latest(self) -> Floats:
        """Each party's level at the latest occasion."""
        newest: Floats = self.level[-1]
        return newest


def region_levels(arrays: Arrays, n_contests: int) -> Levels:
    """The levels that the first `n_contests` contests tell of, at least one."""
    n_rows, n_parties = int(arrays.start[n_contests]), len(arrays.parties)
    contest, party, share = arrays.contest[:n_rows], arrays.party[:n_rows], arrays.share[:n_rows]
    occasions, at = np.unique(arrays.occasion[:n_contests], return_inverse=True)
    size = len(occasions)
    cell = arrays.unit[contest] * n_parties + party
    moment = at[contest] * n_parties + party
    floored = np.maximum(share, LEAST_SHARE)
    z, weight = np.log(floored), 1 / (NOISE + SMALL_SHARE_NOISE / floored)
    of_contest = sums(contest, weight, n_contests)
    of_moment = sums(moment, weight, size * n_parties).reshape(size, n_parties)
    of_cell = sums(cell, weight, len(arrays.units) * n_parties) + 1 / WARD
    level, ward = np.zeros(size * n_parties), np.zeros(len(of_cell))
    rest = z
    for _ in range(ROUNDS):
        known = level[moment] + ward[cell]
        rest = z - (sums(contest, weight * (z - known), n_contests) / of_contest)[contest]
        pull = sums(moment, weight * (rest - ward[cell]), size * n_parties).reshape(size, n_parties)
        level = _random_walk(pull, of_moment, np.diff(occasions) / 2).ravel()
        ward = sums(cell, weight * (rest - level[moment]), len(of_cell)) / of_cell
    return Levels(occasions, level.reshape(size, n_parties), rest - level[moment], weight)


def _random_walk(pull: Floats, weight: Floats, gaps: Floats) -> Floats:
    """The most likely path of a random walk, given weighted sums and weights at each occasion: a tridiagonal system,
    solved for all parties at once (Thomas' algorithm)."""
    size = len(pull)
    stiff = 1 / (WALK * gaps)
    diagonal = weight + PIN
    diagonal[1:] += stiff[:, None]
    diagonal[:-1] += stiff[:, None]
    right = pull.copy()
    for i in range(1, size):
        factor = stiff[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * stiff[i - 1]
        right[i] += factor * right[i - 1]
    path = np.empty_like(right)
    path[-1] = right[-1] / diagonal[-1]
    for i in range(size - 2, -1, -1):
        path[i] = (right[i] + stiff[i] * path[i + 1]) / diagonal[i]
    return path
