"""A ward's forecast, with names instead of positions."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from lokdarpan_core.elections.forecast.arrays import Floats, as_arrays
from lokdarpan_core.elections.forecast.records import NEVER_SCORED, PastContest, WardForecast
from lokdarpan_core.elections.forecast.walk import DRAWS, Step, Walk, walk
from lokdarpan_core.elections.panel import Panel
from lokdarpan_core.elections.scored import BacktestReport, record_for
from lokdarpan_core.elections.scores import OTHERS, Guess
from lokdarpan_core.errors import PanelError, UnknownWardError

Listed = Mapping[str, Sequence[str]]  # unit -> the parties that stand there


def forecast_wards(
    panel: Panel,
    held_on: date,
    units: Sequence[str] | None = None,
    *,
    listed: Listed | None = None,
    report: BacktestReport | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> list[WardForecast]:
    """Forecast the election of `held_on` in these units (all that have a result before it, if None), in order of name.

    `listed` names the parties that stand, unit by unit; a unit without an entry is forecast with chances to stand.
    `report` is a back-test, from which each forecast gets the figures of wards like it. The same panel, day and seed
    give the same forecasts. Raises UnknownWardError for a unit without a result before that day, PanelError where no
    unit has one or a list of candidates is empty.
    """
    past = panel.before(held_on)
    if not past.contests:
        raise PanelError(f"There is no election before {held_on} to go by")
    wanted = past.units if units is None else tuple(sorted(set(units)))
    unknown = sorted(set(wanted) - set(past.units))
    if unknown:
        raise UnknownWardError(f"{unknown[0]!r} has no result before {held_on}, so there is nothing to go by")
    empty = sorted(unit for unit, parties in (listed or {}).items() if not parties)
    if empty:
        raise PanelError(f"The list of candidates of {empty[0]} is empty: leave it out if it is not known")
    step = _last_step(past, held_on, wanted, listed or {}, seed=seed, draws=draws)
    said = guesses(step, draws)
    return [_named(step, row, guess, held_on=held_on, report=report, seed=seed) for row, guess in enumerate(said)]


def ward_forecast(
    panel: Panel,
    unit: str,
    held_on: date,
    *,
    listed: Sequence[str] | None = None,
    report: BacktestReport | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> WardForecast:
    """Forecast one unit; see `forecast_wards`, which takes no longer for many."""
    lists = None if listed is None else {unit: listed}
    (forecast,) = forecast_wards(panel, held_on, [unit], listed=lists, report=report, seed=seed, draws=draws)
    return forecast


def _last_step(past: Panel, held_on: date, units: Sequence[str], listed: Listed, *, seed: int, draws: int) -> Step:
    """Walk through the past, learn from all of it, then forecast."""
    more = sorted({party for parties in listed.values() for party in parties})
    going = Walk(as_arrays(past, more), seed, draws)
    for _ in walk(past, seed=seed, draws=draws, going=going):
        pass
    at_unit = {name: position for position, name in enumerate(going.arrays.units)}
    at_party = {name: position for position, name in enumerate(going.arrays.parties)}
    stands = [[at_party[party] for party in listed[unit]] if unit in listed else None for unit in units]
    wards = np.array([at_unit[unit] for unit in units], dtype=np.int64)
    return going.forecast(held_on, wards, stands)


def guesses(step: Step, draws: int) -> list[Guess]:
    """What the forecast says of each ward of a step, in their order."""
    names = step.past.arrays.parties
    made = []
    for row, here in enumerate(_rows(step)):
        parties = [names[int(party)] for party in step.who.party[here]]
        wins = step.outlook.win[here] * draws + 0.5  # half a draw, so that nobody's chance is nothing
        left = float(step.unnamed_win[row]), float(step.unnamed_share[row])
        chances = _by_name(parties, (1 - left[0]) * wins / wins.sum())
        shares = _by_name(parties, (1 - left[1]) * step.outlook.mean[here])
        bounds = zip(step.outlook.low[here].tolist(), step.outlook.high[here].tolist(), strict=True)
        intervals = dict(zip(parties, bounds, strict=True))
        called = min(parties, key=lambda party: (-chances[party], -shares[party], party))
        made.append(Guess(called, shares | {OTHERS: left[1]}, chances | {OTHERS: left[0]}, intervals))
    return made


def _rows(step: Step) -> list[slice]:
    edges = np.searchsorted(step.who.ward, np.arange(step.who.n_wards + 1)).tolist()
    return [slice(first, last) for first, last in pairwise(edges)]


def _by_name(parties: list[str], values: Floats) -> dict[str, float]:
    return dict(zip(parties, values.tolist(), strict=True))


def _named(
    step: Step, row: int, guess: Guess, *, held_on: date, report: BacktestReport | None, seed: int
) -> WardForecast:
    arrays, position = step.past.arrays, step.wards[row]
    here = _rows(step)[row]
    parties = [arrays.parties[int(party)] for party in step.who.party[here]]
    order = sorted(parties, key=lambda party: (-guess.shares[party], party))
    past = [arrays.contests[int(one)] for one in np.flatnonzero(arrays.unit == position)]
    horizon = float(step.day - arrays.day[step.past.last[position]])
    record = record_for(report, horizon) if report is not None else None
    left = {OTHERS: guess.shares[OTHERS]} if guess.shares[OTHERS] > 0 else {}
    chances = _by_name(parties, step.chance[here])
    return WardForecast(
        unit=arrays.units[int(position)],
        held_on=held_on,
        shares={party: guess.shares[party] for party in order} | left,
        win_probability={party: guess.chances[party] for party in (*order, *left)},
        stands={party: chances[party] for party in order},
        intervals={party: guess.intervals[party] for party in order},
        horizon=round(horizon, 2),
        based_on=tuple(PastContest(one.election, one.held_on) for one in past),
        backtest=record,
        backtest_note=None if record is not None else NEVER_SCORED,
        seed=seed,
    )
