"""A panel is read strictly: what can't be true is named with row and column, what teaches nothing is left out aloud."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from panels import city, rows

from lokdarpan_core.elections.panel import make_panel
from lokdarpan_core.elections.panel_file import read_panel
from lokdarpan_core.elections.redrawn import Part, redrawn
from lokdarpan_core.errors import PanelError

DAY = date(2020, 5, 1)
GOOD = rows("A", DAY, {"P": 0.6, "Q": 0.4})


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 10**7), min_size=2, max_size=8))
def test_shares_of_votes_sum_to_one_and_who_got_nothing_did_not_stand(votes):
    panel = make_panel(
        [{"unit": "A", "held_on": DAY, "party": party, "votes": number} for party, number in votes.items()]
    )

    stood = {party for party, number in votes.items() if number}
    if len(stood) > 1:
        (contest,) = panel.contests
        assert stood == set(contest.shares)
        assert pytest.approx(1) == sum(contest.shares.values())
        assert sum(votes.values()) == contest.votes
    else:
        assert (0, 1) == (len(panel.contests), len(panel.left_out))


def test_contests_stand_in_order_of_time():
    panel = make_panel(rows("B", DAY, {"P": 1, "Q": 0.0}) + rows("B", date(2016, 1, 1), {"P": 0.5, "Q": 0.5}) + GOOD)

    assert [("B", 2016), ("A", 2020)] == [(one.unit, one.held_on.year) for one in panel.contests]
    assert ("B, 2020-05-01: one party alone (unopposed)",) == panel.left_out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"share": float("nan")}, "Row 1, column share: nan is no number"),
        ({"share": -0.1}, "Row 1, column share: -0.1 is negative"),
        ({"share": 42}, r"Row 1, column share: 42 is over 1; a share is a fraction"),
        ({"share": "many"}, "Row 1, column share: 'many' is no number"),
        ({"share": 0.9}, "Row 1, column share: the shares of A, 2020-05-01 sum to 1.3"),
        ({"share": None}, "Row 1, column share: it is empty, but other parties"),
        ({"votes": -1}, "Row 1, column votes: -1 is negative"),
        ({"party": "Q"}, "Row 2, column party: 'Q' has a row already in A, 2020-05-01 .row 1."),
        ({"party": ""}, "Row 1, column party: it is empty"),
        ({"held_on": "2020"}, "Row 1, column held_on: '2020' is no date"),
        ({"city": "X"}, "Row 2, column city: None here, but X in row 1"),
        ({"turnout": 1}, "Row 1, column turnout: there is no such column"),
    ],
)
def test_what_can_not_be_true_is_named_with_row_and_column(change, message):
    with pytest.raises(PanelError, match=message):
        make_panel([GOOD[0] | change, GOOD[1]])


def written(tmp_path, text):
    path = tmp_path / "panel.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_found_by_their_names(tmp_path):
    path = written(tmp_path, "Ward,Council,Year,Party,Vote_share_pct,extra\n1,X,2016,P,60,a\n1,X,2016,Q,40,b\n")

    (contest,) = read_panel(path).contests

    assert ("X/1", "X", "2016", date(2016, 7, 1)) == (contest.unit, contest.city, contest.election, contest.held_on)
    assert {"P": pytest.approx(0.6), "Q": pytest.approx(0.4)} == contest.shares


def test_columns_rows_and_days_can_be_named_by_hand(tmp_path):
    text = "unit_id,election,party,votes,top,main\nA,AC18,P,1,0.3,1\nA,AC18,Q,9,0.7,1\nA,BY19,P,1,0.5,0\n"

    panel = read_panel(written(tmp_path, text), {"share": "top"}, {"main": "1"}, {"AC18": date(2018, 12, 7)}, "Here")

    (contest,) = panel.contests
    assert ("AC18", date(2018, 12, 7), "Here") == (contest.election, contest.held_on, panel.place)
    assert pytest.approx(0.3) == contest.shares["P"]


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("unit,year,votes\n", {}, "column party: it is called none of party"),
        ("unit,year,party\n", {}, "column votes: it is called none of votes"),
        (
            "unit,year,party,votes\n",
            {"share": "sharre"},
            "column sharre: the file has no such column; it has unit, year",
        ),
        ("unit,year,party,votes\nA,AC,P,1\n", {}, "Row 2, column year: 'AC' is no date and names no year"),
        ("unit,year,party,votes\nA,2016,P\n", {}, "Row 2: it has other columns than the 4"),
        ("unit,year,party,votes\nA,2016,P,nan\nA,2016,Q,1\n", {}, "Row 2, column votes: nan is no number"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_row_and_column(tmp_path, text, columns, message):
    with pytest.raises(PanelError, match=message):
        read_panel(written(tmp_path, text), columns)


def test_bytes_that_are_no_text_are_named(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_bytes(b"unit,year,party,votes\nA,2016,\xff,1\n")

    with pytest.raises(PanelError, match=r"panel.csv is not UTF-8"):
        read_panel(path)


def test_merged_ward_has_the_votes_of_its_parts():
    both = [{"unit": "A", "held_on": DAY, "party": p, "votes": v} for p, v in {"P": 300, "Q": 100}.items()]
    both += [{"unit": "B", "held_on": DAY, "party": p, "votes": v} for p, v in {"Q": 500, "R": 100}.items()]

    (contest,) = redrawn(make_panel(both), [Part("A", "N", 1), Part("B", "N", 0.5)]).contests

    assert ("N", 700) == (contest.unit, contest.votes)
    assert {"P": 300 / 700, "Q": 350 / 700, "R": 50 / 700} == pytest.approx(contest.shares)


def test_split_ward_gives_its_past_to_both_and_the_others_stay():
    panel = city(wards=3)

    new = redrawn(panel, [Part("W000", "N1", 0.4), Part("W000", "N2", 0.6)])

    assert ("N1", "N2", "W001", "W002") == new.units
    before = [one.shares for one in panel.contests if one.unit == "W000"]
    for unit in ("N1", "N2"):
        assert [pytest.approx(shares) for shares in before] == [one.shares for one in new.contests if one.unit == unit]


def test_election_with_most_of_the_ward_missing_is_left_out():
    panel = make_panel(GOOD + rows("B", DAY, {"P": 0.5, "Q": 0.5}) + rows("A", date(2016, 5, 1), {"P": 0.5, "Q": 0.5}))

    new = redrawn(panel, [Part("A", "N", 0.4), Part("B", "N", 1)])

    assert [2020] == [one.held_on.year for one in new.contests]
    assert ("N, 2016-05-01: less than half of its voters lived in units with a result",) == new.left_out


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([Part("Z", "N", 1)], "Row 1, column old: there is no unit 'Z'"),
        ([Part("A", "N", 1.1)], "Row 1, column weight: 1.1 is not above 0"),
        ([Part("A", "N", 0.6), Part("A", "M", 0.6)], "Row 2, column weight: the parts of 'A' sum to 1.2"),
        ([Part("A", "N", 0.6), Part("A", "N", 0.2)], "Row 2, column new: 'A' has a part in 'N' already"),
    ],
)
def test_parts_that_can_not_be_are_named(parts, message):
    with pytest.raises(PanelError, match=message):
        redrawn(make_panel(GOOD), parts)
