"""Every check of this project is a session here; CI, CONTRIBUTING.md and the commit hooks call these.

The sessions run in the environment that `python3 bootstrap.py test` makes: `.venv/bin/nox -s lint types`. Those that
need another one (`tests-3.14`, `lock`) make it themselves.
"""

import os
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PACKAGES = ["src/lokdarpan_core", "src/lokdarpan_web", "src/lokdarpan_jobs"]
LOCK = "requirements-dev.txt"
EXTRAS = ["embedded", "charts", "pandas", "polars"]
DIST = ROOT / "dist"
FUZZED = {"articles": 400_000, "parameters": 400_000, "wards": 120_000, "sheets": 80_000}  # inputs for each reader
BENCHMARKS = ["ingest", "form20", "forecast", "api"]  # those that need files: python -m benchmarks.stories --help

nox.options.default_venv_backend = "none"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "types", "wheels"]
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def install(session: nox.Session) -> None:
    """What is pinned, and the three packages, in the session's own environment."""
    session.install("--no-deps", "--require-hashes", "-r", LOCK)
    editable = [word for package in PACKAGES for word in ("-e", package)]
    session.install("--no-deps", "--no-build-isolation", *editable)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], venv_backend="virtualenv", reuse_venv=True)
def tests(session: nox.Session) -> None:
    """Run the test suite on each Python there is; what follows `--` goes to pytest."""
    install(session)
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that `bootstrap.py test` leaves out: they kill, cut and fill up, or look at pages in a browser."""
    parallel = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
    session.run("pytest", "-q", *parallel, "-m", "slow", "--ignore", "tests/test_wheels.py", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the direction of imports."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check every type, strictly."""
    session.run("mypy", "--strict", "src", "benchmarks", "bootstrap.py", "noxfile.py")


@nox.session
def wheels(session: nox.Session) -> None:
    """Build the three packages into dist/ and test each wheel, installed alone (needs the network, or pip's cache)."""
    for old in DIST.glob("lokdarpan_*"):
        old.unlink()
    for package in PACKAGES:
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(DIST), package, silent=True)
    session.run("pytest", "-q", "tests/test_wheels.py", *session.posargs, env={"TEST_WHEELS": str(DIST)})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Read 10,000 random and damaged Form 20 sheets of each kind: nothing but a Form20Error may come of it."""
    session.run(
        *("pytest", "-q", "-n", "auto", "--dist", "worksteal", "tests/elections/test_form20_properties.py"),
        env={"FUZZ_EXAMPLES": "10000"},
    )


@nox.session(venv_backend="virtualenv", reuse_venv=True)
def fuzz_long(session: nox.Session) -> None:
    """Give 1,000,000 inputs, guided by coverage, to what reads articles, sheets, ward labels and queries (an hour).

    What hangs for a second, takes more than 200 MiB or raises an error without a type ends it, and is in build/fuzz.
    """
    install(session)
    session.install("atheris==3.0.0")  # Google's; alive, and the only coverage-guided fuzzer for Python
    limits = ("-timeout=1", "-rss_limit_mb=200", "-max_len=8000", "-artifact_prefix=build/fuzz/found-")
    for name, runs in FUZZED.items():
        session.run("python", "tests/fuzz/run.py", name, f"build/fuzz/{name}", f"-runs={runs}", *limits)


@nox.session(venv_backend="virtualenv", reuse_venv=True)
def mutants(session: nox.Session) -> None:
    """Change what everything rests on in every way, one at a time: the tests should notice (an hour; into mutants/).

    What they did not notice is listed; docs/reliability.md says why each is no gap.
    """
    install(session)
    session.install("mutmut==3.8.1")
    session.run("mutmut", "run", *session.posargs)
    session.run("mutmut", "results")


@nox.session
def notebooks(session: nox.Session) -> None:
    """Run every notebook in examples/ from top to bottom; none is changed."""
    session.run("jupyter", "execute", *map(str, sorted(ROOT.glob("examples/*.ipynb"))))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the pages of docs/ into build/docs; a warning is an error, and so is a note for the release of no kind."""
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "build/docs", *session.posargs)
    session.run("towncrier", "build", "--draft", silent=True)


@nox.session(venv_backend="virtualenv", reuse_venv=True)
def audit(session: nox.Session) -> None:
    """Write the bill of materials, and ask PyPI for known weaknesses in what the lock file pins.

    A package that could not be asked about is a failure: silence is no good news.
    """
    session.install("pip-audit", "cyclonedx-bom")
    (ROOT / "build").mkdir(exist_ok=True)
    session.run("cyclonedx-py", "requirements", LOCK, "--output-reproducible", "--output-file", "build/sbom.json")
    session.run("pip-audit", "--strict", "--disable-pip", "--no-deps", "-r", LOCK)


@nox.session(venv_backend="virtualenv", reuse_venv=True)
def minimum(session: nox.Session) -> None:
    """Run the tests with the oldest packages that the three allow; what follows `--` goes to pytest."""
    session.install("uv")
    members = [f"{package}/pyproject.toml" for package in PACKAGES]
    extras = [word for name in EXTRAS for word in ("--extra", name)]
    oldest = str(Path(session.create_tmp()) / "oldest.txt")
    session.run(
        *("uv", "pip", "compile", "-q", *members, *extras, "--resolution=lowest-direct", "--python-version=3.11"),
        *("--no-emit-package", "lokdarpan-core", "--output-file", oldest),
    )
    groups = [word for name in ("build", "test") for word in ("--group", name)]
    editable = [word for package in PACKAGES for word in ("-e", package)]
    session.run("uv", "pip", "install", "-q", "--python", str(session.virtualenv.location), *groups, "-c", oldest)
    session.run("uv", "pip", "install", "-q", "--python", str(session.virtualenv.location), "-r", oldest, *editable)
    session.run("pytest", *session.posargs)


@nox.session
def api_diff(session: nox.Session) -> None:
    """Show what has changed in the API since the last release; `-- --write` at a release stores the new document."""
    session.run("python", "-m", "lokdarpan_web.changes", "docs/openapi.json", *session.posargs)


@nox.session
def api_fuzz(session: nox.Session) -> None:
    """Ask the API 5,000 things that its document allows or forbids, with and without a key."""
    tests = "tests/web/test_schemathesis.py"
    session.run("pytest", "-q", "-n", "auto", tests, *session.posargs, env={"API_FUZZ_CASES": "5000"})


@nox.session
def deploy(session: nox.Session) -> None:
    """Follow docs/deploy.md and docs/move-server.md, command by command, on a machine inside this one."""
    session.run("pytest", "-q", "-s", "tests/deploy/test_pages.py", *session.posargs, env={"TEST_DEPLOY": "1"})


@nox.session
def skew(session: nox.Session) -> None:
    """Test the code that there was before the newest migration on the schema that there is now."""
    session.run("python", "tests/deploy/skew.py", *session.posargs)


@nox.session
def screenshots(session: nox.Session) -> None:
    """Take a picture of every state of the page into build/screenshots, to be looked at (needs chromium)."""
    session.run(
        *("pytest", "-q", "tests/page/test_page_screenshots.py", *session.posargs),
        env={"SCREENSHOTS": str(ROOT / "build" / "screenshots")},
    )


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; `-- ingest --lines 1000` runs one benchmark with its options."""
    for name in session.posargs[:1] or BENCHMARKS:
        session.run("python", "-m", f"benchmarks.{name}", *session.posargs[1:])


@nox.session
def changelog(session: nox.Session) -> None:
    """Show what the next release's notes would say; `-- --yes` writes them into CHANGELOG.md."""
    session.run("towncrier", "build", *(session.posargs or ["--draft"]))


@nox.session(venv_backend="virtualenv", reuse_venv=True)
def lock(session: nox.Session) -> None:
    """Pin every package, for every platform, with hashes; `-- --upgrade` moves to newer versions."""
    session.install("uv")
    members = [f"{package}/pyproject.toml" for package in PACKAGES]
    extras = [word for name in EXTRAS for word in ("--extra", name)]
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-annotate"]
    session.run(
        *("uv", "pip", "compile", "--quiet", "pyproject.toml", "--group", "dev", *members, *extras),
        *(*options, "--no-emit-package", "lokdarpan-core", "--custom-compile-command", "nox -s lock"),
        *("--output-file", LOCK, *session.posargs),
    )
