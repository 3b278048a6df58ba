"""The fingerprint: when are two deliveries the same article?

    sha256( norm(publication) | date as YYYY-MM-DD | norm(text) )      joined by "|", UTF-8, hex

where `text` is title and body, each stripped, joined by a blank line, and `norm` collapses runs of white space to one
space, strips, and lower-cases by `str.lower()`. This is the rule of every existing LokDarpan database: any change to
it, however small, would deliver their whole archive again as new.
"""

import hashlib
import re
from datetime import date
from functools import lru_cache
from itertools import groupby

UNSURE = 0


def _is_plain(code: int) -> bool:
    return chr(code).lower() == chr(code) and not chr(code).isspace()


def _table() -> bytes:
    """Byte for byte: ASCII folded, but for line ends; what can begin a letter that is not plain (it has a case, or is
    white space) is UNSURE. All letters of India's scripts and of Urdu are plain, and nearly all that begin with E2."""
    first_bytes = {0xC0 + high: range(high << 6, high + 1 << 6) for high in range(2, 32)} | {0xE0: range(0x800, 0x1000)}
    sure = {first for first, codes in first_bytes.items() if all(map(_is_plain, codes))} | {0xE2}
    ascii_folded = (" " if chr(code).isspace() and chr(code) != "\n" else chr(code).lower() for code in range(0x80))
    others = bytes(byte if byte < 0xC0 or byte in sure else UNSURE for byte in range(0x80, 0x100))
    return "".join(ascii_folded).encode() + others


def _not_plain_after_e2() -> re.Pattern[bytes]:
    letters = [chr(code).encode() for code in range(0x2000, 0x3000) if not _is_plain(code)]
    last_bytes = {
        first: b"".join(b"\\x%02x" % one[2] for one in group) for first, group in groupby(letters, lambda one: one[:2])
    }
    return re.compile(b"|".join(first + b"[" + last + b"]" for first, last in last_bytes.items()))


FOLDED, NOT_PLAIN_AFTER_E2 = _table(), _not_plain_after_e2()


def article_text(title: str | None, body: str | None) -> str:
    """Title and body, each stripped, joined by a blank line; whichever is there if only one is; else empty."""
    title, body = (title or "").strip(), (body or "").strip()
    return f"{title}\n\n{body}" if title and body else title or body


def fold(text: str) -> bytes:
    """`norm` above, in UTF-8: " ".join(text.split()).lower().encode(). In almost all text only ASCII has letters with a
    case and white space, and then folding its bytes is several times as fast.

    Raises UnicodeEncodeError when the text holds a lone surrogate.
    """
    folded = text.encode().translate(FOLDED)
    if UNSURE in folded or NOT_PLAIN_AFTER_E2.search(folded):
        return " ".join(text.split()).lower().encode()
    folded = b" ".join([line for part in folded.split(b"\n") if (line := part.strip(b" "))])
    while b"  " in folded:
        folded = folded.replace(b"  ", b" ")
    return folded


@lru_cache(maxsize=4096)
def _head(publication: str, published_on: date) -> bytes:
    return b"%s|%s|" % (fold(publication), published_on.isoformat().encode())


def fingerprint(publication: str, published_on: date, text: str) -> str:
    """The sha256 of one article as 64 hex digits; `text` is what `article_text` gives.

    Raises UnicodeEncodeError when the text holds a lone surrogate.
    """
    return hashlib.sha256(_head(publication, published_on) + fold(text)).hexdigest()
