"""One command on a bare machine: `python3 bootstrap.py demo` or `python3 bootstrap.py test`.

The first start makes `.venv` beside this file, with every package at the version and hash that requirements-dev.txt
names, and needs the network; later starts need neither. Nothing is written outside the checkout but pip's cache.

Standard library only. The first lines must be readable to any Python 3, so that an old one can say that it is too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("LokDarpan needs Python 3.11 or newer, and this is Python {}.{}.".format(*sys.version_info))

import hashlib
import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "lokdarpan-ready"  # written last: a set-up that was interrupted has none
LOG = VENV / "setup.log"
LOCK = ROOT / "requirements-dev.txt"
PACKAGES = [ROOT / "src" / name for name in ("lokdarpan_core", "lokdarpan_web", "lokdarpan_jobs")]
# Much of the suite waits for a disk. What takes long is left to `nox -s slow`.
DEFAULTS = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal", "-m", "not slow"]
USAGE = f"""LokDarpan on a bare machine (Python {sys.version_info.major}.{sys.version_info.minor}, pip or uv):

  python3 bootstrap.py demo [options]    the whole system with example data, in the browser
  python3 bootstrap.py test [options]    the test suite; options are pytest's

Both set up .venv first if need be. After that `.venv/bin/lokdarpan --help` is there as well."""


def main() -> None:
    what, *options = sys.argv[1:] or [""]
    if what == "demo":
        command = [str(VENV / "bin" / "lokdarpan"), "demo", *options]
    elif what == "test":
        command = [str(PYTHON), "-m", "pytest", *(options or DEFAULTS)]
        os.chdir(ROOT)
    else:
        asked = what in ("-h", "--help")
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        sys.exit(0 if asked else 2)
    if os.name != "posix":
        sys.exit("LokDarpan runs on Linux and macOS. On Windows, run this inside WSL (https://aka.ms/wsl).")
    try:
        if not ready():
            leave_own_environment()
            with one_at_a_time():
                if not ready():
                    set_up()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The next start does the set-up again.")
    os.execv(command[0], command)  # noqa: S606 - signals and Ctrl-C then reach the command itself


def ready() -> bool:
    return os.access(PYTHON, os.X_OK) and STAMP.is_file() and STAMP.read_text() == wanted()


def wanted() -> str:
    """What .venv was made from: when any of it changes, it is made again."""
    text = b"\0".join(path.read_bytes() for path in [LOCK, *(package / "pyproject.toml" for package in PACKAGES)])
    return f"{hashlib.sha256(text).hexdigest()} {ROOT} {sys.base_prefix} {sys.version}"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A second start that comes during the set-up waits for it, also for an installer whose bootstrap was killed."""
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(folder, True)  # the installers hold the lock, too
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting up; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def leave_own_environment() -> None:
    """Go on with the Python that .venv was made from: .venv can't remake itself. Not under the lock, which the Python
    that follows would wait for."""
    if sys.prefix == str(VENV):
        python = f"{sys.base_prefix}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
        os.execv(python, [python, str(ROOT / "bootstrap.py"), *sys.argv[1:]])  # noqa: S606


def set_up() -> None:
    began = time.monotonic()
    say(f"LokDarpan: setting up {VENV} with Python {sys.version.split()[0]}.")
    say("The first time takes a minute or two and needs the network; after that it needs neither.")
    venv, install = tools()
    remove()
    say("1/3 a virtual environment")
    run(venv, "making a virtual environment")
    pinned = sum("==" in line and line[0].isalpha() for line in LOCK.read_text().splitlines())
    say(f"2/3 {pinned} packages, each checked against its hash in {LOCK.name}")
    run([*install, "--no-deps", "--require-hashes", "-r", LOCK], "installing the packages", hint_network=True)
    say("3/3 LokDarpan itself")
    editable = [word for package in PACKAGES for word in ("-e", package)]
    run([*install, "--no-deps", "--no-build-isolation", *editable], "installing LokDarpan itself")
    run([PYTHON, "-m", "compileall", "-q", *PACKAGES], "compiling LokDarpan")  # else each start may
    STAMP.write_text(wanted())
    say(f"Ready after {time.monotonic() - began:.0f} seconds.")


def remove() -> None:
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
    except OSError as error:
        owner = VENV if VENV.exists() else ROOT
        sys.exit(
            f"The set-up must write to {VENV}, but: {error.strerror} ({error.filename}).\n"
            f"{owner} belongs to account {owner.stat().st_uid}, and this is account {os.geteuid()}. "
            "Remove .venv as its owner, or work in a copy of your own."
        )


def tools() -> tuple[list[str | Path], list[str | Path]]:
    """How to make a virtual environment here, and how to install into it."""
    uv = shutil.which("uv")
    if uv:
        python: list[str | Path] = ["--python", PYTHON]
        return [uv, "venv", "--allow-existing", "--python", sys.executable, VENV], [uv, "pip", "install", *python]
    if importlib.util.find_spec("venv"):
        venv: list[str | Path] = [sys.executable, "-m", "venv", VENV]
        if importlib.util.find_spec("ensurepip"):
            return venv, [PYTHON, "-m", "pip", "install"]
        if importlib.util.find_spec("pip"):  # Debian without python3-venv
            return [*venv, "--without-pip"], [sys.executable, "-m", "pip", "--python", PYTHON, "install"]
    sys.exit(
        "This Python has no pip, or no venv module. Install them (Debian and Ubuntu: sudo apt install python3-venv) "
        "or uv (https://docs.astral.sh/uv/), then run this again."
    )


def run(command: list[str | Path], doing: str, *, hint_network: bool = False) -> None:
    environment = os.environ | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_COMPILE_BYTECODE": "1"}
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - no home: pip would make a folder "~"
        environment["PIP_NO_CACHE_DIR"] = environment["UV_NO_CACHE"] = "1"
    with LOG.open("a+") as log:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, close_fds=False, check=False)
        if done.returncode == 0:
            return
        log.seek(0)
        lines = log.read().splitlines()
    said = [line.strip() for line in lines if line.lower().lstrip(" ×").startswith("error")] or lines[-3:]
    network = " Is the network, or your package index or proxy, out of reach?" if hint_network else ""
    sys.exit("\n".join([f"Failed while {doing}.{network}", *said, f"All that was said is in {LOG}. Run this again."]))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # standard output is the command's


if __name__ == "__main__":
    main()
