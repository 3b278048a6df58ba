"""The newest of several times, and never a guess at a zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core import as_utc, latest

INDIA = timezone(timedelta(hours=5, minutes=30))
AWARE = st.datetimes(timezones=st.sampled_from([UTC, INDIA, timezone(timedelta(hours=-8))]))


@given(st.lists(st.none() | AWARE))
def test_latest_is_the_greatest_that_is_there(times):
    there = [time for time in times if time is not None]

    assert latest(*times) == (max(there) if there else None)


@given(AWARE)
def test_as_utc_is_the_same_moment(time):
    assert (time, timedelta()) == (as_utc(time), as_utc(time).utcoffset())


@pytest.mark.parametrize("function", [as_utc, latest])
def test_naive_time_is_refused(function):
    with pytest.raises(ValueError, match="no time zone"):
        function(datetime(2026, 5, 1, 12))
