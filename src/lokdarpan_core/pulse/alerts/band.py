"""How many stories a ward is expected in, day by day, and within which bounds such days lie: the band of a chart."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import ParameterError, UnknownWardError
from lokdarpan_core.pulse.alerts.binomial import quantile
from lokdarpan_core.pulse.alerts.counts import Counts
from lokdarpan_core.pulse.alerts.detect import NO_ARTICLES, NO_HISTORY
from lokdarpan_core.pulse.alerts.history import read_counts, window_before
from lokdarpan_core.pulse.alerts.model import HISTORY_DAYS, expect
from lokdarpan_core.pulse.alerts.records import ExpectedDay
from lokdarpan_core.schema import ward

MOST_DAYS = 366
LEVEL = 0.9


def expected_band(
    connection: Connection, ward_id: str, start: date, end: date, *, level: float = LEVEL
) -> list[ExpectedDay]:
    """Each day from `start` to `end` with the stories that a ward was and should have been in, from the model that
    alerts are judged by, and the bounds between which `level` (fraction, 0 to 1) of such days lie.

    Raises ParameterError for more than 366 days or an impossible level, UnknownWardError for a ward that no list has.
    """
    if not 0 <= (end - start).days < MOST_DAYS:
        raise ParameterError(f"{start} to {end}: allowed are 1 to {MOST_DAYS} days", "start")
    if not 0 < level < 1:
        raise ParameterError(f"level is {level}; allowed is a fraction between 0 and 1", "level")
    query = sa.select(ward.c.delimitation_id).where(ward.c.ward_id == ward_id)
    delimitation_id = None if "\0" in ward_id else connection.execute(query).scalar()
    if delimitation_id is None:
        raise UnknownWardError(f"No ward list that is loaded has a ward {ward_id!r}; ward ids look like WARD_001")
    counts = read_counts(connection, delimitation_id, window_before(start, HISTORY_DAYS), end)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [_expected(counts, ward_id, day, level) for day in days]


def _expected(counts: Counts, ward_id: str, day: date, level: float) -> ExpectedDay:
    today = counts.day(day)
    if not today.sources:
        return ExpectedDay(day, None, None, None, None, level, NO_HISTORY if today.fresh else NO_ARTICLES)
    at = today.wards.index(ward_id)
    expected = expect(today.past(today.mentions), today.volume, day.weekday())
    mean, shape = float(expected.mean[at]), float(expected.shape[at])
    bounds = (quantile((1 - level) / 2, mean, shape), quantile((1 + level) / 2, mean, shape))
    return ExpectedDay(day, int(today.observed(today.mentions)[at]), round(mean, 4), *bounds, level)
