"""The inbox: a folder that others put files into, and the only one that jobs read.

A file is taken when it has stopped growing, ingested, and only then, after its last batch is committed, renamed into
`processed/`, under a name with the day and its hash; one that can't be read goes to `failed/`, with a `.reason.txt`
beside it. A file with rejects is still processed: its rejects are kept. Whoever writes slowly should write under
another name (`.part`) and rename the file when it is complete; only `.jsonl`, `.jsonl.gz` and `.jsonl.zst` are taken.

Where a file is to go is noted in its job before it goes, so that a job that finds its file gone knows why.
"""

import itertools
import logging
import os
import stat
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from lokdarpan_core import LokDarpanError, Settings, SettingsError, today
from lokdarpan_core.news.ingest import SUFFIXES
from lokdarpan_jobs.moves import rename_to_free_name

PROCESSED, FAILED = "processed", "failed"
NAME_BYTES = 180  # of 255: the day, the hash and `.reason.txt` come to it
Identity = tuple[int, int, int, int]
Note = Callable[[Path], None]

log = logging.getLogger(__name__)


class PathRefusedError(LokDarpanError):
    """Jobs read regular files in the inbox alone."""


class StillWrittenError(LokDarpanError):
    """The file changed while it was read; it is read again when it has stopped growing."""


def identity(path: Path) -> Identity | None:
    """What tells that a file is the same and unchanged; None when there is no such file."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@attrs.frozen
class Inbox:
    """One inbox; `folder` is its real path, `timezone` the one whose day stands in names."""

    folder: Path
    timezone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings) -> "Inbox":
        """The inbox that the settings name. Raises SettingsError when they name none, or it is no folder."""
        if settings.inbox is None:
            raise SettingsError("There is no inbox: set LOKDARPAN_INBOX to the folder that jobs may read")
        if not settings.inbox.is_dir():
            raise SettingsError(f"LOKDARPAN_INBOX={settings.inbox} is no folder")
        return cls(settings.inbox.resolve(), settings.timezone)

    def confined(self, path: str | Path) -> Path:
        """The real path of a file or folder in the inbox; a relative one begins there.

        Raises PathRefusedError for anything outside, be it by `..` or by a link, and for what is neither a regular
        file nor a folder.
        """
        try:
            real = (self.folder / path).resolve(strict=True)
            kind = real.stat().st_mode
        except (OSError, ValueError, RuntimeError) as error:  # not there, a NUL in it, links in a circle
            raise PathRefusedError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from error
        if not real.is_relative_to(self.folder):
            raise PathRefusedError(f"{path} is outside the inbox {self.folder}; jobs read nothing else")
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise PathRefusedError(f"{path} is neither a regular file nor a folder")
        return real

    def is_put_away(self, path: Path) -> bool:
        """Whether a file is one that was processed or has failed."""
        return path.relative_to(self.folder).parts[0] in (PROCESSED, FAILED)

    def files(self, folder: Path | None = None) -> list[Path]:
        """The files to take, in the order of their names. What only looks like one (a link, a device) is put aside."""
        found = []
        for path in sorted((folder or self.folder).iterdir()):
            if path.name.startswith(".") or not path.name.endswith(SUFFIXES):
                continue
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                found.append(path)
            elif not stat.S_ISDIR(mode):
                log.warning("Refused: %s is no regular file", path)
                name, reason = prefix(today(self.timezone), None), "It is no regular file but a link or a device."
                self.put_aside(path, identity(path), name, lambda _target: None, reason=reason)
        return found

    def settled(self, seconds: float, wait: Callable[[float], object] = time.sleep) -> list[Path]:
        """The files that did not grow for so long."""
        before = {path: identity(path) for path in self.files()}
        if before:
            wait(seconds)
        return [_with_text_name(path) for path, seen in before.items() if seen and identity(path) == seen]

    def keep(self, path: Path, seen: Identity, name: str, note: Note) -> Path:
        """Rename a file that was ingested into `processed/`. `seen` is what was ingested, `name` how it is to begin
        (`prefix`); `note` is told the new path beforehand. Returns it, also when another worker was faster."""
        return self._rename(path, seen, self.folder / PROCESSED, name, note)

    def put_aside(self, path: Path, seen: Identity | None, name: str, note: Note, *, reason: str) -> Path:
        """Rename a file into `failed/`, with the reason beside it."""

        def explain(target: Path) -> None:
            note(target)
            target.with_name(f"{target.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")

        return self._rename(path, seen, self.folder / FAILED, name, explain)

    def _rename(self, path: Path, seen: Identity | None, folder: Path, name: str, note: Note) -> Path:
        folder.mkdir(exist_ok=True)
        old = os.fsencode(path.name)[-NAME_BYTES:].decode(errors="replace")
        for number in itertools.count(1):
            target = folder / (f"{name}-{old}" if number == 1 else f"{name}-{number}-{old}")
            if there := identity(target):
                if seen and there[:2] == seen[:2]:
                    return target
                continue
            note(target)
            try:
                rename_to_free_name(path, target)
            except FileExistsError:
                continue
            except FileNotFoundError:
                if not seen or (identity(target) or ())[:2] != seen[:2]:
                    raise
            if seen and identity(target) != seen:
                self._put_back(target, path)
            return target
        raise AssertionError

    def _put_back(self, target: Path, path: Path) -> None:
        """At the last moment another file, or more of this one, has come under its name: that is not ingested yet."""
        try:
            rename_to_free_name(target, path)
        except FileExistsError:
            rename_to_free_name(target, self.folder / target.name)
        raise StillWrittenError(f"{path} changed when it was put away; it is read again")


def prefix(day: date, sha256: str | None) -> str:
    """How the name of a file begins that is put away."""
    return f"{day}-{sha256[:12]}" if sha256 else f"{day}"


def _with_text_name(path: Path) -> Path:
    """The same file; when its name is no UTF-8, which no database can keep, under one that is."""
    text = os.fsencode(path.name).decode(errors="replace")
    if text == path.name:
        return path
    rename_to_free_name(path, path.with_name(text))
    return path.with_name(text)
