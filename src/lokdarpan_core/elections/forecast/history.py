"""What the elections before a day tell of every party in every ward: the tables that the regressions read.

A *candidacy* is a party that may stand in a ward: each that ever stood there, each that is common enough in the
ward's city, or just those on the list of candidates where there is one.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from lokdarpan_core.elections.forecast.arrays import Arrays, Floats, Ints, Truths, sums
from lokdarpan_core.elections.forecast.levels import Levels, region_levels

COMMON = 0.05  # a party that stood in this part of the city's recent contests may come to any ward
LIKELY = 0.03  # a chance to stand; below it a party that once stood is not named
RATE_FADES, HABIT_FADES, WARD_FADES = 1.0, 0.33, 0.2  # per year: how fast old elections lose weight
WARD_SHRINKS, CITY_SHRINKS = 1.0, 10.0  # towards the region; a weight beside the contests', which is up to 6 each
CITY_RATE_SHRINKS, HABIT_SHRINKS = 3.0, 0.5  # towards the region's rate; in contests


@attrs.frozen(eq=False)
class History:
    """Tables by unit (`last`: its last contest or −1, `past`: its number of contests, `city`), by unit and party
    (`latest`: the party's latest row or −1, `stood`: how often, `last_share`: at the last contest, 0 if absent, `mean`:
    strength beside the region, on the log scale, `habit`: how regularly it stands), by city and party (`city_mean`,
    `city_rate`) and by party (`rate`, `level`). `since`: years from the newest election to the day."""

    arrays: Arrays
    day: float
    since: float
    levels: Levels
    last: Ints
    past: Ints
    city: Ints
    latest: Ints
    stood: Ints
    last_share: Floats
    mean: Floats
    habit: Floats
    city_mean: Floats
    city_rate: Floats
    rate: Floats
    level: Floats


@attrs.frozen(eq=False)
class Candidacies:
    """One entry a party that may stand: `ward` (position among the wards asked for), `unit`, `city`, `party`."""

    n_wards: int
    ward: Ints
    unit: Ints
    city: Ints
    party: Ints


def history(arrays: Arrays, day: float) -> History:
    """The tables of what was held before `day`; there must be a contest."""
    n = arrays.contests_before(day)
    rows = slice(0, int(arrays.start[n]))
    contest, party, share = arrays.contest[rows], arrays.party[rows], arrays.share[rows]
    unit_of, city_of = arrays.unit[:n], arrays.city[:n]
    shape = n_units, n_parties = len(arrays.units), len(arrays.parties)
    by_city = arrays.n_cities, n_parties
    levels = region_levels(arrays, n)

    last = np.full(n_units, -1, dtype=np.int64)
    last[unit_of] = np.arange(n)  # of several, numpy keeps the last
    city = np.zeros(n_units, dtype=np.int64)
    city[unit_of] = city_of
    latest = np.full(shape, -1, dtype=np.int64)
    latest[unit_of[contest], party] = np.arange(len(party))
    newest = last[unit_of[contest]] == contest
    last_share = np.zeros(shape)
    last_share[unit_of[contest[newest]], party[newest]] = share[newest]

    in_ward, in_city = unit_of[contest] * n_parties + party, city_of[contest] * n_parties + party
    age = arrays.day[n - 1] - arrays.day[:n]
    weight = levels.weight * np.exp(-WARD_FADES * age)[contest]
    pull = weight * levels.residual
    recent, habit = np.exp(-RATE_FADES * age), np.exp(-HABIT_FADES * age)
    seen = sums(party, None, n_parties) > 0
    rate = np.where(seen, (sums(party, recent[contest], n_parties) + 0.5) / (recent.sum() + 2), 0.0)
    return History(
        arrays=arrays,
        day=day,
        since=day - float(arrays.day[n - 1]),
        levels=levels,
        last=last,
        past=sums(unit_of, None, n_units).astype(np.int64),
        city=city,
        latest=latest,
        stood=_table(in_ward, None, shape).astype(np.int64),
        last_share=last_share,
        mean=_table(in_ward, pull, shape) / (_table(in_ward, weight, shape) + WARD_SHRINKS),
        habit=_shrunk_rate(in_ward, habit[contest], sums(unit_of, habit, n_units), rate, HABIT_SHRINKS),
        city_mean=_table(in_city, pull, by_city) / (_table(in_city, weight, by_city) + CITY_SHRINKS),
        city_rate=_shrunk_rate(in_city, recent[contest], sums(city_of, recent, by_city[0]), rate, CITY_RATE_SHRINKS),
        rate=rate,
        level=_latest_level(levels, seen),
    )


def candidacies(past: History, wards: Ints, listed: Sequence[Sequence[int] | None] | None = None) -> Candidacies:
    """Who may stand in these wards (positions of units, each with a contest). `listed` holds, ward by ward, the parties
    that do stand (positions), or None where that is not known."""
    may = (past.stood[wards] > 0) | (past.city_rate[past.city[wards]] >= COMMON)
    for row, parties in enumerate(listed or ()):
        if parties is not None:
            may[row] = False
            may[row, list(parties)] = True
    ward, party = np.nonzero(may)
    unit = wards[ward]
    return Candidacies(len(wards), ward, unit, past.city[unit], party)


def likely(who: Candidacies, chance: Floats) -> Truths:
    """Which candidacies are worth naming: the others are left to "somebody else". A ward keeps its likeliest one."""
    best = np.zeros(who.n_wards)
    np.maximum.at(best, who.ward, chance)
    kept: Truths = (chance >= LIKELY) | (chance >= best[who.ward])
    return kept


def only(who: Candidacies, kept: Truths) -> Candidacies:
    """Those candidacies alone."""
    return Candidacies(who.n_wards, who.ward[kept], who.unit[kept], who.city[kept], who.party[kept])


def _table(cell: Ints, values: Floats | None, shape: tuple[int, int]) -> Floats:
    return sums(cell, values, shape[0] * shape[1]).reshape(shape)


def _shrunk_rate(cell: Ints, stood: Floats, held: Floats, rate: Floats, shrinks: float) -> Floats:
    """How often a party stands among the contests held, by unit or city, shrunk towards the region's rate."""
    table = _table(cell, stood, (len(held), len(rate)))
    shrunk: Floats = (table + shrinks * rate) / (held[:, None] + shrinks)
    return shrunk


def _latest_level(levels: Levels, seen: Truths) -> Floats:
    """Each party's latest level. One that never stood anywhere gets the median of the others': most are small."""
    filled: Floats = np.where(seen, levels.latest, np.median(levels.latest[seen]))
    return filled
