"""Who votes in a ward, from its stations, and who won it last.

Electors, votes cast and turnout are shown together and so must be of one election: the newest for which every station
of the ward has both numbers. Where there is none, the newest with all votes polled gives the votes cast alone. Turnout
is polled ÷ electors, and unknown where the electors are: never polled ÷ votes.
"""

from collections import defaultdict
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections import stored
from lokdarpan_core.elections.election import elections
from lokdarpan_core.elections.parties import INDEPENDENT, election_day, party_code
from lokdarpan_core.elections.stored import Computed, RefreshReport
from lokdarpan_core.elections.ward_sums import WardSum, ward_sums
from lokdarpan_core.schema import station_turnout, station_ward, ward_profile

_WINNERS = sa.text("""
    WITH placed AS (
        SELECT election_id, ward_id, party, rank() OVER (PARTITION BY election_id, ward_id ORDER BY votes DESC) AS place
        FROM result_ward_agg WHERE votes > 0
    ), won AS (
        SELECT election_id, ward_id, party, candidate, true AS declared FROM ward_winner
        UNION ALL
        SELECT election_id, ward_id, string_agg(party, ' / ' ORDER BY party), NULL, false FROM placed
        WHERE place = 1 GROUP BY election_id, ward_id
    )
    SELECT DISTINCT ON (ward_id)
           ward_id, party, candidate, declared, held_on, year, concat_ws('-', type, year, round) AS name
    FROM won JOIN election ON election.id = election_id
    WHERE type = 'GHMC' AND (CAST(:ward_id AS text) IS NULL OR ward_id = :ward_id)
    ORDER BY ward_id, year DESC, held_on DESC NULLS LAST, round, declared DESC
""")
_COUNTED = sa.select(station_turnout.c.election_id).distinct()


@attrs.define
class _Counts:
    """What the stations say of one ward, and why newer elections were passed over."""

    computed: Computed = attrs.field(factory=lambda: Computed({}, {}))
    reasons: list[str] = attrs.field(factory=list)
    settled: bool = False

    def take(self, election: str, ward: WardSum) -> None:
        """Look at the next older election."""
        if self.settled:
            return
        if ward.polled is None:
            self.reasons.append(f"{election}: the votes polled are not known at every station")
        elif ward.electors is None:
            self.reasons.append(f"{election}: the electors are not known at every station")
            if not self.computed.values:
                self.computed = Computed({"votes_cast": ward.polled}, {"votes cast": election})
        elif ward.electors == 0 or ward.polled > ward.electors:
            self.reasons.append(f"{election}: {ward.polled:,} votes polled by {ward.electors:,} electors")
        else:
            turnout_pct = round(100 * ward.polled / ward.electors, 2)
            values = {"electors": ward.electors, "votes_cast": ward.polled, "turnout_pct": turnout_pct}
            self.computed, self.settled = Computed(values, {"electors, votes cast, turnout": election}), True


def refresh_ward_profile(connection: Connection, ward_id: str | None = None) -> RefreshReport:
    """Compute the profile of one ward, or of every ward with data, and write what changed.

    Electors and votes cast are counts, turnout per cent. The last winner is that of the newest GHMC election: the party
    declared elected, else the one with the most votes; parties with the same number are all named, `BRS / INC`. What
    can't be computed keeps its stored value.

    Raises UnknownWardError for a ward of which nothing is known.
    """
    stored.lock(connection, ward_profile)
    counts = _counts(connection, ward_id)
    winners = {row.ward_id: row for row in connection.execute(_WINNERS, {"ward_id": ward_id})}
    wards = {*counts, *winners}
    if ward_id is not None and ward_id not in wards:
        stored.require_known(connection, ward_profile, ward_id)
    notes = defaultdict[str, list[str]](list)
    computed = {}
    for ward in sorted(wards):
        found = counts.get(ward, _Counts())
        for reason in found.reasons:
            notes[reason].append(ward)
        computed[ward] = _with_winner(found.computed, winners.get(ward))
    before = stored.read(connection, ward_profile, wards)
    return stored.refresh(connection, ward_profile, computed, before, dict(notes))


def _counts(connection: Connection, ward_id: str | None) -> dict[str, _Counts]:
    """Ward -> its counts. Elections are read from the newest to the one that settles the last ward."""
    assigned = sa.select(station_ward.c.delimitation_id, station_ward.c.ward_id).distinct()
    if ward_id is not None:
        assigned = assigned.where(station_ward.c.ward_id == ward_id)
    places = defaultdict[str, set[str]](set)
    for place, ward in connection.execute(assigned):
        places[place].add(ward)
    counted = set(connection.execute(_COUNTED).scalars())
    newest_first = [election for election in elections(connection) if election.id in counted]
    found = defaultdict[str, _Counts](_Counts)
    for place, wards in places.items():
        for election in newest_first:
            if all(found[ward].settled for ward in wards):
                break
            sums = ward_sums(connection, election, place).wards
            for ward in wards & sums.keys():
                found[ward].take(str(election.name), sums[ward])
    return found


def _with_winner(counts: Computed, winner: Any) -> Computed:
    if winner is None:
        return counts
    party = _declared_party(winner) if winner.declared else winner.party
    how = "declared elected" if winner.declared else "most votes"
    return Computed(
        counts.values | {"last_winner_party": party, "last_winner_year": winner.year},
        counts.origins | {"last winner": f"{winner.name}, {how}"},
    )


def _declared_party(winner: Any) -> str:
    """The key that the aggregates have for a party as it was printed; an independent is named."""
    code = party_code(winner.party, election_day(winner.held_on, winner.year))
    if code == INDEPENDENT and winner.candidate:
        return f"{INDEPENDENT}:{winner.candidate}"
    return code or str(winner.party)
