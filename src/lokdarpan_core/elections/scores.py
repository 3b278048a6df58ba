"""How good a forecast was: each contest's errors, and their means over many contests.

Every method is scored on the same contests and the same parties, which no method chooses: those that stood, and those
that stood in the ward's last election and now did not (they got 0). Chances are scored over the same outcomes for all
too: each party that ever stood in the ward, and OTHERS, anybody else. A method that names a newcomer gets no less for
it than one that only leaves room for somebody new. (Where the list of candidates is known, each of them is an
outcome.)

Brier score (Brier 1950, over all parties): sum of (chance − outcome)², 0 to 2. Log score (Good 1952): −ln of the
winner's chance. Both are better when lower, and best for chances that are believed.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from lokdarpan_core.elections.panel import Contest

OTHERS = "(others)"
LEAST_CHANCE = 1e-6  # so that one impossible winner does not make a mean infinite
BINS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@attrs.frozen
class Guess:
    """What a method said: the winner it `called`, expected `shares` by party (fractions), `chances` to win (sum 1, with
    OTHERS), and the 80 % `intervals` (low, high) of the share of a party if it stands, where the method has any."""

    called: str
    shares: Mapping[str, float]
    chances: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]] = attrs.field(factory=dict)


@attrs.frozen
class Trial:
    """A contest that every method forecast: `horizon` in years since the ward's last election, `past` the number of
    elections known of it, `actual` shares of those that stood, `absent` who stood last time and did not now,
    `outcomes` the parties whose chances are scored one by one."""

    unit: str
    city: str | None
    election: str
    held_on: date
    horizon: float
    past: int
    actual: Mapping[str, float]
    absent: tuple[str, ...]
    outcomes: tuple[str, ...]
    guesses: Mapping[str, Guess]

    @property
    def winner(self) -> str:
        """Who won; of equals the first by name."""
        return Contest(self.unit, self.election, self.held_on, self.actual).winner

    def chances(self, method: str) -> dict[str, float]:
        """The method's chances over the outcomes and OTHERS."""
        said = self.guesses[method].chances
        known = {party: said.get(party, 0.0) for party in self.outcomes}
        return known | {OTHERS: sum(chance for party, chance in said.items() if party not in known)}


@attrs.frozen
class Tally:
    """Sums over contests, from which the figures are made; tallies can be added."""

    contests: int = 0
    parties: int = 0
    error: float = 0.0
    right: int = 0
    brier: float = 0.0
    log: float = 0.0
    intervals: int = 0
    covered: int = 0
    width: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))


@attrs.frozen
class Figures:
    """Mean absolute error of a party's share (fraction), part of the winners called right, Brier and log score; of the
    80 % intervals, the part that held the result and the mean width (fraction), None where a method has none."""

    contests: int
    share_error: float
    winners_right: float
    brier: float
    log_score: float
    coverage: float | None
    width: float | None


def score(trial: Trial, method: str) -> Tally:
    """One contest's scores."""
    guess, winner = trial.guesses[method], trial.winner
    rows = [*trial.actual, *trial.absent]
    error = sum(abs(guess.shares.get(party, 0.0) - trial.actual.get(party, 0.0)) for party in rows)
    chances = trial.chances(method)
    won = winner if winner in chances else OTHERS
    held = [
        (interval[0] <= trial.actual[party] <= interval[1], interval[1] - interval[0])
        for party, interval in guess.intervals.items()
        if party in trial.actual
    ]
    return Tally(
        contests=1,
        parties=len(rows),
        error=error,
        right=int(guess.called == winner),
        brier=sum((chance - (party == won)) ** 2 for party, chance in chances.items()),
        log=-math.log(max(chances[won], LEAST_CHANCE)),
        intervals=len(held),
        covered=sum(inside for inside, _ in held),
        width=sum(width for _, width in held),
    )


def figures(tally: Tally) -> Figures:
    """The means. Raises ZeroDivisionError for no contests at all."""
    return Figures(
        contests=tally.contests,
        share_error=tally.error / tally.parties,
        winners_right=tally.right / tally.contests,
        brier=tally.brier / tally.contests,
        log_score=tally.log / tally.contests,
        coverage=tally.covered / tally.intervals if tally.intervals else None,
        width=tally.width / tally.intervals if tally.intervals else None,
    )


@attrs.frozen
class CalibrationBin:
    """Of all chances from `low` to below `high`: how many, their mean, and how often such a party won."""

    low: float
    high: float
    chances: int
    expected: float
    happened: float


def calibration(trials: Iterable[Trial], method: str) -> tuple[CalibrationBin, ...]:
    """Whether parties given 30 % win 30 times of 100; bins without chances are left out."""
    said: list[list[tuple[float, bool]]] = [[] for _ in BINS[1:]]
    for trial in trials:
        winner = trial.winner
        for party, chance in trial.guesses[method].chances.items():
            if party != OTHERS:
                said[_bin(chance)].append((chance, party == winner))
    return tuple(
        CalibrationBin(low, high, len(pairs), _mean([chance for chance, _ in pairs]), _mean([won for _, won in pairs]))
        for low, high, pairs in zip(BINS, BINS[1:], said, strict=False)
        if pairs
    )


def _bin(chance: float) -> int:
    return max(index for index, low in enumerate(BINS[:-1]) if chance >= low)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
