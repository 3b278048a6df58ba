"""`lokdarpan form20 check`, as people and scripts meet it. It needs no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from form20_sheets import booths, classic, summary, tidy, write_csv

from lokdarpan_core.cli import main

PROGRAM = Path(sys.executable).with_name("lokdarpan")
BOOTHS = booths()


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Run the command on rows: check(rows, "--json") -> its result."""
    monkeypatch.chdir(tmp_path)

    def run(rows, *options):
        write_csv(tmp_path / "sheet.csv", rows)
        return CliRunner().invoke(main, ["form20", "check", "sheet.csv", *options])

    return run


def test_sheet_that_adds_up(check):
    result = check(classic(BOOTHS))

    text = result.stdout
    assert (0, "") == (result.exit_code, result.stderr)
    for told in ("FORM 20", "classic", "61", "K. CHANDRA SEKHAR", "█", "%", "All adds up"):
        assert told in text
    assert f"{sum(one.votes[0] for one in BOOTHS):,}" in text


def test_sheet_that_does_not_add_up_names_row_and_station(check):
    rows = classic(BOOTHS)
    rows[7][4] += 1

    result = check(rows)

    text = result.stdout
    assert 1 == result.exit_code
    (line,) = [line for line in text.splitlines() if "station-sum" in line]
    assert ["error", "station-sum", "E8", "2"] == line.split()[:4]
    assert "It does not add up" in text


def test_json_is_one_object_a_sheet(check):
    second = [attrs.evolve(one, votes=(1, 2, 3)) for one in BOOTHS]

    result = check([*tidy(BOOTHS), *tidy(second, segment="62")[1:]], "--json")

    one, two = map(json.loads, result.stdout.splitlines())
    assert ("sheet.csv", "tidy", "61", "62") == (one["file"], one["layout"], one["segment"], two["segment"])
    assert (True, True, 5, {"error": 0, "warning": 0, "note": 1}) == (
        one["adds_up"], one["importable"], one["stations"], one["counts"],
    )  # fmt: skip
    assert [5, 10, 15] == [candidate["votes"] for candidate in two["candidates"]]
    assert sum(one_.polled for one_ in BOOTHS) == one["totals"]["polled"]


def test_summary_adds_up_and_can_not_be_imported(check):
    result = check(summary(BOOTHS), "--json")

    told = json.loads(result.stdout)
    assert (0, True, False) == (result.exit_code, told["adds_up"], told["importable"])


def test_candidates_file(check, tmp_path):
    write_csv(tmp_path / "who.csv", [["number", "name", "party"], [1, "K Chandra Sekhar", "BRS"], [2, "X", "INC"]])

    result = check(classic(BOOTHS), "--candidates", "who.csv", "--json")

    told = json.loads(result.stdout)
    assert 1 == result.exit_code
    assert ["BRS", None, None] == [one["party"] for one in told["candidates"]]
    assert ["candidate-differs", "candidate-missing"] == [one["code"] for one in told["findings"]][:2]


def test_what_is_no_sheet_is_one_line_and_exit_2(tmp_path):
    """As a real process, without a database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE"))}
    write_csv(tmp_path / "sheet.csv", [["a", "b"], [1, 2]])

    words = [PROGRAM, "form20", "check", "sheet.csv"]
    process = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=60)

    assert (2, b"") == (process.returncode, process.stdout)
    assert process.stderr.startswith(b"Error: sheet.csv is no Form 20 sheet: no heading of a Form 20 sheet")


def test_absent_candidates_file_is_told(check):
    result = check(classic(BOOTHS), "--candidates", "absent.csv")

    assert 2 == result.exit_code
    assert "absent.csv: No such file or directory" in result.stderr
