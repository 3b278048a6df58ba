"""Forecast the next election in every ward that has the history, and keep it in `ward_forecast`.

A ward has the history when it has a result of an earlier election of that type, and its region has results of
LEAST_ELECTIONS of them: from fewer there is no swing to learn from, and the doubt would be a prior's alone. Each
forecast carries how such forecasts did in this region; where no ward could ever be scored it says so.

The same results, day and lists give the same rows, so that a second refresh writes nothing. What is reported are counts
and names, and no figure of a forecast: an embargo may hold where the report is read (docs/embargo.md).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections import stored
from lokdarpan_core.elections.forecast.records import NEVER_SCORED, WardForecast
from lokdarpan_core.elections.forecast.region import Region, Target, label, next_election, regions
from lokdarpan_core.elections.forecast.stored import StoredForecast
from lokdarpan_core.elections.panel import Panel
from lokdarpan_core.elections.scored import BacktestReport, record_for
from lokdarpan_core.elections.scores import Figures
from lokdarpan_core.errors import LokDarpanError, PanelError
from lokdarpan_core.records import to_json
from lokdarpan_core.schema import ward, ward_forecast

LEAST_ELECTIONS = 2
DIGITS = 6
NO_ELECTION = "no past election has ward results"
NO_DAY = "its day is not stored; it stands at the middle of its year (`lokdarpan elections add NAME --held-on DAY`)"
NOT_LISTED = "is on the list of candidates, but has no forecast"

Lists = Mapping[str, Sequence[str]]  # ward id -> the parties that stand there

_LISTED = sa.text("""
    SELECT ward_id, forecast->'listed' AS listed FROM ward_forecast
    WHERE forecast->>'election' = :election AND jsonb_typeof(forecast->'listed') = 'array'
""")
_UPSERT = sa.text("""
    INSERT INTO ward_forecast (ward_id, held_on, forecast, source)
    SELECT ward_id, held_on, forecast, source
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS made (ward_id text, held_on date, forecast jsonb, source text)
    ON CONFLICT (ward_id) DO UPDATE
    SET held_on = excluded.held_on, forecast = excluded.forecast, source = excluded.source, updated_at = now()
    WHERE (ward_forecast.held_on, ward_forecast.forecast, ward_forecast.source)
          IS DISTINCT FROM (excluded.held_on, excluded.forecast, excluded.source)
    RETURNING xmax = 0
""")
_DELETE = sa.text("DELETE FROM ward_forecast WHERE ward_id <> ALL (CAST(:wards AS text[]))")


@attrs.frozen
class ForecastsReport(Shown):
    """What became of the forecasts: of which election (`election` is None where none is stored: then it is as if one
    were held on `held_on`); how many wards have one, and in how many of them the candidates' parties are known; rows
    that are new, changed, unchanged and deleted; for each reason why there is none the wards that it holds for."""

    type: str | None
    election: str | None
    held_on: date | None
    wards: int
    listed: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    notes: dict[str, list[str]] = attrs.field(factory=dict)


def refresh_forecasts(
    connection: Connection, today: date, *, standing: Lists | None = None, seed: int = 0
) -> ForecastsReport:
    """Forecast the next election everywhere, and write what changed; all of it in the caller's transaction.

    `standing` is a list of candidates (see `standing_file`): it replaces those of an earlier refresh, which are kept
    for their election where it is None. Two refreshes at once end as one after the other. Raises LokDarpanError for a
    list when no next election is stored, PanelError for results that can't be true.
    """
    stored.lock(connection, ward_forecast)
    target = next_election(connection, today)
    if standing is not None and (target is None or target.election is None):
        raise LokDarpanError(
            "A list of candidates belongs to an election, but no next one is stored: "
            "`lokdarpan elections add GHMC-2031 --held-on 2031-02-08` adds one"
        )
    notes = defaultdict[str, list[str]](list)
    made: dict[str, StoredForecast] = {}
    if target is None:
        notes[NO_ELECTION] = []
    else:
        lists = _lists(connection, target, standing)
        for region in regions(connection, target):
            made |= _forecast(region, target, lists, seed, notes)
            _note_wards(connection, region, target, made, notes)
        if unused := sorted(lists.keys() - made.keys()):
            notes[NOT_LISTED] = unused
    new, changed, deleted = _write(connection, target, made)
    return ForecastsReport(
        type=None if target is None else target.type,
        election=None if target is None else target.election,
        held_on=None if target is None else target.held_on,
        wards=len(made),
        listed=sum(one.listed is not None for one in made.values()),
        new=new,
        changed=changed,
        unchanged=len(made) - new - changed,
        deleted=deleted,
        notes=dict(notes),
    )


def _lists(connection: Connection, target: Target, standing: Lists | None) -> Lists:
    """By ward, the parties that stand, as forecasts call them."""
    if standing is None:
        rows = connection.execute(_LISTED, {"election": target.election}).all()
        standing = {row.ward_id: row.listed for row in rows}
    return {unit: sorted({label(party, target.held_on) for party in parties}) for unit, parties in standing.items()}


def _forecast(
    region: Region, target: Target, lists: Lists, seed: int, notes: dict[str, list[str]]
) -> dict[str, StoredForecast]:
    """The forecasts of one region's wards; none where it has too few elections."""
    from lokdarpan_core.elections.forecast.ward import forecast_wards  # noqa: PLC0415 (numpy: only for this)

    if without_day := [name for name, past in region.elections.items() if past.held_on is None]:
        notes[NO_DAY] = sorted({*notes[NO_DAY], *without_day})
    for what in region.panel.left_out:
        contest, _, reason = what.rpartition(": ")
        notes[reason].append(contest)
    days = {contest.held_on for contest in region.panel.contests}
    if len(days) < LEAST_ELECTIONS:
        reason = f"ward results of {len(days)} {target.type} elections before {target.held_on}; two are the least"
        notes[reason] += [region.delimitation or "wards of no loaded list"]
        return {}
    here = {unit: lists[unit] for unit in region.panel.units if unit in lists}
    forecasts = forecast_wards(region.panel, target.held_on, listed=here, seed=seed)
    reports = {known: _report(region.panel, known, seed) for known in {one.unit in here for one in forecasts}}
    return {one.unit: _kept(one, region, target, here.get(one.unit), reports[one.unit in here]) for one in forecasts}


def _report(panel: Panel, listed: bool, seed: int) -> BacktestReport | None:
    """The region's own back-test; None where no ward has two elections. With `listed` the methods know who stands."""
    from lokdarpan_core.elections.backtest import backtest  # noqa: PLC0415 (numpy: only for this)

    try:
        return backtest(panel, listed=listed, seed=seed)
    except PanelError:
        return None


def _kept(
    one: WardForecast, region: Region, target: Target, listed: Sequence[str] | None, report: BacktestReport | None
) -> StoredForecast:
    record = record_for(report, one.horizon) if report is not None else None
    return StoredForecast(
        type=target.type,
        election=target.election,
        shares=_rounded(one.shares),
        win_probability=_rounded(one.win_probability),
        stands=_rounded(one.stands),
        intervals={party: (round(low, DIGITS), round(high, DIGITS)) for party, (low, high) in one.intervals.items()},
        horizon=round(one.horizon, 3),
        based_on=tuple(region.elections[past.election] for past in one.based_on),
        listed=None if listed is None else tuple(listed),
        backtest=record and attrs.evolve(record, figures=_rounded_figures(record.figures)),
        backtest_note=None if record is not None else NEVER_SCORED,
        results=region.results[one.unit],
        seed=one.seed,
    )


def _rounded_figures(figures: Figures) -> Figures:
    values = attrs.asdict(figures)
    rounded: dict[str, Any] = {name: round(x, DIGITS) for name, x in values.items() if isinstance(x, float)}
    return attrs.evolve(figures, **rounded)


def _rounded(fractions: Mapping[str, float]) -> dict[str, float]:
    return {party: round(value, DIGITS) for party, value in fractions.items()}


def _note_wards(
    connection: Connection, region: Region, target: Target, made: Collection[str], notes: dict[str, list[str]]
) -> None:
    """Which wards of a region that has forecasts have none, for want of a result."""
    if any(unit in made for unit in region.panel.units):
        known = sa.select(ward.c.ward_id).where(ward.c.delimitation_id == region.delimitation).order_by(ward.c.number)
        without = [ward_id for ward_id in connection.execute(known).scalars() if ward_id not in made]
        if without:
            notes[f"no result of a {target.type} election before {target.held_on}"] += without


def _write(connection: Connection, target: Target | None, made: Mapping[str, StoredForecast]) -> tuple[int, int, int]:
    """Make the table hold these forecasts and no others. Returns how many are new, changed and deleted."""
    rows: list[dict[str, Any]] = [
        {
            "ward_id": ward_id,
            "held_on": None if target is None else target.held_on,
            "forecast": one,
            "source": ", ".join(dict.fromkeys(f"{past.type}-{past.year}" for past in one.based_on)),
        }
        for ward_id, one in sorted(made.items())
    ]
    deleted = connection.execute(_DELETE, {"wards": list(made)}).rowcount
    states = list(connection.execute(_UPSERT, {"rows": to_json(rows).decode()}).scalars())
    return states.count(True), states.count(False), deleted
