"""One election after the other, each forecast from what was held before it, and learned from only then.

This is the one way to a forecast: that of the next election is the last step of the same walk that the back-test
scores, so its doubt comes from errors that were really made. Elections of one day see nothing of each other.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import attrs
import numpy as np

from lokdarpan_core.elections.forecast import doubt, standing, strength
from lokdarpan_core.elections.forecast.arrays import Arrays, Floats, Ints, Truths, as_arrays, sums, years
from lokdarpan_core.elections.forecast.draws import Odds, Outlook, draw
from lokdarpan_core.elections.forecast.history import Candidacies, History, candidacies, history, likely, only
from lokdarpan_core.elections.panel import Panel

DRAWS = 1000
UNNAMED_CONTESTS = 50.0  # prior: in so many contests …
UNNAMED_WINS, UNNAMED_SHARE = 0.5, 0.5  # … half a win, and half a contest's votes, for parties that nobody named
LEAST_NAMED = 0.3  # of a contest's votes; with less there is nothing to learn for those that were named


@attrs.frozen(eq=False)
class Step:
    """The forecast of one day's election in some wards: positions of units, who may stand where, with what chance, and
    what may come of it. `unnamed_win`, `unnamed_share`: of each ward, what is left for parties that are not named.

    By candidacy too: what the regressions read (`stand_x`, `strength_x`), the region's `level` of the party, how often
    it stood here, and the `horizon`, years since the ward's last election."""

    day: float
    past: History
    wards: Ints
    who: Candidacies
    stand_x: Floats
    strength_x: Floats
    level: Floats
    stood: Ints
    horizon: Floats
    chance: Floats
    outlook: Outlook
    unnamed_win: Floats
    unnamed_share: Floats


@attrs.define(eq=False)
class Walk:
    """Goes through a panel; what it learned so far is in it."""

    arrays: Arrays
    seed: int
    draws: int
    errors: doubt.Errors = attrs.field(factory=doubt.Errors)
    stand_weights: Floats = attrs.field(factory=standing.PRIOR.copy)
    strength_weights: Floats = attrs.field(factory=strength.PRIOR.copy)
    contests: float = 0.0
    unnamed_wins: float = 0.0
    unnamed_share: float = 0.0
    _seen: dict[str, list[Any]] = attrs.field(factory=dict)

    def forecast(self, day: date, wards: Ints, listed: Sequence[Sequence[int] | None] | None = None) -> Step:
        """Forecast these wards (positions of units; each has a contest before the day). `listed`: see `candidacies`."""
        past = history(self.arrays, years(day))
        known = np.array([parties is not None for parties in listed or [None] * len(wards)])
        who = candidacies(past, wards, listed)
        chance = standing.chances(standing.columns(past, who), self.stand_weights)
        chance = np.where(known[who.ward], 1.0, chance)
        kept = likely(who, chance)
        who, chance = only(who, kept), chance[kept]
        level, x = past.level[who.party], strength.columns(past, who)
        stood, horizon = past.stood[who.unit, who.party], past.day - self.arrays.day[past.last[who.unit]]
        of_strength = level + x @ self.strength_weights
        expected = strength.shares(of_strength + np.log(np.maximum(chance, 1e-6)), who.ward, who.n_wards)
        now = self.errors.doubt()
        stretch = doubt.stretch(now, horizon)
        own = stretch * doubt.own_sd(now, doubt.kinds(expected, stood, horizon))
        swing = stretch * doubt.swing_sd(now, past.since)
        odds = Odds(who.ward, who.party, of_strength, chance, own, swing)
        return Step(
            day=past.day,
            past=past,
            wards=wards,
            who=who,
            stand_x=standing.columns(past, who),
            strength_x=x,
            level=level,
            stood=stood,
            horizon=horizon,
            chance=chance,
            outlook=draw(odds, self.draws, [self.seed, day.toordinal()]),
            unnamed_win=~known * (UNNAMED_WINS + self.unnamed_wins) / (UNNAMED_CONTESTS + self.contests),
            unnamed_share=~known * (UNNAMED_SHARE + self.unnamed_share) / (UNNAMED_CONTESTS + self.contests),
        )

    def learn(self, step: Step, contests: Ints) -> None:
        """Take in what came of a step; `contests` are the positions of its wards' contests, in their order."""
        who = step.who
        got = _results(self.arrays, contests)
        share = got[who.ward, who.party]
        named = sums(who.ward, share, who.n_wards)
        best = np.zeros(who.n_wards)
        np.maximum.at(best, who.ward, share)
        self.contests += who.n_wards
        self.unnamed_wins += float((best < got.max(axis=1)).sum())
        self.unnamed_share += float((1 - named).sum())
        kept = (share > 0) & (named[who.ward] > LEAST_NAMED)
        if kept.any():
            of_named = share[kept] / named[who.ward[kept]]
            contest = np.unique(who.ward[kept], return_inverse=True)[1]
            self._learn_errors(step, kept, of_named, contest)
            self._learn_weights(step, kept, of_named, contest, share > 0)

    def _learn_errors(self, step: Step, kept: Truths, share: Floats, contest: Ints) -> None:
        """From what was said beforehand, and from what would have been said of those that stood."""
        of_strength = step.level[kept] + step.strength_x[kept] @ self.strength_weights
        expected = strength.shares(of_strength, contest, int(contest[-1]) + 1)
        horizon = step.horizon[kept]
        kinds = doubt.kinds(expected, step.stood[kept], horizon)
        ratios = _ratios(step.outlook, kept, share) * doubt.stretch(self.errors.doubt(), horizon)
        self.errors.add_ratios(ratios, horizon)
        self.errors.add(contest, step.who.party[kept], expected, share, kinds=kinds, since=step.past.since)

    def _learn_weights(self, step: Step, kept: Truths, share: Floats, contest: Ints, stood: Truths) -> None:
        before = self._seen.get("contest")
        new = {
            "stand_x": step.stand_x,
            "stood": stood.astype(np.float64),
            "x": step.strength_x[kept],
            "level": step.level[kept],
            "share": share,
            "contest": contest + (int(before[-1][-1]) + 1 if before else 0),
        }
        for name, values in new.items():
            self._seen.setdefault(name, []).append(values)
        seen = {name: np.concatenate(parts) for name, parts in self._seen.items()}
        rows = strength.Rows(seen["x"], seen["level"], seen["share"], seen["contest"])
        self.stand_weights = standing.learn(seen["stand_x"], seen["stood"], self.stand_weights)
        self.strength_weights = strength.learn(rows, self.strength_weights)


def walk(
    panel: Panel, *, listed: bool = False, seed: int = 0, draws: int = DRAWS, going: Walk | None = None
) -> Iterator[tuple[Walk, Step, Ints]]:
    """Go through the panel's elections: each step's forecast and the contests it is of, handed over before anything is
    learned from them. With `listed` the parties that stood are known beforehand, as they are from the day the
    nominations are final. `going` is a walk of that panel not yet begun, if its arrays hold more than the panel."""
    going = going or Walk(as_arrays(panel), seed, draws)
    arrays = going.arrays
    for day, contests in _days(arrays):
        before = arrays.contests_before(years(day))
        targets = contests[np.isin(arrays.unit[contests], arrays.unit[:before])]
        if not len(targets):
            continue
        stands = [arrays.party[arrays.start[one] : arrays.start[one + 1]].tolist() for one in targets]
        step = going.forecast(day, arrays.unit[targets], stands if listed else None)
        yield going, step, targets
        going.learn(step, targets)


def _days(arrays: Arrays) -> Iterator[tuple[date, Ints]]:
    """The elections' days, with their contests; of several of a unit on one day the first alone (the wards of a step
    are told apart by their unit)."""
    for at in np.unique(arrays.day):
        contests = np.flatnonzero(arrays.day == at)
        first = np.unique(arrays.unit[contests], return_index=True)[1]
        yield arrays.contests[int(contests[0])].held_on, contests[np.sort(first)]


def _results(arrays: Arrays, contests: Ints) -> Floats:
    """The shares of these contests, a row a contest and a column a party."""
    table = np.zeros((len(contests), len(arrays.parties)))
    for row, contest in enumerate(contests):
        here = slice(int(arrays.start[contest]), int(arrays.start[contest + 1]))
        table[row, arrays.party[here]] = arrays.share[here]
    return table


def _ratios(outlook: Outlook, kept: Truths, share: Floats) -> Floats:
    """How far the results of the `kept` lay from the median, in lengths of the interval's half on their side."""
    low, middle, high = (values[kept] for values in (outlook.low, outlook.middle, outlook.high))
    above = (share - middle) / np.maximum(high - middle, 1e-6)
    below = (middle - share) / np.maximum(middle - low, 1e-6)
    ratios: Floats = np.where(share >= middle, above, below)
    return ratios
