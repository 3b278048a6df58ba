"""Who stands in an election that is to come: the list is kept with it, and the forecast is for those on it."""

import pytest
from forecast_city import TODAY, add_city, forecast_of
from results import add_wards

from lokdarpan_core import Gazetteer, LokDarpanError, SourceError, read_standing, refresh_forecasts


def test_listed_parties_stand_alone_and_are_kept_for_the_next_refresh(connection):
    add_city(connection)
    refresh_forecasts(connection, TODAY)
    unlisted = forecast_of(connection, "WARD_002")

    report = refresh_forecasts(connection, TODAY, standing={"WARD_001": ["TRS", "INC"]})
    again = refresh_forecasts(connection, TODAY)

    found = forecast_of(connection, "WARD_001")
    assert (1, 1) == (report.listed, again.listed)
    assert (0, 0) == (again.new, again.changed)
    assert ({"BRS": 1.0, "INC": 1.0}, ["BRS", "INC"]) == (found["stands"], found["listed"])
    assert {"BRS", "INC"} == set(found["shares"])
    assert found["backtest"]["figures"] != unlisted["backtest"]["figures"]
    assert unlisted["backtest"] == forecast_of(connection, "WARD_002")["backtest"]


def test_new_list_replaces_the_old_one(connection):
    add_city(connection)
    refresh_forecasts(connection, TODAY, standing={"WARD_001": ["BRS", "INC"]})

    report = refresh_forecasts(connection, TODAY, standing={"WARD_002": ["BRS", "BJP"], "WARD_099": ["BRS", "BJP"]})

    assert (None, ["BJP", "BRS"]) == tuple(forecast_of(connection, f"WARD_00{n}")["listed"] for n in (1, 2))
    assert {"is on the list of candidates, but has no forecast": ["WARD_099"]} == report.notes


def test_list_without_a_next_election_is_refused(connection):
    add_city(connection, next_day=None)

    with pytest.raises(LokDarpanError, match="no next one is stored"):
        refresh_forecasts(connection, TODAY, standing={"WARD_001": ["BRS", "INC"]})


def test_file_of_candidates_is_read_by_any_label(connection, tmp_path):
    add_wards(connection, 3)
    file = tmp_path / "candidates.csv"
    file.write_text(
        "Ward No,Ward,Party,Name\n,WARD_001,BRS,A\n,1,INC,B\n,Ward 2,IND,C\n,2,IND,D\n", encoding="utf-8-sig"
    )

    found = read_standing(file, Gazetteer.load(connection))

    assert {"WARD_001": ("BRS", "INC"), "WARD_002": ("IND",)} == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ward,name\n1,A\n", "no party here"),
        ("ward,party\n99,BRS\n", "line 2: .*99"),
        ("ward,party\n1,\n", "line 2: the party is missing"),
        ("ward,party\n1,NOTA\n", "line 2: NOTA is no party"),
        ('ward,party\n"1,BRS\n', "candidates.csv"),
        ("ward,party\n1,\xff\n", "candidates.csv"),
    ],
)
def test_file_of_candidates_that_can_not_be_used_says_why(connection, tmp_path, text, message):
    add_wards(connection, 3)
    file = tmp_path / "candidates.csv"
    file.write_bytes(text.encode("latin-1"))

    with pytest.raises(SourceError, match=message):
        read_standing(file, Gazetteer.load(connection))
