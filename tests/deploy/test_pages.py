"""The pages for operators are true: every command in them is run, on a machine inside this one (see `sandbox`)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SANDBOX = Path(__file__).with_name("sandbox.py")
IN_A_SPACE_OF_ITS_OWN = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "/usr/bin/python3", SANDBOX]
SKIPPED = 77

pytestmark = [
    pytest.mark.skipif("TEST_DEPLOY" not in os.environ, reason="takes minutes and installs packages: `nox -s deploy`"),
    pytest.mark.timeout(1200),
]


def test_a_stranger_gets_from_an_empty_machine_to_https_and_to_another_machine():
    """With nginx, gunicorn, PostgreSQL and Redis, by the units' commands; an update meanwhile refuses nobody."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("apt-get"):
        pytest.skip("needs root on Debian or Ubuntu")
    process = subprocess.run(IN_A_SPACE_OF_ITS_OWN, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    said = process.stdout.decode(errors="replace")
    if process.returncode == SKIPPED:
        pytest.skip(next(line for line in said.splitlines() if line.startswith("SKIPPED: ")).removeprefix("SKIPPED: "))
    print(said)

    assert 0 == process.returncode
