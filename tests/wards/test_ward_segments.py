"""A ward learns its assembly segments from a file; what can't be used is named, and a second run changes nothing."""

import pytest
import sqlalchemy as sa

from lokdarpan_core.errors import NotFoundError, SourceError
from lokdarpan_core.schema import ward_segment
from lokdarpan_core.wards.delimitations import packaged, packaged_ids
from lokdarpan_core.wards.details import ward_details
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import import_list
from lokdarpan_core.wards.segments import import_segments, segment_of

OLD = "ghmc-2016"


@pytest.fixture
def bring(connection, tmp_path):
    """Import lines as a file of segments; returns the report."""
    for id in packaged_ids():
        import_list(connection, packaged(id))
    gazetteer = Gazetteer.load(connection)

    def run(*lines, head="ward,segment,source", source=None):
        path = tmp_path / "segments.csv"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        return import_segments(connection, gazetteer, OLD, path, source)

    return run


def stored(connection):
    columns = sa.select(ward_segment.c.ward_id, ward_segment.c.segment, ward_segment.c.source)
    return [tuple(row) for row in connection.execute(columns.order_by("ward_id", "segment"))]


def test_segments_are_stored_by_any_label(bring, connection):
    report = bring("Jubilee Hills,061,order", "1,48,", "Ward 1 Kapra,49,", source="gazette")

    assert (2, 3, 0, 0, ()) == (report.wards, report.new, report.changed, report.removed, report.rejects)
    expected = [("WARD_001", "48", "gazette"), ("WARD_001", "49", "gazette"), ("WARD_095", "61", "order")]
    assert expected == stored(connection)
    assert ["48", "49"] == ward_details(connection, Gazetteer.load(connection).resolve("1")).segments


def test_second_run_writes_nothing_and_a_correction_replaces_the_wards_own(bring, connection):
    bring("1,48,a", "95,61,a")
    again = bring("1,48,a", "95,61,a")
    report = bring("1,47,a", "95,61,b")

    assert (0, 0, 0) == (again.new, again.changed, again.removed)
    assert (1, 1, 1) == (report.new, report.changed, report.removed)
    assert [("WARD_001", "47", "a"), ("WARD_095", "61", "b")] == stored(connection)


def test_file_names_the_source_where_nothing_else_does(bring, connection):
    bring("1,48", head="Ward,Segment")

    assert [("WARD_001", "48", "segments.csv")] == stored(connection)


def test_lines_that_can_not_be_used_are_named(bring, connection):
    bring("1,48,a")

    report = bring("Nowhere,1,", "HYD26_001,1,", "1,,", "1,50,", "12 Jubilee Hills,3,")

    assert [2, 3, 4, 6] == [one.line for one in report.rejects]
    assert [("WARD_001", "48", "a")] == stored(connection)


@pytest.mark.parametrize("text", ["", "ward\n1\n", b"ward,segment\n1,\xff\n", 'ward,segment\n1,"4\n'])
def test_file_that_is_none_is_refused(connection, tmp_path, text):
    import_list(connection, packaged(OLD))
    path = tmp_path / "f.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(SourceError, match=r"f\.csv"):
        import_segments(connection, Gazetteer.load(connection), OLD, path)


def test_delimitation_that_is_not_loaded(connection, tmp_path):
    with pytest.raises(NotFoundError, match="ghmc-2016"):
        import_segments(connection, Gazetteer.load(connection), OLD, tmp_path / "f.csv")


@pytest.mark.parametrize(("text", "segment"), [("061", "61"), (" 61 ", "61"), ("౬౧", "61"), ("61-A", "61-A"), ("", "")])
def test_segment_is_written_as_sheets_write_it(text, segment):
    assert segment == segment_of(text)
