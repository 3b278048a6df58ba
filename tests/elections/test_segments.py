"""A ward without assigned stations shows its segment's result, which says that it is the segment's."""

import pytest
import sqlalchemy as sa
from sheets import add_wards, dispute, footer, put, three_stations

from lokdarpan_core.elections.assignment_file import Part
from lokdarpan_core.elections.segments import segment_result
from lokdarpan_core.elections.stations import assign_stations
from lokdarpan_core.schema import ward_segment


@pytest.fixture
def ready(connection):
    add_wards(connection)
    rows = [
        {"ward_id": ward, "segment": segment, "source": "map"}
        for ward, segment in [("WARD_001", "60"), ("WARD_002", "60"), ("WARD_002", "61")]
    ]
    connection.execute(sa.insert(ward_segment), rows)
    put(connection, three_stations(footers=(footer("postal", 3, 2, None), footer("evm", 110, 75, 38))))


def test_result_is_the_segments_with_its_postal_votes_and_says_so(connection, ready):
    (found,) = segment_result(connection, "WARD_001")

    assert ("segment, not ward", "60", "ASSEMBLY", 2023, "map") == (
        found.kind, found.segment, found.type, found.year, found.source
    )  # fmt: skip
    assert [("BRS", 110, 3), ("INC", 75, 2), ("IND:M. ASHOK KUMAR", 38, 0)] == [
        (one.key, one.votes, one.postal_votes) for one in found.candidates
    ]
    assert 100 == pytest.approx(sum(one.vote_share for one in found.candidates))
    assert 100 * 113 / 228 == pytest.approx(found.candidates[0].vote_share)
    assert (3, 488, 244, 50.0, 15, 6, ()) == (
        found.stations, found.electors, found.polled, found.turnout_pct, found.nota, found.rejected, found.disputes
    )  # fmt: skip


def test_dispute_that_was_accepted_is_told_with_the_result(connection, ready):
    put(connection, three_stations(findings=(dispute(6),)), accept_disputed=True)

    (found,) = segment_result(connection, "WARD_001")

    assert [("error", "D6", "the sum is wrong")] == [
        (one["severity"], one["cell"], one["message"]) for one in found.disputes
    ]


def test_newest_election_comes_first_and_each_segment_on_its_own(connection, ready):
    put(connection, three_stations(), segment="61")
    put(connection, three_stations(), election="LOKSABHA-2024")

    found = segment_result(connection, "WARD_002")

    assert [(2024, "60"), (2023, "60"), (2023, "61")] == [(one.year, one.segment) for one in found]


def test_election_in_which_stations_are_assigned_to_the_ward_is_left_out(connection, ready):
    assign_stations(connection, [Part("60-1", "WARD_001")], "ghmc-2016")

    assert () == segment_result(connection, "WARD_001")
    assert 1 == len(segment_result(connection, "WARD_002"))


def test_sheet_of_a_ward_is_no_sheet_of_the_segment_of_the_same_number(connection, ready):
    put(connection, three_stations(), election="GHMC-2020")

    assert ["ASSEMBLY"] == [one.type for one in segment_result(connection, "WARD_001")]


def test_ward_of_which_no_segment_is_known_has_none(connection, ready):
    assert () == segment_result(connection, "WARD_003")
