"""Many possible elections, drawn by chance: their means, winners and quantiles are the forecast.

In each, every party stands or not, the region swings, each ward has its own surprise, and the votes are shared in
proportion to exp(strength). Swings and surprises have heavy tails (Student's t): elections that overturn everything
come more often than a normal distribution has it.
"""

from collections.abc import Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

from lokdarpan_core.elections.forecast.arrays import Floats, Ints

Drawn = NDArray[np.float32]  # seven digits are plenty for a drawn share, and half the memory is twice the speed

SWING_TAIL, OWN_TAIL = 4, 6  # degrees of freedom
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
AT_ONCE = 500  # candidacies, at least: their draws are in memory together, some 2 MiB a table


@attrs.frozen(eq=False)
class Outlook:
    """One entry a candidacy: `mean` share (0 where it does not stand), chance to `win`, and `low`, `middle`, `high`:
    the quantiles of its share where it stands."""

    mean: Floats
    win: Floats
    low: Floats
    middle: Floats
    high: Floats


@attrs.frozen(eq=False)
class Odds:
    """What to draw, one entry a candidacy, ordered by `ward` (0, 1, …): its party, strength, chance to stand, and the
    standard deviations of its `own` surprise and of its party's `swing`."""

    ward: Ints
    party: Ints
    strength: Floats
    chance: Floats
    own: Floats
    swing: Floats

    def part(self, here: slice) -> "Odds":
        """Some of the candidacies."""
        return Odds(*(getattr(self, field.name)[here] for field in attrs.fields(Odds)))


def draw(odds: Odds, draws: int, seed: list[int]) -> Outlook:
    """Draw the election so many times (an even number). A party's swing is the same in all wards, but for its size."""
    random = np.random.default_rng(seed)
    names, at = np.unique(odds.party, return_inverse=True)
    swings = _mirrored(random, SWING_TAIL, len(names), np.zeros(len(names), dtype=np.int64), draws)
    parts = [_block(random, odds.part(here), swings[at[here]]) for here in _blocks(odds.ward)]
    return Outlook(*np.concatenate(parts, axis=1))


def _blocks(ward: Ints) -> Iterator[slice]:
    """The candidacies in blocks of whole wards."""
    first = 0
    while first < len(ward):
        last = int(np.searchsorted(ward, ward[min(first + AT_ONCE, len(ward)) - 1], side="right"))
        yield slice(first, last)
        first = last


def _mirrored(random: np.random.Generator, freedom: int, rows: int, of: Ints, draws: int) -> Drawn:
    """Student's t, a row each; rows of the same group (`of`) share what makes their tails heavy. The second half of the
    draws is the first with the other sign: the means scatter less so."""
    half = draws // 2
    tail = np.sqrt(random.chisquare(freedom, (int(of[-1]) + 1, half)) / freedom).astype(np.float32)
    drawn = random.standard_normal((rows, half), dtype=np.float32)
    drawn /= tail[of]
    return np.concatenate([drawn, -drawn], axis=1)


def _block(random: np.random.Generator, odds: Odds, swings: Drawn) -> Floats:
    """Mean, wins, low, middle and high of each candidacy; a row of the tables is a candidacy, a column a draw."""
    ward, chance = odds.ward, odds.chance
    start = np.flatnonzero(np.diff(ward, prepend=-1))
    of = np.repeat(np.arange(len(start)), np.diff(start, append=len(ward)))
    stands = random.random(swings.shape, dtype=np.float32) < chance.astype(np.float32)[:, None]
    nobody = ~np.logical_or.reduceat(stands, start, axis=0)
    surest = chance == np.maximum.reduceat(chance, start)[of]
    stands |= surest[:, None] & nobody[of]
    noise = _mirrored(random, OWN_TAIL, len(ward), of, swings.shape[1])
    noise *= odds.own.astype(np.float32)[:, None]
    noise += swings * odds.swing.astype(np.float32)[:, None]
    below_top = odds.strength - np.maximum.reduceat(odds.strength, start)[of]
    raised = np.exp(below_top).astype(np.float32)[:, None] * stands
    expected = _means(_shares(raised, start, of))
    raised *= np.exp(noise, out=noise)
    # noise draws a mean towards equal shares; this takes it back to what was expected without it
    back = (expected + 1e-6) / (_means(_shares(raised, start, of)) + 1e-6)
    raised *= back.astype(np.float32)[:, None]
    share = _shares(raised, start, of)
    wins = (share >= np.maximum.reduceat(share, start, axis=0)[of]).mean(axis=1)
    mean, times = _means(share), stands.sum(axis=1)
    share[~stands] = np.inf
    share.sort(axis=1)
    quantiles = (_quantile(share, times, level) for level in (LOW, MIDDLE, HIGH))
    return np.stack([mean, wins, *quantiles])


def _shares(raised: Drawn, start: Ints, of: Ints) -> Drawn:
    totals = np.add.reduceat(raised, start, axis=0)
    return (raised / totals[of]).astype(np.float32, copy=False)


def _means(drawn: Drawn) -> Floats:
    means: Floats = drawn.mean(axis=1, dtype=np.float64)
    return means


def _quantile(ordered: Drawn, times: Ints, level: float) -> Floats:
    """The quantile of those draws in which a party stands: the first `times` of its row. 0 where it stands in none."""
    rows, last = np.arange(len(ordered)), np.maximum(times - 1, 0)
    position = last * level
    below = np.floor(position).astype(np.int64)
    lower, upper = (ordered[rows, at].astype(np.float64) for at in (below, np.minimum(below + 1, last)))
    stood = times > 0
    lower, upper = np.where(stood, lower, 0.0), np.where(stood, upper, 0.0)
    between: Floats = lower + (upper - lower) * (position - below)
    return between
