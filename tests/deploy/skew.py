"""The code that there was before the newest migration, tested on the schema that there is now.

    python tests/deploy/skew.py [words for pytest]

A copy of that code gets today's migrations in the place of its own; so its tests, which make their databases by them,
run on the new schema, and it takes that for its own. Two questions are asked besides: does the note that an upgrade
leaves in the database name that code's schema, or an older one; and does that code, as it was, accept such a database
(from the version on that knows of the note). Tests of the schema itself are left out: they say that it is another one.
Tests that fail are run again, one after the other, on that code's own schema: what fails there, too, is no matter of
the new one. What passes there must fail on the new schema once more, for that schema to be the reason: it may have been
another test at the same time (two that begin a server on one port).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lokdarpan_core import head_revision
from lokdarpan_core.migration import COMPATIBLE_FROM

ROOT = Path(__file__).parents[2]
VERSIONS = "migrations/versions"
PACKAGES = ("lokdarpan_core", "lokdarpan_jobs", "lokdarpan_web")
# What writes and reads rows, within a few minutes: the archive, wards, elections, keys, doctor, the API.
TESTS = ["tests/news", "tests/wards", "tests/elections", "tests/test_api_keys.py", "tests/test_doctor.py", "tests/web"]
LEFT_OUT = ["form20", "stories_rule", "mentions_gold", "serving", "schemathesis"]  # slow, and no question of the schema
ACCEPTS = """
import os, sqlalchemy as sa
from lokdarpan_core import create_engine, require_head
with create_engine(os.environ["URL"], poolclass=sa.NullPool).connect() as connection:
    require_head(connection)
"""
NEW_DATABASE = """
import os, sys
from lokdarpan_core import EmbeddedServer, create_engine, upgrade
with EmbeddedServer(sys.argv[1]).use() as url:
    upgrade(create_engine(url))
    print(url, flush=True)
    sys.stdin.read()
"""


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def commit_before_newest_migration() -> str:
    """The parent of the commit that added the newest migration; the last commit, when that is not committed yet."""
    newest = next(ROOT.glob(f"{VERSIONS}/{head_revision()}_*.py")).relative_to(ROOT)
    added = git("log", "--diff-filter=A", "--format=%H", "--", str(newest))
    return git("rev-parse", f"{added.splitlines()[-1]}^") if added else git("rev-parse", "HEAD")


def revisions(folder: Path) -> set[str]:
    return {path.name.partition("_")[0] for path in (folder / VERSIONS).glob("[0-9]*.py")}


def unpack(commit: str, folder: Path) -> Path:
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "--extract", "--directory", folder], input=archive, check=True)
    return folder


def environment(code: Path) -> dict[str, str]:
    """One in which that code is imported, and not ours, by child processes, too."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOKDARPAN_")}
    if pg_bin := os.environ.get("LOKDARPAN_PG_BIN"):
        kept["LOKDARPAN_PG_BIN"] = pg_bin
    return kept | {"PYTHONPATH": str(code / "src")}


def accepts(old: Path, home: Path) -> bool:
    """Whether that code, as it was, accepts a database that today's code has upgraded."""
    words = [sys.executable, "-c", NEW_DATABASE, str(home)]
    ours = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment(ROOT)}
    with subprocess.Popen(words, **ours) as new:
        assert new.stdout is not None
        url = new.stdout.readline().strip()
        words = [sys.executable, "-c", ACCEPTS]
        done = subprocess.run(words, env=environment(old) | {"URL": url}, cwd=old, check=False)
        new.communicate("")
    return done.returncode == 0


def run_tests(old: Path, *words: str) -> int:
    options = ("--rootdir", str(old), "-o", "addopts=-ra -p no:pytest_alembic", "-q")  # with pytest's cache
    words = (sys.executable, "-m", "pytest", *options, *words)
    return subprocess.run(words, cwd=old, env=environment(old), check=False).returncode


def use_migrations(old: Path, folder: Path) -> None:
    shutil.rmtree(old / "migrations")
    shutil.copytree(folder, old / "migrations")


def failing_again(old: Path, migrations: Path, tests: set[str]) -> set[str]:
    """Those of the tests that fail with these migrations, one after the other; the end, when they can't be run."""
    use_migrations(old, migrations)
    code = run_tests(old, *sorted(tests))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        sys.exit(code)
    return tests & last_failed(old)


def last_failed(old: Path) -> set[str]:
    """The tests that failed in the newest run that they were in, as pytest remembers them."""
    file = old / ".pytest_cache/v/cache/lastfailed"
    return set(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else set()


def on_todays_schema(old: Path, own: Path, todays: Path, *words: str) -> int:
    """Run that code's tests on today's schema, its own migrations being kept in the folder `own` meanwhile; then those
    that failed on its own schema, and what passed there on today's again. Not 0 when that is the reason of one."""
    shutil.copytree(old / "migrations", own)
    use_migrations(old, todays)
    skipped = [f"--ignore-glob=*{name}*" for name in LEFT_OUT]
    code = run_tests(old, "-n", "2", *[name for name in TESTS if (old / name).exists()], *skipped, *words)
    if code != pytest.ExitCode.TESTS_FAILED:
        return code
    failed = last_failed(old)
    print("Those that failed, on that code's own schema", flush=True)
    by_the_schema = failed - failing_again(old, own, failed)
    if by_the_schema:
        print("Those that passed there, on today's schema again", flush=True)
        by_the_schema = failing_again(old, todays, by_the_schema)
    named = ", ".join(sorted(by_the_schema)) or "none"
    print(f"Of {len(failed)} that failed, the new schema is the reason of: {named}")
    return code if by_the_schema else 0


def main() -> int:
    if git("rev-parse", "--is-shallow-repository") == "true":
        print("This clone has no history (git fetch --unshallow brings it): nothing was tested.")
        return 0
    commit = commit_before_newest_migration()
    with tempfile.TemporaryDirectory(prefix="lokdarpan-skew-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 (the embedded server's account passes through)
        old = unpack(commit, Path(folder, "code"))
        known = max(revisions(old))
        print(f"The code of {commit[:12]}, made for schema {known}, on schema {head_revision()}", flush=True)
        if known < COMPATIBLE_FROM:
            print(f"The note says: compatible from {COMPATIBLE_FROM}. This code is older, and may not run there.")
            return 1
        if re.search(r"^COMPATIBLE_FROM", (old / "src/lokdarpan_core/migration.py").read_text(), re.MULTILINE):
            if not accepts(old, Path(folder, "home")):
                return 1
            print("It accepts a database that was upgraded by today's code.", flush=True)
        return on_todays_schema(old, Path(folder, "migrations"), ROOT / "migrations", *sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
