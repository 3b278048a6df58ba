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

ASCII = bytes(range(0x80))
CONTINUATION = bytes(range(0x80, 0xC0))
FOLD_ASCII = bytes.maketrans(b"\t\n\v\f\r\x1c\x1d\x1e\x1f" + bytes(range(65, 91)), b" " * 9 + bytes(range(97, 123)))


def _is_plain(code: int) -> bool:
    return chr(code).lower() == chr(code) and not chr(code).isspace()


# First bytes in UTF-8 after which no letter has a case and nothing is white space: so it is in all scripts of India, in
# Arabic and Urdu. After E2 stand quotation marks, dashes and the rupee sign, but also some blanks and letters.
PLAIN_FIRST_BYTES = bytes(
    first
    for first, codes in {
        **{0xC0 + high: range(high << 6, high + 1 << 6) for high in range(2, 32)},
        0xE0: range(0x800, 0x1000),
    }.items()
    if all(map(_is_plain, codes))
)
NOT_PLAIN_AFTER_E2 = re.compile(
    b"\xe2(?:%s)" % b"|".join(chr(code).encode()[1:] for code in range(0x2000, 0x3000) if not _is_plain(code))
)
PASSED_OVER = ASCII + CONTINUATION + PLAIN_FIRST_BYTES


def article_text(title: str | None, body: str | None) -> str:
    """Title and body, each stripped, joined by a blank line; whichever is there if only one is; else empty."""
    title, body = (title or "").strip(), (body or "").strip()
    return f"{title}\n\n{body}" if title and body else title or body


def fold(text: str) -> bytes:
    """`norm` above, in UTF-8: " ".join(text.split()).lower().encode(). In almost all text only ASCII has letters with a
    case and white space, and then folding its bytes is several times as fast.

    Raises UnicodeEncodeError when the text holds a lone surrogate.
    """
    raw = text.encode()
    if not (text.isascii() or _only_ascii_folds(raw)):
        return " ".join(text.split()).lower().encode()
    raw = raw.replace(b"\n\n", b"\n").translate(FOLD_ASCII)  # almost all have an empty line, and few have other runs
    while b"  " in raw:
        raw = raw.replace(b"  ", b" ")
    return raw.strip(b" ")


def _only_ascii_folds(raw: bytes) -> bool:
    others = raw.translate(None, PASSED_OVER)
    if not others:
        return True
    return not others.strip(b"\xe2") and not NOT_PLAIN_AFTER_E2.search(raw)


@lru_cache(maxsize=4096)
def _head(publication: str, published_on: date) -> bytes:
    return b"%s|%s|" % (fold(publication), published_on.isoformat().encode())


def fingerprint(publication: str, published_on: date, text: str) -> str:
    """The sha256 of one article as 64 hex digits; `text` is what `article_text` gives.

    Raises UnicodeEncodeError when the text holds a lone surrogate.
    """
    return hashlib.sha256(_head(publication, published_on) + fold(text)).hexdigest()
