"""Charts say their numbers and parties in text, say when they are examples, and carry no markup into a page."""

from datetime import UTC, datetime

import attrs
import pytest

from lokdarpan_core import seed, ward_meta
from lokdarpan_core.wards.meta import WardFeatures, WardMeta, WardProfile

charts = pytest.importorskip("lokdarpan_core.charts")

NOW = datetime(2026, 5, 1, tzinfo=UTC)
WARD = WardMeta(
    "WARD_001",
    WardProfile(50_000, 27_500, 55.0, "BRS", 2020, "Form 20", NOW),
    None,
    WardFeatures(
        {"BRS": 0.4, "INC": 0.35, "BJP": 0.25},
        {"BRS": 0.287, "INC": 0.3925, "BJP": 0.3205},
        {"BRS": -0.113, "INC": 0.0425, "BJP": 0.0705},
        0.6,
        4.2,
        {"BRS": 0.2825},
        "Form 20",
        NOW,
    ),
    "Kapra",
    "ghmc-2016",
    NOW,
)
OTHER = attrs.evolve(WARD, ward="WARD_002", name=None, profile=attrs.evolve(WARD.profile, turnout_pct=61.25))
EMPTY = WardMeta("WARD_003", None, None, None, "Empty", None, NOW)


def rows(chart):
    (values,) = chart.to_dict()["datasets"].values() if "datasets" in chart.to_dict() else ([],)
    return values or chart.to_dict()["layer"][0]["data"]["values"]


def channels(chart):
    return chart.to_dict()["layer"][0]["encoding"]


def test_shares_are_bars_per_party_ward_by_ward():
    chart = charts.shares_by_ward([WARD, OTHER, EMPTY])

    assert {"Kapra (WARD_001)", "WARD_002"} == {row["ward"] for row in rows(chart)}
    assert {"BRS": 28.7, "INC": 39.25, "BJP": 32.05} == {
        row["party"]: row["share_pct"] for row in rows(chart) if row["ward"] == "WARD_002"
    }
    encoding = channels(chart)
    assert ("share_pct", "ward", "party") == tuple(encoding[name]["field"] for name in ("x", "y", "yOffset"))
    assert "Share of valid votes, %" == encoding["x"]["title"]
    assert 0 == encoding["x"]["scale"]["domain"][0]


def test_earlier_election_can_be_shown():
    chart = charts.shares_by_ward([WARD], "as23")

    assert {"BRS": 40.0, "INC": 35.0, "BJP": 25.0} == {row["party"]: row["share_pct"] for row in rows(chart)}
    assert "Party shares, Assembly 2023" == chart.to_dict()["title"]["text"]


def test_swing_is_in_percentage_points_the_winner_first():
    chart = charts.swing(WARD)

    assert {"BRS": -11.3, "INC": 4.25, "BJP": 7.05} == {row["party"]: row["swing_pp"] for row in rows(chart)}
    assert ["BJP", "INC", "BRS"] == channels(chart)["y"]["sort"]
    assert "Change of share, percentage points" == channels(chart)["x"]["title"]


def test_turnout_is_there_for_wards_that_have_it():
    chart = charts.turnout([WARD, OTHER, EMPTY])

    assert [55.0, 61.25] == [row["turnout_pct"] for row in rows(chart)]
    assert ["WARD_002", "Kapra (WARD_001)"] == channels(chart)["y"]["sort"]


def test_party_keeps_its_colour_and_an_unknown_one_is_grey():
    odd = attrs.evolve(WARD, features=attrs.evolve(WARD.features, ls24_party_shares={"IND:Rao": 0.4, "INC": 0.6}))

    scale = channels(charts.shares_by_ward([odd]))["color"]["scale"]

    assert {"IND:Rao": charts.OTHERS, "INC": charts.PARTY_COLOURS["INC"]} == dict(
        zip(scale["domain"], scale["range"], strict=True)
    )


@pytest.mark.parametrize(
    ("chart", "texts"),
    [
        (charts.shares_by_ward([WARD]), ["BRS 28.7", "INC 39.2", "BJP 32.0", "Kapra (WARD_001)"]),
        (charts.swing(WARD), ["-11.3", "+4.2", "+7.0", "BRS"]),
        (charts.turnout([WARD, OTHER]), ["55.0", "61.2", "WARD_002"]),
    ],
    ids=["shares", "swing", "turnout"],
)
def test_drawing_has_the_numbers_as_text(chart, texts):
    drawn = charts.svg(chart)

    assert drawn.startswith("<svg")
    for text in texts:
        assert f">{text}</text>" in drawn


def test_example_rows_say_so(connection):
    seed(connection)
    example = ward_meta(connection, "WARD_001")

    for chart in (charts.shares_by_ward([example]), charts.swing(example), charts.turnout([WARD, example])):
        assert "EXAMPLE: invented figures" in charts.svg(chart)
    assert "EXAMPLE" not in charts.svg(charts.swing(WARD))


def test_name_can_not_end_a_script_or_become_markup():
    hostile = attrs.evolve(
        WARD,
        name="</script><script>alert(1)</script>",
        features=attrs.evolve(WARD.features, ls24_party_shares={"<img src=x>": 1.0}, dvi={"<img src=x>": 0.5}),
    )

    for chart in (charts.shares_by_ward([hostile]), charts.swing(hostile), charts.turnout([hostile])):
        assert "alert(1)</script>" not in chart.to_html()
        assert "<img" not in chart.to_html() + charts.svg(chart)
        assert "<script" not in charts.svg(chart)


def test_no_wards_are_an_empty_chart():
    for chart in (charts.shares_by_ward([]), charts.swing(EMPTY), charts.turnout([EMPTY])):
        assert charts.svg(chart).startswith("<svg")


def test_core_does_not_import_altair():
    import subprocess
    import sys

    code = (
        "import lokdarpan_core, lokdarpan_core.cli, sys; sys.exit('altair' in sys.modules or 'pandas' in sys.modules)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
