"""`lokdarpan wards …` for people and for machines."""

import json

import pytest
from click.testing import CliRunner

from lokdarpan_core.cli import main


@pytest.fixture
def lokdarpan(url, tmp_path):
    """Run the command in this process: lokdarpan("wards", "list") -> its result."""
    environment = {
        "LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False),
        "LOKDARPAN_HOME": str(tmp_path / "no-home"),
        "LOKDARPAN_REAL_DATA": "",
    }

    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words], env=environment)

    return run


def objects(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def loaded(lokdarpan):
    assert 0 == lokdarpan("wards", "import").exit_code
    return lokdarpan


def test_import_brings_both_lists_and_a_second_run_nothing(lokdarpan):
    first = lokdarpan("wards", "import", "--json")
    second = lokdarpan("wards", "import", "--json")

    assert (0, 0) == (first.exit_code, second.exit_code)
    assert [("ghmc-2016", 150), ("hyderabad-2026", 300)] == [
        (one["delimitation"], one["wards_new"]) for one in objects(first)
    ]
    assert {0} == {
        one[name]
        for one in objects(second)
        for name in ("wards_new", "wards_changed", "aliases_new", "aliases_changed")
    }
    assert "Database: postgresql" in first.stderr


def test_list_shows_all_or_one_delimitation(loaded):
    assert 450 == len(objects(loaded("wards", "list", "--json")))
    assert 300 == len(objects(loaded("wards", "list", "--delimitation", "hyderabad-2026", "--json")))
    assert "Jubilee Hills" in loaded("wards", "list", "--delimitation", "ghmc-2016").stdout
    assert 2 == loaded("wards", "list", "--delimitation", "pune").exit_code


def test_list_of_an_empty_database_says_how_to_load_one(lokdarpan):
    assert "lokdarpan wards import" in lokdarpan("wards", "list").stderr


def test_resolve_gives_one_answer_for_all_scripts(loaded):
    result = loaded(
        "wards", "resolve", "--json", "Ward 95 Jubilee Hills", "జూబ్లీహిల్స్", "जुबली हिल्स", "جوبلی ہلز", "WARD_095", "۹۵"
    )

    assert 0 == result.exit_code
    assert ["WARD_095"] * 6 == [one["ward"]["ward_id"] for one in objects(result)]


def test_resolve_names_what_is_unknown_or_ambiguous_and_exits_with_1(loaded):
    result = loaded("wards", "resolve", "Kapra", "Jubile Hils", "Ward 12 Jubilee Hills")
    as_json = objects(loaded("wards", "resolve", "--json", "Kapra", "Jubile Hils"))

    assert (1, True) == (result.exit_code, "WARD_001" in result.stdout)
    assert "WARD_095 Jubilee Hills" in result.stderr
    assert "not of one ward" in result.stderr
    assert (None, "WARD_095") == (as_json[1]["ward"], as_json[1]["candidates"][0]["ward_id"])


def test_show_tells_names_and_place(loaded):
    details = objects(loaded("wards", "show", "జూబ్లీహిల్స్", "--json"))[0]
    text = loaded("wards", "show", "Jubilee Hills", "--delimitation", "hyderabad-2026").stdout

    assert ("WARD_095", 78.41, False) == (
        details["ward"]["ward_id"],
        round(details["ward"]["lon"], 2),
        details["has_boundary"],
    )
    assert {"te", "hi", "ur"} <= {one["language"] for one in details["aliases"]}
    assert all(word in text for word in ("HYD26_215", "Khairatabad", "not known", "జూబ్లీహిల్స్", "Telugu"))


def test_alias_is_added_used_and_removed(loaded):
    added = loaded("wards", "alias", "add", "95", "Check Post", "--json")
    used = objects(loaded("wards", "resolve", "--json", "checkpost"))
    removed = loaded("wards", "alias", "remove", "95", "Check Post")

    assert ("user", True, "en") == tuple(objects(added)[0][name] for name in ("source", "verified", "language"))
    assert "WARD_095" == used[0]["ward"]["ward_id"]
    assert (0, 1) == (removed.exit_code, loaded("wards", "resolve", "checkpost").exit_code)
    assert 2 == loaded("wards", "alias", "add", "95", "Banjara Hills").exit_code


def city(tmp_path, rows="1,Aundh\n2,Kothrud\n"):
    path = tmp_path / "pune.csv"
    path.write_text(f"number,name\n{rows}", encoding="utf-8")
    return path


def test_ones_own_city_is_imported_and_corrected(lokdarpan, tmp_path):
    about = ("--authority", "PMC", "--source", "gazette", "--valid-from", "2017-02-21")

    first = lokdarpan("wards", "import", city(tmp_path), "--delimitation", "pune-2017", *about, "--json")
    second = lokdarpan(
        "wards", "import", city(tmp_path, "1,Aundh\n2,Karve Nagar\n"), "--delimitation", "pune-2017", "--json"
    )
    found = objects(lokdarpan("wards", "resolve", "--json", "karvenagar"))

    assert (2, 1) == (objects(first)[0]["wards_new"], objects(second)[0]["wards_changed"])
    assert ("PUNE_2017_002", "pune-2017") == (found[0]["ward"]["ward_id"], found[0]["ward"]["delimitation"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("pune.csv",), "needs --delimitation"),
        (("pune.csv", "--delimitation", "pune-2017"), "--authority and --source"),
        (("ghmc-2016", "--delimitation", "hyderabad-2026"), "is not"),
        (("--boundaries", "f.geojson"), "--delimitation"),
        (("absent.csv", "--delimitation", "p", "--authority", "a", "--source", "s"), "No such file"),
    ],
)
def test_import_says_what_it_lacks(lokdarpan, words, message):
    result = lokdarpan("wards", "import", *words)

    assert (2, True) == (result.exit_code, message in result.stderr)


def test_boundaries_and_segments_report_what_did_not_fit(lokdarpan, tmp_path):
    square = [[[78.5, 17.4], [78.6, 17.4], [78.6, 17.5], [78.5, 17.5], [78.5, 17.4]]]
    features = [
        {"properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": square}}
        for name in ("Ward 1 Kapra", "Ward 37 Rein Bazar", "Ward 2 Nowhere")
    ]
    (tmp_path / "f.geojson").write_text(json.dumps({"features": features}))
    (tmp_path / "s.csv").write_text("ward,segment\nKapra,48\nNowhere,1\n")

    result = lokdarpan(
        "wards", "import", "ghmc-2016", "--boundaries", tmp_path / "f.geojson", "--segments", tmp_path / "s.csv"
    )

    assert 1 == result.exit_code
    for word in ("wrong-number", "Rein Bazar", "unknown-name", "WARD_003 Cherlapally", "line 3"):
        assert word in result.stdout


@pytest.mark.parametrize("words", ["", "import", "list", "show", "resolve", "alias", "alias add"])
def test_help_needs_no_database(words):
    result = CliRunner().invoke(main, ["wards", *words.split(), "--help"], env={"LOKDARPAN_DATABASE_URL": ""})

    assert (0, True) == (result.exit_code, result.stdout.startswith("Usage: main wards"))
