"""Charts of a forecast say their numbers in text, and carry no markup into a page."""

from datetime import date

import pytest
from panels import city, city_rows

from lokdarpan_core.elections.backtest import backtest
from lokdarpan_core.elections.forecast.ward import ward_forecast
from lokdarpan_core.elections.panel import make_panel

charts = pytest.importorskip("lokdarpan_core.forecast_charts")


def text(chart):
    from lokdarpan_core.charts import svg

    return svg(chart)


@pytest.fixture(scope="module")
def report():
    return backtest(city())


def test_calibration_shows_how_many_parties_each_point_stands_for(report):
    drawn = text(charts.calibration_chart(report))

    assert "Testville, 2004–2016, 120 contests" in drawn
    assert all(f">{one.chances}<" in drawn for one in report.calibration)


def test_errors_are_written_beside_their_bars(report):
    drawn = text(charts.error_chart(report))

    for method, figures in report.group().methods.items():
        assert f">{method} {100 * figures.share_error:.1f}<" in drawn


def test_ward_says_chances_in_words_and_no_markup_of_a_name(report):
    table = [row | {"unit": row["unit"].replace("W001", "<script>W001")} for row in city_rows()]
    forecast = ward_forecast(make_panel(table), "<script>W001", date(2020, 5, 1), report=report)

    drawn = text(charts.ward_chart(forecast))

    assert f"wins {100 * forecast.confidence:.0f} %" in drawn
    assert "‹script›W001: forecast for 2020-05-01" in drawn
    assert "<script" not in drawn
    assert any("if it stands" in word for word in drawn.split(">")) == (min(forecast.stands.values()) < 0.98)
