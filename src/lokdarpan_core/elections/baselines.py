"""What a forecast has to beat: four rules that anybody would think of, as shares and as chances.

`same`          the last election once more
`mean`          the mean of all elections that the ward has had
`uniform`       the last election, plus the region's swing since then in percentage points
`proportional`  the last election, times the region's swing since then as a factor

The swings are those that could be known on the eve: of the wards that voted between this ward's last election and now.
Where all wards vote on the same days there are none, and both swing rules say the same as `same`. A rule
becomes a chance by its own record: its favourite gets the part of past contests that the rule called right, the
others share the rest in proportion to their votes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from lokdarpan_core.elections.panel import Contest
from lokdarpan_core.elections.scores import OTHERS, Guess

SAME, MEAN, UNIFORM, PROPORTIONAL = METHODS = ("same", "mean", "uniform", "proportional")
LEAST_UNITS = 5  # fewer tell of themselves, not of the region
LEAST_YEARS = 0.25  # a swing within weeks is not drawn out to a year's
LARGEST_FACTOR = 4.0  # of a proportional swing, either way
FLOOR = 0.02  # added to each party's votes where the rest of the chances is shared out
UNNAMED = 0.5, 50.0  # prior: half a win in 50 contests for a party that the rule does not name

Shares = Mapping[str, float]


@attrs.frozen
class _Swing:
    """The region's swing a year, by party, in the time from `since` to `until` (dates), fractions of the votes."""

    since: date
    until: date
    by_year: Shares


@attrs.define
class Baselines:
    """The rules, with what they have seen so far: `learn` every day's contests after asking for their guesses."""

    past: dict[str, list[Contest]] = attrs.field(factory=lambda: defaultdict(list))
    swings: list[_Swing] = attrs.field(factory=list)
    region: list[tuple[date, dict[str, float]]] = attrs.field(factory=list)
    right: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys(METHODS, 0))
    unnamed: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys(METHODS, 0))
    called: int = 0

    def guesses(self, unit: str, listed: Iterable[str] | None = None) -> dict[str, Guess]:
        """What each rule says of a unit that has had an election; of the parties that stand, if that is known."""
        expected = self._shares(unit)
        if listed is not None:
            stand = tuple(listed)
            expected = {rule: _of_those(shares, stand) for rule, shares in expected.items()}
        return {
            rule: Guess(_favourite(shares), shares, self._chances(rule, shares, listed))
            for rule, shares in expected.items()
        }

    def _shares(self, unit: str) -> dict[str, Shares]:
        past = self.past[unit]
        last = past[-1]
        parties = {party for contest in past for party in contest.shares}
        mean = {party: sum(one.shares.get(party, 0.0) for one in past) / len(past) for party in sorted(parties)}
        swing, then = self._swing(last.held_on), self._region(last.held_on)
        moved = {party: share + swing.get(party, 0.0) for party, share in last.shares.items()}
        factors = {party: 1 + swing.get(party, 0.0) / then[party] for party in last.shares}
        scaled = {
            party: share * min(max(factors[party], 1 / LARGEST_FACTOR), LARGEST_FACTOR)
            for party, share in last.shares.items()
        }
        return {SAME: last.shares, MEAN: mean, UNIFORM: _whole(moved), PROPORTIONAL: _whole(scaled)}

    def _swing(self, since: date) -> Shares:
        total: dict[str, float] = defaultdict(float)
        for swing in self.swings:
            years = (swing.until - max(swing.since, since)).days / 365.25
            if years > 0:
                for party, by_year in swing.by_year.items():
                    total[party] += by_year * years
        return total

    def _region(self, day: date) -> Shares:
        return next(shares for held_on, shares in reversed(self.region) if held_on <= day)

    def _chances(self, rule: str, shares: Shares, listed: Iterable[str] | None) -> dict[str, float]:
        others = 0.0 if listed is not None else (self.unnamed[rule] + UNNAMED[0]) / (self.called + UNNAMED[1])
        favourite = _favourite(shares)
        if len(shares) == 1:
            return {favourite: 1 - others, OTHERS: others}
        right = min((self.right[rule] + 1) / (self.called + 2), 1 - others)
        rest = {party: share + FLOOR for party, share in shares.items() if party != favourite}
        scale = (1 - others - right) / sum(rest.values())
        return {favourite: right} | {party: part * scale for party, part in rest.items()} | {OTHERS: others}

    def learn(self, contests: list[Contest]) -> None:
        """Take in all contests of one day."""
        for contest in contests:
            if self.past[contest.unit]:
                self.called += 1
                for rule, shares in self._shares(contest.unit).items():
                    self.right[rule] += _favourite(shares) == contest.winner
                    self.unnamed[rule] += contest.winner not in shares
        self._learn_swing(contests)
        for contest in contests:
            self.past[contest.unit].append(contest)
        latest = [past[-1].shares for past in self.past.values() if past]
        parties = {party for shares in latest for party in shares}
        mean = {party: sum(shares.get(party, 0.0) for shares in latest) / len(latest) for party in parties}
        self.region.append((contests[0].held_on, mean))

    def _learn_swing(self, contests: list[Contest]) -> None:
        pairs = [(self.past[one.unit][-1], one) for one in contests if self.past[one.unit]]
        if len(pairs) < LEAST_UNITS:
            return
        by_year: dict[str, float] = defaultdict(float)
        for before, after in pairs:
            years = max((after.held_on - before.held_on).days / 365.25, LEAST_YEARS)
            for party in {*before.shares, *after.shares}:
                by_year[party] += (after.shares.get(party, 0.0) - before.shares.get(party, 0.0)) / years / len(pairs)
        since = self.swings[-1].until if self.swings else min(before.held_on for before, _ in pairs)
        self.swings.append(_Swing(since, contests[0].held_on, by_year))


def _favourite(shares: Shares) -> str:
    return min(shares, key=lambda party: (-shares[party], party))


def _whole(shares: Shares) -> Shares:
    """As fractions that sum to 1, none below 0."""
    kept = {party: max(share, 0.0) for party, share in shares.items()}
    total = sum(kept.values())
    return {party: share / total for party, share in kept.items()} if total else _of_those({}, tuple(shares))


def _of_those(shares: Shares, stand: tuple[str, ...]) -> Shares:
    """The shares of those that stand, scaled to sum 1; equal ones where none of them is known."""
    kept = {party: shares.get(party, 0.0) for party in stand}
    total = sum(kept.values())
    return {party: share / total if total else 1 / len(kept) for party, share in kept.items()}
