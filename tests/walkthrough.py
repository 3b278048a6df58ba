"""Run what a page of the docs says: its `console` blocks in one shell, its `python` blocks in one program."""

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The code of one language on a page, block by block."""
    return [code for kind, code in BLOCK.findall((DOCS / page).read_text()) if kind == language]


def shell_script(page: str) -> str:
    """The commands of a page; a line without `$ ` goes on with the command before it (a here-document)."""
    lines = [line.removeprefix("$ ") for code in blocks(page, "console") for line in code.splitlines()]
    return "\n".join(["set -euo pipefail", *lines, ""])


def run_shell(page: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a page's commands in an empty folder; the first that fails ends it."""
    return _run(["bash", "-c", shell_script(page)], folder, environment)


def run_python(page: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a page's Python in an empty folder, as one program."""
    program = folder / "page.py"
    program.write_text("".join(blocks(page, "python")))
    return _run([sys.executable, str(program)], folder, environment)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
