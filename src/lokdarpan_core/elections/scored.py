"""What a back-test reports: figures by kind of contest, differences between methods, and who is a ward's like.

These records need no numpy, so that a page can show a stored report.
"""

from collections.abc import Sequence

import attrs

from lokdarpan_core.elections.scores import CalibrationBin, Figures

FORECAST = "forecast"
ALL, HORIZON, PAST = "all", "horizon", "past"
HORIZONS = (
    (1.5, "up to 1 year"),
    (2.5, "2 years"),
    (3.5, "3 years"),
    (4.5, "4 years"),
    (float("inf"), "5 years or more"),
)
PASTS = ((1, "1"), (2, "2"), (4, "3–4"), (float("inf"), "5 or more"))
ENOUGH = 30  # contests; a smaller kind tells little, so all contests stand in for it


@attrs.frozen
class Difference:
    """The forecast's figure minus a baseline's, and its 95 % interval; None where too few days were drawn from."""

    baseline: str
    measure: str
    value: float
    low: float | None
    high: float | None


@attrs.frozen
class Group:
    """Contests of one kind: `by` is `all`, `horizon` (years since the ward's last election) or `past` (how many
    elections of it were known)."""

    by: str
    name: str
    contests: int
    days: int
    methods: dict[str, Figures]
    differences: tuple[Difference, ...]


@attrs.frozen
class BacktestReport:
    """What came of a back-test. `listed` says whether the methods knew who stands, `left_out` counts the contests that
    the panel could not use, `notes` say what to be careful about."""

    place: str | None
    first_year: int
    last_year: int
    days: int
    units: int
    contests: int
    listed: bool
    seed: int
    groups: tuple[Group, ...]
    calibration: tuple[CalibrationBin, ...]
    left_out: int
    notes: tuple[str, ...]

    def group(self, by: str = ALL, name: str = ALL) -> Group | None:
        """One group, None if no contest is of that kind."""
        return next((group for group in self.groups if (group.by, group.name) == (by, name)), None)


@attrs.frozen
class Record:
    """How the forecast did in wards like this one: the place and years it was scored in, what made them alike, the
    number of contests, and their figures (see `Figures`)."""

    place: str | None
    first_year: int
    last_year: int
    alike: str
    figures: Figures


def record_for(report: BacktestReport, horizon: float) -> Record | None:
    """The record of wards whose last election was about as long ago (years); of all wards, where there are few such."""
    name = horizon_name(horizon)
    alike = report.group(HORIZON, name)
    group, what = (
        (alike, f"{name} since the last election") if alike and alike.contests >= ENOUGH else (None, "all wards")
    )
    group = group or report.group()
    if group is None:
        return None
    return Record(report.place, report.first_year, report.last_year, what, group.methods[FORECAST])


def horizon_name(horizon: float) -> str:
    """The kind of contest by the years since the ward's last election."""
    return _name(HORIZONS, horizon)


def past_name(past: int) -> str:
    """The kind of contest by the number of past elections."""
    return _name(PASTS, past)


def _name(kinds: Sequence[tuple[float, str]], value: float) -> str:
    return next(name for upper, name in kinds if value <= upper)
