"""A boundary is matched by name and number together, checked as a whole, and all that was not used is named."""

import json

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.errors import NotFoundError, SourceError
from lokdarpan_core.schema import ward
from lokdarpan_core.wards.boundaries import import_boundaries, read_features
from lokdarpan_core.wards.delimitations import Alias, Delimitation, Ward, WardList, packaged
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.geometry import GeometryError, centroid, checked
from lokdarpan_core.wards.importing import import_list

PUNE = Delimitation("pune-2017", "PMC", None, None, "gazette")
NAMES = {1: "Aundh", 2: "Kothrud", 3: "Rein Bazar", 4: "Kurmaguda"}
FLAG = [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]


def square(lon=73.8, lat=18.5, size=0.01):
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry=None, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry or square()}


@pytest.fixture
def bring(connection, tmp_path):
    """Import features as the boundaries of a small city; returns the report."""
    wards = tuple(Ward(f"PUNE_{number:03}", PUNE.id, number, name) for number, name in NAMES.items())
    import_list(connection, WardList(PUNE, wards, (Alias("PUNE_001", "औंध", "hi", True, "gazette"),)))

    def run(*features):
        path = tmp_path / "wards.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return import_boundaries(connection, Gazetteer.load(connection), PUNE.id, read_features(path))

    return run


@pytest.mark.parametrize(
    "properties",
    [
        {"name": "Ward 1 Aundh"},
        {"Name": "1 - AUNDH"},
        {"ward_name": "औंध", "ward_no": 1},
        {"WARD_NAME": "Aundh", "WARD_NO": "01"},
        {"ward": 1, "name": "Aundh"},
        {"ward": "1", "label": "Aundh"},
        {"number": 1.0, "name": "Aundh"},
        {"name": "Aundh"},
    ],
)
def test_name_and_number_are_found_where_maps_have_them(bring, properties):
    report = bring(feature(**properties))

    assert (1, (), ()) == (report.matched, report.wrong_numbers, report.unused)


def test_boundary_and_middle_are_stored_and_a_second_run_writes_nothing(bring, connection):
    first = bring(feature(square() | {"bbox": [0, 0, 1, 1]}, name="Ward 1 Aundh"))
    row = sa.select(sa.literal_column("xmin::text"), ward.c.boundary, ward.c.lon, ward.c.lat).where(ward.c.number == 1)
    before = connection.execute(row).one()
    second = bring(feature(name="Ward 1 Aundh"))

    assert (1, 1, 0, 0) == (
        first.boundaries_changed, first.centroids_filled, second.boundaries_changed, second.centroids_filled,
    )  # fmt: skip
    assert (square(), 73.805, 18.505) == tuple(before)[1:]
    assert before == connection.execute(row).one()


def test_new_shape_replaces_the_old_and_a_known_middle_stays(bring, connection):
    bring(feature(name="Ward 1 Aundh"))
    report = bring(feature(square(size=0.02), name="Ward 1 Aundh"))

    assert (1, 0) == (report.boundaries_changed, report.centroids_filled)
    stored = sa.select(ward.c.boundary, ward.c.lon).where(ward.c.number == 1)
    assert (square(size=0.02), 73.805) == tuple(connection.execute(stored).one())


def test_wrong_number_is_used_by_its_name_and_reported(bring):
    report = bring(feature(name="Ward 4 Rein Bazar"), feature(name="Ward 4 Kurmaguda"))

    (wrong,) = report.wrong_numbers
    assert (2, 1, "wrong-number", "PUNE_003") == (report.matched, wrong.feature, wrong.reason, wrong.ward_id)
    assert "number 4 is that of Kurmaguda" in wrong.detail


@pytest.mark.parametrize(
    ("properties", "reason", "detail"),
    [
        ({"ward_no": 2}, "no-name", "number 2 is Kothrud"),
        ({"name": "Ward 2"}, "no-name", "number 2 is Kothrud"),
        ({"name": "Ward 2 Kothroot"}, "unknown-name", "number 2 is Kothrud"),
        ({}, "no-name", "no name"),
        ({"name": None}, "no-name", "no name"),
    ],
)
def test_number_alone_never_decides(bring, properties, reason, detail):
    report = bring(feature(**properties))

    (unused,) = report.unused
    assert (0, reason) == (report.matched, unused.reason)
    assert detail in unused.detail


def test_two_features_of_one_ward_are_used_only_if_one_has_its_number(bring):
    numbered = bring(feature(name="Ward 9 Aundh"), feature(name="Ward 1 Aundh"))
    neither = bring(feature(name="Kothrud"), feature(name="Kothrud"))

    assert (1, [(1, "duplicate")]) == (numbered.matched, [(one.feature, one.reason) for one in numbered.unused])
    assert (0, [1, 2]) == (neither.matched, [one.feature for one in neither.unused])
    assert () == numbered.wrong_numbers


def test_shape_far_from_the_ward_is_not_used(bring):
    bring(feature(name="Ward 1 Aundh"))

    report = bring(feature(square(lon=18.5, lat=73.8), name="Ward 1 Aundh"))

    assert ["far-away"] == [one.reason for one in report.unused]
    assert "axes swapped?" in report.unused[0].detail


def test_wards_without_a_shape_are_named(bring):
    report = bring(feature(name="Ward 1 Aundh"))

    assert ["Kothrud", "Rein Bazar", "Kurmaguda"] == [one.name for one in report.wards_without]


def test_bad_geometry_is_reported_and_the_others_are_used(bring):
    open_ring = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}

    report = bring(feature(open_ring, name="Ward 1 Aundh"), feature(name="Ward 2 Kothrud"))

    (unused,) = report.unused
    assert (1, "bad-geometry", "PUNE_001") == (report.matched, unused.reason, unused.ward_id)
    assert "not closed" in unused.detail


def test_boundaries_of_a_delimitation_that_is_not_loaded(connection):
    with pytest.raises(NotFoundError, match="ghmc-2009"):
        import_boundaries(connection, Gazetteer.load(connection), "ghmc-2009", [])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"features": 1}', '{"features": [1]}', "[" * 100_000, '{"features": [NaN]}', "\udcff"],
)
def test_file_that_is_no_collection_of_features_is_refused(tmp_path, text):
    path = tmp_path / "f.geojson"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(SourceError, match=r"f\.geojson is no"):
        read_features(path)


def test_file_that_is_absent_is_refused(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        read_features(tmp_path / "absent")


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        (None, "not a Polygon"),
        ([], "not a Polygon"),
        ({"type": "Point", "coordinates": [1, 2]}, "not a Polygon"),
        ({"type": "Polygon"}, "no coordinates"),
        ({"type": "Polygon", "coordinates": []}, "no coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "no ring"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}, "fewer than four"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, "1"], [0, 0]]]}, "not a pair"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1], [0, 1], [0, 0]]]}, "not a pair"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [True, 1], [0, 1], [0, 0]]]}, "not a pair"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [float("nan"), 1], [0, 1], [0, 0]]]}, "not in degrees"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [10**400, 0], [1, 1], [0, 1], [0, 0]]]}, "not in degrees"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 91], [0, 1], [0, 0]]]}, "not in degrees"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}, "no area"),
        ({"type": "Polygon", "coordinates": [*FLAG, *FLAG]}, "no area"),
    ],
)
def test_geometry_that_can_not_be_drawn_is_refused(geometry, problem):
    with pytest.raises(GeometryError, match=problem):
        checked(geometry)


def test_geometry_keeps_its_type_and_coordinates_alone():
    assert {"type": "Polygon", "coordinates": FLAG} == checked({"type": "Polygon", "coordinates": FLAG, "crs": "x"})


def test_middle_of_a_shape_leaves_out_its_hole_and_weighs_its_parts():
    hole = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]
    two = [FLAG, [[[3, 0], [4, 0], [4, 1], [3, 1], [3, 0]]]]

    assert (1, 0.5) == centroid({"type": "Polygon", "coordinates": FLAG})
    assert (1.5, 0.5) == centroid({"type": "Polygon", "coordinates": [*FLAG, hole]})
    assert (round(5.5 / 3, 6), 0.5) == centroid({"type": "MultiPolygon", "coordinates": two})


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0.001, 5), st.booleans())
def test_middle_of_a_square_is_its_middle_whichever_way_it_is_drawn(lon, lat, size, backwards):
    shape = square(lon, lat, size)
    ring = shape["coordinates"][0]

    middle = centroid({"type": "Polygon", "coordinates": [ring[::-1] if backwards else ring]})

    assert (pytest.approx(lon + size / 2, abs=1e-5), pytest.approx(lat + size / 2, abs=1e-5)) == middle


def test_map_of_hyderabad_has_one_wrong_number_and_lacks_five_wards(connection, real_data):
    import_list(connection, packaged("ghmc-2016"))
    features = read_features(real_data / "wards" / "ghmc-wards.geojson")

    report = import_boundaries(connection, Gazetteer.load(connection), "ghmc-2016", features)
    again = import_boundaries(connection, Gazetteer.load(connection), "ghmc-2016", features)

    assert (145, 145, 145, 0, ()) == (
        report.features, report.matched, report.boundaries_changed, report.centroids_filled, report.unused,
    )  # fmt: skip
    assert [("Ward 37 Rein Bazar", "WARD_031")] == [(one.label, one.ward_id) for one in report.wrong_numbers]
    assert {3, 4, 11, 13, 113} == {int(one.ward_id[-3:]) for one in report.wards_without}
    assert (0, 0) == (again.boundaries_changed, again.centroids_filled)
