"""Who votes in a ward: sums of its stations, the last winner, and nothing that is a guess."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from results import LONG_AGO, add_election, add_results, add_station, add_wards, declare, stored_rows

from lokdarpan_core import UnknownWardError, seed, ward_meta
from lokdarpan_core.elections.profile import refresh_ward_profile
from lokdarpan_core.schema import ward_profile


@pytest.fixture
def wards(connection):
    add_wards(connection, 3)


def profile(connection, ward_id="WARD_001"):
    return ward_meta(connection, ward_id).profile


def test_counts_are_the_sums_of_the_wards_stations(connection, wards):
    election = add_election(connection, "ASSEMBLY", 2023)
    add_station(connection, "60-1", {"WARD_001": 1}, {election: (1_000, 500)})
    add_station(connection, "60-2", {"WARD_001": 1}, {election: (200, 100)})
    add_station(connection, "60-3", {"WARD_002": 1}, {election: (400, 300)})

    report = refresh_ward_profile(connection)

    assert (2, 2, 0, 0, {}) == (report.wards, report.new, report.changed, report.unchanged, report.notes)
    found = profile(connection)
    assert (1_200, 600, 50.0) == (found.electors, found.votes_cast, found.turnout_pct)
    assert (None, None) == (found.last_winner_party, found.last_winner_year)
    assert "electors, votes cast, turnout: ASSEMBLY-2023" == found.source
    assert 75.0 == profile(connection, "WARD_002").turnout_pct


def test_station_over_two_wards_is_shared_out_in_whole_numbers(connection, wards):
    election = add_election(connection, "ASSEMBLY", 2023)
    add_station(connection, "60-1", {"WARD_001": 0.5, "WARD_002": 0.5}, {election: (1_001, 501)})

    refresh_ward_profile(connection)

    one, two = profile(connection), profile(connection, "WARD_002")
    assert (1_001, 501) == (one.electors + two.electors, one.votes_cast + two.votes_cast)
    assert {500, 501} == {one.electors, two.electors}


def test_one_wards_refresh_gives_it_what_the_refresh_of_all_gives(connection, wards):
    election = add_election(connection, "ASSEMBLY", 2023)
    thirds = {f"WARD_{number:03}": 1 / 3 for number in (1, 2, 3)}
    add_station(connection, "60-1", thirds, {election: (100, 50)})

    for ward_id in thirds:
        assert 1 == refresh_ward_profile(connection, ward_id).new

    assert (3, 3) == (refresh_ward_profile(connection).wards, refresh_ward_profile(connection).unchanged)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stations=st.lists(
        st.tuples(st.integers(100, 2_000), st.lists(st.integers(1, 9), min_size=1, max_size=3)), min_size=1, max_size=5
    )
)
def test_wards_together_have_what_their_stations_have(connection, stations):
    """No elector is lost or counted twice, however the stations are split."""
    with connection.begin_nested() as savepoint:
        add_wards(connection, 3)
        election = add_election(connection, "ASSEMBLY", 2023)
        for number, (electors, parts) in enumerate(stations):
            weights = {f"WARD_{ward:03}": part / sum(parts) for ward, part in enumerate(parts, start=1)}
            add_station(connection, f"60-{number}", weights, {election: (electors, electors // 2)})
        refresh_ward_profile(connection)
        rows = stored_rows(connection, ward_profile)
        savepoint.rollback()

    assert sum(electors for electors, _ in stations) == sum(row.electors for row in rows)
    assert sum(electors // 2 for electors, _ in stations) == sum(row.votes_cast for row in rows)


def test_newest_election_counts(connection, wards):
    older, newer = add_election(connection, "GHMC", 2020), add_election(connection, "LOKSABHA", 2024)
    add_station(connection, "60-1", {"WARD_001": 1}, {older: (1_000, 400), newer: (1_100, 660)})

    refresh_ward_profile(connection)

    assert (1_100, 660, 60.0) == (
        profile(connection).electors,
        profile(connection).votes_cast,
        profile(connection).turnout_pct,
    )


@pytest.mark.parametrize("newer", [(None, 660), (1_100, None), (600, 660), (0, 0)], ids=str)
def test_election_whose_counts_do_not_serve_is_passed_over_and_named(connection, wards, newer):
    first, second = add_election(connection, "GHMC", 2020), add_election(connection, "LOKSABHA", 2024)
    add_station(connection, "60-1", {"WARD_001": 1}, {first: (1_000, 400), second: newer})
    add_station(connection, "60-2", {"WARD_001": 1}, {first: (1_000, 400), second: (0, 0)})

    report = refresh_ward_profile(connection)

    assert (2_000, 800, 40.0) == (
        profile(connection).electors,
        profile(connection).votes_cast,
        profile(connection).turnout_pct,
    )
    ((reason, named),) = report.notes.items()
    assert (True, ["WARD_001"]) == (reason.startswith("LOKSABHA-2024: "), named)


def test_turnout_without_electors_is_unknown_and_not_guessed(connection, wards):
    election = add_election(connection, "ASSEMBLY", 2023)
    add_station(connection, "60-1", {"WARD_001": 1}, {election: (None, 500)})

    refresh_ward_profile(connection)

    found = profile(connection)
    assert (None, 500, None, "votes cast: ASSEMBLY-2023") == (
        found.electors,
        found.votes_cast,
        found.turnout_pct,
        found.source,
    )


def test_declared_winner_goes_before_most_votes(connection, wards):
    election = add_election(connection, "GHMC", 2020)
    add_results(connection, election, "WARD_001", {"BJP": 900, "TRS": 800})
    add_results(connection, election, "WARD_002", {"BJP": 900, "TRS": 800})
    declare(connection, election, "WARD_001", "TRS")

    refresh_ward_profile(connection)

    one, two = profile(connection), profile(connection, "WARD_002")
    assert ("TRS", 2020) == (one.last_winner_party, one.last_winner_year)
    assert "last winner: GHMC-2020, declared elected" == one.source
    assert ("BJP", "last winner: GHMC-2020, most votes") == (two.last_winner_party, two.source)


@pytest.mark.parametrize(
    ("printed", "named"),
    [
        ("Telangana Rashtra Samithi", "TRS"),
        ("B.J.P.", "BJP"),
        ("Independent", "IND:A. Rao"),
        ("A New Party", "A New Party"),
    ],
)
def test_declared_party_has_the_name_that_results_have(connection, wards, printed, named):
    declare(connection, add_election(connection, "GHMC", 2020), "WARD_001", printed, candidate="A. Rao")

    refresh_ward_profile(connection)

    assert named == profile(connection).last_winner_party


def test_tied_winners_are_all_named(connection, wards):
    election = add_election(connection, "GHMC", 2020)
    add_results(connection, election, "WARD_001", {"INC": 900, "BRS": 900, "BJP": 10})

    refresh_ward_profile(connection)

    assert "BRS / INC" == profile(connection).last_winner_party


def test_winner_is_of_the_newest_ward_election_and_of_no_other_kind(connection, wards):
    for year, party in ((2016, "TRS"), (2020, "BJP")):
        add_results(connection, add_election(connection, "GHMC", year), "WARD_001", {party: 10})
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", {"INC": 10})
    add_results(connection, add_election(connection, "GHMC", 2025), "WARD_001", {"INC": 0, "BJP": 0})

    refresh_ward_profile(connection)

    assert ("BJP", 2020) == (profile(connection).last_winner_party, profile(connection).last_winner_year)


def test_second_refresh_changes_nothing(connection, wards):
    election = add_election(connection, "GHMC", 2020)
    add_station(connection, "60-1", {"WARD_001": 0.3, "WARD_002": 0.7}, {election: (1_001, 501)})
    declare(connection, election, "WARD_001", "TRS")
    refresh_ward_profile(connection)
    connection.execute(sa.update(ward_profile).values(updated_at=LONG_AGO))
    before = stored_rows(connection, ward_profile)

    report = refresh_ward_profile(connection)

    assert (2, 0, 0, 2) == (report.wards, report.new, report.changed, report.unchanged)
    assert before == stored_rows(connection, ward_profile)


def test_changed_value_moves_updated_at(connection, wards):
    election = add_election(connection, "GHMC", 2020)
    add_station(connection, "60-1", {"WARD_001": 1}, {election: (1_000, 500)})
    refresh_ward_profile(connection)
    connection.execute(sa.update(ward_profile).values(updated_at=LONG_AGO, electors=1))

    report = refresh_ward_profile(connection, "WARD_001")

    assert (1, 0) == (report.changed, report.unchanged)
    assert LONG_AGO < profile(connection).updated_at <= datetime.now(UTC)


def test_what_can_not_be_computed_keeps_the_stored_value_and_what_was_said_of_it(connection, wards):
    real = {"ward_id": "WARD_001", "electors": 61_000, "last_winner_party": "INC", "source": "the returning officer"}
    connection.execute(sa.insert(ward_profile).values(**real, updated_at=LONG_AGO))

    untouched = refresh_ward_profile(connection)
    kept = profile(connection)
    declare(connection, add_election(connection, "GHMC", 2020), "WARD_001", "TRS")
    refresh_ward_profile(connection)
    found = profile(connection)
    again = refresh_ward_profile(connection)

    assert (0, 61_000, LONG_AGO) == (untouched.wards, kept.electors, kept.updated_at)
    assert (61_000, "TRS", 2020) == (found.electors, found.last_winner_party, found.last_winner_year)
    assert "the returning officer; last winner: GHMC-2020, declared elected" == found.source
    assert 1 == again.unchanged


def test_first_real_value_takes_the_examples_away(connection):
    seed(connection)
    untouched = refresh_ward_profile(connection)
    example = profile(connection)
    declare(connection, add_election(connection, "GHMC", 2020), "WARD_001", "BRS")

    refresh_ward_profile(connection)

    found = profile(connection)
    assert (0, 50_000, "example") == (untouched.wards, example.electors, example.source)
    assert (None, None, None, "BRS", 2020) == (
        found.electors,
        found.votes_cast,
        found.turnout_pct,
        found.last_winner_party,
        found.last_winner_year,
    )
    assert "last winner: GHMC-2020, declared elected" == found.source


def test_unknown_ward_is_refused_and_a_known_one_without_data_is_not(connection, wards):
    assert 0 == refresh_ward_profile(connection, "WARD_003").wards
    with pytest.raises(UnknownWardError, match="WARD_999"):
        refresh_ward_profile(connection, "WARD_999")
