"""The command obeys the embargo like the API, says the same in its own bytes, and stops at a wrong setting."""

import csv
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from forecast_city import add_city, embargo, embargo_now, given_away, soon, telling, today
from panels import city_rows

from lokdarpan_core import prediction, to_json
from lokdarpan_core.cli.prediction import in_words, interval_bar


@pytest.fixture
def city(engine):
    with engine.begin() as connection:
        add_city(connection, next_day=soon())
    return engine


def answered(engine):
    """What is answered for the third ward, as the API has it."""
    with engine.connect() as connection:
        return to_json(prediction(connection, "WARD_003"))


def test_forecasts_are_made_counted_and_made_once(city, lokdarpan):
    first, second = (lokdarpan("refresh", "forecasts", "--json") for _ in range(2))

    made, again = json.loads(first.stdout), json.loads(second.stdout)
    assert (0, 0) == (first.returncode, second.returncode)
    assert (12, 12, 0) == (made["wards"], made["new"], made["changed"])
    assert (12, 0, 0, 12) == (again["wards"], again["new"], again["changed"], again["unchanged"])
    assert b"Database: postgresql://" in first.stderr


def test_command_shows_shares_intervals_chances_and_the_record(city, lokdarpan):
    lokdarpan("refresh", "forecasts")

    shown = lokdarpan("ward", "prediction", "3").stdout.decode()

    answer = json.loads(answered(city))
    leader = next(iter(answer["scores"]))
    (row,) = [line for line in shown.splitlines() if line.strip().startswith(leader)]
    low, high = answer["intervals"][leader]
    assert f"{answer['scores'][leader]:.1f}" in row
    assert f"{low:.1f} to {high:.1f}" in row
    assert "█" in row
    assert in_words(answer["win_probability"][leader]) in row
    assert f"Forecast: {answer['election']} on {answer['held_on']}" in shown
    assert "Based on GHMC-2009 (2009-11-23), GHMC-2016 (2016-02-02), GHMC-2020 (2020-12-01)" in shown
    assert "How such forecasts did in GHMC (ghmc-2016), 2016–2020" in shown


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.0, "less than 1 in 100"),
        (0.0099, "less than 1 in 100"),
        (0.03, "about 3 in 100"),
        (0.094, "about 9 in 100"),
        (0.1, "about 1 in 10"),
        (0.68, "about 7 in 10"),
        (0.9, "about 9 in 10"),
        (0.96, "about 96 in 100"),
        (0.991, "more than 99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_chance_in_words(chance, words):
    assert words == in_words(chance)


@pytest.mark.parametrize(
    ("low", "high", "bar"),
    [(0.0, 100.0, "█" * 40), (50.0, 75.0, " " * 20 + "█" * 11), (100.0, 100.0, " " * 39 + "█"), (0.0, 0.0, "█")],
)
def test_interval_is_drawn_where_it_lies(low, high, bar):
    assert bar == interval_bar(low, high, 100.0)


# Candidates


def test_list_of_candidates_is_used(city, lokdarpan, tmp_path):
    file = tmp_path / "candidates.csv"
    file.write_text("ward,party\n3,BRS\n3,INC\n", encoding="utf-8")

    process = lokdarpan("refresh", "forecasts", "--standing", file)

    assert (0, b"Forecast: GHMC-") == (process.returncode, process.stdout[:15])
    assert {"BRS", "INC"} == set(json.loads(answered(city))["scores"])


def test_list_that_can_not_be_read_changes_nothing(city, lokdarpan, tmp_path):
    file = tmp_path / "candidates.csv"
    file.write_text("ward,party\n99,BRS\n3,NOTA\n", encoding="utf-8")

    process = lokdarpan("refresh", "forecasts", "--standing", file)

    assert (2, b"") == (process.returncode, process.stdout)
    assert b"line 2" in process.stderr
    assert b"line 3: NOTA" in process.stderr
    assert b"Traceback" not in process.stderr


# Embargo


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_prediction_is_refused_with_the_order(city, lokdarpan, more):
    lokdarpan("refresh", "forecasts")

    process = lokdarpan("ward", "prediction", "3", *more, LOKDARPAN_EMBARGO=embargo_now())

    assert (2, b"") == (process.returncode, process.stdout)
    assert b"State Election Commission, SEC/12: Silence before the poll." in process.stderr
    assert 1 == len(process.stderr.splitlines())


def test_nothing_that_a_command_prints_gives_the_forecast_away(city, lokdarpan):
    """They are made in an embargo as on any day; it is the showing that is forbidden."""
    windows = {"LOKDARPAN_EMBARGO": embargo_now()}

    commands = [
        ("refresh", "forecasts"),
        ("refresh", "forecasts", "--json"),
        ("refresh",),
        ("ward", "meta", "3", "--json"),
        ("ward", "results", "3", "--json"),
        ("ward", "prediction", "3", "--json"),
        ("elections", "list"),
        ("settings",),
    ]
    printed = [lokdarpan(*words, **windows) for words in commands]

    secrets = telling(answered(city))
    for words, process in zip(commands, printed, strict=True):
        text = (process.stdout + process.stderr).decode()
        assert [] == given_away(secrets, text), words
    assert [0, 0, 0, 0, 0, 2, 0, 0] == [process.returncode for process in printed]


def test_windows_are_shown_by_settings(lokdarpan, tmp_path):
    begin = datetime(2026, 2, 6, 11, 30, tzinfo=UTC)
    file = tmp_path / "embargo.json"
    file.write_text(embargo(begin + timedelta(days=1), begin + timedelta(days=2), "FILE/1"), encoding="utf-8")
    both = {"LOKDARPAN_EMBARGO": embargo(begin, begin + timedelta(days=2)), "LOKDARPAN_EMBARGO_FILE": str(file)}

    shown = json.loads(lokdarpan("settings", "--json", **both).stdout)

    assert (
        "2026-02-06 11:30 to 2026-02-08 11:30 UTC (State Election Commission, SEC/12); "
        "2026-02-07 11:30 to 2026-02-08 11:30 UTC (State Election Commission, FILE/1)"
    ) == shown["LOKDARPAN_EMBARGO"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"LOKDARPAN_EMBARGO": "tomorrow"}, b"LOKDARPAN_EMBARGO is neither TOML nor JSON"),
        ({"LOKDARPAN_EMBARGO": '[{"start": "2026-02-06"}]'}, b"LOKDARPAN_EMBARGO, window 1 has no 'end'"),
        ({"LOKDARPAN_EMBARGO_FILE": "/no/such/file"}, b"LOKDARPAN_EMBARGO_FILE: The embargo file /no/such/file"),
        ({"LOKDARPAN_EMBARGOS": "[]"}, b"did you mean LOKDARPAN_EMBARGO?"),
    ],
)
def test_wrong_setting_stops_every_command_with_one_line(lokdarpan, setting, message):
    for words in (("ward", "prediction", "3"), ("settings",), ("refresh", "forecasts")):
        process = lokdarpan(*words, **setting)

        assert (2, b"", 1) == (process.returncode, process.stdout, len(process.stderr.splitlines()))
        assert message in process.stderr


def panel(path, last):
    """Five elections of a made-up city, the last of them on this day."""
    days = sorted({row["held_on"] for row in city_rows()})
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["unit", "date", "party", "share"])
        for row in city_rows():
            day = last if row["held_on"] == days[-1] else row["held_on"]
            sheet.writerow([row["unit"], day, row["party"], row["share"]])
    return path


def test_backtest_of_past_elections_goes_on(lokdarpan, tmp_path):
    process = lokdarpan("backtest", panel(tmp_path / "past.csv", date(2016, 5, 1)), LOKDARPAN_EMBARGO=embargo_now())

    assert 0 == process.returncode


def test_backtest_forecasts_no_election_that_the_embargo_is_about(lokdarpan, tmp_path):
    """Made-up results of that day would bring its forecast to light."""
    saved = tmp_path / "forecasts.jsonl"
    file = panel(tmp_path / "next.csv", today() + timedelta(days=1))

    process = lokdarpan("backtest", file, "--save", saved, LOKDARPAN_EMBARGO=embargo_now())

    assert (2, b"", False) == (process.returncode, process.stdout, saved.exists())
    assert b"SEC/12" in process.stderr
