"""A ward with a stored forecast is answered with it, as long as it holds; an embargo lets nothing out."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from forecast_city import DAYS, NEXT, NOON, TODAY, add_city, add_votes, embargo
from results import LONG_AGO, add_election
from statements import heard

from lokdarpan_core import EmbargoError, Settings, connect, prediction, refresh, refresh_forecasts, seed
from lokdarpan_core.elections.forecast.records import NEVER_SCORED
from lokdarpan_core.elections.prediction import NOTE
from lokdarpan_core.embargo import parse_embargo
from lokdarpan_core.schema import election, result_ward_agg, ward_features, ward_forecast


@pytest.fixture
def city(connection):
    elections = add_city(connection)
    refresh_forecasts(connection, TODAY)
    return elections


def asked(connection, ward_id="WARD_003", now=NOON, **more):
    return prediction(connection, ward_id, now=now, **more)


def test_forecast_is_the_answer(connection, city):
    found = asked(connection)

    assert ("forecast", "win-probability", None) == (found.method, found.confidence_kind, found.reason)
    assert Decimal(100) == sum(Decimal(str(score)) for score in found.scores.values())
    assert Decimal(1) == sum(Decimal(str(chance)) for chance in found.win_probability.values())
    assert found.confidence == max(found.win_probability.values())
    assert list(found.scores) == sorted(found.scores, key=lambda party: -found.scores[party])
    assert set(found.intervals) == set(found.stands) == set(found.scores) - {"(others)"}
    assert all(0 <= low < high <= 100 for low, high in found.intervals.values())
    assert ("GHMC-2026", NEXT) == (found.election, found.held_on)


def test_it_says_what_it_rests_on_and_how_such_forecasts_did(connection, city):
    found = asked(connection)

    assert [("GHMC", day.year, day, True) for day in DAYS] == [
        (one.type, one.year, one.held_on, one.gives_scores) for one in found.based_on
    ]
    record = found.backtest
    assert ("GHMC (ghmc-2016)", 2016, 2020) == (record.place, record.first_year, record.last_year)
    assert (24, None) == (record.figures.contests, found.backtest_note)
    assert ("GHMC-2009, GHMC-2016, GHMC-2020", "Ward 3") == (found.source, found.name)


def test_it_is_one_round_trip(connection, city, monkeypatch):
    statements = heard(monkeypatch)

    asked(connection)

    assert 1 == len(statements)


def test_example_ward_keeps_its_answer_beside_a_city_with_forecasts(connection):
    seed(connection)

    found = asked(connection, "WARD_001")

    assert ({"INC": 36.0, "BJP": 32.0, "BRS": 28.0, "AIMIM": 4.0}, 0.958) == (found.scores, found.confidence)
    assert ("last-shares", "turnout-stability", NOTE) == (found.method, found.confidence_kind, found.note)


def test_fields_of_a_forecast_are_there_without_one_and_of_the_same_types(connection):
    seed(connection)

    found = asked(connection, "WARD_001")

    assert ({}, {}, {}) == (found.win_probability, found.intervals, found.stands)
    assert (None, None, None, None) == (found.election, found.held_on, found.backtest, found.backtest_note)
    assert isinstance(found.based_on, tuple)


def test_forecast_needs_no_features(connection, city):
    connection.execute(sa.delete(ward_features))
    connection.execute(sa.update(ward_forecast).values(updated_at=LONG_AGO))

    assert ("forecast", LONG_AGO) == (asked(connection).method, asked(connection).updated_at)


def test_it_says_where_it_is_as_if_held_today(connection):
    add_city(connection, next_day=None)
    refresh_forecasts(connection, TODAY)

    found, later = asked(connection), asked(connection, now=NOON + timedelta(days=40))

    assert ("forecast", None, TODAY) == (found.method, found.election, found.held_on)
    assert "as if one of type GHMC were held on 2026-01-10" in found.note
    assert found == later


def test_it_says_where_nobody_has_checked(connection, city):
    changed = sa.text("""
        UPDATE ward_forecast SET forecast = forecast || jsonb_build_object('backtest', NULL, 'backtest_note', :note)
    """)
    connection.execute(changed.bindparams(sa.bindparam("note", type_=sa.Text)), {"note": NEVER_SCORED})

    found = asked(connection)

    assert (None, NEVER_SCORED) == (found.backtest, found.backtest_note)


# A forecast that does not hold any more


@pytest.fixture
def with_features(connection, city):
    shares = {"ls24_party_shares": {"INC": 0.6, "BRS": 0.4}, "as23_party_shares": {"BRS": 0.5, "INC": 0.5}}
    connection.execute(sa.update(ward_features).values(**shares, turnout_volatility=4.2))


@pytest.mark.parametrize(
    ("now", "method"),
    [
        ("2026-02-08T23:59:59+05:30", "forecast"),
        ("2026-02-09T00:00:00+05:30", "last-shares"),
        ("2027-01-01T00:00:00+05:30", "last-shares"),
    ],
)
def test_it_holds_until_its_day_has_passed_where_one_asks(connection, with_features, now, method):
    found = asked(connection, now=datetime.fromisoformat(now))

    assert method == found.method
    assert ("has passed" in found.note) == (method == "last-shares")


CHANGES = {
    "a vote": sa.update(result_ward_agg).where(result_ward_agg.c.party == "INC").values(votes=1),
    "a party less": sa.delete(result_ward_agg).where(result_ward_agg.c.party == "INC"),
    "another day": sa.update(election).where(election.c.year == 2020).values(held_on=DAYS[2] + timedelta(days=1)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_results_that_changed_take_it_back_until_the_next_refresh(connection, with_features, change):
    connection.execute(CHANGES[change])

    stale = asked(connection)
    refresh_forecasts(connection, TODAY)

    assert ("last-shares", {"INC": 60.0, "BRS": 40.0}) == (stale.method, stale.scores)
    assert "results that it rests on have changed" in stale.note
    assert "forecast" == asked(connection).method


def test_new_election_takes_it_back_until_the_next_refresh(connection, with_features):
    bye = add_election(connection, "GHMC", 2022, round="bye", held_on=DAYS[2] + timedelta(days=600))
    add_votes(connection, bye, DAYS[2], wards=[3])
    refresh(connection, ["aggregates"])

    stale, other = asked(connection), asked(connection, "WARD_004")
    refresh_forecasts(connection, TODAY)

    assert ("last-shares", "forecast") == (stale.method, other.method)
    assert [2009, 2016, 2020, 2022] == [one.year for one in asked(connection).based_on]


def test_elections_of_another_type_take_nothing_back(connection, city):
    connection.execute(
        sa.insert(result_ward_agg).values(
            election_id=add_election(connection, "ASSEMBLY", 2028), ward_id="WARD_003", party="BRS", votes=7
        )
    )

    assert "forecast" == asked(connection).method


def test_row_of_another_version_is_not_shown(connection, with_features):
    connection.execute(sa.update(ward_forecast).values(forecast={"shares": {"INC": 1.0}}))

    found = asked(connection)

    assert "last-shares" == found.method
    assert "another version" in found.note


# Embargo

START, END = (datetime(2026, 1, 10, hour, tzinfo=UTC) for hour in (6, 8))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "is_shown"),
    [
        (START - SECOND, True),
        (START - timedelta(microseconds=1), True),
        (START, False),
        (END - SECOND, False),
        (END - timedelta(microseconds=1), False),
        (END, True),
    ],
)
def test_embargo_holds_to_the_second(connection, city, now, is_shown):
    windows = parse_embargo(embargo(START, END))

    try:
        shown = asked(connection, now=now, embargo=windows).method == "forecast"
    except EmbargoError as error:
        shown = False
        assert windows == error.windows

    assert is_shown == shown


def test_overlapping_windows_are_one_embargo_and_all_that_hold_are_named(connection, city):
    windows = [*parse_embargo(embargo(START, END, "A")), *parse_embargo(embargo(END - SECOND, END + 2 * SECOND, "B"))]

    held = []
    for now in (START, END - SECOND, END, END + SECOND):
        with pytest.raises(EmbargoError) as caught:
            asked(connection, now=now, embargo=windows)
        held.append("".join(window.order for window in caught.value.windows))

    assert ["A", "AB", "B", "B"] == held
    assert "forecast" == asked(connection, now=END + 2 * SECOND, embargo=windows).method


def test_embargo_is_asked_before_anything_is_read(connection, city, monkeypatch):
    statements = heard(monkeypatch)

    for ward_id in ("WARD_003", "WARD_999"):
        with pytest.raises(EmbargoError):
            asked(connection, ward_id, now=START, embargo=parse_embargo(embargo(START, END)))

    assert [] == statements


def test_last_shares_are_not_shown_either(connection):
    seed(connection)

    with pytest.raises(EmbargoError, match="SEC/12"):
        asked(connection, "WARD_001", now=START, embargo=parse_embargo(embargo(START, END)))


def test_connection_that_was_opened_with_settings_obeys_by_default(url, engine):
    with engine.begin() as connection:
        add_city(connection)
        refresh_forecasts(connection, TODAY)
    environment = {"LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False)}
    settings = Settings.from_environment(environment | {"LOKDARPAN_EMBARGO": embargo(START, END)})

    with connect(settings) as connection:
        before = prediction(connection, "WARD_003", now=START - SECOND)
        with pytest.raises(EmbargoError):
            prediction(connection, "WARD_003", now=START)
        report = refresh_forecasts(connection, TODAY)

    assert ("forecast", 0) == (before.method, report.changed)


def test_stored_row_says_what_the_answer_says(connection, city):
    stored = connection.execute(sa.select(ward_forecast.c.forecast).where(ward_forecast.c.ward_id == "WARD_003"))

    forecast = json.loads(json.dumps(stored.scalar_one()))

    found = asked(connection)
    for party, score in found.scores.items():
        assert pytest.approx(100 * forecast["shares"][party], abs=0.02) == score
