"""A back-test scores every method on the same contests, by rules that can be checked by hand, and its figures hold."""

import json
import math
import subprocess
import sys
from datetime import date
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from panels import city, city_rows, rows

from lokdarpan_core.cli import main
from lokdarpan_core.elections.backtest import backtest, trials
from lokdarpan_core.elections.baselines import Baselines
from lokdarpan_core.elections.panel import make_panel
from lokdarpan_core.elections.panel_file import read_panel
from lokdarpan_core.elections.scores import OTHERS, Guess, Trial, calibration, figures, score
from lokdarpan_core.errors import PanelError

ROOT = Path(__file__).parents[2]
GUESS = Guess(
    called="P",
    shares={"P": 0.5, "Q": 0.3, "NEW": 0.15, OTHERS: 0.05},
    chances={"P": 0.6, "Q": 0.25, "NEW": 0.1, OTHERS: 0.05},
    intervals={"P": (0.4, 0.6), "Q": (0.35, 0.4), "NEW": (0.05, 0.2)},
)
TRIAL = Trial(
    unit="A",
    city=None,
    election="2020",
    held_on=date(2020, 5, 1),
    horizon=4.0,
    past=2,
    actual={"P": 0.55, "NEW": 0.45},
    absent=("Q",),
    outcomes=("P", "Q"),
    guesses={"forecast": GUESS},
)


def test_scores_are_those_that_one_computes_by_hand():
    tally = score(TRIAL, "forecast")

    assert (3, pytest.approx(0.05 + 0.3 + 0.3)) == (tally.parties, tally.error)
    assert 1 == tally.right
    assert pytest.approx(0.4**2 + 0.25**2 + 0.15**2) == tally.brier
    assert pytest.approx(-math.log(0.6)) == tally.log
    assert (2, 1, pytest.approx(0.2 + 0.15)) == (tally.intervals, tally.covered, tally.width)


def test_newcomer_who_wins_counts_as_somebody_else():
    """Naming it gains nothing over leaving room for it."""
    won = attrs.evolve(TRIAL, actual={"P": 0.45, "NEW": 0.55})

    tally = score(won, "forecast")

    assert (0, pytest.approx(-math.log(0.15))) == (tally.right, tally.log)
    assert pytest.approx(0.6**2 + 0.25**2 + 0.85**2) == tally.brier


def test_tallies_add_up():
    twice = score(TRIAL, "forecast") + score(TRIAL, "forecast")

    assert figures(score(TRIAL, "forecast")) == pytest.approx(attrs.evolve(figures(twice), contests=1), abs=1e-12)


def test_calibration_counts_each_named_party_once():
    low, middle, high = calibration([TRIAL], "forecast")

    assert [(0.1, 1, 0.0), (0.2, 1, 0.0), (0.6, 1, 1.0)] == [
        (one.low, one.chances, one.happened) for one in (low, middle, high)
    ]


def contests(*tables):
    return list(make_panel([row for table in tables for row in table]).contests)


@pytest.fixture
def rules():
    """Ten wards where P was at 40 % and is at 50 % two years later, and one that has not voted since."""
    made = Baselines()
    first, second = date(2018, 5, 1), date(2020, 5, 1)
    made.learn(
        contests(
            *(rows(f"W{n}", first, {"P": 0.4, "Q": 0.6}) for n in range(10)), rows("OLD", first, {"P": 0.2, "Q": 0.8})
        )
    )
    made.learn(contests(*(rows(f"W{n}", second, {"P": 0.5, "Q": 0.5}) for n in range(10))))
    return made


def test_swing_rules_use_the_swing_of_those_that_voted_since(rules):
    said = rules.guesses("OLD")

    assert {"P": 0.2, "Q": 0.8} == said["same"].shares
    assert pytest.approx({"P": 0.3, "Q": 0.7}) == said["uniform"].shares
    mean = (10 * 0.4 + 0.2) / 11
    scaled = {"P": 0.2 * (1 + 0.1 / mean), "Q": 0.8 * (1 - 0.1 / (1 - mean))}
    assert (
        pytest.approx({party: value / sum(scaled.values()) for party, value in scaled.items()})
        == said["proportional"].shares
    )


def test_without_a_swing_since_the_swing_rules_are_same_as_last_time(rules):
    said = rules.guesses("W1")

    for rule in ("uniform", "proportional"):
        assert pytest.approx(said["same"].shares) == said[rule].shares
    assert pytest.approx({"P": 0.45, "Q": 0.55}) == said["mean"].shares


def test_chance_of_a_favourite_is_the_rules_own_record(rules):
    """Ten calls of Q; P and Q were then equal, and of equals the first by name is the winner: none was right."""
    chances = rules.guesses("OLD")["same"].chances

    assert pytest.approx(1 / 12) == chances["Q"]
    assert pytest.approx(1) == sum(chances.values())


def test_rules_know_who_stands_when_that_is_known(rules):
    said = rules.guesses("OLD", ["P", "NEW"])["same"]

    assert ({"P": 1.0, "NEW": 0.0}, "P", 0.0) == (said.shares, said.called, said.chances[OTHERS])


@pytest.mark.parametrize("listed", [False, True])
def test_every_method_gives_chances_that_sum_to_one(listed):
    for trial in trials(city(wards=12), listed):
        for method in trial.guesses:
            assert pytest.approx(1) == sum(trial.chances(method).values())
            assert min(trial.chances(method).values()) >= 0


def test_kinds_of_contests_add_up_to_all():
    found = backtest(city(stagger=3, elections=9))

    for by in ("horizon", "past"):
        assert found.contests == sum(group.contests for group in found.groups if group.by == by)
    assert (60, "Testville", 2004) == (found.contests, found.place, found.first_year)


def test_differences_are_paired_and_their_intervals_hold_them():
    for group in backtest(city()).groups:
        for one in group.differences:
            ours, theirs = group.methods["forecast"], group.methods[one.baseline]
            assert getattr(ours, one.measure) - getattr(theirs, one.measure) == one.value
            assert one.low is None or one.low <= one.value <= one.high


def test_too_few_days_give_no_interval():
    found = backtest(city(elections=3))

    assert {(None, None)} == {(one.low, one.high) for one in found.group().differences}
    assert ("Only 2 election days: the intervals of differences are rough",) == found.notes


def test_forecast_beats_every_rule_where_the_wards_are_noisy():
    found = backtest(city(wards=60, elections=6)).group()

    ours = found.methods["forecast"]
    for rule in ("same", "mean", "uniform", "proportional"):
        assert ours.brier < found.methods[rule].brier
        assert ours.log_score < found.methods[rule].log_score
    assert 0.7 < ours.coverage < 0.9


def test_panel_without_a_second_election_can_not_be_scored():
    with pytest.raises(PanelError, match="no unit of the panel has two elections"):
        backtest(city(elections=1))


def csv(tmp_path, table):
    path = tmp_path / "results.csv"
    lines = [f"{row['unit']},{row['held_on']},{row['party']},{row['share']!r}" for row in table]
    path.write_text("\n".join(["unit,date,party,share", *lines]) + "\n", encoding="utf-8")
    return path


def test_command_prints_the_table_and_writes_what_it_is_asked_for(tmp_path):
    pytest.importorskip("altair")
    path = csv(tmp_path, city_rows())
    words = ["backtest", str(path), "--place", "Testville", "--charts", str(tmp_path / "charts")]

    shown = CliRunner().invoke(main, words)

    assert 0 == shown.exit_code, shown.output
    for word in ("Testville, 2004–2016: 120 contests", "forecast", "proportional", "4 years", "chance to win"):
        assert word in shown.stdout
    assert ["calibration.svg", "error.svg"] == sorted(file.name for file in (tmp_path / "charts").iterdir())
    assert all("Testville" in file.read_text() for file in (tmp_path / "charts").iterdir())


def test_scorer_of_the_standard_library_agrees_with_the_report(tmp_path):
    saved, stored = tmp_path / "forecasts.jsonl", tmp_path / "report.json"
    told = CliRunner().invoke(
        main, ["backtest", str(csv(tmp_path, city_rows(stagger=2, elections=8))), "--save", str(saved), "--json"]
    )
    stored.write_text(told.stdout, encoding="utf-8")

    again = scorer(saved, stored)
    wrong = json.loads(told.stdout)
    wrong["groups"][0]["methods"]["forecast"]["brier"] += 1e-6
    stored.write_text(json.dumps(wrong), encoding="utf-8")
    caught = scorer(saved, stored)

    assert (0, "The report agrees.") == (again.returncode, again.stdout.splitlines()[-1]), again.stderr
    assert (1, True) == (caught.returncode, "all all, forecast, brier" in caught.stdout)


def scorer(*paths):
    words = [sys.executable, "-I", "-S", ROOT / "benchmarks" / "score_forecasts.py", *paths]  # no site: no packages
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.csv"], "absent.csv: No such file or directory"),
        (["results.csv", "--share", "votes"], "column votes: the file has no such column"),
        (["results.csv", "--day", "2004=x"], "'x' is no date"),
        (["results.csv", "--where", "unit"], "'unit' has no name and value"),
    ],
)
def test_command_says_what_is_wrong(tmp_path, monkeypatch, words, message):
    csv(tmp_path, city_rows(wards=2))
    monkeypatch.chdir(tmp_path)

    shown = CliRunner().invoke(main, ["backtest", *words])

    assert 2 == shown.exit_code
    assert message in shown.output


def paired(group, measure, rule="same"):
    return next(one for one in group.differences if (one.baseline, one.measure) == (rule, measure))


@pytest.mark.slow
def test_real_wards_are_forecast_better_than_the_same_as_last_time(real_data):
    """Wards of Lancashire, 2006 to 2025: who stands is not known beforehand, nothing is tuned to them."""
    path = real_data / "results" / "uk_lancashire_ward_party_panel.csv"
    panel = read_panel(path, {"share": "share_top"}, {"main_election": "1"})

    found = backtest(panel).group()

    ours, same = found.methods["forecast"], found.methods["same"]
    assert (1505, pytest.approx(0.771, abs=0.001)) == (found.contests, same.winners_right)
    assert ours.share_error < 0.9 * same.share_error
    assert paired(found, "winners_right").low > -0.01
    assert paired(found, "brier").high < 0
    assert paired(found, "log_score").high < 0
    assert 0.76 <= ours.coverage <= 0.84
    for rule in ("mean", "uniform", "proportional"):
        assert ours.brier < found.methods[rule].brier
        assert ours.log_score < found.methods[rule].log_score


@pytest.mark.slow
def test_intervals_are_not_too_narrow_where_parties_rise_and_fall(real_data):
    """Telangana, 2014 to 2024: a party doubles its share, another loses half of it."""
    panel = read_panel(real_data / "results" / "telangana_ac_party_panel.csv")

    found = backtest(panel)

    assert (475, 119) == (found.contests, found.units)
    assert 0.74 < found.group().methods["forecast"].coverage < 0.86
    assert found.group().methods["forecast"].log_score < found.group().methods["same"].log_score
    assert found.notes
