"""Sum the station results of one election by the wards of one delimitation.

A station that is split over wards is apportioned in whole numbers by largest remainder, each candidate on its own, and
so are its electors and votes polled: the wards together have what the stations have, to the vote.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections.apportion import apportion
from lokdarpan_core.elections.election import Election
from lokdarpan_core.elections.parties import Contender, is_nota
from lokdarpan_core.elections.station_ids import natural

# One statement reads everything, so that all of it is of one moment: electors and votes polled by place, then votes by
# place and candidate. A place is what can be added up in the database: the stations of one ward (and constituency), a
# station that is split, or all those without a ward, which are named. `alone` is a station without electors and votes
# polled, or without a row in polling_station (an adopted archive's): only its votes tell that it is there.
_READ = sa.text("""
    WITH assigned AS (
        SELECT ps_id, array_agg(ward_id ORDER BY ward_id) AS wards, array_agg(weight ORDER BY ward_id) AS weights
        FROM station_ward WHERE delimitation_id = :delimitation GROUP BY ps_id
    ), listed AS (
        SELECT ps_id, CASE :type WHEN 'ASSEMBLY' THEN ac_id WHEN 'LOKSABHA' THEN pc_id
                                 ELSE coalesce(ward_id, source_meta->>'segment') END AS contest
        FROM polling_station
    ), turnout AS (
        SELECT ps_id, electors, polled FROM station_turnout WHERE election_id = :election_id
    ), station AS MATERIALIZED (
        SELECT listed.ps_id, wards, CASE WHEN cardinality(wards) > 1 THEN weights END AS weights, contest,
               electors, polled, turnout.ps_id IS NOT NULL AS counted,
               dense_rank() OVER (ORDER BY wards[1], CASE WHEN cardinality(wards) > 1 THEN listed.ps_id END, contest)
                   AS place
        FROM listed
        LEFT JOIN assigned ON assigned.ps_id = listed.ps_id
        LEFT JOIN turnout ON turnout.ps_id = listed.ps_id
    ), votes AS (
        SELECT place, CASE WHEN counted THEN NULL ELSE result_ps.ps_id END AS alone,
               sheet_id, candidate_no, party, candidate, sum(votes) AS votes
        FROM result_ps LEFT JOIN station USING (ps_id) WHERE election_id = :election_id
        GROUP BY 1, 2, 3, 4, 5, 6
    )
    SELECT true AS is_place, place, wards, weights, contest, count(*) AS stations,
           CASE WHEN count(electors) = count(*) THEN sum(electors) END AS electors,
           CASE WHEN count(polled) = count(*) THEN sum(polled) END AS polled,
           CASE WHEN wards IS NULL THEN array_agg(ps_id) END AS named,
           NULL::bigint AS sheet_id, NULL::int AS candidate_no, NULL AS party, NULL AS candidate, NULL::bigint AS votes
    FROM station WHERE counted OR ps_id IN (SELECT alone FROM votes)
    GROUP BY place, wards, weights, contest
    UNION ALL
    SELECT false, place, NULL, NULL, NULL, NULL, NULL, NULL, CASE WHEN alone IS NOT NULL THEN ARRAY[alone] END,
           sheet_id, candidate_no, party, candidate, votes
    FROM votes
""")


@attrs.define
class WardSum:
    """What one ward has: votes by candidate, and electors and votes polled, None where a station lacks the number."""

    votes: dict[Contender, int] = attrs.field(factory=dict)
    electors: int | None = 0
    polled: int | None = 0

    def add_turnout(self, electors: int | None, polled: int | None) -> None:
        """Add a station's, or its part of one."""
        self.electors = None if electors is None or self.electors is None else self.electors + electors
        self.polled = None if polled is None or self.polled is None else self.polled + polled


@attrs.frozen
class WardSums:
    """All wards of one delimitation, or none of it where `delimitation` is None; and what is assigned to none of them.

    Votes are the candidates', NOTA is not in them. `assigned` counts stations, `unassigned` names them.
    """

    delimitation: str | None
    wards: dict[str, WardSum]
    assigned: int
    votes: int
    unassigned: tuple[str, ...]
    unassigned_votes: int

    @property
    def stations(self) -> int:
        """How many stations the election has."""
        return self.assigned + len(self.unassigned)


def ward_sums(connection: Connection, election: Election, delimitation: str | None) -> WardSums:
    """Sum one election by the wards of one delimitation."""
    parameters = {"election_id": election.id, "type": election.type, "delimitation": delimitation}
    rows = connection.execute(_READ, parameters).all()
    wards = defaultdict[str, WardSum](WardSum)
    places = [row for row in rows if row.is_place]
    unassigned = {ps_id for place in places for ps_id in place.named or ()}
    for place in places:
        for ward, electors, polled in _parts(place.wards, place.weights, place.electors, place.polled):
            wards[ward].add_turnout(electors, polled)
    votes, unassigned_votes = 0, 0
    contenders: dict[Any, Contender] = {}
    where = {place.place: (place.wards, place.weights, place.contest) for place in places}
    for is_place, number, *_, alone, sheet_id, candidate_no, party, candidate, count in rows:
        if is_place:
            continue
        in_wards, weights, contest = where.get(number, (None, None, None))
        if number not in where:  # of a station that polling_station does not have
            unassigned.update(alone)
        if count is None or is_nota(party, candidate):
            continue
        if in_wards is None:
            unassigned_votes += count
            continue
        votes += count
        who = party, candidate, candidate_no, contest, sheet_id
        contender = contenders.get(who) or contenders.setdefault(who, Contender(*who))
        for ward, part in _parts(in_wards, weights, count):
            found = wards[ward].votes
            found[contender] = found.get(contender, 0) + part
    assigned = sum(place.stations for place in places if place.wards is not None)
    return WardSums(
        delimitation, dict(wards), assigned, votes, tuple(sorted(unassigned, key=natural)), unassigned_votes
    )


def _parts(wards: Any, weights: Any, *numbers: int | None) -> Iterable[tuple[Any, ...]]:
    """Each ward of a place, with its part of each number."""
    if wards is None:
        return ()
    if len(wards) == 1:
        return ((wards[0], *numbers),)
    by_ward = dict(zip(wards, weights, strict=True))
    parts = [dict.fromkeys(by_ward) if one is None else apportion(one, by_ward) for one in numbers]
    return [(ward, *(part[ward] for part in parts)) for ward in by_ward]
