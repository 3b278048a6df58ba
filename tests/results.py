"""Results to compute from: the least rows of elections, stations and wards that a test needs."""

from datetime import UTC, datetime

import sqlalchemy as sa

from lokdarpan_core.schema import (
    delimitation,
    election,
    polling_station,
    result_ward_agg,
    station_turnout,
    station_ward,
    ward,
    ward_winner,
)

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
PLACE = "ghmc-2016"


def add_wards(connection, count):
    """WARD_001 and those after it."""
    connection.execute(sa.insert(delimitation).values(id=PLACE, authority="GHMC", source="test"))
    rows = [
        {"ward_id": f"WARD_{number:03}", "delimitation_id": PLACE, "number": number, "name": f"Ward {number}"}
        for number in range(1, count + 1)
    ]
    connection.execute(sa.insert(ward), rows)


def add_election(connection, type, year, **values):
    statement = sa.insert(election).values(type=type, year=year, **values).returning(election.c.id)
    return connection.execute(statement).scalar_one()


def add_station(connection, ps_id, weights, turnouts):
    """A station, assigned by weights (ward -> weight), with turnouts (election id -> electors and polled)."""
    connection.execute(sa.insert(polling_station).values(ps_id=ps_id))
    assigned = [
        {"ps_id": ps_id, "delimitation_id": PLACE, "ward_id": ward_id, "weight": weight}
        for ward_id, weight in weights.items()
    ]
    connection.execute(sa.insert(station_ward), assigned)
    counted = [
        {"election_id": election_id, "ps_id": ps_id, "electors": electors, "polled": polled}
        for election_id, (electors, polled) in turnouts.items()
    ]
    connection.execute(sa.insert(station_turnout), counted)


def add_results(connection, election_id, ward_id, votes, turnout_pct=None):
    """Ward aggregates of one election: party -> votes."""
    valid = sum(votes.values())
    rows = [
        {"election_id": election_id, "ward_id": ward_id, "party": party, "votes": count, "turnout_pct": turnout_pct}
        | {"vote_share": 100 * count / valid if valid else None}
        for party, count in votes.items()
    ]
    connection.execute(sa.insert(result_ward_agg), rows)


def declare(connection, election_id, ward_id, party, candidate=None):
    values = {"election_id": election_id, "ward_id": ward_id, "party": party, "candidate": candidate}
    values |= {"source": "gazette"}
    connection.execute(sa.insert(ward_winner).values(values))


def stored_rows(connection, table):
    """Everything that a table holds, in the order of its wards."""
    return connection.execute(sa.select(table).order_by(table.c.ward_id)).all()
