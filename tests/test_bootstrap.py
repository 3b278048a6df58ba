"""The set-up's own steps, in a checkout that has nothing to install from."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = '#!/bin/sh\necho "error: uv was asked to $*" >&2\nexit 1\n'


@pytest.fixture
def checkout(tmp_path):
    """A checkout that is not set up, with an environment that an older one has left."""
    folder = tmp_path / "checkout"
    for name in ("lokdarpan_core", "lokdarpan_web", "lokdarpan_jobs"):
        (folder / "src" / name).mkdir(parents=True)
        (folder / "src" / name / "pyproject.toml").touch()
    (folder / "requirements-dev.txt").touch()
    shutil.copy(ROOT / "bootstrap.py", folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (folder / "uv").write_text(UV)
    (folder / "uv").chmod(0o755)
    return folder


@pytest.mark.parametrize("own", [True, False], ids=["its own Python", "another"])
def test_environment_of_an_older_checkout_is_made_again_by_any_python(checkout, own):
    python = checkout / ".venv/bin/python" if own else Path(sys.executable)
    words, environment = [python, "bootstrap.py", "test", "--version"], {"PATH": f"{checkout}:/usr/bin:/bin"}
    done = subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, check=False, timeout=30)

    assert "Another start" not in done.stderr
    assert "error: uv was asked to venv" in done.stderr
    assert 1 == done.returncode
