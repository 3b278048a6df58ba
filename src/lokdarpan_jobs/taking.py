"""Take one file of the inbox in: ingest it, then put it away. A worker may die at any line of this."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import msgspec
from sqlalchemy import Engine

from lokdarpan_core import SourceError, follow_up, ingest_jsonl, to_json, today
from lokdarpan_jobs.inbox import Inbox, PathRefusedError, StillWrittenError, identity, prefix

Noted = dict[str, Any]


def as_json(record: Any) -> Any:
    """A record as the ledger keeps it."""
    return msgspec.json.decode(to_json(record))


@attrs.frozen
class Taking:
    """What it takes: `day` is the job's own, the same at every attempt; `note` remembers a result in the ledger, and
    `noted` is what an earlier attempt has remembered."""

    engine: Engine
    inbox: Inbox
    day: date
    note: Callable[[Noted], None]
    noted: Callable[[], Any]

    def take(self, path: Path, also_create_posts: bool) -> Noted:
        """Ingest a file, find its articles' stories, and put it away. Returns the report and where the file is now.

        Raises StillWrittenError when it changed meanwhile, PathRefusedError when it is put away already or is gone, and
        the errors of `ingest_jsonl` but for SourceError: such a file is put aside.
        """
        seen = identity(path)
        if seen is None:
            return self._gone(path)
        if self.inbox.confined(path) != path:
            raise PathRefusedError(f"{path} has become a link since it was queued")
        if path.is_dir():
            raise PathRefusedError(f"{path} is a folder; a job of the kind ingest_epaper_dir reads the files in it")
        if self.inbox.is_put_away(path):
            raise PathRefusedError(f"{path} was put away: to ingest it again, move it back into {self.inbox.folder}")
        try:
            report = ingest_jsonl(
                self.engine, path, also_create_posts=also_create_posts, today=today(self.inbox.timezone)
            )
        except SourceError as error:
            return self._unreadable(path, seen, error)
        follow_up(self.engine, report.id)
        if (now := identity(path)) != seen:
            if now is None:
                return self._gone(path)
            raise StillWrittenError(f"{path} changed while it was read; it is read again when it has stopped growing")
        result = as_json(report)
        name = prefix(self.day, report.content_sha256)
        moved = self.inbox.keep(path, seen, name, self._noter(result))
        return {**result, "moved_to": str(moved)}

    def _unreadable(self, path: Path, seen: tuple[int, int, int, int], error: SourceError) -> Noted:
        if (now := identity(path)) != seen:
            if now is None:
                return self._gone(path)
            raise StillWrittenError from error
        result = {"source": str(path), "state": "failed", "error": str(error)}
        name = prefix(self.day, _sha256(path))
        moved = self.inbox.put_aside(path, seen, name, self._noter(result), reason=str(error))
        return {**result, "moved_to": str(moved)}

    def _gone(self, path: Path) -> Noted:
        noted = self.noted()
        if isinstance(noted, dict) and noted.get("source") == str(path) and Path(noted["moved_to"]).exists():
            return noted
        raise PathRefusedError(f"{path} is not there any more")

    def _noter(self, result: Noted) -> Callable[[Path], None]:
        return lambda target: self.note({**result, "moved_to": str(target)})


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
