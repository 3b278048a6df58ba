"""Counts of a city, day by day, and one day of them with the history that it is compared with."""

from collections.abc import Mapping
from datetime import date, timedelta

import attrs
import numpy as np
from numpy.typing import NDArray

from lokdarpan_core.pulse.alerts.model import HISTORY_DAYS, Array, Past, enough_history

Whole = NDArray[np.int64]


@attrs.frozen
class Counts:
    """Stories from the day `first` on, a column for each day. `volume` (sources × days) is what a source printed in
    all, `mentions` (wards × sources × days) what of it mentions a ward, `parties` the same for each party's stories. A
    story counts for the source that leads it that day, once."""

    first: date
    wards: tuple[str, ...]
    sources: tuple[str, ...]
    volume: Whole
    mentions: Whole
    parties: Mapping[str, Whole]

    def day(self, day: date) -> "Day":
        """A day with its history: the eight weeks before it, as far as they are here. Sources that delivered nothing
        that day, or on too few days before, are left out of both, and named."""
        at = (day - self.first).days
        since = max(0, at - HISTORY_DAYS)
        silent = self.volume[:, at] == 0
        fresh = ~silent & ~enough_history(self.volume[:, since:at].astype(float))
        judged = ~silent & ~fresh
        past = slice(since, at)
        weekdays = np.array([(self.first + timedelta(days=n)).weekday() for n in range(since, at)], dtype=np.int64)
        return Day(
            day,
            self.wards,
            tuple(np.array(self.sources)[judged].tolist()),
            tuple(name for name, out in zip(self.sources, silent, strict=True) if out and self._seen(name, past)),
            tuple(name for name, out in zip(self.sources, fresh, strict=True) if out),
            self.volume[judged, past].astype(float),
            self.volume[judged, at].astype(float),
            weekdays,
            self.mentions[:, judged, since : at + 1],
            {party: counts[:, judged, since : at + 1] for party, counts in self.parties.items()},
        )

    def _seen(self, source: str, past: slice) -> bool:
        return bool(self.volume[self.sources.index(source), past].any())


@attrs.frozen
class Day:
    """One day to judge: `sources` are those that are judged, `silent` those that delivered before and not that day,
    `fresh` those with too few days of history. The last column of `mentions` and of `parties` is the day itself."""

    day: date
    wards: tuple[str, ...]
    sources: tuple[str, ...]
    silent: tuple[str, ...]
    fresh: tuple[str, ...]
    past_volume: Array
    volume: Array
    weekdays: Whole
    mentions: Whole
    parties: Mapping[str, Whole]

    @property
    def history_days(self) -> int:
        """Days before it on which a judged source delivered."""
        return int(np.count_nonzero(self.past_volume.sum(axis=0)))

    def past(self, counts: Whole) -> Past:
        """The history of `mentions`, or of one party."""
        return Past(counts[:, :, :-1].astype(float), self.past_volume, self.weekdays)

    def observed(self, counts: Whole) -> Whole:
        """Stories of the day (wards)."""
        return np.asarray(counts[:, :, -1].sum(axis=1))
