"""The fingerprint: when are two deliveries the same article?

    sha256( norm(publication) | date as YYYY-MM-DD | norm(text) )      joined by "|", UTF-8, hex

where `text` is title and body, each stripped, joined by a blank line, and `norm` collapses runs of white space to one
space, strips, and lower-cases by `str.lower()`. This is the rule of every existing LokDarpan database: any change to
it, however small, would deliver their whole archive again as new.
"""

import hashlib
from datetime import date
from functools import lru_cache

ASCII_SPACE_BUT_BLANK = b"\t\n\v\f\r\x1c\x1d\x1e\x1f"


def article_text(title: str | None, body: str | None) -> str:
    """Title and body, each stripped, joined by a blank line; whichever is there if only one is; else empty."""
    parts = ((title or "").strip(), (body or "").strip())
    return "\n\n".join(part for part in parts if part)


def fold(text: str) -> str:
    """`norm` above: " ".join(text.split()).lower(), but most text has single blanks only, and that is cheap to see."""
    if _has_single_blanks(text):
        return text.strip(" ").lower()
    return " ".join(text.split()).lower()


def _has_single_blanks(text: str) -> bool:
    if text.isascii():
        raw = text.encode()
        return b"  " not in raw and len(raw.translate(None, ASCII_SPACE_BUT_BLANK)) == len(raw)
    return text.isprintable() and "  " not in text  # no white space but U+0020 is printable


@lru_cache(maxsize=4096)
def _head(publication: str, published_on: date) -> bytes:
    return f"{fold(publication)}|{published_on.isoformat()}|".encode()


def fingerprint(publication: str, published_on: date, text: str) -> str:
    """The sha256 of one article as 64 hex digits; `text` is what `article_text` gives.

    Raises UnicodeEncodeError when the text holds a lone surrogate.
    """
    # Line by line: the line ends alone would send every article the slow way.
    folded = " ".join(line for line in map(fold, text.split("\n")) if line)
    return hashlib.sha256(_head(publication, published_on) + folded.encode()).hexdigest()
