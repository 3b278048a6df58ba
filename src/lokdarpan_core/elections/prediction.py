"""What a ward's next election may bring: the stored forecast where there is one, else the shares of the last election.

The forecast (docs/forecast.md) gives expected shares and chances to win. Without one the old rule stands in, which is
no forecast: its scores are last shares and nothing else, and its confidence tells how little the ward's turnout moves
from one election to the next. That is no probability of winning, and must not be shown as one.

Neither is shown in an embargo (docs/embargo.md): that is asked first, before anything is read.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import attrs
import msgspec
from sqlalchemy import Connection

from lokdarpan_core.database import embargo_of
from lokdarpan_core.direct import one_text_row
from lokdarpan_core.display import Shown
from lokdarpan_core.elections.apportion import apportion
from lokdarpan_core.elections.features import usable_shares
from lokdarpan_core.elections.forecast.records import CONFIDENCE_KIND, METHOD
from lokdarpan_core.elections.forecast.stored import FINGERPRINT, PastElection, StoredForecast, usable
from lokdarpan_core.elections.scored import Record
from lokdarpan_core.embargo import Embargo, forbid
from lokdarpan_core.errors import NotFoundError, UnknownWardError
from lokdarpan_core.timestamps import as_utc, utc_now

LEAST_STABILITY = 0.1  # the volatility counts up to 90 percentage points
LAST_SHARES = "last-shares"
NOTE = (
    "The scores are the party shares of the last election. The confidence tells how steady the ward's turnout has "
    "been; it is no probability of winning."
)
FORECAST_NOTE = (
    "The scores are expected shares, from past results alone. The confidence is the likeliest winner's chance to win; "
    "an interval holds the share of a party that stands in 8 of 10 cases."
)


@attrs.frozen(kw_only=True)
class Prediction(Shown):
    """Scores in per cent per party, two decimals, together 100; the highest first. `confidence` (0 to 1) is of the kind
    that `confidence_kind` names, and `reason` says why it is low, if it is. `method` is `forecast` or `last-shares`.

    Of a forecast: `win_probability` (0 to 1, together 1) and `stands`, the chance to stand at all (0 to 1), by party;
    `intervals` in per cent, which hold the share of a party, if it stands, in 8 of 10 cases; the `election` and its day
    (`held_on`), where `election` is None as if one were held on that day; `backtest`, how such forecasts did in wards
    like this one (fractions; see `Figures`), None with a `backtest_note` that says why. Of last shares they are empty
    or None. `updated_at` is that of the forecast, or of the features.
    """

    ward: str
    scores: dict[str, float]
    confidence: float
    confidence_kind: str
    reason: str | None
    method: str
    win_probability: dict[str, float] = attrs.field(factory=dict)
    intervals: dict[str, tuple[float, float]] = attrs.field(factory=dict)
    stands: dict[str, float] = attrs.field(factory=dict)
    election: str | None = None
    held_on: date | None = None
    based_on: tuple[PastElection, ...]
    backtest: Record | None = None
    backtest_note: str | None = None
    note: str
    name: str | None
    delimitation: str | None
    source: str | None
    updated_at: datetime


_QUERY = f"""
    SELECT ward.name, ward.delimitation_id, ward_features.as23_party_shares AS as23,
           ward_features.ls24_party_shares AS ls24, ward_features.turnout_volatility AS volatility,
           ward_features.source, ward_features.updated_at,
           (SELECT held_on FROM election WHERE type = 'ASSEMBLY' AND year = 2023 ORDER BY round NULLS FIRST LIMIT 1)
               AS as23_held_on,
           (SELECT held_on FROM election WHERE type = 'LOKSABHA' AND year = 2024 ORDER BY round NULLS FIRST LIMIT 1)
               AS ls24_held_on,
           ward_forecast.forecast, ward_forecast.held_on, ward_forecast.source AS forecast_source,
           ward_forecast.updated_at AS forecast_updated_at,
           CASE WHEN ward_forecast.forecast IS NOT NULL THEN
               (SELECT {FINGERPRINT} FROM result_ward_agg JOIN election ON election.id = result_ward_agg.election_id
                WHERE result_ward_agg.ward_id = wanted.ward_id AND election.type = ward_forecast.forecast->>'type')
           END AS results
    FROM (SELECT CAST($1 AS text) AS ward_id) AS wanted
    LEFT JOIN ward USING (ward_id)
    LEFT JOIN ward_features USING (ward_id)
    LEFT JOIN ward_forecast USING (ward_id)
"""  # noqa: S608
_READ: dict[str, Callable[[str], Any]] = {  # column -> what its text means
    "name": str,
    "delimitation_id": str,
    "as23": msgspec.json.decode,
    "ls24": msgspec.json.decode,
    "volatility": float,
    "source": str,
    "updated_at": datetime.fromisoformat,
    "as23_held_on": date.fromisoformat,
    "ls24_held_on": date.fromisoformat,
    "forecast": msgspec.json.decode,
    "held_on": date.fromisoformat,
    "forecast_source": str,
    "forecast_updated_at": datetime.fromisoformat,
    "results": str,
}


def prediction(
    connection: Connection,
    ward_id: str,
    *,
    embargo: Iterable[Embargo] | None = None,
    now: datetime | None = None,
) -> Prediction:
    """What the next election may bring in one ward, by its id (`WARD_001`, in any case). One round trip.

    `embargo` are the windows to obey, by default those of the settings that the connection was opened with. `now` is
    the moment that is asked in (aware; the day in its own zone says whether an election is over), by default this one.

    Raises EmbargoError in an embargo, UnknownWardError when there is no such ward, NotFoundError when it has neither a
    forecast nor a result of either election.
    """
    moment = utc_now() if now is None else now
    forbid(embargo_of(connection) if embargo is None else embargo, moment)
    wanted = ward_id.strip().upper()
    if "\0" in wanted:  # PostgreSQL takes it in no text
        raise UnknownWardError
    made = _of_row(wanted, one_text_row(connection, "prediction", _QUERY, (wanted,)) or (), moment.date())
    return attrs.evolve(  # a caller may change its own
        made,
        scores=dict(made.scores),
        win_probability=dict(made.win_probability),
        intervals=dict(made.intervals),
        stands=dict(made.stands),
    )


@lru_cache(1024)
def _of_row(wanted: str, texts: tuple[str | None, ...], day: date) -> Prediction:
    """What a row says. It is asked for all day and seldom changes, so that what was made of it is kept."""
    read = zip(_READ.items(), texts, strict=True)
    row = SimpleNamespace(**{name: None if text is None else meaning(text) for (name, meaning), text in read})
    if row.forecast is None:
        return _last_shares(wanted, row, NOTE)
    found, unusable = usable(row.forecast, row.held_on, row.results, day)
    if found is None:
        return _last_shares(wanted, row, f"{NOTE} {unusable}")
    return _forecast(wanted, row, found)


def _forecast(wanted: str, row: Any, found: StoredForecast) -> Prediction:
    chances = apportion(10_000, {party: found.win_probability.get(party, 0.0) for party in found.parties})
    as_if = f" No next election is stored: this is as if one of type {found.type} were held on {row.held_on}."
    return Prediction(
        ward=wanted,
        scores=scores(found.shares),
        confidence=max(chances.values()) / 10_000,
        confidence_kind=CONFIDENCE_KIND,
        reason=None,
        method=METHOD,
        win_probability={party: count / 10_000 for party, count in chances.items()},
        intervals={party: _per_cent(found.intervals[party]) for party in found.parties if party in found.intervals},
        stands={party: found.stands[party] for party in found.parties if party in found.stands},
        election=found.election,
        held_on=row.held_on,
        based_on=found.based_on,
        backtest=found.backtest,
        backtest_note=found.backtest_note,
        note=FORECAST_NOTE + ("" if found.election else as_if),
        name=row.name,
        delimitation=row.delimitation_id,
        source=row.forecast_source,
        updated_at=as_utc(row.forecast_updated_at),
    )


def _per_cent(interval: tuple[float, float]) -> tuple[float, float]:
    low, high = interval
    return round(100 * low, 2), round(100 * high, 2)


def _last_shares(wanted: str, row: Any, note: str) -> Prediction:
    as23, ls24 = usable_shares(row.as23), usable_shares(row.ls24)
    shares = ls24 or as23
    if shares is None:
        if row.name is None and row.updated_at is None:
            raise UnknownWardError(f"Nothing is known of a ward {wanted!r}; ward ids look like WARD_001")
        raise NotFoundError(f"{wanted} has no result of ASSEMBLY-2023 or LOKSABHA-2024, so there is nothing to go by")
    confidence, reason = turnout_stability(row.volatility, as23 is not None, ls24 is not None)
    return Prediction(
        ward=wanted,
        scores=scores(shares),
        confidence=confidence,
        confidence_kind="turnout-stability",
        reason=reason,
        method=LAST_SHARES,
        based_on=_based_on(row, as23 is not None, ls24 is not None),
        note=note,
        name=row.name,
        delimitation=row.delimitation_id,
        source=row.source,
        updated_at=as_utc(row.updated_at),
    )


def _based_on(row: Any, as23: bool, ls24: bool) -> tuple[PastElection, ...]:
    found = []
    if as23:
        found.append(PastElection("ASSEMBLY", 2023, row.as23_held_on, gives_scores=not ls24))
    if ls24:
        found.append(PastElection("LOKSABHA", 2024, row.ls24_held_on, gives_scores=True))
    return tuple(found)


def scores(shares: Mapping[str, float]) -> dict[str, float]:
    """Shares (of any positive sum) as per cent with two decimals that sum to 100.00 (largest remainder); the highest
    first."""
    ordered = dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    return {party: hundredths / 100 for party, hundredths in apportion(10_000, ordered).items()}


def turnout_stability(volatility: float | None, as23: bool, ls24: bool) -> tuple[float, str | None]:
    """1 − min(volatility ÷ 100, 0.9), halved when one of the two elections is missing; and why it is low, if it is.

    `volatility` is in percentage points. Where it is not known, the least that the rule can give is given.
    """
    reasons = []
    if volatility is None or math.isnan(volatility):
        stability = LEAST_STABILITY
        reasons.append("the turnout of fewer than two elections is known")
    else:
        stability = 1 - min(volatility / 100, 1 - LEAST_STABILITY)
    if not (as23 and ls24):
        stability /= 2
        reasons.append(f"there is no result of {'LOKSABHA-2024' if as23 else 'ASSEMBLY-2023'}")
    sentence = "; ".join(reasons)
    return round(min(max(stability, 0.0), 1.0), 4), sentence[:1].upper() + sentence[1:] or None
