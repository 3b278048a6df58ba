"""The built packages: what they carry, and that each works where nothing else of ours is installed.

An editable install puts all of src/ on the path and so hides a missing file, an undeclared dependency and a forbidden
import; only this doesn't. `nox -s wheels` builds into dist/ and runs everything here. A plain test run has no network:
it builds, looks inside, and leaves the installing out.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from psycopg import Connection
from pytest_postgresql import factories

ROOT = Path(__file__).parent.parent
PACKAGES = ["lokdarpan_core", "lokdarpan_web", "lokdarpan_jobs"]
FOREIGN = {  # what must not come along with a package
    "lokdarpan_core": {"lokdarpan-web", "lokdarpan-jobs", "falcon", "gunicorn", "huey", "redis"},
    "lokdarpan_web": {"lokdarpan-jobs", "huey", "redis"},
    "lokdarpan_jobs": {"lokdarpan-web", "falcon", "gunicorn"},
}
IMPORT_ALL = """
import importlib, pkgutil, sys
NEED_AN_EXTRA = {"lokdarpan_core.charts", "lokdarpan_core.forecast_charts", "lokdarpan_core.map_charts"}
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if module.name not in NEED_AN_EXTRA:
        importlib.import_module(module.name)
print(package.__file__)
"""

empty_server = factories.postgresql_noproc(depends_on="pg_server", dbname="lokdarpan_empty")
empty_database = factories.postgresql("empty_server")

pytest.importorskip("build", reason="needs build, of the dependency group check")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
installs = pytest.mark.skipif("TEST_WHEELS" not in os.environ, reason="installs packages: run `nox -s wheels`")


def run(*command: str | Path, **environment: str) -> str:
    """What a program prints, run outside the checkout and with nothing of this environment's settings of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LOKDARPAN_", "DATABASE_"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=tempfile.gettempdir(),
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(package: str, folder: Path, *options: str) -> None:
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, *options, ROOT / "src" / package)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdists, and the wheels that were built from them."""
    if "TEST_WHEELS" in os.environ:
        return Path(os.environ["TEST_WHEELS"])
    folder = tmp_path_factory.mktemp("dist")
    for package in PACKAGES:
        build(package, folder)
    return folder


def wheel(dist: Path, package: str) -> Path:
    (found,) = dist.glob(f"{package}-*.whl")
    return found


def files(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def sources(package: str) -> set[str]:
    """The files of a package that a user needs, as the checkout has them."""
    paths = (path for path in (ROOT / "src" / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    outside = {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "NOTICE"}
    return {
        f"{package}/{name}" for path in paths if (name := str(path.relative_to(ROOT / "src" / package))) not in outside
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_carries_the_package_and_its_licence_and_nothing_else(dist, package):
    names = {name for name in files(wheel(dist, package)) if "/migrations/" not in name}
    info = {name for name in names if ".dist-info/" in name}

    assert sources(package) == names - info
    assert {"LICENSE", "NOTICE"} == {Path(name).name for name in info if "/licenses/" in name}


def test_cores_wheel_carries_the_migrations(dist):
    versions = {
        f"lokdarpan_core/migrations/versions/{path.name}" for path in (ROOT / "migrations/versions").glob("*.py")
    }

    assert versions
    assert versions | {"lokdarpan_core/migrations/env.py"} <= files(wheel(dist, "lokdarpan_core"))


def test_cores_sdist_carries_the_migrations(dist):
    (sdist,) = dist.glob("lokdarpan_core-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"migrations/env.py", "hatch_build.py", "LICENSE"} <= names


def test_a_wheel_built_from_the_checkout_is_the_one_built_from_the_sdist(dist, tmp_path):
    build("lokdarpan_core", tmp_path, "--wheel")

    assert files(wheel(dist, "lokdarpan_core")) == files(wheel(tmp_path, "lokdarpan_core"))


@pytest.mark.parametrize("package", PACKAGES)
def test_building_again_gives_the_same_bytes(dist, tmp_path, package):
    build(package, tmp_path)

    first, again = (
        {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob(f"{package}-*")}
        for folder in (dist, tmp_path)
    )
    assert 2 == len(again)
    assert first == again


@pytest.fixture(scope="module")
def programs(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function: the programs of an environment that holds one package, and its dependencies as the lock pins them."""
    pins = tmp_path_factory.mktemp("pins") / "constraints.txt"
    ours = [
        f"{package.replace('_', '-')}=={path.name.split('-')[1]} --hash=sha256:{sha256(path.read_bytes()).hexdigest()}"
        for package in PACKAGES
        for path in [wheel(dist, package)]
    ]
    pins.write_text("\n".join([(ROOT / "requirements-dev.txt").read_text(), *ours]))

    @cache
    def install(package: str) -> Path:
        folder = tmp_path_factory.mktemp(package)
        run(sys.executable, "-m", "virtualenv", "--quiet", folder)
        pip = (folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-compile")
        run(*pip, "--find-links", dist, "--constraint", pins, package.replace("_", "-"))
        return folder / "bin"

    return install


@pytest.fixture
def database(empty_database: Connection) -> str:
    """The URL of an empty database."""
    info = empty_database.info
    return f"postgresql://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"


@installs
@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_brings_what_it_needs_and_no_other_of_ours(programs, package):
    python = programs(package) / "python"
    there = {line.partition("==")[0].lower() for line in run(python, "-m", "pip", "freeze").splitlines()}

    run(python, "-m", "pip", "check")
    assert set() == there & FOREIGN[package]


@installs
@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_of_a_package_can_be_imported(programs, package, database):
    bin_folder = programs(package)
    python = (bin_folder / "python", "-W", "error")

    assert str(bin_folder.parent) in run(*python, "-c", IMPORT_ALL, package, LOKDARPAN_DATABASE_URL=database)


@installs
def test_core_alone_has_a_command_and_brings_a_database_to_its_schema(programs, database):
    lokdarpan = programs("lokdarpan_core") / "lokdarpan"

    assert "Usage: lokdarpan" in run(lokdarpan, "--help")
    assert "Upgraded from an empty database" in run(lokdarpan, "db", "upgrade", LOKDARPAN_DATABASE_URL=database)
    assert "All as it should be" in run(lokdarpan, "db", "check", LOKDARPAN_DATABASE_URL=database)


@installs
@pytest.mark.parametrize(
    ("package", "command"),
    [("lokdarpan_web", "serve"), ("lokdarpan_web", "demo"), ("lokdarpan_jobs", "worker"), ("lokdarpan_jobs", "ping")],
)
def test_web_and_jobs_add_their_commands(programs, package, command):
    assert f"Usage: lokdarpan {command}" in run(programs(package) / "lokdarpan", command, "--help")
