"""Last shares as scores that sum to 100, and a confidence that is about turnout and nothing else."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from results import LONG_AGO, add_election, add_wards

from lokdarpan_core import NotFoundError, UnknownWardError, prediction, seed
from lokdarpan_core.elections.prediction import scores, turnout_stability
from lokdarpan_core.schema import ward_features

BOTH = {"as23_party_shares": {"BRS": 0.6, "INC": 0.4}, "ls24_party_shares": {"INC": 0.7, "BRS": 0.3}}


def add_features(connection, **values):
    connection.execute(sa.insert(ward_features).values(ward_id="WARD_001", updated_at=LONG_AGO, **values))


def test_example_ward_has_its_values(connection):
    seed(connection)

    found = prediction(connection, "ward_001 ")

    assert {"INC": 36.0, "BJP": 32.0, "BRS": 28.0, "AIMIM": 4.0} == found.scores
    assert ["INC", "BJP", "BRS", "AIMIM"] == list(found.scores)
    assert (0.958, "turnout-stability", "last-shares", None) == (
        found.confidence,
        found.confidence_kind,
        found.method,
        found.reason,
    )
    assert ("WARD_001", "Kapra", "ghmc-2016", "example") == (found.ward, found.name, found.delimitation, found.source)


def test_it_says_what_it_rests_on(connection):
    add_features(connection, **BOTH, turnout_volatility=3.0)
    add_election(connection, "LOKSABHA", 2024, held_on=date(2024, 5, 13))
    add_election(connection, "ASSEMBLY", 2023)

    found = prediction(connection, "WARD_001")

    assert [("ASSEMBLY", 2023, None, False), ("LOKSABHA", 2024, date(2024, 5, 13), True)] == [
        (one.type, one.year, one.held_on, one.gives_scores) for one in found.based_on
    ]
    assert ({"INC": 70.0, "BRS": 30.0}, LONG_AGO) == (found.scores, found.updated_at)
    assert "no probability of winning" in found.note


def test_shares_of_2023_serve_where_those_of_2024_are_missing(connection):
    add_features(connection, as23_party_shares={"BRS": 0.6, "INC": 0.4}, turnout_volatility=10.0)

    found = prediction(connection, "WARD_001")

    assert ({"BRS": 60.0, "INC": 40.0}, 0.45) == (found.scores, found.confidence)
    assert [("ASSEMBLY", True)] == [(one.type, one.gives_scores) for one in found.based_on]
    assert "There is no result of LOKSABHA-2024" == found.reason


@pytest.mark.parametrize(
    ("volatility", "as23", "ls24", "confidence"),
    [
        (4.2, True, True, 0.958),
        (0.0, True, True, 1.0),
        (90.0, True, True, 0.1),
        (5_000.0, True, True, 0.1),
        (-5.0, True, True, 1.0),
        (4.2, False, True, 0.479),
        (None, True, True, 0.1),
        (None, True, False, 0.05),
        (float("nan"), True, True, 0.1),
    ],
)
def test_confidence_is_the_steadiness_of_turnout(volatility, as23, ls24, confidence):
    assert confidence == turnout_stability(volatility, as23, ls24)[0]


def test_unknown_volatility_gives_the_least_confidence_and_says_why(connection):
    add_features(connection, **BOTH)

    found = prediction(connection, "WARD_001")

    assert (0.1, "The turnout of fewer than two elections is known") == (found.confidence, found.reason)


@given(shares=st.dictionaries(st.text(min_size=1), st.floats(0, 1e6), min_size=1).filter(lambda s: sum(s.values()) > 0))
def test_scores_sum_to_100_exactly(shares):
    found = scores(shares)

    assert Decimal(100) == sum(Decimal(str(score)) for score in found.values())
    assert set(shares) == set(found)


def test_ward_without_results_is_not_found(connection):
    add_wards(connection, 1)
    add_features(connection, turnout_volatility=3.0, as23_party_shares={}, ls24_party_shares={"BRS": 0.0})

    with pytest.raises(NotFoundError, match="no result of ASSEMBLY-2023 or LOKSABHA-2024"):
        prediction(connection, "WARD_001")


@pytest.mark.parametrize("label", ["WARD_999", "", "'; DROP TABLE ward; --", "\u0c15", "\0"])
def test_ward_of_which_nothing_is_known(connection, label):
    with pytest.raises(UnknownWardError, match="WARD_001"):
        prediction(connection, label)
