"""The days that a question is about: so many of them, up to and with the last one, and as many before."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import attrs

from lokdarpan_core.errors import ParameterError
from lokdarpan_core.news.articles import FIRST_YEAR, LAST_YEAR
from lokdarpan_core.timestamps import today

ZONE = ZoneInfo("Asia/Kolkata")  # where a caller names no other
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


@attrs.frozen
class Window:
    """`days` days, of which `end` is the last."""

    days: int
    end: date

    @property
    def start(self) -> date:
        """The first day."""
        return self.end - timedelta(days=self.days - 1)

    @property
    def before(self) -> "Window":
        """As many days, up to the one before the first."""
        return Window(self.days, self.end - timedelta(days=self.days))


def window(days: int, until: date | None, most: int, timezone: ZoneInfo = ZONE) -> Window:
    """The `days` days (1 to `most`) that end with `until`, or with today in the time zone.

    Raises ParameterError.
    """
    if not 1 <= days <= most:
        raise ParameterError(f"days is {days}; allowed are 1 to {most}", "days")
    end = today(timezone) if until is None else until
    if not FIRST_DAY <= end <= LAST_DAY:
        raise ParameterError(f"until is {end}; allowed are the days from {FIRST_DAY} to {LAST_DAY}", "until")
    return Window(days, end)
