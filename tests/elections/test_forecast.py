"""A forecast adds up, repeats itself, sees nothing of the future, and takes new and absent parties as they are."""

import random
import subprocess
import sys
from datetime import date, timedelta

import attrs
import pytest
from panels import city, city_rows, rows

from lokdarpan_core.elections.backtest import backtest, trials
from lokdarpan_core.elections.forecast.records import NEVER_SCORED
from lokdarpan_core.elections.forecast.ward import forecast_wards, ward_forecast
from lokdarpan_core.elections.panel import make_panel
from lokdarpan_core.elections.scores import OTHERS
from lokdarpan_core.errors import PanelError, UnknownWardError

NEXT = date(2020, 5, 1)


@pytest.fixture(scope="module")
def panel():
    return city()


@pytest.fixture(scope="module")
def forecasts(panel):
    return forecast_wards(panel, NEXT)


def test_shares_and_chances_sum_to_one_and_bounds_are_in_order(forecasts):
    assert 30 == len(forecasts)
    for one in forecasts:
        assert pytest.approx(1) == sum(one.shares.values())
        assert pytest.approx(1) == sum(one.win_probability.values())
        assert all(0 <= low <= high <= 1 for low, high in one.intervals.values())
        assert all(0 < chance <= 1 for chance in one.stands.values())
        assert set(one.shares) - {OTHERS} == set(one.intervals) == set(one.stands)


def test_same_seed_gives_the_same_and_another_nearly_the_same(panel, forecasts):
    other = forecast_wards(panel, NEXT, seed=7)

    assert forecasts == forecast_wards(panel, NEXT)
    assert forecasts != other
    for one, two in zip(forecasts, other, strict=True):
        assert one.win_probability == pytest.approx(two.win_probability, abs=0.08)


def test_forecast_of_some_wards_is_that_of_all_but_for_chance(panel, forecasts):
    one = ward_forecast(panel, "W007", NEXT)

    assert forecasts[7].shares == pytest.approx(one.shares, abs=0.03)
    assert [date(2000 + 4 * n, 5, 1) for n in range(5)] == [past.held_on for past in one.based_on]
    assert (4.0, "forecast", "win-probability") == (one.horizon, one.method, one.confidence_kind)
    assert one.win_probability[one.favourite] == one.confidence == max(one.win_probability.values())


def shuffled(panel, day):
    """The panel with every result from that day on given to other parties, and new parties and wards in it."""
    draw = random.Random(4)
    changed = []
    for contest in panel.contests:
        if contest.held_on >= day:
            values = list(contest.shares.values())
            draw.shuffle(values)
            names = ["A newcomer", *list(contest.shares)[1:]]
            contest = attrs.evolve(contest, shares=dict(zip(names, values, strict=True)))  # noqa: PLW2901
        changed.append(contest)
    late = make_panel(rows("A new ward", day + timedelta(days=1), {"P": 0.5, "Z": 0.5})).contests
    ordered = sorted([*changed, *late], key=lambda one: (one.held_on, one.election, one.unit))
    return attrs.evolve(panel, contests=tuple(ordered))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("wards", [4, 30])
def test_shuffling_the_future_changes_nothing(number, wards):
    """Neither shares, chances and bounds nor what the rules say: so no weight, width or chance was learned from it."""
    panel = city(wards=wards)
    day = date(2000 + 4 * number, 5, 1)

    told = {(one.unit, one.held_on): one.guesses for one in trials(panel) if one.held_on <= day}
    again = {(one.unit, one.held_on): one.guesses for one in trials(shuffled(panel, day)) if one.held_on <= day}

    assert told == again


def test_shuffling_the_past_changes_the_forecast(panel):
    """The test above would also pass for a forecast that looks at nothing."""
    day = date(2008, 5, 1)

    told = [one.guesses for one in trials(panel) if one.held_on == date(2016, 5, 1)]
    again = [one.guesses for one in trials(shuffled(panel, day)) if one.held_on == date(2016, 5, 1)]

    assert told != again


def test_back_test_scores_the_forecast_that_was_made_then(panel):
    """What is published on an election's eve is what the back-test scored: the same walk, the same widths."""
    day = date(2016, 5, 1)

    then = {one.unit: one for one in forecast_wards(panel.before(day), day)}

    scored = [one for one in trials(panel) if one.held_on == day]
    assert 30 == len(scored)
    for one in scored:
        guess = one.guesses["forecast"]
        assert (guess.chances, guess.intervals) == (then[one.unit].win_probability, then[one.unit].intervals)


def test_stronghold_is_nearly_sure_and_a_ward_with_one_election_is_not():
    safe = [row for year in range(2000, 2020, 4) for row in rows("SAFE", date(year, 5, 1), {"P": 0.8, "Q": 0.2})]
    once = rows("ONCE", date(2016, 5, 1), {"P": 0.51, "Q": 0.49})

    found = {one.unit: one for one in forecast_wards(make_panel(city_rows() + safe + once), NEXT)}

    assert found["SAFE"].win_probability["P"] > 0.85
    assert found["ONCE"].confidence < 0.85
    assert 1 == len(found["ONCE"].based_on)


def test_party_that_came_to_the_city_may_come_to_a_ward_where_it_never_stood():
    table = city_rows() + [row for n in range(10) for row in rows(f"N{n}", date(2018, 5, 1), {"P": 0.5, "NEW": 0.5})]

    one = ward_forecast(make_panel(table), "W001", NEXT)

    assert 0 < one.stands["NEW"] < 0.9
    assert one.shares["NEW"] > 0


def test_list_of_candidates_decides_who_stands(panel):
    one = ward_forecast(panel, "W001", NEXT, listed=["Q", "Unheard-of"])

    assert {"Q": 1.0, "Unheard-of": 1.0} == one.stands
    assert {"Q", "Unheard-of"} == set(one.shares) == set(one.win_probability)
    assert one.favourite == "Q"
    assert 0 < one.win_probability["Unheard-of"] < 0.5


def test_votes_of_a_party_that_stands_down_go_to_the_others(panel):
    usual = ward_forecast(panel, "W001", NEXT, listed=["P", "Q", "R"])
    without = ward_forecast(panel, "W001", NEXT, listed=["Q", "R"])

    assert "P" not in without.shares
    assert without.shares["Q"] > usual.shares["Q"]
    assert without.shares["R"] > usual.shares["R"]


@pytest.mark.parametrize(
    "table",
    [
        city_rows(wards=10, elections=3),
        city_rows(wards=1, elections=2),
        city_rows(wards=6, elections=12, stagger=3),
        rows("A", date(2018, 1, 1), {"P": 0.7, "Q": 0.3}),
        rows("A", date(2018, 1, 1), {"P": 0.999999, "Q": 0.000001}),
        [row for n in range(9) for row in rows("A", date(2019, 12, n + 1), {f"P{n}": 0.6, f"Q{n}": 0.4})],
    ],
    ids=["tiny", "one ward", "by thirds", "one election", "hardly any votes", "never the same parties"],
)
def test_small_and_odd_panels_work(table):
    for one in forecast_wards(make_panel(table), NEXT):
        assert pytest.approx(1) == sum(one.win_probability.values())
        assert all(0 <= low <= high <= 1 for low, high in one.intervals.values())


def test_forecast_tells_its_record_or_that_there_is_none(panel):
    report = backtest(panel)

    scored = ward_forecast(panel, "W001", NEXT, report=report)
    unscored = ward_forecast(panel, "W001", NEXT)

    assert ("Testville", 2004, 2016, "4 years since the last election") == attrs.astuple(scored.backtest)[:4]
    assert report.group().methods["forecast"] == scored.backtest.figures
    assert (None, None, NEVER_SCORED) == (scored.backtest_note, unscored.backtest, unscored.backtest_note)


def test_ward_without_a_past_is_unknown(panel):
    with pytest.raises(UnknownWardError, match="'W999' has no result before 2020-05-01"):
        ward_forecast(panel, "W999", NEXT)
    with pytest.raises(PanelError, match="no election before 2000-05-01"):
        forecast_wards(panel, date(2000, 5, 1))


def test_empty_list_of_candidates_is_refused(panel):
    with pytest.raises(PanelError, match="list of candidates of W001 is empty"):
        ward_forecast(panel, "W001", NEXT, listed=[])


def test_records_and_the_command_do_without_numpy():
    """It costs 30 MiB and a tenth of a second, which no other command should pay."""
    code = (
        "import sys, lokdarpan_core.cli, lokdarpan_core.elections.forecast.records; assert 'numpy' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
