"""The results of the assembly segments that a ward lies in, which stand in while no station is assigned to the ward.

They are the segment's, with its postal votes, and each says so (`kind`). They are no estimate of the ward: a segment of
Hyderabad has ten wards or so, and they do not vote alike.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections.parties import Contender, aggregate_keys, election_day

KIND = "segment, not ward"

_SHEETS = sa.text("""
    SELECT form20_sheet.id, form20_sheet.segment, election.type, election.year, election.round, election.held_on,
           form20_sheet.election_id, form20_sheet.postal_votes, form20_sheet.imported_at,
           jsonb_path_query_array(form20_sheet.disputes, '$[*] ? (@.severity == "error")') AS disputes,
           ward_segment.source
    FROM ward_segment
    JOIN form20_sheet ON form20_sheet.segment = ward_segment.segment
    JOIN election ON election.id = form20_sheet.election_id
    WHERE ward_segment.ward_id = :ward_id
      AND (election.type <> 'GHMC' OR form20_sheet.layout = 'tidy')  -- else the sheet's segment is a ward
      AND NOT EXISTS (SELECT FROM station_ward JOIN station_turnout USING (ps_id)
                      WHERE station_ward.ward_id = :ward_id
                        AND station_turnout.election_id = form20_sheet.election_id)
    ORDER BY election.year DESC, election.held_on DESC NULLS LAST, election.id DESC, form20_sheet.segment
""")
_VOTES = sa.text("""
    SELECT sheet_id, candidate_no, party, candidate, sum(votes) AS votes
    FROM result_ps WHERE sheet_id = ANY(:sheet_ids) AND election_id = ANY(:election_ids)
    GROUP BY sheet_id, candidate_no, party, candidate ORDER BY sheet_id, candidate_no
""")
_TURNOUT = sa.text("""
    SELECT sheet_id, count(*) AS stations,
           CASE WHEN count(electors) = count(*) THEN sum(electors) END AS electors,
           CASE WHEN count(polled) = count(*) THEN sum(polled) END AS polled,
           CASE WHEN count(nota) = count(*) THEN sum(nota) END AS nota,
           CASE WHEN count(rejected) = count(*) THEN sum(rejected) END AS rejected
    FROM (SELECT DISTINCT sheet_id, election_id, ps_id FROM result_ps
          WHERE sheet_id = ANY(:sheet_ids) AND election_id = ANY(:election_ids)) AS counted
    JOIN station_turnout USING (election_id, ps_id)
    GROUP BY sheet_id
""")


@attrs.frozen
class CandidateResult:
    """A candidate's votes in a segment: at the stations, and by post. `party` is as printed, `key` as votes are added
    up (see `parties`), `vote_share` per cent of all candidates' votes, postal ones among them."""

    key: str
    party: str | None
    candidate: str | None
    votes: int
    postal_votes: int
    vote_share: float | None


@attrs.frozen
class SegmentResult(Shown):
    """One segment in one election, the candidates with most votes first.

    `electors`, `polled`, `nota` and `rejected` are counts at the stations, None where one of them lacks the number;
    `turnout_pct` is polled ÷ electors. `disputes` are the findings that do not add up in the sheet. `source` tells
    who says that the ward lies in the segment.
    """

    ward: str
    segment: str
    type: str
    year: int
    round: str | None
    held_on: date | None
    stations: int
    electors: int | None
    polled: int | None
    turnout_pct: float | None
    nota: int | None
    rejected: int | None
    candidates: tuple[CandidateResult, ...]
    disputes: tuple[dict[str, Any], ...]
    source: str
    updated_at: datetime
    kind: str = KIND


def segment_result(connection: Connection, ward_id: str) -> tuple[SegmentResult, ...]:
    """The results of a ward's segments, the newest election first; without those elections in which stations are
    assigned to the ward, for then the ward has results of its own."""
    sheets = connection.execute(_SHEETS, {"ward_id": ward_id}).all()
    if not sheets:
        return ()
    ids = {"sheet_ids": [one.id for one in sheets], "election_ids": list({one.election_id for one in sheets})}
    turnouts = {row.sheet_id: row for row in connection.execute(_TURNOUT, ids)}
    votes = defaultdict[int, list[Any]](list)
    for row in connection.execute(_VOTES, ids):
        votes[row.sheet_id].append(row)
    return tuple(_result(ward_id, one, turnouts[one.id], votes[one.id]) for one in sheets if one.id in turnouts)


def _result(ward_id: str, sheet: Any, turnout: Any, votes: list[Any]) -> SegmentResult:
    known = turnout.electors is not None and turnout.polled is not None and 0 < turnout.electors >= turnout.polled
    return SegmentResult(
        ward=ward_id,
        segment=sheet.segment,
        type=sheet.type,
        year=sheet.year,
        round=sheet.round,
        held_on=sheet.held_on,
        stations=turnout.stations,
        electors=turnout.electors,
        polled=turnout.polled,
        turnout_pct=100 * turnout.polled / turnout.electors if known else None,
        nota=turnout.nota,
        rejected=turnout.rejected,
        candidates=_candidates(sheet, votes),
        disputes=tuple(sheet.disputes),
        source=sheet.source,
        updated_at=sheet.imported_at,
    )


def _candidates(sheet: Any, votes: list[Any]) -> tuple[CandidateResult, ...]:
    rows = {Contender(row.party, row.candidate, row.candidate_no, sheet=sheet.id): row for row in votes}
    keys = aggregate_keys(rows, election_day(sheet.held_on, sheet.year))
    postal = {one: int((sheet.postal_votes or {}).get(str(one.number)) or 0) for one in keys}
    valid = sum((rows[one].votes or 0) + postal[one] for one in keys)
    found = [
        CandidateResult(
            key=key,
            party=one.party,
            candidate=one.candidate,
            votes=rows[one].votes or 0,
            postal_votes=postal[one],
            vote_share=100 * ((rows[one].votes or 0) + postal[one]) / valid if valid else None,
        )
        for one, key in keys.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.votes - one.postal_votes, one.key)))
