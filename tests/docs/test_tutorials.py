"""The tutorials do what they say."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import walkthrough


@pytest.fixture
def environment(pg_bin: Path | None) -> Iterator[dict[str, str]]:
    """A user who has installed LokDarpan and set nothing but the folder of its private server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE_URL"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(prefix="lkd-", dir="/tmp") as home:
        Path(home).chmod(0o755)  # so that a root's server can go in, as another account
        ours = {"PATH": path, "LOKDARPAN_HOME": f"{home}/home", "PYTHONWARNINGS": "error"}
        yield kept | ours | ({"LOKDARPAN_PG_BIN": str(pg_bin)} if pg_bin else {})


def test_operator_gets_from_nothing_to_a_wards_page(tmp_path: Path, environment: dict[str, str]) -> None:
    """Every command of the page ends well, and the last ones show the ward."""
    done = walkthrough.run_shell("tutorials/operator.md", tmp_path, environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert '"electors":1940' in done.stdout
    assert "Jubilee Hills" in (tmp_path / "ward.html").read_text()


@pytest.mark.parametrize("page", ["analyst", "engineer"])
def test_python_of_a_tutorial_runs(tmp_path: Path, environment: dict[str, str], page: str) -> None:
    """The page's code runs as one program."""
    done = walkthrough.run_python(f"tutorials/{page}.md", tmp_path, environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "WARD_001" in done.stdout or "Kapra" in done.stdout
