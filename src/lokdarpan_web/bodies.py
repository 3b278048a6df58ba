"""What a request brings: read in pieces, never more than the limit, and never taken for whole when it broke off."""

from collections.abc import Collection, Iterator
from typing import Any

import falcon

from lokdarpan_core import LokDarpanError

MOST_BYTES = 16 * 1024 * 1024
PIECE = 64 * 1024
UNWANTED_BYTES = 1024 * 1024


class TooLargeError(LokDarpanError):
    """The body is larger than is taken."""


class BrokenBodyError(LokDarpanError):
    """The body broke off before its end: nothing of it was used. Send it again."""


class UnsupportedMediaError(LokDarpanError):
    """The body is of a kind that is not taken."""


class Body:
    """The body of one request. `length` is what was announced, None for one that comes in chunks."""

    def __init__(self, stream: Any, length: int | None, most: int = MOST_BYTES) -> None:
        self._stream, self.length, self._most = stream, length, most
        self.taken = 0
        if length is not None and length > most:
            raise self._too_large()

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, or all that is left; none at the end. Raises TooLargeError and BrokenBodyError."""
        if size < 0:
            return b"".join(self.pieces())
        if self.length is not None:
            size = min(size, self.length - self.taken)
        if size == 0:
            return b""
        piece = self._read(size)
        self.taken += len(piece)
        if self.taken > self._most:
            raise self._too_large()
        if not piece and self.length is not None:
            raise BrokenBodyError(
                f"The body broke off after {self.taken} of {self.length} bytes: nothing of it is kept"
            )
        return piece

    def pieces(self) -> Iterator[bytes]:
        """The body, in pieces of at most 64 KiB. Raises as `read`."""
        while piece := self.read(PIECE):
            yield piece

    def _read(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except Exception as error:  # what a server's stream raises is its own affair
            raise BrokenBodyError from error

    def _too_large(self) -> TooLargeError:
        _drain(self._stream, self._most)
        return TooLargeError(f"The body is larger than {self._most} bytes: send it in parts")


def drain(req: falcon.Request) -> None:
    """Read on, within bounds, what nobody wants: a sender that is cut off would never see our answer."""
    _drain(_stream(req), UNWANTED_BYTES)


def _drain(stream: Any, most: int) -> None:
    try:
        while most > 0 and (piece := stream.read(PIECE)):
            most -= len(piece)
    except Exception:  # noqa: BLE001 (what a server's stream raises is its own affair)
        return


def _stream(req: falcon.Request) -> Any:
    """Bounded by what was announced; one that comes in chunks is bounded by the server."""
    is_ended = _is_chunked(req) or req.env.get("wsgi.input_terminated")
    return req.stream if is_ended else req.bounded_stream


def _is_chunked(req: falcon.Request) -> bool:
    return "chunked" in req.env.get("HTTP_TRANSFER_ENCODING", "").lower()


def open_body(req: falcon.Request, media: Collection[str], most: int = MOST_BYTES) -> Body:
    """The body of a request, if it is of one of these media types. Raises UnsupportedMediaError and TooLargeError."""
    kind = (req.content_type or "").partition(";")[0].strip().lower()
    if kind not in media:
        said = f"is {kind[:60]!r}" if kind else "is missing"
        raise UnsupportedMediaError(f"The Content-Type {said}; taken are {', '.join(media)}")
    encoding = req.env.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMediaError(f"The Content-Encoding {encoding[:60]!r} is not taken: send the body as it is")
    length = req.content_length
    return Body(_stream(req), length if _is_chunked(req) or length is not None else 0, most)
