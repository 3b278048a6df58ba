"""A body on its way to the disk: small ones are kept at hand, larger ones go into the inbox.

A larger one is written under a name that the inbox does not take, and gets its own when its last byte is on the disk,
in one step. So whatever happens to the sender or to us, the inbox has the whole file or none. The name is the hash of
its bytes: the same body again is the same file, and nothing is ever overwritten.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import attrs

from lokdarpan_core import ConflictError, LokDarpanError
from lokdarpan_web.bodies import Body, UnsupportedMediaError

AT_HAND = 1 << 20  # bytes
UNFINISHED, PART = ".upload-", ".part"
FORGOTTEN_S = 3600  # an unfinished file that is older was left behind by a process that was killed
COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # the ingest would unpack them, and no limit would hold


class NoInboxError(ConflictError):
    """A body over 1 MiB goes into the inbox, and this server has none: send less at once, or ask its operator to set
    LOKDARPAN_INBOX."""


class InboxError(LokDarpanError):
    """The inbox can't be written now; nothing was kept of the body. Send it again later."""


@attrs.frozen
class Spooled:
    """A body that has arrived whole: its bytes, or, when there are too many, the unfinished file that has them."""

    sha256: str
    size: int
    content: bytes | None
    part: Path | None

    def put_into(self, inbox: Path) -> Path:
        """Give the unfinished file its name in the inbox. Raises InboxError."""
        assert self.part is not None  # noqa: S101 (only larger bodies go there)
        target = inbox / f"upload-{self.sha256[:32]}.jsonl"
        try:
            _named(self.part, target)
            _sync_folder(inbox)
        except OSError as error:
            raise InboxError(f"{InboxError.__doc__} ({error.strerror})") from error
        return target


@contextmanager
def spooled(body: Body, inbox: Path | None) -> Iterator[Spooled]:
    """Read a body to its end. The unfinished file, if there is one, goes with this block.

    Raises NoInboxError, InboxError, UnsupportedMediaError for compressed content, and what reading a body raises.
    """
    content, hashed, part = bytearray(), hashlib.sha256(), None
    if body.length is not None and body.length > AT_HAND and inbox is None:
        raise NoInboxError
    try:
        pieces = body.pieces()
        for piece in pieces:
            hashed.update(piece)
            content += piece
            if len(content) >= len(COMPRESSED[1]) and content.startswith(COMPRESSED):
                raise UnsupportedMediaError("The body is compressed: send the lines of JSON as they are")
            if len(content) > AT_HAND:
                if inbox is None:
                    raise NoInboxError
                part = _part(inbox)
                _write(part, bytes(content), pieces, hashed)
        whole = None if part else bytes(content)
        yield Spooled(hashed.hexdigest(), body.taken, whole, part)
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _part(inbox: Path) -> Path:
    """A name for an unfinished file. Those that were left behind long ago go."""
    with suppress(OSError):
        for old in inbox.glob(f"{UNFINISHED}*{PART}"):
            if time.time() - old.stat().st_mtime > FORGOTTEN_S:
                old.unlink(missing_ok=True)
    return inbox / f"{UNFINISHED}{secrets.token_hex(8)}{PART}"


def _write(part: Path, begun: bytes, pieces: Iterator[bytes], hashed: "hashlib._Hash") -> None:
    with _opened(part) as file:
        _put(file, begun)
        for piece in pieces:
            hashed.update(piece)
            _put(file, piece)
        with _as_inbox_error():
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _opened(part: Path) -> Iterator[BinaryIO]:
    with _as_inbox_error():
        file = part.open("xb")
    try:
        yield file
    finally:
        with suppress(OSError):  # a full disk; what has to be there was synced
            file.close()


def _put(file: BinaryIO, piece: bytes) -> None:
    with _as_inbox_error():
        file.write(piece)


@contextmanager
def _as_inbox_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InboxError(f"{InboxError.__doc__} ({error.strerror})") from error


def _named(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except FileExistsError:
        return  # the same bytes, by its name
    except OSError:  # a file system without second names
        if not target.exists():
            part.rename(target)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every system can
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
