"""Sheets go in whole or not at all, once however often they come, and take nothing away that is not theirs."""

from threading import Barrier, Thread

import attrs
import pytest
import sqlalchemy as sa
from sheets import (
    CANDIDATES,
    add_wards,
    dispute,
    dump,
    footer,
    put,
    sheet,
    station,
    three_stations,
    votes_of,
)

from lokdarpan_core import ConflictError, NotFoundError
from lokdarpan_core.elections.election import add_election, elections, find_election
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.form20.sheet import Candidate, Layout
from lokdarpan_core.elections.results import import_sheets, remove_sheet
from lokdarpan_core.errors import DisputedSheetError, Form20Error, LokDarpanError
from lokdarpan_core.schema import (
    form20_sheet,
    polling_station,
    result_ps,
    station_turnout,
    station_ward,
)

VOTES = {"60-1": (100, 50, 7), "60-2": (10, 20, 30), "60-3A": (0, 5, 1)}


def stations(connection):
    query = sa.select(polling_station.c.ps_id, polling_station.c.name).order_by(polling_station.c.ps_id)
    return dict(connection.execute(query).all())


def one_row(connection, table):
    return connection.execute(sa.select(table)).mappings().one()


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


def test_disputed_sheet_is_refused_and_leaves_no_trace(connection):
    before = dump(connection)
    disputed = three_stations(findings=[dispute(row, f"the sum of row {row} is wrong") for row in range(5, 15)])

    with pytest.raises(DisputedSheetError, match="D5: the sum of row 5 is wrong") as refused:
        put(connection, disputed)

    assert "and 5 more" in str(refused.value)
    assert 10 == len(refused.value.findings)
    assert before == dump(connection)


def test_accepted_dispute_is_kept_with_sheet_and_station_until_a_correction(connection):
    put(connection, three_stations(findings=(dispute(6),)), accept_disputed=True)
    (kept,) = one_row(connection, form20_sheet)["disputes"]
    meta = dict(connection.execute(sa.select(polling_station.c.ps_id, polling_station.c.source_meta)).all())

    put(connection, three_stations())

    assert ("error", "row-sum", "D6", "the sum is wrong") == tuple(
        kept[name] for name in ("severity", "code", "cell", "message")
    )
    assert {"ASSEMBLY-2023": [kept]} == meta["60-2"]["disputes"]
    assert "disputes" not in meta["60-1"]
    assert [] == one_row(connection, form20_sheet)["disputes"]
    assert {"segment": "60"} == dict(
        connection.execute(sa.select(polling_station.c.ps_id, polling_station.c.source_meta)).all()
    )["60-2"]


def test_dispute_that_names_a_station_alone_is_found_by_its_serial(connection):
    finding = attrs.evolve(dispute(5), cell=None, station="3A")
    put(connection, three_stations(findings=(finding,)), accept_disputed=True)

    meta = dict(connection.execute(sa.select(polling_station.c.ps_id, polling_station.c.source_meta)).all())
    assert ["60-3A"] == [ps_id for ps_id, one in meta.items() if "disputes" in one]


def test_evm_total_that_is_not_the_stations_sum_is_refused(connection):
    """The reader finds this too; a sheet made by hand has not been through it."""
    with pytest.raises(DisputedSheetError, match=r"110 votes for .*; the EVM total says 111"):
        put(connection, three_stations(footers=(footer("evm", 111, 75, 38),)))

    report = put(connection, three_stations(footers=(footer("evm", 111, 75, 38),)), accept_disputed=True)
    assert (False, 1) == (report.evm_total, report.disputes)


def test_summary_is_never_imported(connection):
    summary = sheet(station(1, valid=5), candidates=(), layout=Layout.SUMMARY)

    with pytest.raises(DisputedSheetError, match="summary without candidates"):
        put(connection, summary, accept_disputed=True)


def test_serial_that_stands_twice_is_two_stations(connection):
    """Whoever accepts the dispute gets both lines: neither overwrites the other."""
    doubled = sheet(station(1, 1, 1, 1), station(1, 2, 2, 2), findings=(dispute(6),))

    put(connection, doubled, accept_disputed=True)

    assert {"60-1": (1, 1, 1), "60-1~2": (2, 2, 2)} == votes_of(connection)


@pytest.mark.parametrize(
    ("said", "segment", "message"),
    [
        (None, None, "does not say which segment"),
        ("45", "60", "not of segment 60: it says 45"),
        (None, " ", "no segment"),
    ],
)
def test_segment_that_is_missing_or_another_is_refused(connection, said, segment, message):
    with pytest.raises(Form20Error, match=message):
        put(connection, three_stations(segment=said), segment=segment)


def test_segment_is_the_same_with_zeros_before_it(connection):
    put(connection, three_stations(), segment="060")
    assert 0 == put(connection, three_stations(segment="60"), segment=None).new


@pytest.mark.parametrize("name", ["ASSEMBLY", "MAYOR-2020", "GHMC-20", "", "GHMC-2020-", "GHMC-1066"])
def test_name_that_is_no_election_is_refused(connection, name):
    with pytest.raises(LokDarpanError, match=r"TYPE-YEAR\[-ROUND\]"):
        put(connection, three_stations(), election=name)


def test_election_is_made_and_can_be_completed(connection):
    from datetime import date

    put(connection, three_stations())
    put(connection, three_stations(), election="assembly-2023-repoll")

    add_election(connection, "ASSEMBLY-2023", held_on=date(2023, 11, 30), official_ref="Gazette 1")
    found = add_election(connection, "ASSEMBLY-2023")

    assert ["ASSEMBLY-2023", "ASSEMBLY-2023-repoll"] == [str(one.name) for one in elections(connection)]
    assert (date(2023, 11, 30), "Gazette 1") == (found.held_on, found.official_ref)
    assert [1, 1] == [one.sheets for one in elections(connection)]


def tidy(segment, *votes):
    """A tidy sheet of stations S<segment>-1 and so on, each with its own id."""
    rows = [
        station(f"S{segment}-{number}", *one, ps_id=f"S{segment}-{number}", ward_id=f"WARD_{number:03}", pc_id="9")
        for number, one in enumerate(votes, start=1)
    ]
    return sheet(*rows, layout=Layout.TIDY, segment=segment, names=())


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


def at_once(engine, *jobs):
    """Run jobs (each takes a connection) in transactions of their own, at one moment. Returns what failed."""
    together, failures = Barrier(len(jobs)), []

    def run(job):
        try:
            together.wait(timeout=30)
            with engine.begin() as connection:
                job(connection)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


def big(segment, shift=0):
    return sheet(*(station(n, n % 97, n % 89 + shift, n % 7) for n in range(1, 300)), segment=segment)


def test_same_sheet_by_several_processes_at_once_is_stored_once(engine):
    failures = at_once(engine, *[lambda connection: put(connection, big("60"))] * 4)

    with engine.begin() as connection:
        again = put(connection, big("60"))
        rows = connection.execute(sa.select(sa.func.count()).select_from(result_ps)).scalar_one()
    assert ([], 3 * 299, 0) == (failures, rows, again.new + again.changed)


def test_two_versions_and_two_elections_at_once_end_whole(engine):
    """Whichever comes last, a sheet is never a mixture; and both elections see one list of stations."""
    failures = at_once(
        engine,
        lambda connection: put(connection, big("60")),
        lambda connection: put(connection, big("60", shift=1)),
        lambda connection: put(connection, big("60"), election="LOKSABHA-2024"),
        lambda connection: put(connection, big("61"), segment="61"),
    )

    with engine.begin() as connection:
        total = sum(votes[1] for ps_id, votes in votes_of(connection).items() if ps_id.startswith("60-"))
        ids = {name: set(votes_of(connection, election=name)) for name in ("ASSEMBLY-2023", "LOKSABHA-2024")}
    whole = sum(n % 89 for n in range(1, 300))
    assert ([], True) == (failures, total in {whole, whole + 299})
    assert ids["LOKSABHA-2024"] == {ps_id for ps_id in ids["ASSEMBLY-2023"] if ps_id.startswith("60-")}


def test_same_stations_in_two_segments_at_once_are_stored_once_and_refused_once(engine):
    one = tidy("60", *[(4, 5, 6)] * 200)
    failures = at_once(
        engine,
        lambda connection: put(connection, one, segment=None),
        lambda connection: put(connection, attrs.evolve(one, segment="61"), segment=None),
    )

    with engine.connect() as connection:
        assert 200 == len(votes_of(connection))
    assert [ConflictError] == [type(failure) for failure in failures]


def test_files_that_hold_the_same_segments_in_another_order_do_not_deadlock(engine):
    said = {"election": "ASSEMBLY-2023", "file_name": "all.csv", "file_sha256": "1" * 64}
    segments = [str(number) for number in range(60, 66)]

    failures = at_once(
        engine,
        lambda connection: import_sheets(connection, [big(one) for one in segments], **said),
        lambda connection: import_sheets(connection, [big(one) for one in reversed(segments)], **said),
    )

    assert [] == failures


def test_number_that_no_column_holds_is_refused(connection):
    with pytest.raises(Form20Error, match="row 5"):
        put(connection, sheet(station(1, 3_000_000_000, 0, 0)))


@pytest.mark.parametrize(
    ("shapeless", "message"),
    [
        (sheet(station(1, 1, 2)), "row 5: 2 votes for 3 candidates"),
        (three_stations(footers=(footer("evm", 1),)), "row 99: 1 votes for 3 candidates"),
        (three_stations(candidates=[*CANDIDATES[:2], CANDIDATES[0]]), "two candidates have one number"),
    ],
    ids=["station", "footer", "numbers"],
)
def test_sheet_whose_votes_fit_no_candidates_is_refused(connection, shapeless, message):
    with pytest.raises(Form20Error, match=message):
        put(connection, shapeless)


def test_name_with_a_nul_is_refused(connection):
    with pytest.raises(Form20Error, match="NUL"):
        put(connection, three_stations(candidates=[*CANDIDATES[:2], Candidate(3, "M\0", None)]))


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
