"""The chart of a ward's days: a bar a day with its number, the usual band behind, alerts above."""

from datetime import date, timedelta

import attrs
import pytest

from lokdarpan_core.pulse.trends import TrendDay, Trends

charts = pytest.importorskip("lokdarpan_core.charts")

START = date(2026, 6, 1)


@attrs.frozen
class Raised:
    """What a chart wants to know of an alert."""

    published_on: date | None
    observed: float | None
    expected: float | None


def trends(counts, ward="WARD_095"):
    days = [TrendDay(START + timedelta(days=place), count, {}, {}) for place, count in enumerate(counts)]
    return Trends(ward, len(days), START, days[-1].date, [], [], days)


def data(chart, layer):
    return chart.layer[layer].data["values"]


def texts(chart):
    return charts.svg(chart)


def test_every_day_is_a_bar_with_its_number():
    chart = charts.mentions_chart(trends([2, 0, 7]))

    assert [("2026-06-01", 2, "2"), ("2026-06-02", 0, ""), ("2026-06-03", 7, "7")] == [
        (row["day"], row["stories"], row["label"]) for row in data(chart, layer=1)
    ]
    drawn = texts(chart)
    assert all(f">{text}</text>" in drawn for text in ("2", "7", "Stories by day, WARD_095"))


def test_alert_says_what_was_expected_and_band_lies_behind():
    band = [(START, 0.0, 3.0)]
    chart = charts.mentions_chart(trends([2, 9]), [Raised(date(2026, 6, 2), 9.0, 1.25)], band)

    assert ">▲ 1.2 expected</text>" in texts(chart)
    assert [{"day": "2026-06-01", "low": 0.0, "high": 3.0}] == data(chart, layer=0)


def test_older_programs_alerts_without_figures_are_left_out():
    chart = charts.mentions_chart(trends([2]), [Raised(None, None, None)])

    assert "expected" not in texts(chart)


def test_day_is_drawn_as_the_day_it_is_in_every_time_zone(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        drawn = texts(charts.mentions_chart(trends([1] * 3)))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert [">1 Jun</text>", ">3 Jun</text>"] == [
        f">{day} Jun</text>" for day in (1, 3) if f">{day} Jun</text>" in drawn
    ]
    assert "31 May" not in drawn


def test_year_has_no_room_for_numbers_and_silence_has_an_axis():
    assert ">11</text>" not in texts(charts.mentions_chart(trends([11] * 365)))
    assert texts(charts.mentions_chart(trends([0]))).startswith("<svg")


def test_name_can_not_become_markup():
    hostile = charts.mentions_chart(trends([1], "</script><img src=x>"))

    assert "<img" not in hostile.to_html() + charts.svg(hostile)
