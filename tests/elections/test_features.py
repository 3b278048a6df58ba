"""Party shares, the swing between two elections, how steady turnout is: the formulas, and what stays unknown."""

from statistics import pstdev

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from results import LONG_AGO, add_election, add_results, add_wards, stored_rows

from lokdarpan_core import UnknownWardError, seed, ward_meta
from lokdarpan_core.elections import features as formulas
from lokdarpan_core.elections.features import compute_features
from lokdarpan_core.schema import result_ward_agg, ward_features

AS23 = {"BRS": 380, "INC": 320, "BJP": 260, "AIMIM": 40}
LS24 = {"BRS": 280, "INC": 360, "BJP": 320, "AIMIM": 40}

votes = st.dictionaries(st.sampled_from(["BRS", "INC", "BJP", "AIMIM", "IND:A", "TDP"]), st.integers(0, 50_000)).filter(
    lambda found: sum(found.values()) > 0
)


def add_both(connection, ward_id="WARD_001"):
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), ward_id, AS23, turnout_pct=52.0)
    add_results(connection, add_election(connection, "LOKSABHA", 2024), ward_id, LS24, turnout_pct=48.0)


def features(connection, ward_id="WARD_001"):
    return ward_meta(connection, ward_id).features


def test_features_of_two_elections(connection):
    add_both(connection)

    report = compute_features(connection)

    found = features(connection)
    assert (1, 1, {}) == (report.wards, report.new, report.notes)
    assert {"BRS": 0.38, "INC": 0.32, "BJP": 0.26, "AIMIM": 0.04} == found.as23_party_shares
    assert {"BRS": 0.28, "INC": 0.36, "BJP": 0.32, "AIMIM": 0.04} == found.ls24_party_shares
    assert {"BRS": -0.10, "INC": 0.04, "BJP": 0.06, "AIMIM": 0.0} == found.dvi
    assert (0.58, 2.0, {"BRS": 0.263158}) == (found.aci_23, found.turnout_volatility, found.incumbency_weakness)
    assert "AS23: ASSEMBLY-2023; LS24: LOKSABHA-2024; turnout volatility: ASSEMBLY-2023, LOKSABHA-2024" == found.source


def test_party_that_did_not_stand_has_the_share_0_and_not_an_unknown_one(connection):
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", {"BRS": 50, "IND:Rao": 50})
    add_results(connection, add_election(connection, "LOKSABHA", 2024), "WARD_001", {"BRS": 60, "BJP": 40})

    compute_features(connection)

    assert {"BRS": 0.1, "IND:Rao": -0.5, "BJP": 0.4} == features(connection).dvi
    assert {"BRS": 0.0, "IND:Rao": 1.0} == features(connection).incumbency_weakness


@given(before=votes, after=votes)
def test_swings_sum_to_0_and_shares_to_1(before, after):
    as23, ls24 = formulas.party_shares(before), formulas.party_shares(after)

    assert 1 == pytest.approx(sum(as23.values()), abs=1e-5)
    assert 0 == pytest.approx(sum(formulas.swing(as23, ls24).values()), abs=1e-5)
    assert set(before) | set(after) == set(formulas.swing(as23, ls24))


@given(before=votes, after=votes)
def test_incumbency_weakness_is_a_fraction_of_the_winner(before, after):
    as23, ls24 = formulas.party_shares(before), formulas.party_shares(after)

    found = formulas.incumbency_weakness(as23, ls24)

    most = max(before.values())
    assert {party for party, count in before.items() if count == most} == set(found)
    assert all(0 <= part <= 1 for part in found.values())


def test_nobody_wins_an_election_without_a_vote():
    assert {} == formulas.incumbency_weakness({"A": 0.0, "B": 0.0}, {"A": 0.5})


@pytest.mark.parametrize(
    ("stored", "usable"),
    [
        ({"BRS": 0.6, "INC": 0.0, "BJP": 1}, True),
        ({"BRS": float("inf")}, False),
        ({"BRS": float("nan"), "INC": 0.4}, False),
        ({"BRS": 0.6, "INC": -0.1}, False),
        ({"BRS": 0.0}, False),
        ({"BRS": True, "INC": 0.4}, False),
        (None, False),
    ],
)
def test_stored_shares_are_usable_when_they_are_numbers_from_0_on_and_not_all_0(stored, usable):
    assert (stored if usable else None) == formulas.usable_shares(stored)


@pytest.mark.parametrize(
    ("shares", "aci"), [({"BRS": 0.6, "BJP": 0.4}, 0.4), ({"BRS": 0.7, "INC": 0.3}, 0.3), ({"BRS": 1.0}, 0.0)]
)
def test_a_party_that_did_not_stand_adds_nothing_to_the_share_of_the_two(shares, aci):
    assert {"aci_23": aci} == formulas.derived(shares, None)


@pytest.mark.parametrize(
    ("turnouts", "volatility"), [([], None), ([46.6], None), ([46.6, 46.6], 0.0), ([50.0, 60.0, 70.0], 8.165)]
)
def test_turnout_volatility_is_a_population_standard_deviation(turnouts, volatility):
    assert volatility == formulas.turnout_volatility(turnouts)


def test_volatility_needs_neither_of_the_two_elections(connection):
    for year, turnout_pct in ((2016, 45.0), (2020, 55.0)):
        election = add_election(connection, "GHMC", year)
        add_results(connection, election, "WARD_001", {"BRS": 5}, turnout_pct=turnout_pct)

    report = compute_features(connection)

    assert (5.0, None) == (features(connection).turnout_volatility, features(connection).as23_party_shares)
    assert {"No result of ASSEMBLY-2023": ["WARD_001"], "No result of LOKSABHA-2024": ["WARD_001"]} == report.notes


def test_volatility_is_over_all_elections_that_have_a_turnout(connection):
    add_both(connection)
    add_results(connection, add_election(connection, "GHMC", 2020), "WARD_001", {"BRS": 5, "BJP": 4}, turnout_pct=40.0)
    add_results(connection, add_election(connection, "GHMC", 2016), "WARD_001", {"BRS": 5})

    compute_features(connection)

    assert round(pstdev([40.0, 52.0, 48.0]), 4) == features(connection).turnout_volatility


def test_what_one_election_does_not_give_is_null_and_named(connection):
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", AS23, turnout_pct=52.0)

    report = compute_features(connection)

    found = features(connection)
    assert (None, None, None, None, 0.58) == (
        found.ls24_party_shares,
        found.dvi,
        found.incumbency_weakness,
        found.turnout_volatility,
        found.aci_23,
    )
    assert {
        "No result of LOKSABHA-2024": ["WARD_001"],
        "The turnout of fewer than two elections is known": ["WARD_001"],
    } == report.notes


def test_election_without_a_vote_gives_no_shares(connection):
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", {"BRS": 0, "INC": 0})

    assert 0 == compute_features(connection).wards


def test_main_election_goes_before_a_round_of_it(connection):
    by_election = add_election(connection, "ASSEMBLY", 2023, round="by-election")
    add_results(connection, by_election, "WARD_001", {"BJP": 10})
    add_results(connection, by_election, "WARD_002", {"BJP": 10})
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", {"INC": 10})

    compute_features(connection)

    assert {"INC": 1.0} == features(connection).as23_party_shares
    assert "AS23: ASSEMBLY-2023-by-election" == features(connection, "WARD_002").source


def test_second_refresh_changes_nothing(connection):
    add_both(connection)
    compute_features(connection)
    connection.execute(sa.update(ward_features).values(updated_at=LONG_AGO))
    before = stored_rows(connection, ward_features)

    report = compute_features(connection)

    assert (0, 0, 1) == (report.new, report.changed, report.unchanged)
    assert before == stored_rows(connection, ward_features)


def test_results_that_vanish_leave_the_stored_values(connection):
    add_both(connection)
    compute_features(connection)
    before = stored_rows(connection, ward_features)
    connection.execute(sa.delete(result_ward_agg))

    report = compute_features(connection, "WARD_001")

    assert (0, before) == (report.wards, stored_rows(connection, ward_features))


def test_swing_is_between_the_shares_that_the_row_holds(connection):
    """A stored, real share of 2023 and a computed one of 2024 give a swing that agrees with both."""
    real = {"ward_id": "WARD_001", "as23_party_shares": {"BRS": 0.5, "INC": 0.5}, "source": "an older archive"}
    connection.execute(sa.insert(ward_features).values(**real, dvi={"BRS": 0.9}))
    add_results(connection, add_election(connection, "LOKSABHA", 2024), "WARD_001", {"BRS": 40, "INC": 60})

    compute_features(connection)

    found = features(connection)
    assert ({"BRS": -0.1, "INC": 0.1}, {"BRS": 0.2, "INC": 0.0}) == (found.dvi, found.incumbency_weakness)
    assert "an older archive; LS24: LOKSABHA-2024" == found.source


def test_stored_shares_that_can_not_be_read_do_no_harm(connection):
    for number, broken in enumerate(({}, {"BRS": -1}, {"BRS": "0.4"}, ["BRS"], {"BRS": 0.0}), start=1):
        ward_id = f"WARD_{number:03}"
        connection.execute(sa.insert(ward_features).values(ward_id=ward_id, as23_party_shares=broken))
    election = add_election(connection, "LOKSABHA", 2024)
    for number in range(1, 6):
        add_results(connection, election, f"WARD_{number:03}", {"BRS": 40})

    report = compute_features(connection)

    assert (5, [None] * 5) == (report.changed, [row.dvi for row in stored_rows(connection, ward_features)])


def test_first_real_value_takes_the_examples_away(connection):
    seed(connection)
    untouched = compute_features(connection)
    example = features(connection)
    add_results(connection, add_election(connection, "ASSEMBLY", 2023), "WARD_001", {"BRS": 1, "INC": 1})

    compute_features(connection)

    found = features(connection)
    assert (0, "example", 4.2) == (untouched.wards, example.source, example.turnout_volatility)
    assert (None, None, None, None) == (
        found.ls24_party_shares,
        found.dvi,
        found.turnout_volatility,
        found.incumbency_weakness,
    )
    assert ({"BRS": 0.5, "INC": 0.5}, 0.5) == (found.as23_party_shares, found.aci_23)


def test_unknown_ward_is_refused_and_a_known_one_without_data_is_not(connection):
    add_wards(connection, 1)

    assert 0 == compute_features(connection, "WARD_001").wards
    with pytest.raises(UnknownWardError, match="WARD_999"):
        compute_features(connection, "WARD_999")
