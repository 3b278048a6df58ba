"""What is computed from a ward's results: party shares in two elections, the swing between them, how steady turnout is.

The two elections are the Assembly election of 2023 (AS23) and the Lok Sabha election of 2024 (LS24), as
`result_ward_agg` has them. Every formula stands in `docs/formulas.md` too, with its unit and with when it is null.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from statistics import pstdev
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections import stored
from lokdarpan_core.elections.stored import Computed, RefreshReport, Row
from lokdarpan_core.schema import ward_features

AS23, LS24 = "as23_party_shares", "ls24_party_shares"
DIGITS = 6  # of a share: a millionth is less than one vote in any ward

Shares = dict[str, float]

_RESULTS = sa.text("""
    SELECT DISTINCT ON (ward_id, type)
           ward_id, type, name, votes
    FROM (
        SELECT result_ward_agg.ward_id, election.type, election.round, election.id,
               concat_ws('-', election.type, election.year, election.round) AS name,
               jsonb_object_agg(result_ward_agg.party, result_ward_agg.votes) AS votes
        FROM result_ward_agg JOIN election ON election.id = result_ward_agg.election_id
        WHERE (election.type, election.year) IN (('ASSEMBLY', 2023), ('LOKSABHA', 2024))
          AND (CAST(:ward_id AS text) IS NULL OR result_ward_agg.ward_id = :ward_id)
        GROUP BY result_ward_agg.ward_id, election.id
        HAVING sum(result_ward_agg.votes) > 0
    ) AS results
    ORDER BY ward_id, type, round NULLS FIRST, id
""")
_TURNOUTS = sa.text("""
    SELECT result_ward_agg.ward_id, concat_ws('-', election.type, election.year, election.round) AS name,
           max(result_ward_agg.turnout_pct) AS turnout_pct
    FROM result_ward_agg JOIN election ON election.id = result_ward_agg.election_id
    WHERE result_ward_agg.turnout_pct IS NOT NULL
      AND (CAST(:ward_id AS text) IS NULL OR result_ward_agg.ward_id = :ward_id)
    GROUP BY result_ward_agg.ward_id, election.id
    ORDER BY result_ward_agg.ward_id, election.year, election.id
""")


def compute_features(connection: Connection, ward_id: str | None = None) -> RefreshReport:
    """Compute the features of one ward, or of every ward that has results, and write what changed.

    Shares are fractions of the valid votes (0 to 1), `dvi` the difference of two of them, `aci_23` a fraction,
    `turnout_volatility` in percentage points, `incumbency_weakness` a fraction. What can't be computed keeps its stored
    value. Where an election has several rounds, the one without a round's name counts, else the first.

    Raises UnknownWardError for a ward of which nothing is known.
    """
    stored.lock(connection, ward_features)
    shares: dict[str, dict[str, tuple[Shares, str]]] = defaultdict(dict)
    for row in connection.execute(_RESULTS, {"ward_id": ward_id}):
        column, label = (AS23, "AS23") if row.type == "ASSEMBLY" else (LS24, "LS24")
        shares[row.ward_id][column] = party_shares(row.votes), f"{label}: {row.name}"
    turnouts: dict[str, dict[str, float]] = defaultdict(dict)
    for row in connection.execute(_TURNOUTS, {"ward_id": ward_id}):
        turnouts[row.ward_id][row.name] = row.turnout_pct
    wards = {*shares, *turnouts}
    if ward_id is not None and ward_id not in wards:
        stored.require_known(connection, ward_features, ward_id)
    before = stored.read(connection, ward_features, wards)
    computed = {
        ward: _computed(shares.get(ward, {}), turnouts.get(ward, {}), stored.real_only(before.get(ward)))
        for ward in wards
    }
    return stored.refresh(connection, ward_features, computed, before, _notes(computed))


def _computed(shares: Mapping[str, tuple[Shares, str]], turnouts: Mapping[str, float], real: Row) -> Computed:
    values: Row = {column: found for column, (found, _) in shares.items()}
    origins = dict(origin.split(": ", 1) for _, origin in shares.values())
    if values:  # from the shares that the row will hold, so that it agrees with itself
        values |= derived(*(values.get(column) or usable_shares(real.get(column)) for column in (AS23, LS24)))
    if (volatility := turnout_volatility(turnouts.values())) is not None:
        values["turnout_volatility"] = volatility
        origins["turnout volatility"] = ", ".join(turnouts)
    return Computed(values, origins)


def _notes(computed: Mapping[str, Computed]) -> dict[str, list[str]]:
    reasons = {
        AS23: "No result of ASSEMBLY-2023",
        LS24: "No result of LOKSABHA-2024",
        "turnout_volatility": "The turnout of fewer than two elections is known",
    }
    lacking = {
        reason: sorted(ward for ward, found in computed.items() if column not in found.values)
        for column, reason in reasons.items()
    }
    return {reason: wards for reason, wards in lacking.items() if wards}


def party_shares(votes: Mapping[str, int]) -> Shares:
    """Each party's fraction of the valid votes. NOTA is no party and not in them; votes must not all be 0."""
    valid = sum(votes.values())
    return {party: round(count / valid, DIGITS) for party, count in votes.items()}


def usable_shares(value: Any) -> Shares | None:
    """Stored shares that can be read as such: numbers, none below 0, not all 0. None for anything else."""
    if not isinstance(value, dict):
        return None
    numbers = [share for share in value.values() if isinstance(share, int | float) and not isinstance(share, bool)]
    if len(numbers) < len(value) or not all(0 <= share < math.inf for share in numbers) or sum(numbers) == 0:
        return None
    return value


def derived(as23: Shares | None, ls24: Shares | None) -> Row:
    """What follows from the shares of two elections; what needs one that is missing is left out."""
    row: Row = {}
    if as23:
        row["aci_23"] = round(as23.get("INC", 0.0) + as23.get("BJP", 0.0), DIGITS)
    if as23 and ls24:
        row |= {"dvi": swing(as23, ls24), "incumbency_weakness": incumbency_weakness(as23, ls24)}
    return row


def swing(before: Shares, after: Shares) -> Shares:
    """The later share minus the earlier one, per party, as a fraction. A party that did not stand got no votes, so its
    share is 0 and not unknown: the swings of all parties sum to 0."""
    parties = before | after
    return {party: round(after.get(party, 0.0) - before.get(party, 0.0), DIGITS) for party in parties}


def incumbency_weakness(before: Shares, after: Shares) -> Shares:
    """The part of its share that the winner of the earlier election has lost, max(0, (a − b) / a), as a fraction: 0
    when it held or gained, 1 when it did not stand again. Winners that tied have a figure each."""
    best = max(before.values())
    return {
        party: round(max(0.0, (share - after.get(party, 0.0)) / share), DIGITS)
        for party, share in before.items()
        if share == best and share > 0
    }


def turnout_volatility(turnouts_pct: Collection[float]) -> float | None:
    """The population standard deviation of turnouts (per cent), in percentage points; None for fewer than two."""
    return round(pstdev(turnouts_pct), 4) if len(turnouts_pct) > 1 else None
