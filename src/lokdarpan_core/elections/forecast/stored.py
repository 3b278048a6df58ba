"""A forecast as the database keeps it, one row a ward in `ward_forecast`: read by pages, which have no use for numpy.

What a row says holds for the results that it rests on. `results` is their fingerprint: when a result of the ward comes,
goes or is corrected it is another, and the forecast is not shown any more until the next refresh has made a new one.
Nor is it shown once the day of its election has passed, for then it is a forecast of the past.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
import msgspec

from lokdarpan_core.elections.scored import Record

# of a ward's results at the elections of one type; the rows of a GROUP BY or of one ward
FINGERPRINT = r"""
    md5(string_agg(concat_ws('|', election.id, election.year, election.round, election.held_on,
                             result_ward_agg.party, result_ward_agg.votes),
                   E'\n' ORDER BY election.id, result_ward_agg.party))
"""
PASSED = "There is a forecast, but the day of its election has passed."
CHANGED = "There is a forecast, but results that it rests on have changed since; the next refresh makes a new one."
ANOTHER_VERSION = "There is a forecast, but another version of LokDarpan made it; the next refresh makes a new one."


@attrs.frozen
class PastElection:
    """An election that a prediction rests on; `gives_scores` for one whose shares go into the scores. `held_on` is None
    when the election's day is not stored."""

    type: str
    year: int
    held_on: date | None
    gives_scores: bool


@attrs.frozen
class StoredForecast:
    """What is kept of a `WardForecast`: fractions, rounded to a millionth; its day has a column of its own.

    `election` is the one that is forecast, None where none is stored and the forecast is as if one of this type were
    held on the day of the refresh. `listed` are the parties of a list of candidates, None where there was none.
    `backtest` is how such forecasts did in wards like this one, None with a `backtest_note` that says why.
    """

    type: str
    election: str | None
    shares: dict[str, float]
    win_probability: dict[str, float]
    stands: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    horizon: float
    based_on: tuple[PastElection, ...]
    listed: tuple[str, ...] | None
    backtest: Record | None
    backtest_note: str | None
    results: str
    seed: int

    @property
    def parties(self) -> tuple[str, ...]:
        """All that it names, the largest expected share first. (A jsonb column keeps no order.)"""
        return tuple(sorted(self.shares, key=lambda party: (-self.shares[party], party)))


def usable(
    forecast: Mapping[str, Any], held_on: date, results: str | None, today: date
) -> tuple[StoredForecast | None, str | None]:
    """The forecast of a row, or why it is not to be shown. `results` is the fingerprint of the ward's results now."""
    try:
        found = msgspec.convert(forecast, StoredForecast)
    except msgspec.ValidationError:
        return None, ANOTHER_VERSION
    if found.election is not None and held_on < today:
        return None, PASSED
    return (found, None) if found.results == results else (None, CHANGED)
