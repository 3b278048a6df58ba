"""How far off were such forecasts? The size of the errors, learned from the elections that were forecast before.

On the scale of strength a party's error in a ward is

    swing(party, election) + own(party, ward)

*Swing* is what the region did and nobody could know; all wards of an election share it. *Own* is the ward's own
surprise; its variance is a sum, each part not below 0, of KINDS below. Both are estimated by moments from the errors of
past forecasts and start from priors that count like one election or so. Last, `stretch` widens or narrows all of it so
that the past 80 % intervals would have held 80 % of the results, for wards that voted lately and for the others.
"""

import attrs
import numpy as np

from lokdarpan_core.elections.forecast.arrays import Floats, Ints, sums

KINDS = ("always", "first time here", "once before", "small share", "years since the last election / 4")
OWN_PRIOR = np.array([0.07, 0.3, 0.05, 0.08, 0.02])
OWN_TRUST = 20.0 * np.array([1.0, 0.3, 0.3, 0.3, 0.3])  # a row of data adds about 0.04
SWING_PRIOR, SWING_TRUST = 0.06, 6.0  # trust in swings: two elections of three parties
LARGEST = 4.0  # of a squared error: one freak result must not decide
LEAST = 0.004  # shares below are taken for this
SWEEPS = 100
HELD = 0.8  # of the results, by the intervals
STRETCH_TRUST = 3.0  # in elections: of all wards towards 1, of a class of wards towards all wards
LATELY = 1.5  # years; a ward that voted within them is of class 0, else of class 1


@attrs.frozen(eq=False)
class Doubt:
    """Variances on the scale of strength: `own` by kind, `swing` of an election a year after the last; `stretch`: by
    class of ward, the factor on all standard deviations."""

    own: Floats
    swing: float
    stretch: Floats


@attrs.define(eq=False)
class Errors:
    """What was seen of past forecasts' errors, election by election; grows as the walk goes on."""

    gram: Floats = attrs.field(factory=lambda: np.diag(OWN_TRUST))
    moment: Floats = attrs.field(factory=lambda: OWN_TRUST * OWN_PRIOR)
    swings: list[Floats] = attrs.field(factory=list)
    ratios: tuple[list[Floats], list[Floats]] = attrs.field(factory=lambda: ([], []))

    def doubt(self) -> Doubt:
        """What is to be expected of the next forecast."""
        own = OWN_PRIOR.copy()
        for _ in range(SWEEPS):  # least squares with no part below 0, one part after the other
            for k in range(len(own)):
                rest = self.moment[k] - self.gram[k] @ own + self.gram[k, k] * own[k]
                own[k] = max(rest / self.gram[k, k], 0.0)
        squares = np.concatenate([np.zeros(0), *self.swings]) ** 2
        swing = (SWING_TRUST * SWING_PRIOR + np.minimum(squares, LARGEST).sum()) / (SWING_TRUST + len(squares))
        return Doubt(own, float(swing), self._stretch())

    def _stretch(self) -> Floats:
        of_all = _factor([*self.ratios[0], *self.ratios[1]], 0.0)
        return np.exp([_factor(ratios, of_all) for ratios in self.ratios])

    def add(self, contest: Ints, party: Ints, expected: Floats, got: Floats, *, kinds: Floats, since: float) -> None:
        """Take in an election: of each party that stood, what share was expected (given who stood) and what it got,
        both summing to 1 in each contest."""
        n = int(contest[-1]) + 1
        error = np.log(np.maximum(got, LEAST)) - np.log(np.maximum(expected, LEAST))
        error = _centred(error, expected, contest, n)
        weight = expected * (1 - expected)
        names, at = np.unique(party, return_inverse=True)
        of_party, squared = sums(at, weight, len(names)), sums(at, weight**2, len(names))
        swing = sums(at, weight * error, len(names)) / np.maximum(of_party, 1e-9)
        wards = of_party**2 / np.maximum(squared, 1e-12)
        matters = of_party > 0.05 * n
        self.swings.append(swing[matters] / np.sqrt(_grows(since)))
        own = _centred(error - (swing * wards / (wards + 4))[at], expected, contest, n)
        others = np.stack([sums(contest, expected**2 * kind, n) for kind in kinds.T], axis=1)[contest]
        design = (1 - 2 * expected)[:, None] * kinds + others  # the expected square of a centred error
        weight = weight + 0.01
        self.gram = self.gram + (design * weight[:, None]).T @ design
        self.moment = self.moment + design.T @ (weight * np.minimum(own**2, LARGEST))

    def add_ratios(self, ratios: Floats, horizon: Floats) -> None:
        """Take in an election: how far results lay from the median, in lengths of the interval's half on that side, as
        they would be without any stretch."""
        for of_class, chosen in zip(self.ratios, (horizon < LATELY, horizon >= LATELY), strict=True):
            if chosen.any():
                of_class.append(ratios[chosen])


def _factor(ratios: list[Floats], towards: float) -> float:
    """The logarithm of the factor that would have made the intervals hold what they should, shrunk."""
    needed = np.log(max(float(np.quantile(np.concatenate(ratios), HELD)), 0.1)) if ratios else 0.0
    return float((len(ratios) * needed + STRETCH_TRUST * towards) / (len(ratios) + STRETCH_TRUST))


def stretch(doubt: Doubt, horizon: Floats) -> Floats:
    """The factor for wards that voted `horizon` years ago."""
    return doubt.stretch[(horizon >= LATELY).astype(np.int64)]


def kinds(expected: Floats, stood: Ints, horizon: Floats) -> Floats:
    """The columns of KINDS for a party with this expected share, that `stood` here so often, `horizon` years ago."""
    small = np.clip(np.log(1 / np.maximum(expected, 0.02)), 0, 4) / 2
    always = np.ones(len(expected))
    columns: Floats = np.stack([always, stood == 0, stood == 1, small, horizon / 4], axis=1).astype(np.float64)
    return columns


def own_sd(doubt: Doubt, of_kinds: Floats) -> Floats:
    """The standard deviation of a ward's own surprise, without stretch."""
    sd: Floats = np.sqrt(of_kinds @ doubt.own)
    return sd


def swing_sd(doubt: Doubt, since: float) -> float:
    """The standard deviation of a party's swing, `since` years after the region's last election, without stretch."""
    return float(np.sqrt(doubt.swing * _grows(since)))


def _grows(since: float) -> float:
    """Half of a swing's variance is the moment's, half grows with time as a random walk's; 1 after a year."""
    return (1 + since) / 2


def _centred(error: Floats, expected: Floats, contest: Ints, n: int) -> Floats:
    """Shares sum to 1, so only errors beside the contest's mean can be seen."""
    centred: Floats = error - sums(contest, expected * error, n)[contest]
    return centred
