"""What a ward is expected to have, day by day, by the model that alerts are judged by."""

from datetime import date, timedelta

from sqlalchemy import Connection

from lokdarpan_core.pulse.alerts.binomial import quantile
from lokdarpan_core.pulse.alerts.counts import Counts
from lokdarpan_core.pulse.alerts.history import read_counts, window_before
from lokdarpan_core.pulse.alerts.judge_city import NO_ARTICLES, NO_HISTORY
from lokdarpan_core.pulse.alerts.model import HISTORY_DAYS, expect
from lokdarpan_core.pulse.alerts.records import ExpectedDay


def expected_days(
    connection: Connection, delimitation_id: str, ward_id: str, start: date, end: date, *, level: float
) -> list[ExpectedDay]:
    """Each day from `start` to `end`; see `band.expected_band`."""
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
