"""A station keeps its id while the list of stations stays, and gets another when it was renumbered."""

import pytest
from sheets import put, sheet, station, votes_of

from lokdarpan_core import ConflictError
from lokdarpan_core.elections.results import remove_sheet

LIST = [f"SCHOOL {letter} ROOM {room}" for letter in "ABCDEFGHIJ" for room in (1, 2)]
OTHER = [f"TEMPLE {letter} HALL {room}" for letter in "KLMNOPQRST" for room in (1, 2)]


def named(*names):
    """A sheet of stations with these names, serials from 1."""
    return sheet(*(station(number, 1, 2, 3) for number in range(1, len(names) + 1)), names=names)


def nameless(count):
    return sheet(*(station(number, 1, 2, 3) for number in range(1, count + 1)), names=[])


def ids(connection, election):
    return set(votes_of(connection, election=election))


def marked(count, mark=""):
    return {f"60-{number}{mark}" for number in range(1, count + 1)}


def test_next_election_with_the_same_list_has_the_same_stations(connection):
    put(connection, named(*LIST))

    report = put(connection, named(*LIST, "A NEW SCHOOL"), election="LOKSABHA-2024")

    assert marked(21) == ids(connection, "LOKSABHA-2024")
    assert (1, "as stored: 20 of 20 names agree") == (report.stations_new, report.station_ids)


def test_case_and_marks_and_a_renamed_school_make_no_new_list(connection):
    put(connection, named(*LIST))

    put(
        connection,
        named(*(name.lower().replace(" ", ".  ") for name in LIST[:19]), "ANOTHER HALL"),
        election="GHMC-2025",
    )
    put(connection, named(*LIST[:19], "ANOTHER HALL"), election="LOKSABHA-2024")

    assert marked(20) == ids(connection, "LOKSABHA-2024")


@pytest.mark.parametrize(
    "names",
    [OTHER, ["A NEW SCHOOL", *LIST], [*LIST[:18], "A NEW SCHOOL", *LIST[18:]], [*LIST[:18], LIST[19], LIST[18]]],
    ids=["other names", "one more at the front", "one more near the end", "two exchanged"],
)
def test_next_election_with_another_list_has_ids_marked_with_its_year(connection, names):
    """One station more near the end moves only two, but those would get each other's votes."""
    put(connection, named(*LIST))

    report = put(connection, named(*names), election="LOKSABHA-2024")
    again = put(connection, named(*names), election="LOKSABHA-2024")

    assert marked(len(names), "@2024") == ids(connection, "LOKSABHA-2024")
    assert marked(20) == ids(connection, "ASSEMBLY-2023")
    assert report.station_ids.startswith("renumbered: ")
    assert 0 == again.new + again.changed + again.deleted + again.stations_new


def test_third_election_finds_the_list_that_it_has(connection):
    put(connection, named(*LIST), election="GHMC-2016-x", segment="1")  # a ward's, which is another matter
    put(connection, named(*LIST))
    put(connection, named(*OTHER), election="LOKSABHA-2024")

    put(connection, named(*OTHER), election="ASSEMBLY-2028")
    put(connection, named(*LIST), election="LOKSABHA-2029")

    assert marked(20, "@2024") == ids(connection, "ASSEMBLY-2028")
    assert marked(20) == ids(connection, "LOKSABHA-2029")


def test_sheet_of_another_segment_is_refused_until_the_stored_one_is_removed(connection):
    put(connection, named(*LIST))

    with (
        pytest.raises(ConflictError, match=r"not those of segment 60: of 20 names .* 0 agree"),
        connection.begin_nested(),
    ):
        put(connection, named(*OTHER))

    remove_sheet(connection, "ASSEMBLY-2023", "60")
    assert 20 == put(connection, named(*OTHER)).stations_new


def test_correction_may_rename_stations(connection):
    put(connection, named(*LIST))

    report = put(connection, named(*LIST[:15], *OTHER[:5]))

    assert marked(20) == ids(connection, "ASSEMBLY-2023")
    assert (0, 5) == (report.stations_new, report.stations_changed)


def test_correction_that_renumbers_gives_new_ids(connection):
    """An assignment of the old list must not be taken for one of the new list."""
    put(connection, named(*LIST))

    report = put(connection, named("A NEW SCHOOL", *LIST))

    assert marked(21, "@2023") == ids(connection, "ASSEMBLY-2023")
    assert (21, 20) == (report.stations_new, report.stations_deleted)


def test_sheets_without_names_have_the_same_list_when_their_serials_are_the_same(connection):
    put(connection, nameless(20))

    same = put(connection, nameless(20), election="LOKSABHA-2024")
    put(connection, nameless(21), election="ASSEMBLY-2028")

    assert marked(20) == ids(connection, "LOKSABHA-2024")
    assert marked(21, "@2028") == ids(connection, "ASSEMBLY-2028")
    assert "as stored: the same serials, and no names to compare" == same.station_ids


def test_correction_without_names_keeps_the_list_of_its_election(connection):
    put(connection, nameless(20))

    put(connection, nameless(21))

    assert marked(21) == ids(connection, "ASSEMBLY-2023")


def test_names_that_are_the_serials_are_no_names(connection):
    put(connection, named(*map(str, range(1, 21))))

    put(connection, named(*map(str, range(1, 20))), election="LOKSABHA-2024")

    assert marked(19, "@2024") == ids(connection, "LOKSABHA-2024")


def test_name_is_kept_where_another_election_has_another(connection):
    """Two sheets that spell a name in two ways must not overwrite each other in turns."""
    put(connection, named(*LIST))
    put(connection, named(*LIST[:19], "SCHOOL J, ROOM TWO"), election="LOKSABHA-2024")

    again = [
        put(connection, named(*LIST)),
        put(connection, named(*LIST[:19], "SCHOOL J, ROOM TWO"), election="LOKSABHA-2024"),
    ]

    assert [0, 0] == [report.stations_changed for report in again]


def test_ward_elections_station_is_not_that_of_the_assembly_segment_of_the_same_number(connection):
    put(connection, nameless(3))

    put(connection, nameless(3), election="GHMC-2020")

    assert {"W60-1", "W60-2", "W60-3"} == ids(connection, "GHMC-2020")


def test_serials_are_written_in_one_way(connection):
    put(connection, sheet(station("012 a", 1, 2, 3), station("7", 1, 2, 3), names=[]))
    put(connection, sheet(station("12A", 1, 2, 3), station("07", 1, 2, 3), names=[]))

    assert {"60-12A", "60-7"} == ids(connection, "ASSEMBLY-2023")


def test_same_file_as_two_segments_is_warned_of(connection):
    put(connection, named(*LIST))

    report = put(connection, named(*LIST), segment="61")

    assert ("The same file is imported as segment 60: one of them is wrong",) == report.warnings
