"""What the comparison of two schemas takes for the new one's fault, shown on a code of one test."""

import pytest
from skew import on_todays_schema

pytestmark = pytest.mark.slow


@pytest.fixture
def judged(tmp_path):
    """The exit code for a code whose one test holds under this condition; `old` and `new` are the schemas' names."""
    old, todays = tmp_path / "code", tmp_path / "todays"
    for folder, schema in ((old / "migrations", "old"), (todays, "new")):
        folder.mkdir(parents=True)
        (folder / "schema").write_text(schema)
    (old / "tests/news").mkdir(parents=True)

    def of(condition):
        (old / "tests/news/test_it.py").write_text(f"""
from pathlib import Path

def test_it():
    schema = Path("migrations/schema").read_text()
    runs = Path("runs")
    runs.write_text((runs.read_text() if runs.exists() else "") + schema[0])
    assert {condition}, runs.read_text()
""")
        return on_todays_schema(old, tmp_path / "own", todays), (old / "runs").read_text()

    return of


def test_what_holds_on_the_new_schema_is_run_once(judged):
    assert (0, "n") == judged("True")


def test_what_fails_on_the_new_schema_alone_is_its_fault(judged):
    assert (1, "non") == judged("schema == 'old'")


def test_what_fails_on_its_own_schema_too_is_not(judged):
    assert (0, "no") == judged("False")


def test_what_fails_once_is_not(judged):
    assert (0, "non") == judged("len(runs.read_text()) > 1")
