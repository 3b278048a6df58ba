"""The newest of several times, and never a guess at a zone."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core import as_utc, latest, today, utc_now

INDIA = timezone(timedelta(hours=5, minutes=30))
AWARE = st.datetimes(timezones=st.sampled_from([UTC, INDIA, timezone(timedelta(hours=-8))]))


@given(st.lists(st.none() | AWARE))
def test_latest_is_the_greatest_that_is_there(times):
    there = [time for time in times if time is not None]

    assert latest(*times) == (max(there) if there else None)


@given(AWARE)
def test_as_utc_is_the_same_moment(time):
    assert time == as_utc(time)
    assert as_utc(time).tzinfo is UTC


def test_now_is_in_utc():
    assert utc_now().tzinfo is UTC


def test_today_is_the_day_of_the_zone():
    """These two are 25 hours apart, so that they never have the same day."""
    assert timedelta(days=1) <= today(ZoneInfo("Pacific/Kiritimati")) - today(ZoneInfo("Pacific/Niue"))


class Nowhere(tzinfo):
    """A zone that knows no offset: by datetime's own rule a time in it is naive."""

    def utcoffset(self, _):
        return None


@pytest.mark.parametrize("zone", [None, Nowhere()], ids=["no zone", "no offset"])
@pytest.mark.parametrize("function", [as_utc, latest])
def test_naive_time_is_refused(function, zone):
    with pytest.raises(ValueError, match="no time zone"):
        function(datetime(2026, 5, 1, 12, tzinfo=zone))
