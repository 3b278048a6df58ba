"""What the last results say about the next: the shares of the last election, and how steady turnout has been.

This is the existing rule, and no forecast: the scores are last shares and nothing else. The confidence tells how little
the ward's turnout moves from one election to the next. It is no probability of winning, and must not be shown as one.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections.apportion import apportion
from lokdarpan_core.elections.features import usable_shares
from lokdarpan_core.errors import NotFoundError, UnknownWardError
from lokdarpan_core.timestamps import as_utc

LEAST_STABILITY = 0.1  # the volatility counts up to 90 percentage points
NOTE = (
    "The scores are the party shares of the last election. The confidence tells how steady the ward's turnout has "
    "been; it is no probability of winning."
)


@attrs.frozen
class PastElection:
    """An election that a prediction rests on; `gives_scores` for the one whose shares are the scores. `held_on` is None
    when the election's day is not stored."""

    type: str
    year: int
    held_on: date | None
    gives_scores: bool


@attrs.frozen
class Prediction(Shown):
    """Scores in per cent per party, two decimals, together 100; the highest first. `confidence` (0 to 1) is of the kind
    that `confidence_kind` names, and `reason` says why it is low, if it is. `updated_at` is that of the features."""

    ward: str
    scores: dict[str, float]
    confidence: float
    confidence_kind: str
    reason: str | None
    method: str
    based_on: tuple[PastElection, ...]
    note: str
    name: str | None
    delimitation: str | None
    source: str | None
    updated_at: datetime


_QUERY = sa.text("""
    SELECT ward.name, ward.delimitation_id, ward_features.as23_party_shares AS as23,
           ward_features.ls24_party_shares AS ls24, ward_features.turnout_volatility AS volatility,
           ward_features.source, ward_features.updated_at,
           (SELECT held_on FROM election WHERE type = 'ASSEMBLY' AND year = 2023 ORDER BY round NULLS FIRST LIMIT 1)
               AS as23_held_on,
           (SELECT held_on FROM election WHERE type = 'LOKSABHA' AND year = 2024 ORDER BY round NULLS FIRST LIMIT 1)
               AS ls24_held_on
    FROM (SELECT CAST(:ward_id AS text) AS ward_id) AS wanted
    LEFT JOIN ward USING (ward_id)
    LEFT JOIN ward_features USING (ward_id)
""")


def prediction(connection: Connection, ward_id: str) -> Prediction:
    """What the last results say about one ward, by its id (`WARD_001`, in any case). One round trip.

    Raises UnknownWardError when there is no such ward, NotFoundError when it has no result of either election.
    """
    wanted = ward_id.strip().upper()
    if "\0" in wanted:  # PostgreSQL takes it in no text
        raise UnknownWardError
    row = connection.execute(_QUERY, {"ward_id": wanted}).one()
    as23, ls24 = usable_shares(row.as23), usable_shares(row.ls24)
    shares = ls24 or as23
    if shares is None:
        if row.name is None and row.updated_at is None:
            raise UnknownWardError(f"Nothing is known of a ward {ward_id!r}; ward ids look like WARD_001")
        raise NotFoundError(f"{wanted} has no result of ASSEMBLY-2023 or LOKSABHA-2024, so there is nothing to go by")
    confidence, reason = turnout_stability(row.volatility, as23 is not None, ls24 is not None)
    return Prediction(
        ward=wanted,
        scores=scores(shares),
        confidence=confidence,
        confidence_kind="turnout-stability",
        reason=reason,
        method="last-shares",
        based_on=_based_on(row, as23 is not None, ls24 is not None),
        note=NOTE,
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
