"""Stations get their wards from the user: whole, in one piece, and never by a guess."""

import pytest
import sqlalchemy as sa
from sheets import PLACE, add_wards, dispute, dump, put, sheet, station, three_stations

from lokdarpan_core import NotFoundError
from lokdarpan_core.elections.assignment_file import Part
from lokdarpan_core.elections.form20.sheet import Layout
from lokdarpan_core.elections.stations import assign_from_sheets, assign_stations, polling_stations
from lokdarpan_core.errors import SourceError
from lokdarpan_core.schema import station_ward


@pytest.fixture
def ready(connection):
    add_wards(connection)
    put(connection, three_stations())


def assigned(connection, place=PLACE):
    query = sa.select(station_ward).where(station_ward.c.delimitation_id == place)
    rows = connection.execute(query.order_by(station_ward.c.ps_id, station_ward.c.ward_id))
    return [(row.ps_id, row.ward_id, row.weight) for row in rows]


def write(folder, text):
    file = folder / "stations.csv"
    file.write_text(text, encoding="utf-8-sig")
    return file


def test_file_assigns_stations_whole_and_in_parts(connection, ready, tmp_path):
    file = write(tmp_path, "ps_id,ward_id,weight,remark\n60-1,WARD_001,,x\n60-2,2,0.25,\n60-2,ward_003,0.75,\n")

    report = assign_stations(connection, file, PLACE)

    assert [("60-1", "WARD_001", 1), ("60-2", "WARD_002", 0.25), ("60-2", "WARD_003", 0.75)] == assigned(connection)
    assert (2, 3, 3, 0, 0, 0) == (
        report.stations, report.rows, report.new, report.changed, report.unchanged, report.deleted
    )  # fmt: skip
    assert (("60-3A",), ("remark",)) == (report.unassigned, report.unknown_columns)


def test_second_run_changes_nothing(connection, ready, tmp_path):
    file = write(tmp_path, "ps_id,ward_id,weight\n60-1,1,1\n60-2,2,0.5\n60-2,3,0.5\n")
    assign_stations(connection, file, PLACE)
    before = dump(connection)

    report = assign_stations(connection, file, PLACE)

    assert (0, 0, 3, 0) == (report.new, report.changed, report.unchanged, report.deleted)
    assert before == dump(connection)


def test_file_replaces_the_assignment_of_its_own_stations_in_its_own_delimitation(connection, ready, tmp_path):
    add_wards(connection, place="hyderabad-2026", prefix="HYD26_")
    assign_stations(connection, [Part("60-1", "1"), Part("60-2", "2", 0.5), Part("60-2", "3", 0.5)], PLACE)
    assign_stations(connection, [Part("60-2", "HYD26_002")], "hyderabad-2026")

    report = assign_stations(connection, write(tmp_path, "ps_id,ward_id\n60-2,1\n60-3A,1\n"), PLACE)

    assert [("60-1", "WARD_001", 1), ("60-2", "WARD_001", 1), ("60-3A", "WARD_001", 1)] == assigned(connection)
    assert [("60-2", "HYD26_002", 1)] == assigned(connection, "hyderabad-2026")
    assert (2, 0, 2) == (report.new, report.changed, report.deleted)


def test_weights_of_thirds_may_be_rounded(connection, ready, tmp_path):
    thirds = "".join(f"60-1,{number},0.3333333\n" for number in (1, 2, 3))

    assert 3 == assign_stations(connection, write(tmp_path, f"ps_id,ward_id,weight\n{thirds}"), PLACE).new


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("60-1,1,0.5\n60-1,2,0.4\n60-2,1,1\n", "station 60-1: its weights sum to 0.9"),
        ("60-1,1\n60-1,2\n", "station 60-1: its weights sum to 2"),
        ("60-1,1,0\n", "line 2, station 60-1: the weight '0'"),
        ("60-1,1,nan\n", "the weight 'nan'"),
        ("60-1,1,half\n", "the weight 'half'"),
        ("60-1,1,0.5\n60-1,WARD_001,0.5\n", "station 60-1: WARD_001 stands 2 times"),
        ("60-1,1\n60-99,1\n", "line 3: there is no station 60-99"),
        ("60-1,UNKNOWN\n", "line 2: .*UNKNOWN"),
        (",1\n", "line 2: ps_id is missing"),
        ("60-1,\n", "line 2: ward_id is missing"),
    ],
)
def test_file_with_anything_wrong_is_refused_whole(connection, ready, tmp_path, lines, message):
    before = dump(connection)

    with pytest.raises(SourceError, match=message):
        assign_stations(connection, write(tmp_path, f"ps_id,ward_id,weight\n{lines}"), PLACE)

    assert before == dump(connection)


def test_refusal_names_the_first_problems_and_counts_the_others(connection, ready, tmp_path):
    lines = "".join(f"60-{number},1\n" for number in range(50, 60))

    with pytest.raises(SourceError, match="60-54\n  and 5 more"):
        assign_stations(connection, write(tmp_path, f"ps_id,ward_id\n{lines}"), PLACE)


@pytest.mark.parametrize("text", ["", "station,ward\n60-1,1\n"])
def test_file_without_its_columns_is_refused(connection, ready, tmp_path, text):
    with pytest.raises(SourceError, match=r"ps_id,ward_id\[,weight\] are wanted"):
        assign_stations(connection, write(tmp_path, text), PLACE)


def test_missing_file_and_delimitation_are_said(connection, ready, tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        assign_stations(connection, tmp_path / "absent.csv", PLACE)
    with pytest.raises(NotFoundError, match="hyderabad-2026"):
        assign_stations(connection, [], "hyderabad-2026")


def tidy(*wards, segment="61"):
    rows = [station(f"S-{n}", 1, 2, 3, ps_id=f"S-{n}", ward_id=ward) for n, ward in enumerate(wards, start=1)]
    return sheet(*rows, layout=Layout.TIDY, segment=segment, names=[])


def test_wards_of_tidy_sheets_are_used_only_when_asked_for(connection, ready):
    put(connection, tidy("WARD_001", "2", None, "UNKNOWN"), segment=None)
    before = assigned(connection)

    report = assign_from_sheets(connection, PLACE)

    assert [] == before
    assert [("S-1", "WARD_001", 1), ("S-2", "WARD_002", 1)] == assigned(connection)
    assert {"UNKNOWN": ["S-4"]} == report.unknown_wards
    assert ("60-1", "60-2", "60-3A", "S-3", "S-4") == report.unassigned


def test_wards_of_sheets_do_not_replace_an_assignment(connection, ready):
    put(connection, tidy("WARD_001", "WARD_002"), segment=None)
    assign_stations(connection, [Part("S-1", "WARD_003")], PLACE)

    report = assign_from_sheets(connection, PLACE)
    again = assign_from_sheets(connection, PLACE)

    assert [("S-1", "WARD_003", 1), ("S-2", "WARD_002", 1)] == assigned(connection)
    assert (("S-1",), 1, 0) == (report.elsewhere, report.new, again.new)


def test_wards_of_two_delimitations_are_kept_apart(connection, ready):
    """Two elections' files may name wards of two delimitations for the same station."""
    add_wards(connection, place="hyderabad-2026", prefix="HYD26_")
    put(connection, tidy("WARD_001"), segment=None)
    put(connection, tidy("HYD26_003"), segment=None, election="LOKSABHA-2024")

    assign_from_sheets(connection, PLACE)
    assign_from_sheets(connection, "hyderabad-2026")

    assert [("S-1", "WARD_001", 1)] == assigned(connection)
    assert [("S-1", "HYD26_003", 1)] == assigned(connection, "hyderabad-2026")


def test_list_tells_wards_elections_and_what_is_unassigned(connection, ready):
    put(connection, three_stations(), election="LOKSABHA-2024")
    assign_stations(connection, [Part("60-1", "1", 0.5), Part("60-1", "2", 0.5)], PLACE)

    every = polling_stations(connection, delimitation=PLACE)
    open_ones = polling_stations(connection, delimitation=PLACE, unassigned=True)

    assert ["60-1", "60-2", "60-3A"] == [one.ps_id for one in every]
    assert {"WARD_001": 0.5, "WARD_002": 0.5} == every[0].wards
    assert ("ASSEMBLY-2023", "LOKSABHA-2024") == every[0].elections
    assert ["60-2", "60-3A"] == [one.ps_id for one in open_ones]
    assert [] == polling_stations(connection, segment="61")


def test_list_finds_the_disputed_stations_of_a_ward(connection, ready):
    put(connection, three_stations(findings=(dispute(6), dispute(7))), accept_disputed=True)
    assign_stations(connection, [Part("60-1", "1"), Part("60-2", "1"), Part("60-3A", "2")], PLACE)

    (found,) = polling_stations(connection, ward_id="WARD_001", disputed=True)

    assert ("60-2", ["the sum is wrong"]) == (found.ps_id, [one["message"] for one in found.disputes["ASSEMBLY-2023"]])


def test_list_counts_as_people_do(connection):
    put(connection, sheet(*(station(serial, 1, 2, 3) for serial in (12, "12A", 2, 1)), names=[]))

    assert ["60-1", "60-2", "60-12", "60-12A"] == [one.ps_id for one in polling_stations(connection)]
