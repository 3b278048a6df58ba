"""A ward's forecast as people and pages get it. No numpy here: a page shows forecasts that were made before."""

from datetime import date

import attrs

from lokdarpan_core.elections.scored import Record

METHOD = "forecast"
CONFIDENCE_KIND = "win-probability"
NEVER_SCORED = "This forecast was never scored on wards of this city; nobody has checked how far off it is here"


@attrs.frozen
class PastContest:
    """An election of the ward that the forecast rests on."""

    election: str
    held_on: date


@attrs.frozen
class WardForecast:
    """One ward's next election, on the eve of `held_on`.

    `shares`: expected fractions of the votes by party, sum 1; `(others)` is everybody who is not named.
    `win_probability`: chances to win, sum 1.
    `stands`: the chance that the party stands at all (1 where the list of candidates is known).
    `intervals`: of a party that stands, the bounds that hold its share in 8 of 10 cases (fractions).
    `horizon`: years since the ward's last election; `based_on`: its past elections, oldest first.
    `backtest`: how such forecasts did in wards like this one, None with a `backtest_note` that says why.
    """

    unit: str
    held_on: date
    shares: dict[str, float]
    win_probability: dict[str, float]
    stands: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    horizon: float
    based_on: tuple[PastContest, ...]
    backtest: Record | None
    backtest_note: str | None
    seed: int
    method: str = METHOD
    confidence_kind: str = CONFIDENCE_KIND

    @property
    def favourite(self) -> str:
        """The party that is most likely to win."""
        return max(self.win_probability, key=self.win_probability.__getitem__)

    @property
    def confidence(self) -> float:
        """The favourite's chance to win, 0 to 1."""
        return self.win_probability[self.favourite]
