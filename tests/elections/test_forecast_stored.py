"""Forecasts in the database: made from stored results, kept while these are the same, gone with them."""

from datetime import date

import attrs
import pytest
import sqlalchemy as sa
from forecast_city import DAYS, NEXT, NOON, TODAY, WARDS, add_city, add_votes, forecast_of
from processes import failures_at_once
from results import LONG_AGO, add_election, add_results, add_station, add_wards, stored_rows

from lokdarpan_core import prediction, refresh, refresh_forecasts
from lokdarpan_core.elections.forecast.records import NEVER_SCORED
from lokdarpan_core.elections.forecast.region import label, next_election, regions
from lokdarpan_core.schema import delimitation, election, result_ward_agg, ward, ward_forecast


def counts(report):
    return report.wards, report.new, report.changed, report.unchanged, report.deleted


def test_station_results_become_a_forecast_for_every_ward(connection):
    add_city(connection)

    report = refresh_forecasts(connection, TODAY)

    assert (WARDS, WARDS, 0, 0, 0) == counts(report)
    assert ("GHMC", "GHMC-2026", NEXT, {}) == (report.type, report.election, report.held_on, report.notes)
    for row in stored_rows(connection, ward_forecast):
        assert (NEXT, "GHMC-2009, GHMC-2016, GHMC-2020") == (row.held_on, row.source)
        for figure in ("shares", "win_probability"):
            assert pytest.approx(1, abs=1e-4) == sum(row.forecast[figure].values())
        assert {"INC", "BJP", "BRS", "AIMIM", "IND"} == set(row.forecast["stands"])
        assert (2016, 2020, 24) == (
            row.forecast["backtest"]["first_year"],
            row.forecast["backtest"]["last_year"],
            row.forecast["backtest"]["figures"]["contests"],
        )


def test_second_refresh_changes_nothing(connection):
    add_city(connection)
    refresh_forecasts(connection, TODAY)
    connection.execute(sa.update(ward_forecast).values(updated_at=LONG_AGO))
    before = stored_rows(connection, ward_forecast)

    report = refresh_forecasts(connection, TODAY)

    assert (WARDS, 0, 0, WARDS, 0) == counts(report)
    assert before == stored_rows(connection, ward_forecast)


def test_another_day_before_the_same_election_changes_nothing(connection):
    """What is forecast is the election's day, and not the day of the refresh."""
    add_city(connection)
    refresh_forecasts(connection, TODAY)

    assert (WARDS, 0, 0, WARDS, 0) == counts(refresh_forecasts(connection, NEXT))


def test_two_at_once_end_as_one(engine):
    with engine.begin() as connection:
        add_city(connection)
    reports = []

    failures = failures_at_once(engine, *[lambda connection: reports.append(refresh_forecasts(connection, TODAY))] * 2)

    with engine.begin() as connection:
        again = refresh_forecasts(connection, TODAY)
    assert [] == failures
    assert [(0, WARDS), (WARDS, 0)] == sorted((one.new, one.unchanged) for one in reports)
    assert (WARDS, 0, 0, WARDS, 0) == counts(again)


def test_new_elections_results_change_every_forecast(connection):
    elections = add_city(connection, days=DAYS[:2])
    refresh_forecasts(connection, TODAY)
    before = forecast_of(connection, "WARD_003")
    newest = add_election(connection, "GHMC", 2020, held_on=DAYS[2])
    add_votes(connection, newest, DAYS[2])
    refresh(connection, ["aggregates"])

    report = refresh_forecasts(connection, TODAY)

    after = forecast_of(connection, "WARD_003")
    assert (WARDS, 0, WARDS, 0, 0) == counts(report)
    assert 2 == len(elections)
    assert [2009, 2016, 2020] == [past["year"] for past in after["based_on"]]
    assert before["shares"] != after["shares"]


def test_ward_whose_results_are_gone_loses_its_forecast(connection):
    add_city(connection)
    refresh_forecasts(connection, TODAY)
    connection.execute(sa.delete(result_ward_agg).where(result_ward_agg.c.ward_id == "WARD_012"))

    report = refresh_forecasts(connection, TODAY)

    assert (WARDS - 1, 1) == (report.wards, report.deleted)
    assert {"no result of a GHMC election before 2026-02-08": ["WARD_012"]} == report.notes
    assert "WARD_012" not in [row.ward_id for row in stored_rows(connection, ward_forecast)]


def test_without_a_next_election_it_is_as_if_held_today(connection):
    add_city(connection, next_day=None)
    for year in (2018, 2023):
        add_results(connection, add_election(connection, "ASSEMBLY", year), "WARD_001", {"BRS": 60, "INC": 40})

    report = refresh_forecasts(connection, TODAY)

    assert ("GHMC", None, TODAY, WARDS) == (report.type, report.election, report.held_on, report.wards)


def test_soonest_election_without_results_is_the_next(connection):
    add_wards(connection, 1)
    held = add_election(connection, "GHMC", 2026, held_on=date(2026, 1, 20))
    add_results(connection, held, "WARD_001", {"BRS": 6, "INC": 4})
    add_election(connection, "LOKSABHA", 2029, held_on=date(2029, 5, 1))
    add_election(connection, "ASSEMBLY", 2026, round="bye", held_on=date(2026, 3, 1))
    add_election(connection, "ASSEMBLY", 2025, held_on=date(2025, 3, 1))

    found = next_election(connection, TODAY)

    assert ("ASSEMBLY", "ASSEMBLY-2026-bye", date(2026, 3, 1)) == (found.type, found.election, found.held_on)


@pytest.mark.parametrize("elections", [0, 1])
def test_fewer_than_two_elections_of_the_type_are_no_history(connection, elections):
    add_wards(connection, 1)
    add_election(connection, "GHMC", 2026, held_on=NEXT)
    for day in DAYS[:elections]:
        past = add_election(connection, "GHMC", day.year, held_on=day)
        add_results(connection, past, "WARD_001", {"BRS": 6, "INC": 4})

    report = refresh_forecasts(connection, TODAY)

    assert (0, 0, 0, 0, 0) == counts(report)
    expected = ["ward results of 1 GHMC elections before 2026-02-08; two are the least"]
    assert expected[:elections] == list(report.notes)


def test_no_results_at_all_leave_no_rows(connection):
    add_city(connection)
    refresh_forecasts(connection, TODAY)
    connection.execute(sa.delete(result_ward_agg))
    connection.execute(sa.delete(election).where(election.c.held_on == NEXT))

    report = refresh_forecasts(connection, TODAY)

    assert ((0, 0, 0, 0, WARDS), None) == (counts(report), report.type)
    assert ["no past election has ward results"] == list(report.notes)


def test_wards_that_were_never_scored_say_so(connection):
    """Two elections, but none of a ward that had one before."""
    add_wards(connection, 2)
    add_election(connection, "GHMC", 2026, held_on=NEXT)
    for ward_id, day in (("WARD_001", DAYS[0]), ("WARD_002", DAYS[1])):
        past = add_election(connection, "GHMC", day.year, held_on=day)
        add_results(connection, past, ward_id, {"BRS": 60, "INC": 40})

    refresh_forecasts(connection, TODAY)

    found = forecast_of(connection, "WARD_002")
    assert (None, NEVER_SCORED) == (found["backtest"], found["backtest_note"])


def test_each_delimitation_is_a_region_of_its_own(connection):
    """A station lies in a ward of each; in one panel its votes would count twice."""
    add_city(connection)
    alone = refresh_forecasts(connection, TODAY), forecast_of(connection, "WARD_003")
    connection.execute(sa.insert(delimitation).values(id="new", authority="New", source="test"))
    connection.execute(sa.insert(ward).values(ward_id="NEW_001", delimitation_id="new", number=1, name="One"))
    for (election_id,) in connection.execute(sa.select(election.c.id).where(election.c.held_on < NEXT)).all():
        add_results(connection, election_id, "NEW_001", {"TRS": 500, "INC": 400})

    report = refresh_forecasts(connection, TODAY)

    assert (WARDS + 1, 1, 0, WARDS) == (report.wards, report.new, report.changed, report.unchanged)
    assert alone[1] == forecast_of(connection, "WARD_003")
    assert ["GHMC (ghmc-2016)", "New (new)"] == [
        one.panel.place for one in regions(connection, next_election(connection, TODAY))
    ]


def test_election_without_a_day_stands_at_the_middle_of_its_year(connection):
    elections = add_city(connection)
    connection.execute(sa.update(election).where(election.c.id == elections[DAYS[0]]).values(held_on=None))

    report = refresh_forecasts(connection, TODAY)

    (region,) = regions(connection, next_election(connection, TODAY))
    assert date(2009, 7, 1) == region.panel.contests[0].held_on
    assert ["GHMC-2009"] == next(iter(report.notes.values()))
    assert [None, "2016-02-02", "2020-12-01"] == [
        past["held_on"] for past in forecast_of(connection, "WARD_001")["based_on"]
    ]


@pytest.mark.parametrize(
    ("party", "said"),
    [
        ("BJP", "BJP"),
        ("TRS", "BRS"),
        ("T.R.S.", "BRS"),
        ("IND:M. ASHOK KUMAR (60) #7", "IND"),
        ("Independent", "IND"),
        ("?:SOMEBODY", "IND"),
        ("", "IND"),
        ("XYZ:SOMEBODY", "XYZ"),
        ("XYZ", "XYZ"),
    ],
)
def test_party_is_called_what_it_is_called_on_that_day(party, said):
    assert said == label(party, NEXT)


def test_report_holds_no_figure_of_a_forecast(connection):
    add_city(connection)

    report = refresh_forecasts(connection, TODAY)

    figures = [value for value in attrs.asdict(report).values() if isinstance(value, float)]
    assert ([], "forecast") == (figures, prediction(connection, "WARD_001", now=NOON).method)
    assert not {"INC", "BJP", "BRS"} & set(str(report).replace("'", " ").split())


def test_stations_that_move_to_another_ward_move_its_forecast(connection):
    """The forecast follows the aggregates, whatever made them."""
    add_city(connection)
    refresh_forecasts(connection, TODAY)
    elections = connection.execute(sa.select(election.c.id).where(election.c.held_on < NEXT)).scalars().all()
    add_station(connection, "60-99", {"WARD_001": 1}, dict.fromkeys(elections, (9_000, 4_000)))
    connection.execute(sa.text("UPDATE result_ps SET ps_id = '60-99' WHERE ps_id = '60-2'"))
    refresh(connection, ["aggregates"])

    report = refresh_forecasts(connection, TODAY)

    assert (WARDS - 1, 1) == (report.wards, report.deleted)
