"""Would it have been right? Every election of a panel forecast from its past alone, beside the rules of `baselines`.

The forecasts are those of the one walk through the panel (rolling origin); nothing in them, no weight and no width,
knows an election that was held on the day or later. A ward without any past election is not scored: no rule has a word
on it.

Differences between methods are paired by contest. Their 95 % intervals come from the bootstrap over election *days*:
the wards of one day swing together, so it is the day, not the ward, that chance draws. (Over wards the intervals would
be narrower, and too narrow.) Few days give rough intervals; under ROUGH_DAYS the report says so,
under LEAST_DAYS there are none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import attrs
import numpy as np

from lokdarpan_core.elections.baselines import METHODS, Baselines
from lokdarpan_core.elections.forecast.arrays import Floats
from lokdarpan_core.elections.forecast.walk import DRAWS, Step, walk
from lokdarpan_core.elections.forecast.ward import guesses
from lokdarpan_core.elections.panel import Contest, Panel
from lokdarpan_core.elections.scored import (
    ALL,
    FORECAST,
    HORIZON,
    HORIZONS,
    PAST,
    PASTS,
    BacktestReport,
    Difference,
    Group,
    horizon_name,
    past_name,
)
from lokdarpan_core.elections.scores import Guess, Tally, Trial, calibration, figures, score
from lokdarpan_core.errors import PanelError

MEASURES = {  # figure -> the sums that it is made of
    "share_error": ("error", "parties"),
    "winners_right": ("right", "contests"),
    "brier": ("brier", "contests"),
    "log_score": ("log", "contests"),
}
REPEATS = 4000  # of the bootstrap
ROUGH_DAYS, LEAST_DAYS = 8, 3


def backtest(panel: Panel, listed: bool = False, seed: int = 0, draws: int = DRAWS) -> BacktestReport:
    """Forecast and score a whole panel. With `listed` all methods know who stands. Raises PanelError where no unit has
    two elections."""
    return report(list(trials(panel, listed, seed, draws)), panel, listed, seed)


def trials(
    panel: Panel,
    listed: bool = False,
    seed: int = 0,
    draws: int = DRAWS,
    progress: Callable[[date], None] | None = None,
) -> Iterator[Trial]:
    """Every contest of a unit that had one before, as all methods forecast it, in order of time. With `listed`, all of
    them know who stands, as from the day the nominations are final. `progress` is told each day that is done."""
    rules, waiting = Baselines(), list(panel.contests)
    for going, step, positions in walk(panel, listed=listed, seed=seed, draws=draws):
        contests = [going.arrays.contests[int(position)] for position in positions]
        day = contests[0].held_on
        while waiting[0].held_on < day:
            earlier = waiting[0].held_on
            rules.learn([one for one in waiting if one.held_on == earlier])
            waiting = [one for one in waiting if one.held_on > earlier]
        for contest, forecast, horizon in zip(contests, guesses(step, draws), _horizons(step), strict=True):
            said = {FORECAST: forecast} | rules.guesses(contest.unit, contest.shares if listed else None)
            yield _trial(contest, rules.past[contest.unit], horizon, said, listed)
        if progress is not None:
            progress(day)


def _horizons(step: Step) -> list[float]:
    last = step.past.arrays.day[step.past.last[step.wards]]
    return [round(float(years), 3) for years in step.day - last]


def _trial(contest: Contest, past: Sequence[Contest], horizon: float, said: dict[str, Guess], listed: bool) -> Trial:
    stood = sorted({party for one in past for party in one.shares})
    return Trial(
        unit=contest.unit,
        city=contest.city,
        election=contest.election,
        held_on=contest.held_on,
        horizon=horizon,
        past=len(past),
        actual=contest.shares,
        absent=tuple(party for party in past[-1].shares if party not in contest.shares),
        outcomes=tuple(contest.shares) if listed else tuple(stood),
        guesses=said,
    )


def report(scored: Sequence[Trial], panel: Panel, listed: bool = False, seed: int = 0) -> BacktestReport:
    """The figures of trials. Raises PanelError where there are none."""
    if not scored:
        raise PanelError("There is nothing to score: no unit of the panel has two elections")
    tallied = [(trial, {method: score(trial, method) for method in (FORECAST, *METHODS)}) for trial in scored]
    kinds = {(ALL, ALL): tallied}
    kinds |= {(HORIZON, name): [one for one in tallied if horizon_name(one[0].horizon) == name] for _, name in HORIZONS}
    kinds |= {(PAST, name): [one for one in tallied if past_name(one[0].past) == name] for _, name in PASTS}
    days = sorted({trial.held_on for trial in scored})
    notes = (
        () if len(days) >= ROUGH_DAYS else (f"Only {len(days)} election days: the intervals of differences are rough",)
    )
    return BacktestReport(
        place=panel.place,
        first_year=days[0].year,
        last_year=days[-1].year,
        days=len(days),
        units=len({trial.unit for trial in scored}),
        contests=len(scored),
        listed=listed,
        seed=seed,
        groups=tuple(_group(by, name, of_kind, seed) for (by, name), of_kind in kinds.items() if of_kind),
        calibration=calibration(scored, FORECAST),
        left_out=len(panel.left_out),
        notes=notes,
    )


def _group(by: str, name: str, scored: Sequence[tuple[Trial, dict[str, Tally]]], seed: int) -> Group:
    daily: dict[str, dict[date, Tally]] = {method: defaultdict(Tally) for method in (FORECAST, *METHODS)}
    for trial, of_trial in scored:
        for method, tally in of_trial.items():
            daily[method][trial.held_on] += tally
    days = daily[FORECAST]
    of_method = {method: figures(sum(of_day.values(), Tally())) for method, of_day in daily.items()}
    tables = {method: np.array([attrs.astuple(one) for one in of_day.values()]) for method, of_day in daily.items()}
    times = np.random.default_rng(seed).multinomial(len(days), np.full(len(days), 1 / len(days)), REPEATS)
    drawn = {method: times @ table for method, table in tables.items()}
    differences = []
    for rule in METHODS:
        for measure in MEASURES:
            apart = _means(measure, drawn[FORECAST]) - _means(measure, drawn[rule])
            bounds = np.quantile(apart, (0.025, 0.975)).tolist() if len(days) >= LEAST_DAYS else (None, None)
            value = getattr(of_method[FORECAST], measure) - getattr(of_method[rule], measure)
            differences.append(Difference(rule, measure, value, *bounds))
    return Group(by, name, len(scored), len(days), of_method, tuple(differences))


def _means(measure: str, sums: Floats) -> Floats:
    names = [field.name for field in attrs.fields(Tally)]
    above, below = (names.index(part) for part in MEASURES[measure])
    means: Floats = sums[:, above] / sums[:, below]
    return means
