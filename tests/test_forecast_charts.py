"""Charts of a forecast say their numbers in text, and carry no markup into a page."""

from datetime import UTC, date, datetime

import pytest
from forecast_city import NOON, TODAY, add_city, embargo
from panels import city, city_rows

from lokdarpan_core import EmbargoError, LokDarpanError, prediction, refresh_forecasts, seed
from lokdarpan_core.elections.backtest import backtest
from lokdarpan_core.elections.forecast.ward import ward_forecast
from lokdarpan_core.elections.panel import make_panel
from lokdarpan_core.embargo import parse_embargo

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


def test_stored_forecast_is_drawn_with_the_answers_figures(connection):
    add_city(connection)
    refresh_forecasts(connection, TODAY)
    said = prediction(connection, "WARD_003", now=NOON)

    drawn = text(charts.ward_chart(said))

    leader = next(iter(said.scores))
    assert "Ward 3 (WARD_003): forecast for 2026-02-08" in drawn
    assert f"{said.scores[leader]:.0f} %, wins {100 * said.win_probability[leader]:.0f} %" in drawn
    assert all(f">{party}<" in drawn for party in ("INC", "BJP", "BRS", "AIMIM", "IND"))


def test_last_shares_are_no_forecast_to_draw(connection):
    seed(connection)

    with pytest.raises(LokDarpanError, match="no forecast to draw"):
        charts.ward_chart(prediction(connection, "WARD_001"))


def test_nothing_is_drawn_in_an_embargo():
    windows = parse_embargo(embargo(datetime(2026, 1, 10, 6, tzinfo=UTC), datetime(2026, 1, 10, 8, tzinfo=UTC)))
    forecast = ward_forecast(city(), "W001", date(2020, 5, 1))

    with pytest.raises(EmbargoError, match="SEC/12"):
        charts.ward_chart(forecast, embargo=windows, now=NOON)

    assert charts.ward_chart(forecast, embargo=windows, now=datetime(2026, 1, 10, 8, tzinfo=UTC))
