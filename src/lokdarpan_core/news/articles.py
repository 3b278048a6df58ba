"""One line of a file, read strictly: an `Article`, or a `Reject` that says why not.

Nothing is guessed. A date that is missing or impossible is a reject, never "today"; a key that stands twice is a
reject, since nobody can know which was meant; a character that PostgreSQL can't store is a reject, not a gap.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import attrs
import msgspec

from lokdarpan_core.errors import ParameterError
from lokdarpan_core.news.fingerprint import article_text, fingerprint

NAME_LIMIT = 500
BOM = b"\xef\xbb\xbf"
FIRST_YEAR, LAST_YEAR = 1780, 2100  # the first newspaper of India is of 1780

REASONS = {
    "bad-json": "the line is no JSON, is nested too deep, or has a key twice",
    "not-an-object": "the line is JSON, but no object",
    "missing-field": "publication_name is missing or blank",
    "missing-date": "publication_date is missing or blank",
    "bad-date": "publication_date is no date, before 1780, after 2100, or later than tomorrow",
    "bad-type": "a field is not text",
    "empty-text": "title and body are both missing or blank",
    "field-too-long": f"a name is longer than {NAME_LIMIT} characters",
    "nul-character": "a field holds U+0000, which PostgreSQL can't store",
    "bad-encoding": "the line is not UTF-8, or holds half of a surrogate pair",
    "line-too-long": "the line is over 4 MiB; its place and length are kept, its bytes are not",
}

NAMES = ("publication_name", "author", "city", "party", "emotion", "language")
TEXTS = ("title", "body", "url")
KEYS = frozenset((*NAMES, *TEXTS, "publication_date"))


@attrs.frozen(slots=True)
class Article:
    """One article, ready for the archive. `text` is the text of the fingerprint; `city` and others may be None."""

    sha256: str
    publication_name: str
    publication_date: date
    title: str | None
    text: str
    city: str | None = None
    party: str | None = None
    language: str | None = None
    url: str | None = None
    author: str | None = None
    emotion: str | None = None
    date_guessed: bool = False


@attrs.frozen(slots=True)
class Reject:
    """One line that could not be used: a stable `reason` (see REASONS), its place, and its exact bytes."""

    line: int
    byte_offset: int
    byte_length: int
    reason: str
    detail: str | None
    raw: bytes | None = attrs.field(repr=False)


class Unusable(Exception):  # noqa: N818 (it never leaves this package: it becomes a Reject)
    """Why a line can't be used: reason code and detail."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@attrs.frozen
class Decoder:
    """How lines are read: `tomorrow` is the last date that is believed; `default_date` replaces one that is missing
    or impossible, and is set only when a person replays rejects."""

    tomorrow: date
    default_date: date | None = None

    def decode(self, raw: bytes) -> tuple[Article, Iterable[str]]:
        """The article of one line, and the keys in it that are not ours. Raises Unusable."""
        record = _object(raw[3:] if raw.startswith(BOM) else raw)
        if b"\\u0000" in raw and any("\0" in value for value in record.values() if isinstance(value, str)):
            raise Unusable("nul-character", r"written as \u0000")
        return self._article(record), () if record.keys() <= KEYS else record.keys() - KEYS

    def _article(self, record: dict[str, Any]) -> Article:
        publication, author, city, party, emotion, language = (_name(record, key) for key in NAMES)
        title, body, url = (_text(record, key) for key in TEXTS)
        if publication is None:
            raise Unusable("missing-field", "publication_name")
        published_on, guessed = self._date(record.get("publication_date"))
        text = article_text(title, body)
        if not text:
            raise Unusable("empty-text")
        sha256 = fingerprint(publication, published_on, text)
        return Article(
            sha256, publication, published_on, title, text, city, party, language, url, author, emotion, guessed
        )

    def _date(self, value: object) -> tuple[date, bool]:
        try:
            return _believed(value, self.tomorrow), False
        except Unusable:
            if self.default_date is None:
                raise
            return self.default_date, True


_parse = msgspec.json.Decoder().decode


def _object(raw: bytes) -> dict[str, Any]:
    try:
        record = _parse(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        record = _object_slowly(raw)  # it may be JSON all the same: msgspec takes no number over 64 bits
    if not isinstance(record, dict):
        raise Unusable("not-an-object", f"the line is {_kind(record)}")
    # Keys and values of an object without doubles have a known number of quotes: most lines need no second look.
    quotes = 2 * len(record) + 2 * len([value for value in record.values() if type(value) is str])
    if (found := raw.count(b'"')) != quotes and (b"\\\\" in raw or found - raw.count(b'\\"') != quotes):
        _object_slowly(raw)
    return record


def _object_slowly(raw: bytes) -> Any:
    """The standard library's reading, which sees keys that stand twice. Raises Unusable with the exact reason."""
    try:
        record = json.loads(
            raw.decode(), object_pairs_hook=_without_doubles, parse_int=float, parse_constant=_no_constant
        )
        if isinstance(record, dict):
            "".join(value for key, value in record.items() if key in KEYS and isinstance(value, str)).encode()
        return record
    except RecursionError:
        raise Unusable("bad-json", "nested too deep") from None
    except UnicodeEncodeError:
        raise Unusable("bad-encoding", "half of a surrogate pair") from None
    except UnicodeDecodeError as error:
        utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        hint = "; it looks like UTF-16" if utf16 else ""
        raise Unusable("bad-encoding", f"byte {error.start} of the line: {error.reason}{hint}") from None
    except ValueError as error:
        if b"\0" in raw:
            raise Unusable("nul-character", "a NUL byte") from None
        raise Unusable("bad-json", str(error)[:200]) from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Unusable("bad-json", f"the key {next(k for k in keys if keys.count(k) > 1)[:80]!r} stands twice")
    return record


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _text(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unusable("bad-type", f"{key} is {_kind(value)}, not text")
    return value.strip() or None


def _name(record: dict[str, Any], key: str) -> str | None:
    value = _text(record, key)
    if value is not None and len(value) > NAME_LIMIT:
        raise Unusable("field-too-long", f"{key} has {len(value):,} characters; {NAME_LIMIT} are allowed")
    return value


def _kind(value: object) -> str:
    kinds = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "an array",
        dict: "an object",
        str: "text",
    }
    return kinds.get(type(value), "null")


def _believed(value: object, tomorrow: date) -> date:
    if value is None or value == "":
        raise Unusable("missing-date")
    if not isinstance(value, str):
        raise Unusable("bad-type", f"publication_date is {_kind(value)}, not text")
    day = parse_date(value)
    if day is None:
        raise Unusable("missing-date" if not value.strip() else "bad-date", repr(value[:80]))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unusable("bad-date", f"{day} is outside {FIRST_YEAR} to {LAST_YEAR}")
    if day > tomorrow:
        raise Unusable("bad-date", f"{day} has not come yet")
    return day


ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9]{2}:?[0-9]{2}.{0,30})?", re.DOTALL)
INDIAN = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})")


@lru_cache(maxsize=4096)
def parse_date(text: str) -> date | None:
    """The date of `YYYY-MM-DD`, `DD-MM-YYYY`, `DD/MM/YYYY` or an ISO datetime, which keeps its written date; None if
    it is none of them."""
    text = text.strip()
    try:
        if found := ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := INDIAN.fullmatch(text):
            return date(int(found[4]), int(found[3]), int(found[1]))
    except ValueError:
        pass
    return None


def decoder(today: date, default_date: date | None = None) -> Decoder:
    """A decoder for a day in the operator's zone: dates up to the day after it are believed.

    Raises ParameterError for a default date that would not be believed in a line.
    """
    tomorrow = today + timedelta(days=1)
    if default_date is not None and not (date(FIRST_YEAR, 1, 1) <= default_date <= tomorrow):
        message = f"The default date {default_date} should be a day from {FIRST_YEAR} to tomorrow ({tomorrow})"
        raise ParameterError(message, "default_date")
    return Decoder(tomorrow, default_date)
