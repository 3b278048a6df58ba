"""The map of a city: boundaries or circles, a value for some wards, grey for the others, no markup from names."""

from datetime import date
from itertools import pairwise

import pytest

from lokdarpan_core.pulse.city import CityMap
from lokdarpan_core.pulse.layers import Layer

charts = pytest.importorskip("lokdarpan_core.charts")
maps = pytest.importorskip("lokdarpan_core.map_charts")

SQUARE = [[[78.40001, 17.4], [78.5, 17.4], [78.5, 17.5], [78.4, 17.5], [78.40001, 17.4]]]  # anticlockwise


def feature(ward, geometry, name="Kapra", electors=50_000):
    return {"type": "Feature", "id": ward, "geometry": geometry, "properties": {"name": name, "electors": electors}}


def city(*features):
    return CityMap("FeatureCollection", "ghmc-2016", "©", 14, date(2026, 6, 1), date(2026, 6, 14), list(features))


AREA = feature("WARD_001", {"type": "Polygon", "coordinates": SQUARE})
POINT = feature("WARD_002", {"type": "Point", "coordinates": [78.45, 17.45]}, "Sainikpuri")
WINNERS = Layer("winner", "party", {"WARD_001": "INC"})


def rows(chart, place=0):
    made = chart.to_dict()
    data = made["layer"][place].get("data") or made["data"]
    return data["values"] if "values" in data else made["datasets"][data["name"]]


def test_boundaries_are_areas_and_wards_without_are_circles():
    layers = maps.ward_map(city(AREA, POINT), WINNERS).to_dict()["layer"]

    assert ["geoshape", "circle"] == [one["mark"]["type"] for one in layers]
    assert "mercator" == maps.ward_map(city(AREA), WINNERS).to_dict()["projection"]["type"]


def test_outer_rings_are_clockwise_and_rounded():
    (shape,) = rows(maps.ward_map(city(AREA), WINNERS))
    ring = shape["geometry"]["coordinates"][0][0]

    assert [78.4, 17.4] == ring[0] == ring[-1]
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) < 0


def test_ward_without_a_value_is_grey_and_says_so():
    chart = maps.ward_map(city(AREA, POINT), WINNERS)

    assert (None, "–") == tuple(rows(chart, 1)[0][name] for name in ("value", "shown"))
    assert maps.NO_VALUE in charts.svg(chart)


@pytest.mark.parametrize("kind", ["percent", "count"])
def test_amounts_have_a_scale(kind):
    layer = Layer("turnout", kind, {"WARD_001": 55, "WARD_002": 40})

    assert charts.svg(maps.ward_map(city(AREA, POINT), layer)).startswith("<svg")


def test_names_are_no_markup_and_wards_lead_to_their_page():
    chart = maps.ward_map(city(AREA), WINNERS, names={"WARD_001": "</script><b>"}, links={"WARD_001": "/ward/WARD_001"})

    assert "</script><b>" not in chart.to_html()
    assert "/ward/WARD_001" == rows(chart)[0]["properties"]["link"]


def test_city_without_places_is_an_empty_map():
    assert charts.svg(maps.ward_map(city(feature("WARD_003", None)), WINNERS)).startswith("<svg")
