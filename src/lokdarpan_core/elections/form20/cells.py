"""What a cell says: a number, a serial, a word.

Cells are text, whichever file they come from. Numbers come in Indian (1,13,379) and Western (113,379) groups, in the
digits of any script, and as floats (502.0) where a spreadsheet held them. What could be two readings is none: `12 345`
may be two cells that an extraction ran together, so it is no number.
"""

import re
import unicodedata
from functools import lru_cache

ABSURD = 10_000_000  # no column of one segment sums to that; what is larger is no count of votes
EMPTY = frozenset(
    {"", "-", "--", "---", "–", "—", "−", "_", ".", "*", "na", "n/a", "n.a", "n.a.", "#n/a", "nan", "none", "null"}
)
NOUGHT = frozenset({"nil", "zero", "शून्य", "निरंक"})

_GROUPED = re.compile(r"(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(\.\d+)?")
_NEGATIVE = re.compile(r"[-−–(]\s*\d[\d,.]*\)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_MARKS = re.compile(r"[\s.,:;!?()\[\]{}<>|\"'`’‘“”/\\_*#&+=\-–—]+")
_SERIAL = re.compile(
    r"[^\W\d_]{0,4}[\s.\-/#]*\d{1,6}(?:\s*[-/ .(\[]?\s*[^\W\d_]{1,4}\s*[)\]]?|\s*[-/ .(\[]\s*\d{1,6}\s*[)\]]?){0,2}"
)
_INITIALS = re.compile(r"\b(?:[a-z]\.){1,6}[a-z]\b\.?")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")


class NotANumberError(ValueError):
    """A cell that should hold a count of votes does not; `code` is that of the finding."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@lru_cache(maxsize=1 << 16)
def number(cell: str) -> int | None:
    """The count in a cell, or None when it is empty, `NA` or a dash. Raises NotANumberError."""
    text = cell.strip().translate(_INVISIBLE).lstrip("'")
    if text.isdecimal() and len(text) < 8:
        return int(text)
    if text.lower() in EMPTY:
        return None
    if text.lower() in NOUGHT:
        return 0
    if match := _GROUPED.fullmatch(text):
        return _counted(text, match[1] or "")
    shown = text if len(text) <= 40 else text[:39] + "…"
    if _NEGATIVE.fullmatch(text):
        raise NotANumberError("negative", f"{shown!r} is negative, where votes are counted")
    raise NotANumberError("no-number", f"{shown!r} is no number")


def _counted(text: str, fraction: str) -> int:
    whole = text.removesuffix(fraction).replace(",", "")
    if any(int(digit) for digit in fraction[1:]):
        raise NotANumberError("fraction", f"{text[:40]} is a fraction, where votes are counted")
    if len(whole) > 20 or int(whole) > ABSURD:
        raise NotANumberError("absurd-number", f"{text[:40]} can't be a count of votes in one segment")
    return int(whole)


def is_number(cell: str) -> bool:
    """Does the cell hold a count?"""
    try:
        return number(cell) is not None
    except NotANumberError:
        return False


def tidied(cell: str) -> str:
    """The cell in one line, for people: white space and line breaks become one space."""
    return " ".join((cell if cell.isascii() else cell.translate(_INVISIBLE)).split())


@lru_cache(maxsize=1 << 12)
def folded(cell: str) -> str:
    """The words of a cell, to compare: compatibility forms, lower case, one space for every run of marks, and letters
    with points as one word (`E.V.M.`)."""
    text = unicodedata.normalize("NFKC", cell).translate(_INVISIBLE).lower()
    text = _INITIALS.sub(lambda match: match[0].replace(".", "") + " ", text)
    return _MARKS.sub(" ", text).strip()


def backwards(cell: str) -> str:
    """The cell's letters from the last to the first."""
    return cell[::-1]


def serial_of(cell: str) -> str:
    """A serial as printed, without the blanks around it, or the `.0` that a spreadsheet gave it."""
    text = tidied(cell).lstrip("'")
    return text.removesuffix(".0") if text.removesuffix(".0").isdecimal() else text


def station_serial(cell: str) -> str:
    """`serial_of`, with १२ as 12: a station is one, whichever digits the sheet of an election is printed in."""
    text = serial_of(cell).rstrip(".")
    return text if text.isascii() else "".join(str(int(one)) if one.isdecimal() else one for one in text)


@lru_cache(maxsize=1 << 12)
def is_serial(cell: str) -> bool:
    """Does it look like a polling station's serial: `12`, `12A`, `12(a)`, `45/12`?"""
    return len(cell) <= 24 and _SERIAL.fullmatch(cell.strip()) is not None


_DAY = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\d(?: 00:00:00)?|\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:-\d\d)?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*-\d{2}",
    re.IGNORECASE,
)


def is_day(serial: str) -> bool:
    """Is it a day, as a spreadsheet makes one of the serial 7-1: `2018-07-01`, `01-Jul`?"""
    return _DAY.fullmatch(serial) is not None


def serial_key(serial: str) -> tuple[int | str, ...]:
    """What is the same in `12A`, `12 (a)` and `012-A`: by this, serials repeat."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", serial).upper())
    return tuple(int(token) if token.isdecimal() else token for token in tokens) or (serial,)


def letter(column: int) -> str:
    """The column's letters in an address, from index 0: A, B, … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
