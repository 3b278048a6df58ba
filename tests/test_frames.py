"""Records as DataFrames and in notebooks: columns carry their unit, missing is missing, and no text is markup."""

import sys
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from lokdarpan_core.display import Shown, html_table
from lokdarpan_core.elections.prediction import NOTE, PastElection, Prediction
from lokdarpan_core.frames import to_pandas, to_polars
from lokdarpan_core.wards.meta import WardDemographics, WardFeatures, WardMeta, WardProfile

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EARLIER = datetime(2026, 4, 1, tzinfo=UTC)

FULL = WardMeta(
    "WARD_001",
    WardProfile(50_000, 27_500, 55.0, "BRS", 2020, "Form 20", EARLIER),
    WardDemographics(0.72, None, None, 0.45, 2011, "Census", EARLIER, withheld=("muslim_idx", "scst_idx")),
    WardFeatures({"BRS": 0.6, "INC": 0.4}, {"INC": 1.0}, {"BRS": -0.6, "INC": 0.6}, 0.4, 4.2, {"BRS": 1.0}, "x", NOW),
    "Kapra",
    "ghmc-2016",
    NOW,
)
BARE = WardMeta("WARD_002", None, None, None, None, None, EARLIER)
PREDICTION = Prediction(
    ward="WARD_001",
    scores={"INC": 70.0, "BRS": 30.0},
    confidence=0.958,
    confidence_kind="turnout-stability",
    reason=None,
    method="last-shares",
    based_on=(PastElection("LOKSABHA", 2024, date(2024, 5, 13), gives_scores=True),),
    note=NOTE,
    name="<script>alert(1)</script>",
    delimitation="ghmc-2016",
    source="a & b",
    updated_at=NOW,
)


@attrs.frozen
class VoteShare(Shown):
    """A record as other modules have them."""

    ward_id: str
    vote_share: float | None
    votes: int
    day: date
    sure: bool
    cells: tuple[str, ...] = ()


def test_columns_carry_their_unit():
    columns = list(to_pandas([FULL]).columns)

    for name in (
        "ward",
        "electors",
        "turnout_pct",
        "literacy_share",
        "secc_deprivation_share",
        "aci_23_share",
        "as23_BRS_share",
        "ls24_INC_share",
        "dvi_BRS_share",
        "incumbency_weakness_BRS_share",
        "turnout_volatility_pp",
    ):
        assert name in columns
    assert len(set(columns)) == len(columns)


def test_names_that_two_parts_have_are_told_apart():
    row = to_pandas([FULL]).iloc[0]

    assert (NOW, EARLIER, NOW) == (row["updated_at"], row["profile_updated_at"], row["features_updated_at"])
    assert ("Form 20", "Census") == (row["profile_source"], row["demographics_source"])


def test_pandas_and_polars_have_the_same_table():
    one, other = to_pandas([FULL, BARE]), to_polars([FULL, BARE])

    assert list(one.columns) == other.columns
    assert (
        [50_000, None]
        == other["electors"].to_list()
        == [None if x is None else x for x in one["electors"].array.to_numpy(object, na_value=None)]
    )
    assert [NOW, EARLIER] == other["updated_at"].to_list() == list(one["updated_at"])


def test_whole_numbers_stay_whole_beside_a_missing_one():
    frame = to_pandas([BARE, FULL])

    assert ("Int64", "float64") == (str(frame["electors"].dtype), str(frame["turnout_pct"].dtype))
    assert [True, False] == list(frame["electors"].isna())


def test_column_without_a_value_has_its_type():
    frame = to_polars([BARE])

    assert ("Int64", "Float64", "String") == tuple(
        str(frame[name].dtype) for name in ("electors", "turnout_pct", "last_winner_party")
    )


def test_times_are_utc():
    assert timedelta(0) == to_pandas([FULL])["updated_at"].iloc[0].utcoffset()
    assert "UTC" == to_polars([FULL])["updated_at"].dtype.time_zone


@pytest.mark.parametrize("make", [to_pandas, to_polars])
def test_other_records_become_rows_too(make):
    row = VoteShare("WARD_001", None, 3, date(2026, 5, 1), sure=True, cells=("D17", "D18"))

    frame = make([row, attrs.evolve(row, vote_share=12.5)])

    assert ["ward_id", "vote_share_pct", "votes", "day", "sure", "cells"] == list(frame.columns)
    assert (3, True, '["D17","D18"]') == (frame["votes"][0], bool(frame["sure"][0]), frame["cells"][0])
    assert 12.5 == frame["vote_share_pct"][1]


@pytest.mark.parametrize("make", [to_pandas, to_polars])
def test_prediction_is_a_row(make):
    frame = make([PREDICTION])

    assert (70.0, 0.958) == (frame["score_INC_pct"][0], frame["confidence"][0])
    assert '[{"type":"LOKSABHA","year":2024,"held_on":"2024-05-13","gives_scores":true}]' == frame["based_on"][0]


@pytest.mark.parametrize("make", [to_pandas, to_polars])
def test_no_records_are_an_empty_table(make):
    assert (0, 0) == make([]).shape


@pytest.mark.parametrize(("name", "make"), [("pandas", to_pandas), ("polars", to_polars)])
def test_missing_library_is_named_with_what_installs_it(monkeypatch, name, make):
    monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(ImportError, match=rf"pip install 'lokdarpan-core\[{name}\]'"):
        make([FULL])


def test_notebook_shows_names_as_text():
    html = PREDICTION._repr_html_()

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "a &amp; b" in html
    assert "score_INC_pct" in html


def test_party_is_escaped_where_it_names_a_row():
    html = html_table(attrs.evolve(PREDICTION, scores={"<b onclick=x>": 100.0}))

    assert "&lt;b onclick=x&gt;" in html
    assert "<b " not in html


def test_numbers_are_grouped_and_years_are_not():
    html = html_table(FULL)

    assert "50,000" in html
    assert "2020" in html
    assert "2,020" not in html
