"""Sheets in the database: stored once however often they come, and what a corrected one or a removal changes."""

import attrs
import pytest
import sqlalchemy as sa
from sheets import (
    CANDIDATES,
    add_wards,
    dispute,
    dump,
    footer,
    one_row,
    put,
    sheet,
    station,
    three_stations,
    tidy,
    votes_of,
)

from lokdarpan_core import ConflictError, NotFoundError
from lokdarpan_core.elections import result_rows
from lokdarpan_core.elections.election import add_election, elections, find_election
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.results import import_sheets, remove_sheet
from lokdarpan_core.errors import DisputedSheetError, Form20Error
from lokdarpan_core.schema import form20_sheet, polling_station, result_ps, station_turnout, station_ward

VOTES = {"60-1": (100, 50, 7), "60-2": (10, 20, 30), "60-3A": (0, 5, 1)}


def stations(connection):
    query = sa.select(polling_station.c.ps_id, polling_station.c.name).order_by(polling_station.c.ps_id)
    return dict(connection.execute(query).all())


def test_sheet_is_stored_with_its_provenance(connection):
    report = put(connection, three_stations())

    assert VOTES == votes_of(connection)
    assert (3, 3, 223, 9, 0, 0, 3) == (
        report.stations, report.candidates, report.votes,
        report.new, report.changed, report.deleted, report.stations_new,
    )  # fmt: skip
    first = connection.execute(sa.select(result_ps).order_by(result_ps.c.ps_id, result_ps.c.candidate_no)).first()
    kept = one_row(connection, form20_sheet)
    assert ("BRS", "K. RAMA RAO", 164, 2, kept["id"], 5) == (
        first.party, first.candidate, first.total_polled, first.rejected, first.sheet_id, first.sheet_row
    )  # fmt: skip
    assert ("60", "ac60.csv", "classic", [], None) == tuple(
        kept[name] for name in ("segment", "file_name", "layout", "disputes", "postal_votes")
    )
    turnout = connection.execute(sa.select(station_turnout).order_by(station_turnout.c.ps_id)).first()
    assert (328, 164, 157, 2, 5, None) == tuple(turnout)[2:]
    assert "ZPHS KAPRA ROOM 1" == stations(connection)["60-1"]


def test_what_has_vanished_can_be_looked_up_however_small_the_archive_seems(connection):
    """The server's statistics may be of before the last import: then it goes through `result_ps` row by row, and must
    not read the whole stage for each."""
    result_rows.stage(connection, [])
    for other in ("hashjoin", "mergejoin", "seqscan"):
        connection.execute(sa.text(f"SET LOCAL enable_{other} = off"))
    asked = sa.text(f"EXPLAIN {result_rows._VANISHED}")
    plan = "\n".join(connection.execute(asked, {"election_id": 1, "sheet_ids": [1]}).scalars())

    assert "form20_stage_ps_id" in plan


def test_same_sheet_again_changes_nothing(engine):
    """Not even a time: whoever looks at it sees that nothing happened."""
    with engine.begin() as connection:
        put(connection, three_stations(footers=(footer("postal", 3, 2, 1), footer("evm", 110, 75, 38))))
        before = dump(connection)

    with engine.begin() as connection:
        report = put(connection, three_stations(footers=(footer("postal", 3, 2, 1), footer("evm", 110, 75, 38))))

    with engine.connect() as connection:
        assert before == dump(connection)
    assert (0, 0, 0, 0, 0, 0) == (
        report.new, report.changed, report.deleted,
        report.stations_new, report.stations_changed, report.stations_deleted,
    )  # fmt: skip


def test_postal_votes_stay_with_the_segment(connection):
    report = put(connection, three_stations(footers=(footer("postal", 3, 2, 1), footer("evm", 110, 75, 38))))

    assert (6, True) == (report.postal_votes, report.evm_total)
    assert {"1": 3, "2": 2, "3": 1} == one_row(connection, form20_sheet)["postal_votes"]
    assert VOTES == votes_of(connection)


def test_corrected_sheet_replaces_its_own_rows_and_nothing_else(connection):
    put(connection, three_stations())
    put(connection, three_stations(), segment="61")
    put(connection, three_stations(), election="LOKSABHA-2024")
    others = votes_of(connection, election="LOKSABHA-2024")

    report = put(connection, sheet(station(1, 100, 51, 7), station(2, 10, 20, 30), station(4, 1, 1, 1)))

    assert {"60-1": (100, 51, 7), "60-2": (10, 20, 30), "60-4": (1, 1, 1)} == {
        ps_id: votes for ps_id, votes in votes_of(connection).items() if ps_id.startswith("60-")
    }
    assert {ps_id: votes for ps_id, votes in votes_of(connection).items() if ps_id.startswith("61-")} == {
        ps_id.replace("60", "61"): votes for ps_id, votes in VOTES.items()
    }
    assert others == votes_of(connection, election="LOKSABHA-2024")
    assert (3, 3, 3) == (report.new, report.changed, report.deleted)


def test_station_that_vanishes_goes_unless_something_uses_it(connection):
    """60-1 has an assignment, 60-2 another election's results, 60-3A nothing."""
    add_wards(connection)
    put(connection, three_stations())
    put(connection, sheet(station(2, 7, 7, 7), names=("ZPHS KAPRA ROOM 2",)), election="LOKSABHA-2024")
    values = {"ps_id": "60-1", "delimitation_id": "ghmc-2016", "ward_id": "WARD_001"}
    connection.execute(sa.insert(station_ward).values(values))

    report = put(connection, sheet(station(4, 1, 1, 1), names=NAMES_OF_FOUR))

    assert {"60-4": (1, 1, 1)} == votes_of(connection)
    assert ["60-1", "60-2", "60-4"] == list(stations(connection))
    assert 1 == report.stations_deleted
    left = connection.execute(sa.select(station_turnout.c.ps_id).order_by(station_turnout.c.ps_id)).scalars().all()
    assert ["60-2", "60-4"] == left


NAMES_OF_FOUR = ("COMMUNITY HALL UPPAL",)


def test_parties_that_were_not_known_are_filled_in(connection):
    put(connection, three_stations(candidates=[attrs.evolve(one, party=None) for one in CANDIDATES]))
    first = one_row(connection, form20_sheet)["id"]

    report = put(connection, three_stations())

    assert (0, 9, 0) == (report.new, report.changed, report.deleted)
    assert (first, 9) == (
        one_row(connection, form20_sheet)["id"],
        connection.execute(sa.select(sa.func.count()).where(result_ps.c.party.is_not(None))).scalar_one(),
    )


def test_candidate_who_is_not_on_the_corrected_sheet_loses_the_rows(connection):
    put(connection, three_stations())

    put(connection, sheet(station(1, 100, 50), station(2, 10, 20), candidates=CANDIDATES[:2]))

    assert {"60-1": (100, 50), "60-2": (10, 20)} == votes_of(connection)


def test_election_is_made_and_can_be_completed(connection):
    from datetime import date

    put(connection, three_stations())
    put(connection, three_stations(), election="assembly-2023-repoll")

    add_election(connection, "ASSEMBLY-2023", held_on=date(2023, 11, 30), official_ref="Gazette 1")
    found = add_election(connection, "ASSEMBLY-2023")

    assert ["ASSEMBLY-2023", "ASSEMBLY-2023-repoll"] == [str(one.name) for one in elections(connection)]
    assert (date(2023, 11, 30), "Gazette 1") == (found.held_on, found.official_ref)
    assert [1, 1] == [one.sheets for one in elections(connection)]


def test_tidy_file_with_several_segments_is_several_sheets(connection):
    said = {"election": "ASSEMBLY-2023", "file_name": "all.csv", "file_sha256": "1" * 64}
    both = [tidy("61", (1, 2, 3)), tidy("60", (4, 5, 6), (7, 8, None))]

    first = import_sheets(connection, both, **said)
    again = import_sheets(connection, both, **said)
    corrected = import_sheets(connection, [tidy("60", (4, 5, 6))], **said)

    assert [("61", 3), ("60", 5)] == [(one.segment, one.new) for one in first]
    assert [0, 0] == [one.new + one.changed + one.deleted for one in again]
    assert [2] == [one.deleted for one in corrected]
    assert {"S60-1": (4, 5, 6), "S61-1": (1, 2, 3)} == votes_of(connection)
    assert {"S60-1", "S61-1"} == set(stations(connection))


def test_one_segment_can_be_taken_from_a_tidy_file(connection):
    put(connection, tidy("60", (4, 5, 6)), segment="60")

    with pytest.raises(Form20Error, match="not of segment 62: it says 60"):
        put(connection, tidy("60", (4, 5, 6)), segment="62")


def test_disputed_segment_keeps_the_whole_file_out(connection):
    both = [tidy("60", (4, 5, 6)), attrs.evolve(tidy("61", (1, 2, 3)), findings=(dispute(5),))]

    with pytest.raises(DisputedSheetError):
        import_sheets(connection, both, election="ASSEMBLY-2023", file_name="all.csv", file_sha256="1" * 64)

    assert {} == votes_of(connection)


def test_station_of_another_sheet_is_not_taken_over(connection):
    put(connection, tidy("60", (4, 5, 6)), segment=None)
    thief = attrs.evolve(tidy("60", (9, 9, 9)), segment="61")

    with pytest.raises(ConflictError, match=r"S60-1 \(segment 60\)"), connection.begin_nested():
        put(connection, thief, segment=None)

    assert {"S60-1": (4, 5, 6)} == votes_of(connection)


def test_results_without_a_sheet_are_superseded(connection):
    """An adopted archive has results that no sheet is known for; beside the sheet's they would count twice."""
    election_id = add_election(connection, "ASSEMBLY-2023").id
    adopted = {"election_id": election_id, "votes": 5, "party": "TRS"}
    connection.execute(
        sa.insert(result_ps),
        [adopted | {"ps_id": "S60-1", "candidate_no": number} for number in (1, 77)]
        + [adopted | {"ps_id": "S62-1", "candidate_no": 1}],
    )

    report = put(connection, tidy("60", (4, 5, 6)), segment=None)

    assert {"S60-1": (4, 5, 6), "S62-1": (5,)} == votes_of(connection)
    assert (2, 1, 1) == (report.new, report.changed, report.deleted)


def test_removal_takes_a_sheet_out_as_if_it_had_never_been_there(engine):
    with engine.begin() as connection:
        put(connection, three_stations(), segment="61")
        add_election(connection, "LOKSABHA-2024")
        before = dump(connection)
    with engine.begin() as connection:
        put(connection, three_stations(), election="LOKSABHA-2024")
    with engine.begin() as connection:
        report = remove_sheet(connection, "LOKSABHA-2024", "60")

    with engine.connect() as connection:
        assert before == dump(connection)
    assert (9, 3) == (report.deleted, report.stations_deleted)


def test_removal_of_what_is_not_there_is_refused(connection):
    put(connection, three_stations())
    for election, segment in (("ASSEMBLY-2023", "61"), ("GHMC-2020", "60")):
        with pytest.raises(NotFoundError):
            remove_sheet(connection, election, segment)


@pytest.mark.parametrize("segment", [1, 171, 172, 173, 384])
def test_real_sheets_are_stored_to_the_vote(connection, real_data, segment):
    """The sums are those of the file's own columns, read with nothing but csv."""
    import csv

    file = real_data / "form20" / f"up_2014_ac{segment}.csv"
    (read,) = read_form20(file)
    put(connection, read, election="LOKSABHA-2014", segment=str(segment))

    with file.open(newline="") as lines:
        rows = [row for row in csv.reader(lines) if row and row[0].strip().isdecimal()]
    expected = {
        number: sum(int(row[11 + number] or 0) for row in rows) for number in range(1, len(read.candidates) + 1)
    }
    query = sa.select(result_ps.c.candidate_no, sa.func.sum(result_ps.c.votes)).group_by(result_ps.c.candidate_no)
    assert expected == {number: int(votes) for number, votes in connection.execute(query)}
    assert len(rows) == len(votes_of(connection, election="LOKSABHA-2014"))


def test_real_sheet_in_the_classic_layout_equals_its_footer(connection, real_data):
    (read,) = read_form20(real_data / "form20" / "gujarat_2014_relaid_ac45.csv")

    report = put(connection, read, election="LOKSABHA-2014", segment="45")

    assert (147_549, True) == (report.votes, report.evm_total)


@pytest.mark.parametrize(
    "name", ["maharashtra_2024_extracted_ac28", "maharashtra_2024_extracted_ac213", "up_2014_ac170"]
)
def test_real_sheets_that_do_not_add_up_are_refused(connection, real_data, name):
    (read,) = read_form20(real_data / "form20" / f"{name}.csv")

    with pytest.raises(DisputedSheetError) as refused:
        put(connection, read, election="LOKSABHA-2024", segment=None if read.segment else "170")

    assert refused.value.findings
    with pytest.raises(NotFoundError):
        find_election(connection, "LOKSABHA-2024")
