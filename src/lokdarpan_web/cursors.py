"""Where a page ended, as text for the next request.

A cursor belongs to one question: it carries a short hash of itself and of what was asked, so that one that was cut,
altered or taken to another question is told from one that leads on. It is no secret and grants nothing.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from lokdarpan_core import ParameterError, Place

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLACE = struct.Struct(">qq")  # microseconds since the epoch, id
HASH_BYTES = 8
LENGTH = 32  # characters


def encode(place: Place, question: Sequence[object]) -> str:
    """The cursor of a place in the answer to a question."""
    packed = PLACE.pack((place.at - EPOCH) // timedelta(microseconds=1), place.id)
    return base64.urlsafe_b64encode(packed + _hash(packed, question)).decode()


def decode(text: str, question: Sequence[object]) -> Place:
    """The place that a cursor of the same question means. Raises ParameterError."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    packed, checked = raw[: PLACE.size], raw[PLACE.size :]
    if len(packed) != PLACE.size or checked != _hash(packed, question):
        raise ParameterError("This cursor is none of this question's: take it from the link to the next page", "cursor")
    microseconds, id = PLACE.unpack(packed)
    return Place(EPOCH + timedelta(microseconds=microseconds), id)


def _hash(packed: bytes, question: Sequence[object]) -> bytes:
    return hashlib.blake2b(packed + repr(question).encode(errors="replace"), digest_size=HASH_BYTES).digest()
