"""Charts of a back-test and of a forecast (Altair): is the doubt right, how large are the errors, what may come here?

Import this module only where a chart is wanted; see `charts`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import altair as alt
import attrs

from lokdarpan_core.charts import OTHERS as GREY
from lokdarpan_core.charts import PARTY_COLOURS, svg
from lokdarpan_core.elections.forecast.records import METHOD, WardForecast
from lokdarpan_core.elections.prediction import Prediction
from lokdarpan_core.elections.scored import FORECAST, HORIZON, BacktestReport
from lokdarpan_core.embargo import Embargo, forbid
from lokdarpan_core.errors import LokDarpanError
from lokdarpan_core.timestamps import utc_now

SURE = 0.98  # a chance to stand that needs no mention
LEAST_SHOWN = 0.005  # of the votes or chances: smaller parties would fill the chart


def calibration_chart(report: BacktestReport) -> alt.LayerChart:
    """Chances to win against how often they came true: on the line, 30 % is 30 of 100. A point's size is the number of
    parties, which stands beside it."""
    rows = [
        {"expected": round(100 * one.expected, 2), "won": round(100 * one.happened, 2), "parties": one.chances}
        for one in report.calibration
    ]
    axis = alt.Scale(domain=[0, 100])
    x = alt.X("expected:Q", title="Chance to win, %", scale=axis)
    y = alt.Y("won:Q", title="Won, %", scale=axis)
    line = alt.Chart({"values": [{"expected": 0, "won": 0}, {"expected": 100, "won": 100}]}).mark_line(
        strokeDash=[4, 4], color=GREY
    )
    points = alt.Chart({"values": rows}).mark_point(filled=True, color="#1f4e79")
    size = alt.Size("parties:Q", legend=None, scale=alt.Scale(type="sqrt", range=[20, 400]))
    numbers = (
        alt.Chart({"values": rows}).mark_text(align="left", dx=10, dy=6, fontSize=9).encode(x=x, y=y, text="parties:Q")
    )
    layers = [line.encode(x=x, y=y), points.encode(x=x, y=y, size=size), numbers]
    return _titled(alt.LayerChart(layer=layers), "Are the chances right?", _where(report), 320, 320)


def error_chart(report: BacktestReport) -> alt.LayerChart:
    """The mean absolute error of a party's share, by method and by the time since the ward's last election."""
    groups = [group for group in report.groups if group.by == HORIZON]
    order = [group.name for group in groups]
    methods = list(groups[0].methods)
    rows = [
        {
            "since": group.name,
            "method": method,
            "error_pp": round(100 * figures.share_error, 2),
            "label": f"{method} {100 * figures.share_error:.1f}",
        }
        for group in groups
        for method, figures in group.methods.items()
    ]
    bars = (
        alt.Chart({"values": rows})
        .mark_bar()
        .encode(
            y=alt.Y("since:N", sort=order, title="Last election"),
            yOffset=alt.YOffset("method:N", sort=methods),
            x=alt.X("error_pp:Q", title="Mean error of a party's share, percentage points"),
            color=alt.condition(f"datum.method == '{FORECAST}'", alt.value("#1f4e79"), alt.value("#b9c0c9")),
        )
    )
    numbers = bars.mark_text(align="left", dx=3).encode(text="label:N", color=alt.value("black"))
    height = alt.Step(16)
    return _titled(alt.LayerChart(layer=[bars, numbers]), "How large are the errors?", _where(report), 420, height)


@attrs.frozen
class _Party:
    """One party's line in a ward's chart: fractions; `share` counts the chance that it does not stand."""

    name: str
    share: float
    win: float
    stands: float
    interval: tuple[float, float] | None


def ward_chart(
    forecast: WardForecast | Prediction, *, embargo: Iterable[Embargo] = (), now: datetime | None = None
) -> alt.LayerChart:
    """What may come in one ward: each party's expected share, the interval that holds it in 8 of 10 cases, and its
    chance to win.

    Raises EmbargoError where one of the windows holds `now` (aware; by default this moment), LokDarpanError for a
    prediction that is no forecast.
    """
    forbid(embargo, utc_now() if now is None else now)
    parties = [one for one in _parties(forecast) if max(one.share, one.win) >= LEAST_SHOWN]
    names = [_plain(one.name) for one in parties]
    y = alt.Y("party:N", sort=names, title=None)
    colours = [PARTY_COLOURS.get(one.name, GREY) for one in parties]
    colour = alt.Color("party:N", legend=None, scale=alt.Scale(domain=names, range=colours))
    base = alt.Chart({"values": [_row(one) for one in parties]})
    bounds = base.mark_bar(height=6, opacity=0.45).encode(
        y=y, x=alt.X("low_pct:Q", title="Share of the votes, %"), x2="high_pct:Q", color=colour
    )
    points = base.mark_point(filled=True, size=70).encode(y=y, x="share_pct:Q", color=colour)
    numbers = base.mark_text(align="left", dx=8, dy=-9).encode(y=y, x="share_pct:Q", text="label:N")
    title = f"{_ward(forecast)}: forecast for {forecast.held_on:%Y-%m-%d}"
    subtitle = "If the party stands: point, the expected share; bar, 8 of 10 cases."
    return _titled(alt.LayerChart(layer=[bounds, points, numbers]), title, subtitle, 420, alt.Step(34))


def _ward(forecast: WardForecast | Prediction) -> str:
    if isinstance(forecast, WardForecast):
        return forecast.unit
    return f"{forecast.name} ({forecast.ward})" if forecast.name else forecast.ward


def _parties(forecast: WardForecast | Prediction) -> Iterator[_Party]:
    if isinstance(forecast, WardForecast):
        shares: Mapping[str, float] = forecast.shares
        intervals: Mapping[str, tuple[float, float]] = forecast.intervals
    elif forecast.method != METHOD:
        raise LokDarpanError(f"{forecast.ward} has no forecast to draw: its scores are the shares of the last election")
    else:
        shares = {party: score / 100 for party, score in forecast.scores.items()}
        intervals = {party: (low / 100, high / 100) for party, (low, high) in forecast.intervals.items()}
    for party, share in shares.items():
        win, stands = forecast.win_probability.get(party, 0.0), forecast.stands.get(party, 1.0)
        yield _Party(party, share, win, stands, intervals.get(party))


def _row(party: _Party) -> dict[str, Any]:
    share = min(party.share / party.stands, 1.0)
    low, high = party.interval or (None, None)
    wins = f"wins {100 * party.win:.0f} %"
    sure = "" if party.stands > SURE else f" if it stands ({100 * party.stands:.0f} %)"
    return {
        "party": _plain(party.name),
        "share_pct": round(100 * share, 2),
        "low_pct": None if low is None else round(100 * low, 2),
        "high_pct": None if high is None else round(100 * high, 2),
        "label": f"{100 * share:.0f} %{sure}, {wins}",
    }


def write_charts(report: BacktestReport, folder: Path) -> Iterator[Path]:
    """Write `calibration.svg` and `error.svg` into the folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, chart in (("calibration", calibration_chart(report)), ("error", error_chart(report))):
        path = folder / f"{name}.svg"
        path.write_text(svg(chart), encoding="utf-8")
        yield path


def _where(report: BacktestReport) -> str:
    return f"{report.place}, {report.first_year}–{report.last_year}, {report.contests:,} contests"


def _titled(chart: alt.LayerChart, title: str, subtitle: str, width: int, height: "int | alt.Step") -> alt.LayerChart:
    shown = alt.TitleParams(_plain(title), subtitle=_plain(subtitle), anchor="start")
    titled: alt.LayerChart = chart.properties(title=shown, width=width, height=height)
    return titled


def _plain(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")
