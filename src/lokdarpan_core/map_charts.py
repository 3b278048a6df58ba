"""The map of a city (Altair): its wards, coloured by a layer. Import this only where one is wanted; see `charts`.

Wards are drawn by their boundaries, and those without by circles as large as they have electors. What may be a layer,
`pulse.layers` says.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from lokdarpan_core.charts import OTHERS, PARTY_COLOURS, _plain
from lokdarpan_core.pulse.city import CityMap
from lokdarpan_core.pulse.layers import Layer

NO_VALUE = "#d9dbde"
LARGEST = 80_000  # electors of the largest circle


def ward_map(
    map: CityMap, layer: Layer, *, names: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """The wards of a city, coloured by a layer (`pulse.layers`): boundaries, else circles sized by electors. Wards
    without a value are grey.

    `names` and `links` are what stands for a ward in the tooltip, and where a click leads, by its id.
    """
    shapes = [_shape(feature, layer, names or {}, links or {}) for feature in map.features if feature["geometry"]]
    areas = [shape for shape in shapes if shape["geometry"]["type"] != "Point"]
    points = [
        row["properties"] | {"lon": row["geometry"]["coordinates"][0], "lat": row["geometry"]["coordinates"][1]}
        for row in shapes
        if row["geometry"]["type"] == "Point"
    ]
    layers = []
    if areas:
        marks = alt.Chart({"values": areas}).mark_geoshape(stroke="white", strokeWidth=0.7)
        layers.append(marks.encode(**_map_channels("properties.", layer, links)))
    if points or not areas:
        circles = alt.Chart({"values": points}).mark_circle(stroke="white", strokeWidth=0.5, opacity=0.9)
        size = alt.Size("electors:Q", legend=None, scale=alt.Scale(domain=[0, LARGEST], range=[40, 260], clamp=True))
        layers.append(circles.encode(longitude="lon:Q", latitude="lat:Q", size=size, **_map_channels("", layer, links)))
    drawn: alt.LayerChart = alt.LayerChart(layer=layers).project(type="mercator").properties(width=560, height=460)
    return drawn


def _map_channels(before: str, layer: Layer, links: Mapping[str, str] | None) -> dict[str, Any]:
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal")
    value = f"{before}value"
    missing = alt.value(NO_VALUE)
    colour: Any
    if layer.kind == "party":
        names = sorted({_plain(party) for party in layer.values.values()})
        colours = [PARTY_COLOURS.get(name, OTHERS) for name in names]
        colour = alt.Color(f"{value}:N", legend=legend, scale=alt.Scale(domain=names, range=colours))
    else:
        most = max(layer.values.values(), default=0) or 1
        scale = alt.Scale(scheme="blues", domain=[0, most] if layer.kind == "count" else alt.Undefined)
        ticks = alt.Legend(
            title=None, orient="bottom", direction="horizontal", tickMinStep=1, tickCount=5, gradientLength=220
        )
        colour = alt.Color(f"{value}:Q", legend=ticks, scale=scale)
    channels: dict[str, Any] = {
        "color": alt.condition(f"isValid(datum{_path(before)}.value)", colour, missing),
        "tooltip": [alt.Tooltip(f"{before}name:N", title="Ward"), alt.Tooltip(f"{before}shown:N", title="Value")],
    }
    if links:
        channels["href"] = alt.Href(f"{before}link:N")
    return channels


def _path(before: str) -> str:
    return f".{before.removesuffix('.')}" if before else ""


def _shape(
    feature: Mapping[str, Any], layer: Layer, names: Mapping[str, str], links: Mapping[str, str]
) -> dict[str, Any]:
    ward, of_ward = feature["id"], feature["properties"]
    value = layer.values.get(ward)
    properties = {
        "name": _plain(names.get(ward, of_ward["name"])),
        "value": _plain(value) if isinstance(value, str) else value,
        "shown": "–" if value is None else _plain(f"{value:.1f}" if isinstance(value, float) else str(value)),
        "electors": of_ward["electors"] or 0,
        "link": links.get(ward),
    }
    return {"type": "Feature", "geometry": _drawable(feature["geometry"]), "properties": properties}


def _drawable(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """A geometry for the screen: to 10 m, and its outer rings clockwise, as d3 wants them (RFC 7946 has them the
    other way round, and d3 then fills the rest of the world)."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        return {"type": kind, "coordinates": coordinates}
    polygons = coordinates if kind == "MultiPolygon" else [coordinates]
    drawn = [[_ring(ring, clockwise=not place) for place, ring in enumerate(polygon)] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": drawn}


def _ring(ring: Sequence[Sequence[float]], *, clockwise: bool) -> list[list[float]]:
    rounded: list[list[float]] = []
    for x, y, *_ in ring:
        place = [round(x, 4), round(y, 4)]
        if not rounded or rounded[-1] != place:
            rounded.append(place)
    twice_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(rounded))
    return rounded if (twice_area < 0) == clockwise else rounded[::-1]
