"""The times in which no forecast may be shown, and nothing that gives one away.

Laws and orders set them (docs/embargo.md names them), the operator writes them down, and everything that shows a
forecast asks here first. A window holds from its start and is over at its end: `start <= now < end`. Windows may
overlap.

They come from a file or a setting, as TOML or JSON:

    [[window]]
    start = 2025-11-06T07:00:00+05:30
    end = 2025-11-11T18:30:00+05:30
    authority = "Election Commission of India"
    order = "576/EXIT/2025/SDR/Vol.I"
    text = "No exit polls in the Jubilee Hills by-election."
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from lokdarpan_core.errors import LokDarpanError, SettingsError
from lokdarpan_core.timestamps import as_utc

FIELDS = ("start", "end", "authority", "order", "text")


@attrs.frozen
class Embargo:
    """One window: aware UTC times, who ordered it, the order's number, and its text for readers."""

    start: datetime
    end: datetime
    authority: str
    order: str
    text: str

    def holds(self, now: datetime) -> bool:
        """Whether that moment (aware) is in the window."""
        return self.start <= as_utc(now) < self.end

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC ({self.authority}, {self.order})"


class EmbargoError(LokDarpanError):
    """Forecasts may not be shown now: an order forbids it."""

    def __init__(self, message: str | None = None, windows: Iterable[Embargo] = ()) -> None:
        super().__init__(message)
        self.windows = tuple(windows)


def read_embargo(path: Path) -> tuple[Embargo, ...]:
    """The windows of a TOML or JSON file, in order of their start. Raises SettingsError for one that can't be read."""
    try:
        return parse_embargo(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise SettingsError(f"The embargo file {path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"The embargo file {path} is not UTF-8") from None


def parse_embargo(text: str, source: str = "the embargo setting") -> tuple[Embargo, ...]:
    """The windows of TOML or JSON text, in order of their start; none for blank text. `source` names it in messages.

    Raises SettingsError, which says what is wrong in which window: a field that is missing or unknown, a time without
    its zone, an end that is not after its start.
    """
    windows = [_window(entry, f"{source}, window {number}") for number, entry in enumerate(_entries(text, source), 1)]
    return tuple(sorted(windows, key=lambda one: (one.start, one.end)))


def active(windows: Iterable[Embargo], now: datetime) -> tuple[Embargo, ...]:
    """Those that hold at that moment (aware)."""
    return tuple(window for window in windows if window.holds(now))


def next_change(windows: Iterable[Embargo], now: datetime) -> datetime | None:
    """When the next window starts or ends, so that no copy of an answer is kept beyond it. None if none does."""
    moment = as_utc(now)
    later = [time for window in windows for time in (window.start, window.end) if time > moment]
    return min(later, default=None)


def forbid(windows: Iterable[Embargo], now: datetime) -> None:
    """Raise EmbargoError, with the windows, if any holds at that moment; ask before a forecast is even read."""
    holding = active(windows, now)
    if holding:
        until = max(window.end for window in holding)
        orders = "; ".join(f"{window.authority}, {window.order}: {window.text}" for window in holding)
        raise EmbargoError(f"Forecasts may not be shown before {until:%Y-%m-%d %H:%M} UTC. {orders}", holding)


def _entries(text: str, source: str) -> Sequence[Any]:
    if not text.strip():
        return ()
    try:
        found = json.loads(text) if _is_json(text) else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{source} is neither TOML nor JSON: {error}") from None
    if isinstance(found, Mapping):
        unknown = sorted(set(found) - {"window"})
        if unknown:
            raise SettingsError(f"{source} has {unknown[0]!r}; it holds `window` entries and nothing else")
        found = found.get("window", ())
    if not isinstance(found, list | tuple):
        raise SettingsError(f"{source} holds no list of windows; expected [[window]] entries")
    return found


def _is_json(text: str) -> bool:
    start = "".join(text.split())[:2]
    return start.startswith("{") or start in {"[{", "[]"}


def _window(entry: Any, where: str) -> Embargo:
    if not isinstance(entry, Mapping):
        raise SettingsError(f"{where} is no table of {', '.join(FIELDS)}")
    unknown = sorted(set(entry) - set(FIELDS))
    if unknown:
        raise SettingsError(f"{where} has {unknown[0]!r}; a window has {', '.join(FIELDS)}")
    for name in FIELDS:
        if name not in entry or entry[name] == "":
            raise SettingsError(f"{where} has no {name!r}; a window has {', '.join(FIELDS)}")
    for name in ("authority", "order", "text"):
        if not isinstance(entry[name], str):
            raise SettingsError(f"{where}: {name!r} is {entry[name]!r}, but should be a text")
    start, end = (_time(entry[name], f"{where}: {name!r}") for name in ("start", "end"))
    if end <= start:
        raise SettingsError(f"{where} ends at {entry['end']}, which is not after its start {entry['start']}")
    return Embargo(start, end, entry["authority"], entry["order"], entry["text"])


def _time(value: Any, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(time, datetime):
            raise TypeError
        return as_utc(time)
    except (TypeError, ValueError):
        said = " ".join(str(value).split())
        raise SettingsError(f"{where} is {said}; expected a time with its zone: 2025-11-06T07:00:00+05:30") from None
