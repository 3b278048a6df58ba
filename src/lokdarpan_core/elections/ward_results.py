"""How a ward voted: its own results, or, where no station is assigned to it, those of its segments, labelled so.

What did not add up in a station's line of a sheet, and was accepted, stands beside the result that it went into.
"""

from datetime import date, datetime
from itertools import groupby
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections.election import ElectionName
from lokdarpan_core.elections.segments import SegmentResult, segment_result
from lokdarpan_core.elections.stations import polling_stations
from lokdarpan_core.errors import NotFoundError
from lokdarpan_core.timestamps import latest

_RESULTS = sa.text("""
    SELECT election.type, election.year, election.round, election.held_on, party, votes, vote_share, turnout_pct,
           computed_at
    FROM result_ward_agg JOIN election ON election.id = result_ward_agg.election_id
    WHERE ward_id = :ward_id
    ORDER BY election.year DESC, election.held_on DESC NULLS LAST, election.id DESC, votes DESC, party
""")


@attrs.frozen
class PartyResult:
    """Votes of a party (by its key, see `parties`) and its share of the valid votes in per cent."""

    party: str
    votes: int
    vote_share: float | None


@attrs.frozen
class WardResult(Shown):
    """One election in a ward, the party with most votes first; postal votes are in no ward.

    `turnout_pct` is polled ÷ electors in per cent, None where a station lacks either. `disputes` are by station: what
    did not add up in its line of the sheet.
    """

    type: str
    year: int
    round: str | None
    held_on: date | None
    parties: tuple[PartyResult, ...]
    turnout_pct: float | None
    disputes: dict[str, list[dict[str, Any]]]
    updated_at: datetime
    kind: str = "ward"


@attrs.frozen
class WardResults(Shown):
    """A ward's own results, and its segments' for the elections of which it has none."""

    ward: str
    results: tuple[WardResult, ...]
    segments: tuple[SegmentResult, ...]
    updated_at: datetime


def ward_results(connection: Connection, ward_id: str) -> WardResults:
    """Every election of a ward, the newest first. Raises NotFoundError when there is none, not even of a segment."""
    rows = connection.execute(_RESULTS, {"ward_id": ward_id}).all()
    disputed = polling_stations(connection, ward_id=ward_id, disputed=True) if rows else []
    results = []
    for (type, year, round, held_on), group in groupby(rows, key=lambda row: tuple(row[:4])):
        of_it = list(group)
        name = str(ElectionName(type, year, round))
        disputes = {one.ps_id: one.disputes[name] for one in disputed if name in one.disputes}
        parties = tuple(PartyResult(row.party, row.votes, row.vote_share) for row in of_it)
        newest = max(row.computed_at for row in of_it)
        results.append(WardResult(type, year, round, held_on, parties, of_it[0].turnout_pct, disputes, newest))
    segments = segment_result(connection, ward_id)
    updated_at = latest(*(one.updated_at for one in results), *(one.updated_at for one in segments))
    if updated_at is None:
        raise NotFoundError(
            f"{ward_id} has no results: no station is assigned to it, and no sheet of its segments is imported "
            "(`lokdarpan form20 import`, `lokdarpan stations assign`)"
        )
    return WardResults(ward_id, tuple(results), segments, updated_at)
