"""A panel as arrays of numbers: one entry a contest, and one a party in a contest, both in order of time.

Names become positions in sorted lists of names. What lies in the future may add names, but it never changes the order
of the others: a forecast does not move when elections after it are added.
"""

from collections.abc import Iterable
from datetime import date

import attrs
import numpy as np
from numpy.typing import NDArray

from lokdarpan_core.elections.panel import Contest, Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

SOMEWHERE = ""  # the city of units whose city is not known


def years(day: date) -> float:
    """A day as years (fraction included) since the first of January of the year 1."""
    return day.toordinal() / 365.25


@attrs.frozen(eq=False)
class Arrays:
    """`unit`, `city`, `day` (years) and `occasion` (half-years: elections near each other in time share one) by
    contest; `contest`, `party`, `share` by row; `start` is the first row of each contest, and one more at the end."""

    contests: tuple[Contest, ...]
    units: tuple[str, ...]
    parties: tuple[str, ...]
    n_cities: int
    unit: Ints
    city: Ints
    day: Floats
    occasion: Ints
    contest: Ints
    party: Ints
    share: Floats
    start: Ints

    def contests_before(self, day: float) -> int:
        """How many contests were held before that day (they are the first ones)."""
        return int(np.searchsorted(self.day, day, side="left"))

    def party_at(self) -> dict[str, int]:
        """The position of each party."""
        return {party: position for position, party in enumerate(self.parties)}


def as_arrays(panel: Panel, more_parties: Iterable[str] = ()) -> Arrays:
    """The panel in numbers; `more_parties` are those that a list of candidates names and no result has yet."""
    contests = panel.contests
    units = panel.units
    parties = tuple(sorted({party for one in contests for party in one.shares} | set(more_parties)))
    cities = sorted({one.city or SOMEWHERE for one in contests})
    at_unit = {name: position for position, name in enumerate(units)}
    at_party = {name: position for position, name in enumerate(parties)}
    at_city = {name: position for position, name in enumerate(cities)}
    sizes = np.array([len(one.shares) for one in contests], dtype=np.int64)
    day = np.array([years(one.held_on) for one in contests], dtype=np.float64)
    return Arrays(
        contests=contests,
        units=units,
        parties=parties,
        n_cities=max(len(cities), 1),
        unit=np.array([at_unit[one.unit] for one in contests], dtype=np.int64),
        city=np.array([at_city[one.city or SOMEWHERE] for one in contests], dtype=np.int64),
        day=day,
        occasion=np.floor(2 * day).astype(np.int64),
        contest=np.repeat(np.arange(len(contests), dtype=np.int64), sizes),
        party=np.array([at_party[name] for one in contests for name in one.shares], dtype=np.int64),
        share=np.array([share for one in contests for share in one.shares.values()], dtype=np.float64),
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )


def sums(index: Ints, values: Floats | None, size: int) -> Floats:
    """The sum of the values (or their number) at each index."""
    return np.bincount(index, values, size).astype(np.float64)
