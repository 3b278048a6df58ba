"""What the page says, in the reader's language: one catalogue for each, and numbers and days as people write them.

A text is asked for by its name, `ward.electors`, and may have places for values: `{count} of {all}`. Catalogues are
TOML files beside this module; that each has every text, with the same places, is what a test holds them to. What
articles say is never translated.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import attrs

LANGUAGES = ("en", "te")
DEFAULT = "en"
MINUS = "\N{MINUS SIGN}"
RIGHT_TO_LEFT = frozenset({"ur", "ar", "fa"})


@attrs.frozen
class Language:
    """One language: its code (BCP 47) and its texts by name."""

    code: str
    texts: Mapping[str, str] = attrs.field(repr=False)

    def __call__(self, name: str, **values: Any) -> str:
        """The text of this name, with the values in their places. Raises KeyError for one that there is not."""
        return self.texts[name].format(**values) if values else self.texts[name]

    def count(self, name: str, number: int) -> str:
        """A number with its noun: the text `name.one` or `name.many`."""
        return self(f"{name}.{'one' if number == 1 else 'many'}", count=self.number(number))

    def has(self, name: str) -> bool:
        """Whether there is such a text."""
        return name in self.texts

    def said(self, group: str, word: str) -> str:
        """The text of a word that data uses, `alert.kind.rise`; the word itself where there is none."""
        return self.texts.get(f"{group}.{word}", word)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with its thousands apart: 1,234.5."""
        return f"{value:,.{digits}f}".replace("-", MINUS)

    def percent(self, value: float, digits: int = 1) -> str:
        """Per cent, of a value in per cent."""
        return f"{self.number(value, digits)} %"

    def points(self, value: float) -> str:
        """Percentage points with their sign: +4.2."""
        return f"{value:+.1f}".replace("-", MINUS)

    def day(self, value: date) -> str:
        """A day in words: 30 June 2026."""
        return f"{value.day} {self.texts[f'month.{value.month}']} {value.year}"

    def moment(self, value: datetime, zone: ZoneInfo) -> str:
        """A time in the zone of the city: 30 June 2026, 14:05."""
        local = value.astimezone(zone)
        return f"{self.day(local.date())}, {local:%H:%M}"

    def chance(self, value: float) -> str:
        """A probability (0 to 1) as people say it: about 7 in 10."""
        if value < 0.025:
            return self("chance.rare")
        if value >= 0.975:
            return self("chance.sure")
        if not 0.075 <= value < 0.925:
            return self("chance.about", count=1 if value < 0.5 else 19, all=20)
        return self("chance.about", count=round(10 * value), all=10)

    def election(self, name: str) -> str:
        """An election as people call it: Lok Sabha 2024, for LOKSABHA-2024."""
        type, _, rest = name.partition("-")
        return f"{self.said('election', type)} {rest.replace('-', ', ')}".strip()

    def listed(self, names: list[str]) -> str:
        """Names in a row, with commas."""
        return f"{self('base.comma')} ".join(names)


@cache
def language(code: str) -> Language:
    """A language of LANGUAGES."""
    text = (files(__package__) / "texts" / f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, dict(_flat("", tomllib.loads(text))))


def _flat(before: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(f"{before}{name}.", value)
        else:
            found.append((f"{before}{name}", " ".join(value.split())))
    return found


def chosen(asked: str | None, accepted: str | None) -> Language:
    """The language that the address asks for, else the first of ours that the browser prefers, else English."""
    if asked in LANGUAGES:
        return language(asked)
    wanted = [part.partition(";")[0].strip().lower() for part in (accepted or "").split(",")]
    codes = (word.partition("-")[0] for word in wanted)
    return language(next((code for code in codes if code in LANGUAGES), DEFAULT))


def language_of(text: str) -> str | None:
    """The language that the first letter's script suggests, for a screen reader's voice; None where none does."""
    letter = next((character for character in text if character.isalpha()), "")
    script = unicodedata.name(letter, "").partition(" ")[0] if letter else ""
    return {"LATIN": "en", "TELUGU": "te", "DEVANAGARI": "hi", "ARABIC": "ur"}.get(script)


def direction(code: str | None) -> str | None:
    """`rtl` for the texts of languages that are written so; None for others."""
    return "rtl" if code is not None and code.partition("-")[0] in RIGHT_TO_LEFT else None
