"""A file of articles as a stream of lines, each with its number and its place.

A file is what its bytes are: it is hashed as it lies on disk, and what it is (plain, gzip, Zstandard) is seen from its
first bytes, not from its name. Memory is bounded by one line: a line over the limit is passed by, never held.
"""

import gzip
import hashlib
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple, cast

import attrs

from lokdarpan_core.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINE_LIMIT = 4 << 20
CHUNK = 1 << 18
GZIP_MAGIC, ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Line(NamedTuple):
    """One line without its LF. `number` counts from 1, `offset` is its first byte's in the decompressed stream, `end`
    where the next line begins; `raw` is None for a line over the limit of 4 MiB, of `length` bytes."""

    number: int
    offset: int
    length: int
    raw: bytes | None
    end: int


@attrs.frozen
class Source:
    """An open file: `name` for people, `sha256` and `size` of its bytes on disk."""

    name: str
    sha256: str
    size: int
    _file: BufferedIOBase = attrs.field(repr=False)
    _stat: tuple[int, int] = attrs.field(repr=False)

    def lines(self, offset: int = 0, number: int = 0) -> Iterator[Line]:
        """The lines from an offset in the decompressed stream on; `number` lines lie before it.

        Raises SourceError when the stream breaks off or is corrupt, after all the lines that can be read, and when
        the file changed under the reader.
        """
        stream = self._decompressed()
        try:
            stream.seek(offset)  # of a compressed stream: read and let go
            yield from _split(stream, offset, number)
        except (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError, OSError) as error:
            raise SourceError(f"{self.name} can't be read to its end: {error}") from error
        if _identity(self._file) != self._stat:
            raise SourceError(f"{self.name} changed while it was read: ingest it again when it is complete")

    def position(self) -> int:
        """How many of the `size` bytes on disk have been read."""
        return min(os.lseek(self._file.fileno(), 0, os.SEEK_CUR), self.size)

    def _decompressed(self) -> BufferedIOBase:
        self._file.seek(0)
        magic = self._file.read(4)
        self._file.seek(0)
        if magic.startswith(GZIP_MAGIC):
            return gzip.GzipFile(fileobj=self._file, mode="rb")
        if magic == ZSTD_MAGIC:
            return zstd.ZstdFile(self._file)
        return self._file


@contextmanager
def open_source(path: Path | str) -> Iterator[Source]:
    """Open a file, or standard input for `-`, which is spooled to a temporary file first.

    So is a named pipe. Raises SourceError when there is no such file or it can't be read.
    """
    with ExitStack() as stack:
        name = "standard input" if str(path) == "-" else str(path)
        file = stack.enter_context(_opened(path))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file = stack.enter_context(_spooled(file))  # a pipe can be read once only
        identity = _identity(file)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        yield Source(name, sha256, identity[0], file, identity)


def _opened(path: Path | str) -> BufferedIOBase:
    try:
        return open(sys.stdin.fileno() if str(path) == "-" else path, "rb", closefd=str(path) != "-")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


@contextmanager
def _spooled(stream: BufferedIOBase) -> Iterator[BufferedIOBase]:
    with tempfile.TemporaryFile(prefix="lokdarpan-") as file:
        while chunk := stream.read(CHUNK):
            file.write(chunk)
        file.seek(0)
        yield cast("BufferedIOBase", file)


def _identity(file: BufferedIOBase) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _split(stream: BufferedIOBase, offset: int, number: int) -> Iterator[Line]:
    rest, passed = b"", 0  # the beginning of a line; how much of an over-long one was let go already
    while chunk := stream.read1(CHUNK):
        first, *others = chunk.split(b"\n")
        rest += first
        for part in others:
            number += 1
            yield _line(number, offset, rest, passed, newline=1)
            offset += passed + len(rest) + 1
            rest, passed = part, 0
        if passed + len(rest) > LINE_LIMIT:
            passed, rest = passed + len(rest), b""
    if rest or passed:
        yield _line(number + 1, offset, rest, passed, newline=0)


def _line(number: int, offset: int, rest: bytes, passed: int, newline: int) -> Line:
    length = passed + len(rest)
    return Line(number, offset, length, rest if length <= LINE_LIMIT else None, offset + length + newline)
