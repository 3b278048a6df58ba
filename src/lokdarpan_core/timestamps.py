"""Aware UTC datetimes, and the one place where "the newest of these" is decided."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def as_utc(value: datetime) -> datetime:
    """An aware datetime, in UTC. Raises ValueError for a naive one: guessing its zone would invent a time."""
    if value.utcoffset() is None:
        raise ValueError(f"{value.isoformat()} has no time zone; LokDarpan takes aware datetimes only")
    return value.astimezone(UTC)


def latest(*times: datetime | None) -> datetime | None:
    """The newest of the times in UTC, ignoring None; None when there is none. Raises ValueError for a naive one.

    Every `updated_at` that stands above others (`ward/meta`, alerts) is decided here.
    """
    return max((as_utc(time) for time in times if time is not None), default=None)


def today(timezone: ZoneInfo) -> date:
    """The calendar day that it is now in that zone."""
    return datetime.now(timezone).date()
