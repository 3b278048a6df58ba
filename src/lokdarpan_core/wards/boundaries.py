"""Ward boundaries from a GeoJSON file, matched by name and number together.

Maps carry wrong numbers: a well-known one of Hyderabad has ward 31, Rein Bazar, as 37, beside the real 37. So a number
alone never decides. A feature belongs to a ward whose name (or alias) it has, letter by letter, if no other ward shares
that name. Where its number is another ward's it is used all the same, and reported; two features for one ward are used
only if exactly one has the right number. All that is not used is reported with its reason, and every ward that the file
has no usable shape for is named.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import Candidate, SourceError
from lokdarpan_core.schema import ward as ward_table
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import Ward
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.geometry import GeometryError, centroid, checked
from lokdarpan_core.wards.lists import LARGEST

NAMES = ("name", "ward_name", "wardname", "name_en", "ward", "label", "title")
NUMBERS = ("ward_no", "ward_number", "wardno", "ward_num", "number", "no", "ref", "ward")
FAR = 0.5  # degrees, about 50 km: two places that far apart are not one ward


@attrs.frozen
class Feature:
    """A feature as it was read: its place in the file from 1, its label, the name and number in it, its geometry."""

    place: int
    label: str
    name: str
    number: int | None
    geometry: Any = attrs.field(repr=False)


@attrs.frozen
class Mismatch:
    """A feature that was not used, or that was used although its number is wrong. `reason` is stable: `no-name`,
    `unknown-name`, `shared-name`, `bad-geometry`, `far-away`, `duplicate`; `wrong-number`."""

    feature: int
    label: str
    reason: str
    detail: str
    ward_id: str | None = None


@attrs.frozen
class BoundaryReport:
    """What became of a boundary file: features, wards matched, boundaries and centroids that were written, features
    used although their number is wrong, features not used, and wards without a usable feature."""

    delimitation: str
    features: int
    matched: int
    boundaries_changed: int
    centroids_filled: int
    wrong_numbers: tuple[Mismatch, ...]
    unused: tuple[Mismatch, ...]
    wards_without: tuple[Candidate, ...]


def read_features(path: Path) -> list[Feature]:
    """The features of a GeoJSON FeatureCollection. Raises SourceError when the file is none."""
    try:
        document = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(f"{path} is no JSON: {error}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise SourceError(f"{path} is no GeoJSON FeatureCollection: it has no list of features")
    return [_feature(place, feature) for place, feature in enumerate(features, start=1)]


def _feature(place: int, feature: dict[str, Any]) -> Feature:
    properties = feature.get("properties")
    given = {str(name).lower(): value for name, value in properties.items()} if isinstance(properties, dict) else {}
    texts = [text for name in NAMES if (text := _plain(given.get(name)))]
    label = next((text for text in texts if labels.read(text).name), next(iter(texts), ""))
    reading = labels.read(label)
    numbers = (labels.read(text) for name in NUMBERS if (text := _plain(given.get(name))))
    alone = (one.number for one in numbers if one.number is not None and not one.name)
    number = reading.number if reading.number is not None else next(alone, None)
    return Feature(place, label, reading.name, number, feature.get("geometry"))


def _plain(value: Any) -> str:
    """A property as text; some programs write whole numbers as 12.0."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(int(value)) if is_number and 0 < value <= LARGEST and value == int(value) else ""


def import_boundaries(
    connection: Connection, gazetteer: Gazetteer, delimitation: str, features: Iterable[Feature]
) -> BoundaryReport:
    """Store the boundaries of a delimitation's wards, and the middle of each where the ward has none yet.

    `gazetteer` as loaded from this database. Safe to repeat. Raises NotFoundError when the delimitation is not loaded.
    """
    gazetteer.delimitation(delimitation)
    wards = [ward for ward in gazetteer.wards if ward.delimitation == delimitation]
    read = list(features)
    found: dict[Ward, list[tuple[Feature, dict[str, Any]]]] = defaultdict(list)
    unused = []
    for feature in read:
        match = _match(gazetteer, delimitation, feature)
        if isinstance(match, Mismatch):
            unused.append(match)
        else:
            found[match[0]].append((feature, match[1]))
    shapes, doubles = _one_each(found)
    wrong = [
        _wrong_number(gazetteer, ward, feature) for ward, (feature, _) in shapes.items() if _differs(ward, feature)
    ]
    changed, filled = _store(connection, {ward: geometry for ward, (_, geometry) in shapes.items()})
    return BoundaryReport(
        delimitation=delimitation,
        features=len(read),
        matched=len(shapes),
        boundaries_changed=changed,
        centroids_filled=filled,
        wrong_numbers=tuple(wrong),
        unused=tuple(sorted([*unused, *doubles], key=lambda one: one.feature)),
        wards_without=tuple(ward.candidate for ward in wards if ward not in shapes),
    )


def _match(gazetteer: Gazetteer, delimitation: str, feature: Feature) -> Mismatch | tuple[Ward, dict[str, Any]]:
    named = gazetteer.named(feature.name, delimitation)
    numbered = gazetteer.numbered(feature.number, delimitation) if feature.number is not None else None
    hint = f"; number {feature.number} is {numbered.name}" if numbered else ""
    if not feature.name:
        return _unused(feature, "no-name", f"it has no name, and a number alone does not decide{hint}")
    if not named:
        return _unused(feature, "unknown-name", f"no ward of {delimitation} has this name{hint}")
    if len(named) > 1:
        named = tuple(ward for ward in named if ward == numbered)
    if not named:
        return _unused(feature, "shared-name", f"several wards have this name, and the number is none of theirs{hint}")
    ward = named[0]
    try:
        geometry = checked(feature.geometry)
    except GeometryError as error:
        return _unused(feature, "bad-geometry", str(error), ward)
    lon, lat = centroid(geometry)
    if ward.lon is not None and ward.lat is not None and max(abs(lon - ward.lon), abs(lat - ward.lat)) > FAR:
        detail = f"its middle is {lon}, {lat} (degrees east, north), the ward's {ward.lon}, {ward.lat}: axes swapped?"
        return _unused(feature, "far-away", detail, ward)
    return ward, geometry


def _unused(feature: Feature, reason: str, detail: str, ward: Ward | None = None) -> Mismatch:
    return Mismatch(feature.place, feature.label, reason, detail, ward.ward_id if ward else None)


def _differs(ward: Ward, feature: Feature) -> bool:
    return feature.number is not None and feature.number != ward.number


def _wrong_number(gazetteer: Gazetteer, ward: Ward, feature: Feature) -> Mismatch:
    other = gazetteer.numbered(feature.number or 0, ward.delimitation)
    whose = f"that of {other.name}" if other else "no ward's"
    detail = f"used for {ward.ward_id} {ward.name} by its name; number {feature.number} is {whose}"
    return Mismatch(feature.place, feature.label, "wrong-number", detail, ward.ward_id)


def _one_each(
    found: dict[Ward, list[tuple[Feature, dict[str, Any]]]],
) -> tuple[dict[Ward, tuple[Feature, dict[str, Any]]], list[Mismatch]]:
    """One shape for each ward; of several only one that alone has the ward's number."""
    shapes, doubles = {}, []
    for ward, entries in found.items():
        best = entries if len(entries) == 1 else [entry for entry in entries if entry[0].number == ward.number]
        if len(best) == 1:
            shapes[ward] = best[0]
        for feature, _ in entries:
            if len(best) != 1 or feature is not best[0][0]:
                others = ", ".join(str(other.place) for other, _ in entries if other is not feature)
                doubles.append(_unused(feature, "duplicate", f"features {others} are of the same ward", ward))
    return shapes, doubles


def _store(connection: Connection, shapes: dict[Ward, dict[str, Any]]) -> tuple[int, int]:
    changed = filled = 0
    for ward, geometry in sorted(shapes.items(), key=lambda item: item[0].ward_id):
        mine = ward_table.c.ward_id == ward.ward_id
        new = ward_table.c.boundary.is_distinct_from(sa.literal(geometry, ward_table.c.boundary.type))
        changed += connection.execute(sa.update(ward_table).where(mine, new).values(boundary=geometry)).rowcount
        lon, lat = centroid(geometry)
        absent = ward_table.c.lon.is_(None), ward_table.c.lat.is_(None)
        filled += connection.execute(sa.update(ward_table).where(mine, *absent).values(lon=lon, lat=lat)).rowcount
    return changed, filled
