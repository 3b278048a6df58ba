"""The next election, and the past of a region's wards as a panel: what a forecast is made of, read from the database.

Elections of one type make a panel, that of the next election: a municipal vote is no assembly vote. The wards of each
delimitation are a region of their own; in one panel, the votes of a station that lies in a ward of each would count
twice. Wards that no loaded list has are a region, too.

A party is a label here. A name that changed counts as one party, by what it is called on the day that is forecast (TRS
of 2020 is BRS). Candidates who count alone in results (`parties`) count by what is before their name: all independents,
and those for whom no party was printed, together as `IND`.
"""

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections.election import ElectionName
from lokdarpan_core.elections.forecast.stored import FINGERPRINT, PastElection
from lokdarpan_core.elections.panel import Panel, make_panel
from lokdarpan_core.elections.parties import INDEPENDENT, UNNAMED, party_code

_NEXT = sa.text("""
    SELECT type, year, round, held_on FROM election
    WHERE held_on >= :today
      AND NOT EXISTS (SELECT FROM result_ward_agg WHERE election_id = election.id)
      AND NOT EXISTS (SELECT FROM result_ps WHERE election_id = election.id)
    ORDER BY held_on, type, round NULLS FIRST LIMIT 1
""")
_USUAL_TYPE = sa.text("""
    SELECT type FROM election
    WHERE coalesce(held_on, make_date(year, 1, 1)) < :today
      AND EXISTS (SELECT FROM result_ward_agg WHERE election_id = election.id)
    GROUP BY type ORDER BY count(*) DESC, max(year) DESC, type LIMIT 1
""")
# One statement, so that votes and fingerprints are of one moment.
_RESULTS = sa.text(f"""
    WITH fingerprint AS (
        SELECT result_ward_agg.ward_id, {FINGERPRINT} AS results
        FROM result_ward_agg JOIN election ON election.id = result_ward_agg.election_id
        WHERE election.type = :type GROUP BY result_ward_agg.ward_id
    )
    SELECT ward.delimitation_id, delimitation.authority, result_ward_agg.ward_id, fingerprint.results,
           election.year, election.round, election.held_on, result_ward_agg.party, result_ward_agg.votes
    FROM result_ward_agg
    JOIN election ON election.id = result_ward_agg.election_id
    JOIN fingerprint ON fingerprint.ward_id = result_ward_agg.ward_id
    LEFT JOIN ward ON ward.ward_id = result_ward_agg.ward_id
    LEFT JOIN delimitation ON delimitation.id = ward.delimitation_id
    WHERE election.type = :type
    ORDER BY ward.delimitation_id NULLS LAST, result_ward_agg.ward_id, election.id, result_ward_agg.party
""")  # noqa: S608


@attrs.frozen
class Target:
    """What is forecast: an election of this type on this day. `election` is its name, None where no next election is
    stored and the forecast is as if one were held today."""

    type: str
    held_on: date
    election: str | None


@attrs.frozen
class Region:
    """The wards of one delimitation (None: those of no loaded list). `elections` are by the panel's names for
    them, `results` the fingerprint of each ward's."""

    delimitation: str | None
    panel: Panel
    elections: dict[str, PastElection]
    results: dict[str, str]


def next_election(connection: Connection, today: date) -> Target | None:
    """The soonest election that is held today or later and has no results. Without one, the type of which most past
    elections have ward results, as if it were today's turn; None where no election has any."""
    row = connection.execute(_NEXT, {"today": today}).one_or_none()
    if row is not None:
        return Target(row.type, row.held_on, str(ElectionName(row.type, row.year, row.round)))
    usual = connection.execute(_USUAL_TYPE, {"today": today}).scalar_one_or_none()
    return None if usual is None else Target(usual, today, None)


def regions(connection: Connection, target: Target) -> list[Region]:
    """The past of every region before the day that is forecast. An election whose day is not stored stands at the
    middle of its year. Raises PanelError for results that can't be true."""
    rows = connection.execute(_RESULTS, {"type": target.type}).all()
    return [_region(list(of_one), target) for _, of_one in groupby(rows, key=lambda row: row.delimitation_id)]


def _region(rows: list[sa.Row[tuple[object, ...]]], target: Target) -> Region:
    votes: dict[tuple[str, str, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    elections: dict[str, PastElection] = {}
    for row in rows:
        name = str(ElectionName(target.type, row.year, row.round))
        day = row.held_on or min(date(row.year, 7, 1), target.held_on - timedelta(days=1))
        elections[name] = PastElection(target.type, row.year, row.held_on, gives_scores=True)
        votes[row.ward_id, name, day][label(row.party, target.held_on)] += row.votes
    table = [
        {"unit": unit, "election": name, "held_on": day, "party": party, "votes": count}
        for (unit, name, day), parties in votes.items()
        for party, count in parties.items()
    ]
    first = rows[0]
    place = f"{first.authority} ({first.delimitation_id})" if first.delimitation_id else None
    panel = make_panel(table, place).before(target.held_on)
    return Region(first.delimitation_id, panel, elections, {row.ward_id: row.results for row in rows})


def label(party: str, on: date) -> str:
    """What a party of a result, or of a list of candidates, is called in a forecast for that day."""
    before_name = party.partition(":")[0].strip()
    if before_name in {"", UNNAMED, INDEPENDENT}:
        return INDEPENDENT
    return party_code(before_name, on) or before_name
