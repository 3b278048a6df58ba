"""Ward results: votes per party, shares of the valid votes, turnout, as `result_ward_agg` holds them.

A ward's figures are those of the stations that are assigned to it (`ward_sums`), for each delimitation apart. What is
not assigned is counted and named, and put into no ward. Postal votes belong to the segment and are in no ward.

    votes          of the party's candidates (parties and their keys: `parties`); NOTA is no party
    vote_share     100 × votes ÷ valid votes, which are all candidates' votes without NOTA; None when there are none
    turnout_pct    100 × polled ÷ electors; None when a station of the ward lacks either, or polled exceeds electors

Rows are rewritten only where they differ, so that `computed_at` tells when a figure last changed. An election of which
no station is assigned keeps the rows that it has: an adopted archive's, which nothing here could replace.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.database import copy_rows
from lokdarpan_core.display import Shown
from lokdarpan_core.elections import stored
from lokdarpan_core.elections.election import ElectionName, find_election
from lokdarpan_core.elections.parties import aggregate_keys, election_day
from lokdarpan_core.elections.ward_sums import WardSum, WardSums, ward_sums
from lokdarpan_core.schema import result_ward_agg

_DELIMITATIONS = sa.text("SELECT DISTINCT delimitation_id FROM station_ward ORDER BY 1")
_STORED = sa.text("""
    SELECT ward_id, party, votes, vote_share, turnout_pct FROM result_ward_agg WHERE election_id = :election_id
""")
_DELETE = sa.text("""
    DELETE FROM result_ward_agg USING unnest(CAST(:wards AS text[]), CAST(:parties AS text[])) AS old (ward_id, party)
    WHERE election_id = :election_id
      AND result_ward_agg.ward_id = old.ward_id AND result_ward_agg.party = old.party
""")
_COLUMNS = {
    "election_id": "int8", "ward_id": "text", "party": "text", "votes": "int8", "vote_share": "float8",
    "turnout_pct": "float8",
}  # fmt: skip

NO_STATION = "no station is assigned to a ward; what is stored stays"
NO_TURNOUT = "turnout: a station lacks its electors or its votes polled"
TOO_MANY = "turnout: more votes polled than electors"
NO_ELECTORS = "turnout: no electors"


@attrs.frozen
class Coverage(Shown):
    """How far one delimitation's wards cover an election: stations and candidates' votes that are assigned, and those
    that are not. `delimitation` is None when no station is assigned at all."""

    delimitation: str | None
    wards: int
    stations: int
    votes: int
    unassigned_stations: tuple[str, ...]
    unassigned_votes: int


@attrs.frozen
class AggregateReport(Shown):
    """What became of one election's ward results.

    `stations` and `votes` (for candidates, without postal votes) are the election's; `wards` those with results; `new`,
    `changed`, `unchanged` and `deleted` rows of `result_ward_agg`; `notes` says what could not be computed, and for
    which wards.
    """

    election: str
    stations: int
    votes: int
    wards: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    coverage: tuple[Coverage, ...]
    notes: dict[str, list[str]] = attrs.field(factory=dict)


class _Row(NamedTuple):
    ward_id: str
    party: str
    votes: int
    vote_share: float | None
    turnout_pct: float | None


def aggregate_to_ward(connection: Connection, type: str, year: int, round: str | None = None) -> AggregateReport:
    """Compute the ward results of one election, and write what changed; all of it in the caller's transaction.

    Raises NotFoundError when there is no such election.
    """
    election = find_election(connection, ElectionName(type.strip().upper(), year, round))
    stored.lock(connection, result_ward_agg)
    delimitations = connection.execute(_DELIMITATIONS).scalars().all()
    every = [ward_sums(connection, election, delimitation) for delimitation in delimitations]
    sums = [one for one in every if one.assigned]
    if not sums:
        sums = [ward_sums(connection, election, None)]
    notes = defaultdict[str, list[str]](list)
    rows: list[_Row] = []
    for one in sums:
        rows += _rows(one, election_day(election.held_on, election.year), notes)
    counts = _write(connection, election.id, rows) if sums[0].assigned else _kept(connection, election.id, notes)
    return AggregateReport(
        election=str(election.name),
        stations=sums[0].stations,
        votes=sums[0].votes + sums[0].unassigned_votes,
        wards=len({row.ward_id for row in rows}),
        **counts,
        coverage=tuple(map(_coverage, sums)),
        notes=dict(notes),
    )


def _rows(sums: WardSums, on: date, notes: dict[str, list[str]]) -> Iterator[_Row]:
    for ward_id, ward in sorted(sums.wards.items()):
        turnout_pct, reason = _turnout(ward)
        if reason is not None:
            notes[reason].append(ward_id)
        parties = defaultdict[str, int](int)
        keys = aggregate_keys(ward.votes, on)
        for contender, votes in ward.votes.items():
            parties[keys[contender]] += votes
        valid = sum(parties.values())
        for party, votes in sorted(parties.items()):
            yield _Row(ward_id, party, votes, 100 * votes / valid if valid else None, turnout_pct)


def _turnout(ward: WardSum) -> tuple[float | None, str | None]:
    """Turnout in per cent, or why there is none."""
    if ward.electors is None or ward.polled is None:
        return None, NO_TURNOUT
    if ward.polled > ward.electors:
        return None, TOO_MANY
    return (100 * ward.polled / ward.electors, None) if ward.electors else (None, NO_ELECTORS)


def _write(connection: Connection, election_id: int, rows: Sequence[_Row]) -> dict[str, int]:
    """Make the table hold these rows of the election and no others. One that differs is deleted and copied in anew:
    nothing refers to it, and writers are locked out."""
    before = {row[:2]: row for row in _stored(connection, election_id)}
    now = {row[:2]: row for row in rows}
    differing = [row for key, row in now.items() if before.get(key) != row]
    old = sorted(key for key, row in before.items() if now.get(key) != row)
    if old:
        wards, parties = zip(*old, strict=True)
        connection.execute(_DELETE, {"election_id": election_id, "wards": list(wards), "parties": list(parties)})
    if differing:
        copy_rows(connection, "result_ward_agg", _COLUMNS, ((election_id, *row) for row in differing))
    new = len(now.keys() - before.keys())
    changed = len(differing) - new
    deleted = len(old) - changed
    return {"new": new, "changed": changed, "unchanged": len(now) - len(differing), "deleted": deleted}


def _stored(connection: Connection, election_id: int) -> Iterable[_Row]:
    return map(_Row._make, connection.execute(_STORED, {"election_id": election_id}))


def _kept(connection: Connection, election_id: int, notes: dict[str, list[str]]) -> dict[str, int]:
    kept = list(_stored(connection, election_id))
    notes[NO_STATION] = sorted({row.ward_id for row in kept})
    return {"new": 0, "changed": 0, "unchanged": len(kept), "deleted": 0}


def _coverage(sums: WardSums) -> Coverage:
    return Coverage(
        delimitation=sums.delimitation,
        wards=len(sums.wards),
        stations=sums.assigned,
        votes=sums.votes,
        unassigned_stations=sums.unassigned,
        unassigned_votes=sums.unassigned_votes,
    )
