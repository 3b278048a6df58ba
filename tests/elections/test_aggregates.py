"""Votes go from stations to wards without loss, and nothing is shown that the sheets do not say."""

from datetime import UTC, date, datetime

import attrs
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import failures_at_once
from sheets import PLACE, add_wards, dump, footer, put, sheet, station, three_stations

from lokdarpan_core import NotFoundError
from lokdarpan_core.elections.aggregates import aggregate_to_ward
from lokdarpan_core.elections.assignment_file import Part
from lokdarpan_core.elections.election import add_election
from lokdarpan_core.elections.form20.sheet import Candidate
from lokdarpan_core.elections.stations import assign_stations
from lokdarpan_core.schema import delimitation, election, result_ps, result_ward_agg, station_ward, ward

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def wards(connection):
    add_wards(connection)


def assign(connection, *parts, place=PLACE):
    assign_stations(connection, [Part(*part) for part in parts], place)


def aggregate(connection, type="ASSEMBLY", year=2023, round=None):
    return aggregate_to_ward(connection, type, year, round)


def ward_votes(connection, ward_id=None):
    """(Ward, party) -> votes; or party -> votes of one ward."""
    rows = connection.execute(sa.select(result_ward_agg).order_by(result_ward_agg.c.ward_id, result_ward_agg.c.party))
    found = {(row.ward_id, row.party): row.votes for row in rows}
    return found if ward_id is None else {party: votes for (ward, party), votes in found.items() if ward == ward_id}


def figures(connection, ward_id):
    """Turnout of a ward (one for all its rows), and the shares of its parties."""
    rows = connection.execute(sa.select(result_ward_agg).where(result_ward_agg.c.ward_id == ward_id)).all()
    (turnout_pct,) = {row.turnout_pct for row in rows}
    return turnout_pct, {row.party: row.vote_share for row in rows}


def test_from_sheet_to_ward_no_vote_is_lost(connection, wards):
    """Stations = wards = the sheet's own EVM total, by candidate; postal votes are in no ward."""
    evm, postal = (110, 75, 38), (3, 2, 1)
    put(connection, three_stations(footers=(footer("evm", *evm), footer("postal", *postal))))
    assign(connection, ("60-1", "1", 0.5), ("60-1", "2", 0.5), ("60-2", "2"), ("60-3A", "3"))

    report = aggregate(connection)

    sums = dict(
        connection.execute(
            sa.select(result_ward_agg.c.party, sa.func.sum(result_ward_agg.c.votes)).group_by(result_ward_agg.c.party)
        ).all()
    )
    assert dict(zip(("BRS", "INC", "IND:M. ASHOK KUMAR"), evm, strict=True)) == sums
    assert (3, sum(evm), 3, 9) == (report.stations, report.votes, report.wards, report.new)
    assert {"BRS": 50, "INC": 25, "IND:M. ASHOK KUMAR": 4} == ward_votes(connection, "WARD_001")
    assert {"BRS": 60, "INC": 45, "IND:M. ASHOK KUMAR": 33} == ward_votes(connection, "WARD_002")


VOTES = st.lists(st.tuples(*[st.integers(0, 500)] * 3), min_size=1, max_size=4)
SPLITS = st.lists(st.lists(st.integers(1, 1000), min_size=1, max_size=3), min_size=4, max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(votes=VOTES, splits=SPLITS)
def test_wards_together_have_what_the_stations_have_for_any_weights(connection, votes, splits):
    with connection.begin_nested() as savepoint:
        add_wards(connection)
        put(connection, sheet(*(station(number, *one) for number, one in enumerate(votes, start=1))))
        rows = [
            {"ps_id": f"60-{number}", "delimitation_id": PLACE, "ward_id": f"WARD_{n:03}", "weight": part / sum(split)}
            for number, split in enumerate(splits[: len(votes)], start=1)
            for n, part in enumerate(split, start=1)
        ]
        connection.execute(sa.insert(station_ward), rows)
        aggregate(connection)
        wards = ward_votes(connection)
        savepoint.rollback()

    for index, party in enumerate(("BRS", "INC", "IND:M. ASHOK KUMAR")):
        assert sum(one[index] for one in votes) == sum(count for (_, key), count in wards.items() if key == party)


def test_second_run_changes_nothing(connection, wards):
    put(connection, three_stations())
    assign(connection, ("60-1", "1", 0.3), ("60-1", "2", 0.7), ("60-2", "2"))
    aggregate(connection)
    connection.execute(sa.update(result_ward_agg).values(computed_at=LONG_AGO))
    before = dump(connection)

    report = aggregate(connection)

    assert (0, 0, 6, 0) == (report.new, report.changed, report.unchanged, report.deleted)
    assert before == dump(connection)


def test_correction_moves_only_what_differs(connection, wards):
    """60-2's one vote for INC changes one row's votes, and the shares of its ward; the other ward keeps its time."""
    put(connection, three_stations())
    assign(connection, ("60-1", "1"), ("60-2", "2"))
    aggregate(connection)
    connection.execute(sa.update(result_ward_agg).values(computed_at=LONG_AGO))
    put(connection, sheet(station(1, 100, 50, 7), station(2, 10, 21, 30), station("3A", 0, 5, 1)))

    report = aggregate(connection)

    assert (0, 3, 3, 0) == (report.new, report.changed, report.unchanged, report.deleted)
    untouched = sa.select(result_ward_agg.c.ward_id).where(result_ward_agg.c.computed_at == LONG_AGO).distinct()
    assert ["WARD_001"] == connection.execute(untouched).scalars().all()


def test_keys_that_vanish_are_deleted(connection, wards):
    put(connection, three_stations())
    assign(connection, ("60-1", "1"), ("60-2", "2"))
    aggregate(connection)
    assign(connection, ("60-2", "1"))
    put(connection, sheet(station(1, 100, 50), station(2, 10, 20), candidates=three_stations().candidates[:2]))

    report = aggregate(connection)

    assert {("WARD_001", "BRS"): 110, ("WARD_001", "INC"): 70} == ward_votes(connection)
    assert 4 == report.deleted


def test_other_elections_are_not_touched(connection, wards):
    put(connection, three_stations())
    put(connection, three_stations(), election="LOKSABHA-2024")
    assign(connection, ("60-1", "1"))
    aggregate(connection, "LOKSABHA", 2024)
    before = ward_votes(connection)

    aggregate(connection)
    put(connection, sheet(station(1, 1, 1, 1)))
    aggregate(connection)

    query = sa.select(result_ward_agg).join(election, election.c.id == result_ward_agg.c.election_id)
    kept = connection.execute(query.where(election.c.year == 2024)).all()
    assert before == {(row.ward_id, row.party): row.votes for row in kept}


def test_rounds_of_a_year_are_elections_of_their_own(connection, wards):
    put(connection, three_stations())
    put(connection, sheet(station(1, 1, 2, 3)), election="ASSEMBLY-2023-BYE")
    assign(connection, ("60-1", "1"))

    report = aggregate(connection, round="BYE")

    assert ("ASSEMBLY-2023-BYE", 6) == (report.election, report.votes)
    assert {"BRS": 1, "INC": 2, "IND:M. ASHOK KUMAR": 3} == ward_votes(connection, "WARD_001")


def test_rows_that_are_new_and_rows_that_changed_are_counted_apart(connection, wards):
    put(connection, three_stations())
    assign(connection, ("60-1", "1"))
    aggregate(connection)
    assign(connection, ("60-1", "1", 0.5), ("60-1", "2", 0.5))

    report = aggregate(connection)

    assert (3, 3, 0, 0) == (report.new, report.changed, report.unchanged, report.deleted)


def test_turnout_is_polled_by_electors_and_shares_are_of_valid_votes(connection, wards):
    put(connection, sheet(station(1, 60, 30, 10, electors=200), station(2, 0, 0, 0, electors=100)))
    assign(connection, ("60-1", "1"), ("60-2", "1"))

    aggregate(connection)

    turnout_pct, shares = figures(connection, "WARD_001")
    assert pytest.approx(100 * (107 + 7) / 300) == turnout_pct
    assert {"BRS": 60, "INC": 30, "IND:M. ASHOK KUMAR": 10} == shares


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"electors": None}, "turnout: a station lacks its electors or its votes polled"),
        ({"polled": None}, "turnout: a station lacks its electors or its votes polled"),
        ({"electors": 3}, "turnout: more votes polled than electors"),
    ],
)
def test_turnout_that_the_sheet_does_not_support_is_unknown(connection, wards, second, reason):
    """Never polled ÷ votes, which would be near 100 for every ward."""
    put(connection, sheet(station(1, 6, 3, 1, electors=20), station(2, 9, 9, 9, **second)))
    assign(connection, ("60-1", "1"), ("60-2", "1", 0.5), ("60-2", "2", 0.5))

    report = aggregate(connection)

    assert [None, None] == [figures(connection, ward)[0] for ward in ("WARD_001", "WARD_002")]
    assert {reason: ["WARD_001", "WARD_002"]} == report.notes


@pytest.mark.parametrize(
    ("electors", "turnout_pct", "notes"),
    [(17, 100, {}), (0, None, {"turnout: no electors": ["WARD_001"]})],
    ids=["all have voted", "nobody could"],
)
def test_turnout_at_its_bounds(connection, wards, electors, turnout_pct, notes):
    put(connection, sheet(station(1, *((6, 3, 1) if electors else (0, 0, 0)), electors=electors, polled=electors)))
    assign(connection, ("60-1", "1"))

    report = aggregate(connection)

    assert (turnout_pct, notes) == (figures(connection, "WARD_001")[0], report.notes)


def test_ward_without_a_valid_vote_has_no_shares(connection, wards):
    put(connection, sheet(station(1, 0, 0, 0)))
    assign(connection, ("60-1", "1"))

    aggregate(connection)

    assert {"BRS": None, "INC": None, "IND:M. ASHOK KUMAR": None} == figures(connection, "WARD_001")[1]


def test_what_is_not_assigned_is_counted_and_named_and_in_no_ward(connection, wards):
    put(connection, three_stations())
    assign(connection, ("60-1", "1"))

    (coverage,) = aggregate(connection).coverage

    assert {"WARD_001"} == {ward for ward, _ in ward_votes(connection)}
    assert (PLACE, 1, 1, 157) == (coverage.delimitation, coverage.wards, coverage.stations, coverage.votes)
    assert (("60-2", "60-3A"), 66) == (coverage.unassigned_stations, coverage.unassigned_votes)


def test_unassigned_stations_are_named_in_the_order_of_their_numbers(connection, wards):
    put(connection, sheet(*(station(number, 1, 1, 1) for number in (10, 9, 2))))
    assign(connection, ("60-9", "1"))

    assert ("60-2", "60-10") == aggregate(connection).coverage[0].unassigned_stations


def test_delimitations_are_summed_each_on_its_own(connection, wards):
    add_wards(connection, place="hyderabad-2026", prefix="HYD26_")
    put(connection, three_stations())
    assign(connection, ("60-1", "1"), ("60-2", "2"))
    assign(connection, ("60-1", "3", 0.5), ("60-1", "1", 0.5), ("60-2", "3"), ("60-3A", "3"), place="hyderabad-2026")

    report = aggregate(connection)

    assert {"BRS": 60, "INC": 50, "IND:M. ASHOK KUMAR": 34} == ward_votes(connection, "HYD26_003")
    assert [(PLACE, 2, 66 - 60), ("hyderabad-2026", 3, 0)] == [
        (one.delimitation, one.stations, one.unassigned_votes) for one in report.coverage
    ]


def test_party_names_are_one_by_the_day_of_the_election(connection, wards):
    printed = [Candidate(1, "A", "Telangana Rashtra Samithi"), Candidate(2, "B", "I.N.C."), Candidate(3, "C", "TRS")]
    for name in ("GHMC-2020", "ASSEMBLY-2023"):
        put(connection, sheet(station(1, 1, 2, 3), candidates=printed), election=name)
    assign(connection, ("60-1", "1"), ("W60-1", "2"))

    aggregate(connection, "GHMC", 2020)
    aggregate(connection)

    assert {"TRS": 4, "INC": 2} == ward_votes(connection, "WARD_002")
    assert {"BRS": 4, "INC": 2} == ward_votes(connection, "WARD_001")


@pytest.mark.parametrize(
    ("year", "held_on", "party"),
    [(2022, date(2021, 12, 31), "TRS"), (2021, date(2022, 1, 1), "BRS"), (2021, None, "TRS"), (2022, None, "BRS")],
)
def test_a_party_has_the_name_of_the_day_that_the_election_was_held_on(connection, wards, year, held_on, party):
    """Without a day, of the end of its year."""
    put(connection, sheet(station(1, 5), candidates=[Candidate(1, "A", "TRS")]), election=f"ASSEMBLY-{year}")
    add_election(connection, f"ASSEMBLY-{year}", held_on=held_on)
    assign(connection, ("60-1", "1"))

    aggregate(connection, year=year)

    assert {party: 5} == ward_votes(connection, "WARD_001")


@pytest.mark.parametrize("nota", [("NOTA", None), ("None of the above", "NOTA"), ("X", "NOTA")])
def test_nota_is_no_party_wherever_it_stands(connection, wards, nota):
    """An adopted archive has NOTA among the candidates."""
    put(connection, sheet(station(1, 6, 4), candidates=[Candidate(1, "A", "BRS"), Candidate(2, *nota)]))
    assign(connection, ("60-1", "1"))

    report = aggregate(connection)

    assert (6, {"BRS": 100}) == (report.votes, figures(connection, "WARD_001")[1])


def test_independents_and_unknown_parties_are_kept_apart(connection, wards):
    four = [Candidate(1, "A", "IND"), Candidate(2, "B", "IND"), Candidate(3, "C", "XYZ"), Candidate(4, "D", "XYZ")]
    put(connection, sheet(station(1, 1, 2, 3, 4), candidates=four))
    assign(connection, ("60-1", "1"))

    aggregate(connection)

    assert {"IND:A": 1, "IND:B": 2, "XYZ:C": 3, "XYZ:D": 4} == ward_votes(connection, "WARD_001")


def test_namesakes_of_two_segments_are_two_candidates_of_a_ward_in_both(connection, wards):
    one = sheet(station(1, 5), candidates=[Candidate(1, "B. RAVI", "IND")])
    for segment in ("60", "61"):
        put(connection, one, segment=segment)
    put(connection, one, segment="60", election="LOKSABHA-2024")
    put(connection, one, segment="61", election="LOKSABHA-2024")
    assign(connection, ("60-1", "1"), ("61-1", "1"))

    aggregate(connection)
    assert {"IND:B. RAVI (60)": 5, "IND:B. RAVI (61)": 5} == ward_votes(connection, "WARD_001")
    connection.execute(sa.delete(result_ward_agg))
    aggregate(connection, "LOKSABHA", 2024)
    assert {"IND:B. RAVI": 10} == ward_votes(connection, "WARD_001")


def test_candidates_without_votes_at_the_wards_stations_are_not_in_it(connection, wards):
    """In a ward election's tidy file a segment has the candidates of all its wards."""
    put(connection, sheet(station(1, 5, 6, None), station(2, None, None, 7), findings=()))
    assign(connection, ("60-1", "1"), ("60-2", "2"))

    aggregate(connection)

    assert {"BRS": 5, "INC": 6} == ward_votes(connection, "WARD_001")
    assert {"IND:M. ASHOK KUMAR": 7} == ward_votes(connection, "WARD_002")


def test_election_without_any_assigned_station_keeps_its_rows(connection, wards):
    """An adopted archive's ward results can't be computed again from anything."""
    put(connection, three_stations())
    election_id = add_election(connection, "ASSEMBLY-2023").id
    connection.execute(
        sa.insert(result_ward_agg).values(election_id=election_id, ward_id="WARD_002", party="TRS", votes=5)
    )

    report = aggregate(connection)

    assert {("WARD_002", "TRS"): 5} == ward_votes(connection)
    assert (0, 0, 0, 1) == (report.new, report.changed, report.deleted, report.unchanged)
    assert [["WARD_002"]] == list(report.notes.values())
    (coverage,) = report.coverage
    assert (None, 3, 223) == (coverage.delimitation, len(coverage.unassigned_stations), coverage.unassigned_votes)


def test_adopted_results_without_turnout_or_station_are_counted(connection, wards):
    put(connection, three_stations())
    assign(connection, ("60-1", "1"))
    row = {"election_id": add_election(connection, "ASSEMBLY-2023").id, "candidate_no": 9, "party": "BJP"}
    rows = [{"ps_id": "60-1", "votes": 8}, {"ps_id": "OLD_1", "votes": 4}]
    connection.execute(sa.insert(result_ps), [row | one for one in rows])

    report = aggregate(connection)

    assert 8 == ward_votes(connection, "WARD_001")["BJP"]
    assert (4, ("60-2", "60-3A", "OLD_1")) == (report.stations, report.coverage[0].unassigned_stations)
    assert (223 + 12, 66 + 4) == (report.votes, report.coverage[0].unassigned_votes)


def test_adopted_results_of_a_known_station_without_turnout_have_none(connection, wards):
    put(connection, three_stations())
    row = {"election_id": add_election(connection, "GHMC-2016").id, "party": "TRS"}
    connection.execute(sa.insert(result_ps), [row | {"ps_id": "60-1", "candidate_no": 1, "votes": 8}])
    assign(connection, ("60-1", "1"))

    report = aggregate(connection, "GHMC", 2016)

    assert {"TRS": 8} == ward_votes(connection, "WARD_001")
    assert {"turnout: a station lacks its electors or its votes polled": ["WARD_001"]} == report.notes


def test_election_that_is_not_there_is_refused(connection):
    with pytest.raises(NotFoundError, match="LOKSABHA-2024"):
        aggregate(connection, "loksabha", 2024)


def test_two_at_once_end_as_one(engine):
    with engine.begin() as connection:
        add_wards(connection)
        put(connection, three_stations())
        assign(connection, ("60-1", "1", 0.5), ("60-1", "2", 0.5), ("60-2", "2"))

    failures = failures_at_once(engine, *[aggregate] * 3)

    with engine.begin() as connection:
        again = aggregate(connection)
    assert ([], 0, 6) == (failures, again.new + again.changed + again.deleted, again.unchanged)


def test_real_sheets_reach_their_wards_to_the_vote(connection, real_data):
    """Two real segments, stations spread over five wards, every third of them split."""
    from lokdarpan_core.elections.form20.reading import read_form20

    connection.execute(sa.insert(delimitation).values(id=PLACE, authority="test", source="test"))
    rows = [{"ward_id": f"WARD_{n:03}", "delimitation_id": PLACE, "number": n, "name": f"W{n}"} for n in range(1, 6)]
    connection.execute(sa.insert(ward), rows)
    expected = {}
    for segment in ("171", "172"):
        (read,) = read_form20(real_data / "form20" / f"up_2014_ac{segment}.csv")
        put(connection, attrs.evolve(read), election="LOKSABHA-2014", segment=segment)
        for index, candidate in enumerate(read.candidates):
            votes = sum(one.votes[index] or 0 for one in read.stations)
            expected[candidate.name] = expected.get(candidate.name, 0) + votes
    ids = connection.execute(sa.text("SELECT ps_id FROM polling_station ORDER BY ps_id")).scalars().all()
    parts = []
    for n, ps_id in enumerate(ids):
        one, two = f"{n % 5 + 1}", f"{(n + 1) % 5 + 1}"
        parts += [(ps_id, one, 0.37), (ps_id, two, 0.63)] if n % 3 == 0 else [(ps_id, one)]
    assign(connection, *parts)

    report = aggregate(connection, "LOKSABHA", 2014)

    sums = {}
    for (_, party), votes in ward_votes(connection).items():
        sums[party] = sums.get(party, 0) + votes
    assert {f"?:{name}": votes for name, votes in expected.items()} == sums
    assert ((), 0, 5) == (report.coverage[0].unassigned_stations, report.coverage[0].unassigned_votes, report.wards)
