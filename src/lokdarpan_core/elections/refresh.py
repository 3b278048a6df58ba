"""Bring up to date what is computed from results, in its order: ward aggregates, then profile and features."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.elections.aggregates import AggregateReport, aggregate_to_ward
from lokdarpan_core.elections.features import compute_features
from lokdarpan_core.elections.profile import refresh_ward_profile
from lokdarpan_core.elections.stored import RefreshReport
from lokdarpan_core.schema import election, result_ps

STEPS = ("aggregates", "profile", "features")


def refresh(
    connection: Connection, steps: Iterable[str] = STEPS, ward_id: str | None = None
) -> list[AggregateReport | RefreshReport]:
    """Take the steps (of STEPS) in their order. A second time changes nothing.

    Returns a report for each election that has station results, and one for each of the tables. With a ward, profile
    and features are that ward's; aggregates are always of whole elections, since a station may be split over wards.

    Raises UnknownWardError for a ward of which nothing is known.
    """
    wanted = set(steps)
    reports: list[AggregateReport | RefreshReport] = []
    if "aggregates" in wanted:
        reports += refresh_aggregates(connection)
    if "profile" in wanted:
        reports.append(refresh_ward_profile(connection, ward_id))
    if "features" in wanted:
        reports.append(compute_features(connection, ward_id))
    return reports


def refresh_aggregates(connection: Connection) -> list[AggregateReport]:
    """Aggregate every election that has station results, the oldest first."""
    has_results = sa.exists().where(result_ps.c.election_id == election.c.id)
    names = sa.select(election.c.type, election.c.year, election.c.round).where(has_results)
    ordered = names.order_by(election.c.year, election.c.type, election.c.round)
    return [aggregate_to_ward(connection, *name) for name in connection.execute(ordered).all()]
