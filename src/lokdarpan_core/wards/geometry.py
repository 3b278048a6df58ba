"""The shape of a ward: a GeoJSON Polygon or MultiPolygon (RFC 7946), checked before anything is stored.

A map drawn from a broken ring is wrong without looking wrong, so a geometry is used as a whole or not at all.
"""

from itertools import pairwise
from typing import Any

Ring = list[list[float]]
Rings = list[Ring]  # the outer one, then its holes


class GeometryError(ValueError):
    """Why a geometry can't be used."""


def checked(geometry: Any) -> dict[str, Any]:
    """The geometry with its type and coordinates alone. Raises GeometryError."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise GeometryError("the geometry is not a Polygon or MultiPolygon")
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise GeometryError("there are no coordinates")
    for rings in _polygons(geometry):
        _check_polygon(rings)
    centroid(geometry)
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _polygons(geometry: dict[str, Any]) -> list[Rings]:
    polygons: list[Rings] = geometry["coordinates"]
    return polygons if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def _check_polygon(rings: Any) -> None:
    if not isinstance(rings, list) or not rings:
        raise GeometryError("a polygon has no ring")
    for ring in rings:
        if not isinstance(ring, list) or len(ring) < 4:
            raise GeometryError("a ring has fewer than four positions")
        for position in ring:
            _check_position(position)
        if ring[0] != ring[-1]:
            raise GeometryError(f"a ring is not closed: it starts at {ring[0]} and ends at {ring[-1]}")


def _check_position(position: Any) -> None:
    numbers = isinstance(position, list) and all(type(value) in (int, float) for value in position)
    if not numbers or not 2 <= len(position) <= 4:
        raise GeometryError("a position is not a pair of numbers (longitude, latitude)")
    lon, lat = position[:2]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise GeometryError("a position is not in degrees of longitude (-180 to 180) and latitude (-90 to 90)")


def centroid(geometry: dict[str, Any]) -> tuple[float, float]:
    """The middle of the area, as longitude and latitude in degrees, six decimals (a tenth of a metre).

    The centroid of a polygon by its signed area (P. Bourke, "Calculating the area and centroid of a polygon", 1988),
    with degrees taken as plane: within a ward that is exact to a metre. Raises GeometryError when there is no area.
    """
    total = weighted_lon = weighted_lat = 0.0
    for rings in _polygons(geometry):
        for place, ring in enumerate(rings):
            area, lon, lat = _ring_centroid(ring)
            area = -abs(area) if place else abs(area)  # the first ring is the outside, the others are holes
            total += area
            weighted_lon += area * lon
            weighted_lat += area * lat
    if total <= 0:
        raise GeometryError("the shape has no area")
    return round(weighted_lon / total, 6), round(weighted_lat / total, 6)


def _ring_centroid(ring: Ring) -> tuple[float, float, float]:
    """Signed area and centroid of a ring, reckoned from its first position so that no digits are lost."""
    start_lon, start_lat = ring[0][:2]
    twice = lon = lat = 0.0
    for here, there in pairwise(ring):
        x, y, next_x, next_y = here[0] - start_lon, here[1] - start_lat, there[0] - start_lon, there[1] - start_lat
        cross = x * next_y - next_x * y
        twice += cross
        lon += (x + next_x) * cross
        lat += (y + next_y) * cross
    if twice == 0:
        return 0.0, start_lon, start_lat
    return twice / 2, start_lon + lon / (3 * twice), start_lat + lat / (3 * twice)
