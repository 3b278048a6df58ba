"""One command from station results to what the API answers; the same again changes nothing, nor do two at once."""

import json

import pytest
import sqlalchemy as sa
from processes import failures_at_once
from results import LONG_AGO, add_election, add_results, add_station, add_wards, declare, stored_rows

from lokdarpan_core import UnknownWardError, prediction, refresh, ward_meta
from lokdarpan_core.schema import result_ps, result_ward_agg, ward_features, ward_profile

TABLES = (result_ward_agg, ward_profile, ward_features)
STATIONS = {"60-1": {"WARD_001": 1}, "60-2": {"WARD_001": 0.5, "WARD_002": 0.5}, "60-3": {"WARD_002": 1}}


def add_votes(connection, election_id, ps_id, votes):
    """Station results: party -> votes."""
    rows = [
        {"election_id": election_id, "ps_id": ps_id, "candidate_no": number, "party": party, "candidate": f"C {number}"}
        | {"votes": count}
        for number, (party, count) in enumerate(votes.items(), start=1)
    ]
    connection.execute(sa.insert(result_ps), rows)


def add_everything(connection):
    """Two elections in three stations of two wards, and a ward election's declared winner."""
    add_wards(connection, 3)
    as23, ls24 = add_election(connection, "ASSEMBLY", 2023), add_election(connection, "LOKSABHA", 2024)
    for ps_id, weights in STATIONS.items():
        add_station(connection, ps_id, weights, {as23: (1_000, 601), ls24: (1_000, 501)})
        add_votes(connection, as23, ps_id, {"BRS": 300, "INC": 200, "BJP": 101})
        add_votes(connection, ls24, ps_id, {"BRS": 100, "INC": 200, "BJP": 201})
    declare(connection, add_election(connection, "GHMC", 2020), "WARD_001", "BRS")


def digest(connection):
    return [connection.execute(sa.select(table).order_by(table.c.id)).all() for table in TABLES]


def test_station_results_become_profile_features_and_prediction(connection):
    add_everything(connection)

    reports = refresh(connection)

    meta, said = ward_meta(connection, "WARD_001"), prediction(connection, "WARD_001")
    assert ["ASSEMBLY-2023", "LOKSABHA-2024"] == [report.election for report in reports[:2]]
    assert ["ward_profile", "ward_features"] == [report.table for report in reports[2:]]
    assert (1_500, "BRS", 2020) == (
        meta.profile.electors,
        meta.profile.last_winner_party,
        meta.profile.last_winner_year,
    )
    assert 50.1 == pytest.approx(meta.profile.turnout_pct, abs=0.1)
    assert 100 == pytest.approx(sum(said.scores.values()))
    assert 40.1 == pytest.approx(said.scores["BJP"], abs=0.1)
    assert 0.95 == pytest.approx(said.confidence, abs=0.001)
    assert meta.features.updated_at == said.updated_at


def test_wards_together_have_the_stations_votes(connection):
    add_everything(connection)

    refresh(connection)

    stations, wards = (
        connection.execute(sa.select(sa.func.sum(table.c.votes))).scalar_one() for table in (result_ps, result_ward_agg)
    )
    assert stations == wards


def test_second_refresh_changes_nothing(connection):
    add_everything(connection)
    refresh(connection)
    for table in (ward_profile, ward_features):
        connection.execute(sa.update(table).values(updated_at=LONG_AGO))
    before = digest(connection)

    reports = refresh(connection)

    assert [0, 0, 0, 0] == [report.new + report.changed for report in reports]
    assert before == digest(connection)


def test_two_at_once_end_as_one(engine):
    with engine.begin() as connection:
        add_everything(connection)

    failures = failures_at_once(engine, refresh, refresh)

    with engine.begin() as connection:
        rows = [len(stored_rows(connection, table)) for table in TABLES]
        again = refresh(connection)
    assert ([], [12, 2, 2]) == (failures, rows)
    assert [0, 0, 0, 0] == [report.new + report.changed for report in again]


def test_steps_can_be_taken_alone_and_for_one_ward(connection):
    add_everything(connection)
    refresh(connection, ["aggregates"])

    (report,) = refresh(connection, ["features"], "WARD_002")

    assert ("ward_features", 1) == (report.table, report.wards)
    assert ["WARD_002"] == [row.ward_id for row in stored_rows(connection, ward_features)]
    assert [] == stored_rows(connection, ward_profile)


def test_aggregates_of_an_archive_without_assigned_stations_stay(connection):
    """An adopted database has ward results, but no assignment yet: nothing of it may be lost."""
    add_wards(connection, 1)
    election = add_election(connection, "ASSEMBLY", 2023)
    add_votes(connection, election, "60-1", {"BRS": 300})
    add_results(connection, election, "WARD_001", {"BRS": 250})

    (report,) = refresh(connection, ["aggregates"])

    assert [250] == [row.votes for row in stored_rows(connection, result_ward_agg)]
    assert [["WARD_001"]] == list(report.notes.values())


def test_unknown_ward_is_refused(connection):
    add_everything(connection)

    with pytest.raises(UnknownWardError, match="WARD_999"):
        refresh(connection, ward_id="WARD_999")


def test_command_alone_takes_all_steps_and_a_second_one_changes_nothing(lokdarpan, engine):
    with engine.begin() as connection:
        add_everything(connection)

    first, second = lokdarpan("refresh", "--json"), lokdarpan("refresh", "all", "--json")

    assert (0, 0) == (first.returncode, second.returncode)
    assert [6, 6, 2, 2] == [json.loads(line)["new"] for line in first.stdout.splitlines()]
    assert [(0, 0)] * 4 == [
        (report["new"], report["changed"]) for report in map(json.loads, second.stdout.splitlines())
    ]
    assert b"Database: postgresql://" in first.stderr


def test_command_prints_tables_and_what_could_not_be_computed(lokdarpan, engine):
    with engine.begin() as connection:
        add_wards(connection, 1)
        add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", {"BRS": 5})

    process = lokdarpan("refresh", "features", "--ward", "ward_001")

    assert 0 == process.returncode
    assert "ward_features" in process.stdout.decode()
    assert "No result of LOKSABHA-2024" in process.stdout.decode()


def test_command_reads_a_census_file_and_says_which_rows_can_not_be_true(lokdarpan, engine, tmp_path):
    with engine.begin() as connection:
        add_wards(connection, 2)
    file = tmp_path / "census.csv"
    file.write_text(
        "ward,population,muslim,census_year,source\nWARD_001,100,25,2011,Census\nWARD_002,100,250,2011,Census\n"
    )

    process = lokdarpan("refresh", "demographics", file)
    again = lokdarpan("refresh", "demographics", file, "--json")

    assert (1, 1) == (process.returncode, again.returncode)
    assert "muslim (250) is more than population (100)" in process.stdout.decode()
    report = json.loads(again.stdout)
    assert (0, 0, 1, 3) == (report["new"], report["changed"], report["unchanged"], report["rejects"][0]["line"])


@pytest.mark.parametrize("words", ["refresh", "refresh all", "refresh demographics", "ward", "ward prediction"])
def test_help_needs_no_database(lokdarpan, words):
    process = lokdarpan(*words.split(), "--help")

    assert (0, b"") == (process.returncode, process.stderr)
    assert process.stdout.startswith(b"Usage: lokdarpan")


def test_missing_census_file_is_one_line_and_exit_2(lokdarpan):
    process = lokdarpan("refresh", "demographics", "absent.csv")

    assert 2 == process.returncode
    assert b"absent.csv: No such file or directory" in process.stderr
    assert b"Traceback" not in process.stderr
