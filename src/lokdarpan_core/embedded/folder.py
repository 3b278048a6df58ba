"""The folder of the embedded server, the account it belongs to, and the locks in it.

PostgreSQL refuses to run as root. So for root the server runs as another account, the folder belongs to that account,
which must be able to reach it. No folder that is not ours is ever opened up for it: where the account can't pass, an
error says so.
"""

import fcntl
import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from lokdarpan_core.errors import EmbeddedServerError

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@attrs.frozen
class Account:
    """The account of the server's processes; `drop` are the keywords of subprocess that change to it, if need be."""

    uid: int
    gid: int
    name: str
    drop: Mapping[str, Any] = attrs.field(factory=dict)

    def run(self, *command: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Run a program as this account, away from the caller's directory and environment."""
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=ENVIRONMENT,
            **self.drop,
            **options,
        )


def account_for(data: Path, pg_user: str | None) -> Account:
    """The caller; for root the data's owner, else `pg_user`, else the first there is of lokdarpan, postgres, nobody."""
    if (uid := os.geteuid()) != 0:
        return Account(uid, os.getegid(), str(uid))
    if data.exists() and (status := data.stat()).st_uid != 0:
        name = str(status.st_uid)
        with suppress(KeyError):
            name = pwd.getpwuid(status.st_uid).pw_name
        return _dropped(status.st_uid, status.st_gid, name)
    for name in (pg_user,) if pg_user else ("lokdarpan", "postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid != 0:
                return _dropped(entry.pw_uid, entry.pw_gid, name)
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root and needs an account of its own. "
        + (f"LOKDARPAN_PG_USER={pg_user} is not such an account. " if pg_user else "")
        + "Create one (useradd --system lokdarpan) or name one in LOKDARPAN_PG_USER."
    )


def _dropped(uid: int, gid: int, name: str) -> Account:
    return Account(uid, gid, name, {"user": uid, "group": gid, "extra_groups": []})


@attrs.frozen
class ServerFolder:
    """`postgresql/` under a LokDarpan home, with all that the server needs and writes."""

    home: Path
    account: Account

    @classmethod
    def of(cls, home: Path, pg_user: str | None) -> "ServerFolder":
        """The server's folder in this home; EmbeddedServerError if the caller has no right to it."""
        base = home / "postgresql"
        try:
            owner = base.stat().st_uid
        except FileNotFoundError:
            owner = os.geteuid()
        except OSError as error:
            raise EmbeddedServerError(f"{home} can't be used by this account: {error.strerror}.") from error
        if os.geteuid() not in (0, owner):
            raise EmbeddedServerError(
                f"{base} belongs to another account (uid {owner}). Run as that account, or set LOKDARPAN_HOME to a "
                "folder of your own."
            )
        return cls(home, account_for(base / "data", pg_user))

    @property
    def base(self) -> Path:
        return self.home / "postgresql"

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    @property
    def keep(self) -> Path:
        return self.base / "keep"

    def prepare(self) -> None:
        """Make the folders. As root, give them to the server's account, and make sure that it reaches them."""
        try:
            for folder in [*reversed(self.home.parents), self.home, self.base]:
                with suppress(FileExistsError):
                    folder.mkdir(mode=0o700)
                    if folder in (self.home, self.base):
                        self.give(folder)
                    elif self.account.drop:
                        folder.chmod(0o755)  # made by us a moment ago; whatever the umask, the account has to pass
            self.give(self.base)
        except OSError as error:
            raise EmbeddedServerError(f"The LokDarpan home {self.home} can't be made: {error}.") from error
        blocked = self._blocked()
        if blocked == self.home.resolve() and self._is_only_ours():  # such as root's `mktemp -d`
            self.give(self.home)
            blocked = self._blocked()
        if blocked:
            with suppress(OSError):
                self.base.rmdir()  # made in vain
            raise EmbeddedServerError(
                f"The embedded server runs as {self.account.name}, because PostgreSQL refuses to run as root, and "
                f"{self.account.name} can't enter {blocked}. Set LOKDARPAN_HOME=/var/lib/lokdarpan, or run as a user."
            )

    def give(self, path: Path) -> None:
        """As root, let the server's account own this."""
        if self.account.drop and path.lstat().st_uid != self.account.uid:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def open(self, name: str, flags: int = 0) -> int:
        """A descriptor of a file in the folder, which is made if need be."""
        descriptor = os.open(self.base / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600)
        # What root makes belongs to the account as well, which may then join the server by itself.
        # A file with a second name is none that we made.
        status = os.fstat(descriptor)
        if self.account.drop and status.st_uid == 0 and status.st_nlink == 1:
            os.fchown(descriptor, self.account.uid, self.account.gid)
        return descriptor

    @contextmanager
    def locked(self, name: str, how: int = fcntl.LOCK_EX) -> Iterator[bool]:
        """Hold a lock; with LOCK_NB in `how`, yield whether it was free."""
        descriptor, owner = self.open(name), os.getpid()
        try:
            try:
                fcntl.flock(descriptor, how)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            if os.getpid() == owner:  # explicitly: a child forked by another thread meanwhile would go on holding it
                fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def is_locked(self, name: str) -> bool:
        """Whether some process holds this lock now."""
        with self.locked(name, fcntl.LOCK_EX | fcntl.LOCK_NB) as free:
            return not free

    def _is_only_ours(self) -> bool:
        return self.home.stat().st_uid == 0 and [*self.home.iterdir()] == [self.base]

    def _blocked(self) -> Path | None:
        """The first folder on the way that the account can't enter, by its own word (there may be ACLs)."""
        if not self.account.drop:
            return None
        base = self.base.resolve()
        script = 'for folder do [ -x "$folder" ] || { printf %s "$folder"; exit; }; done'
        found = self.account.run("/bin/sh", "-c", script, "sh", *reversed(base.parents), base).stdout
        return Path(os.fsdecode(found)) if found else None
