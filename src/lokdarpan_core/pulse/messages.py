"""Sentences made of an id and values, in the reader's language.

What is stored and sent is the message: its id and its numbers. The sentence is made from them when it is shown, so that
it says in each language the same, and nothing that is not in the answer. A number stands with its noun, in the form
that the language wants for none, one and more.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import attrs

from lokdarpan_core.errors import ParameterError

MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "te": (
        "జనవరి", "ఫిబ్రవరి", "మార్చి", "ఏప్రిల్", "మే", "జూన్", "జూలై", "ఆగస్టు", "సెప్టెంబర్", "అక్టోబర్", "నవంబర్",
        "డిసెంబర్",
    ),
}  # fmt: skip
LANGUAGES = tuple(MONTHS)

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "stories": "{place} was mentioned in {stories} {days} ({copies} from {sources}); {days_before}, {previous}.",
        "issue": "What stands out is “{term}”: {count}, where the city's news made one expect {expected}.",
        "no_stories": "No story mentioned {place} {days}.",
        "last_mention": "The last mention was on {last_mention}.",
        "never": "No mention of it is known from before.",
    },
    "te": {
        "stories": "{days} {place} ప్రస్తావన {stories} వచ్చింది ({sources} {copies}); {days_before} {previous}.",
        "issue": "ప్రత్యేకంగా కనిపిస్తున్న అంశం “{term}”: {count}; నగర వార్తలను బట్టి ఊహించినది {expected}.",
        "no_stories": "{days} {place} ప్రస్తావన ఏ వార్తలోనూ రాలేదు.",
        "last_mention": "చివరి ప్రస్తావన: {last_mention}.",
        "never": "అంతకు ముందు కూడా ప్రస్తావన ఏదీ నమోదు కాలేదు.",
    },
}
COUNTED: Mapping[str, Mapping[str, tuple[str, str, str]]] = {  # how a number is said with its noun: none, one, more
    "en": {
        "stories": ("no story", "1 story", "{:,} stories"),
        "previous": ("none", "1 story", "{:,} stories"),
        "count": ("no story", "1 story", "{:,} stories"),
        "copies": ("no article", "1 article", "{:,} articles"),
        "sources": ("no known source", "1 source", "{:,} sources"),
        "days": ("", "on {end}", "in the {:,} days to {end}"),
        "days_before": ("", "on the day before", "in the {:,} days before"),
    },
    "te": {
        "stories": ("ఏ వార్తలోనూ", "1 వార్తలో", "{:,} వార్తల్లో"),
        "previous": ("ఏ వార్తలోనూ రాలేదు", "1 వార్తలో వచ్చింది", "{:,} వార్తల్లో వచ్చింది"),
        "count": ("ఏ వార్తలోనూ లేదు", "1 వార్తలో", "{:,} వార్తల్లో"),
        "copies": ("కథనం లేదు", "1 కథనం", "{:,} కథనాలు"),
        "sources": ("తెలియని సంస్థ నుంచి", "1 వార్తా సంస్థ నుంచి", "{:,} వార్తా సంస్థల నుంచి"),
        "days": ("", "{end}న", "{end}తో ముగిసిన {:,} రోజుల్లో"),
        "days_before": ("", "అంతకు ముందు రోజు", "అంతకు ముందు {:,} రోజుల్లో"),
    },
}
LESS = {"en": "fewer than 0.1", "te": "0.1 కంటే తక్కువ"}


@attrs.frozen
class Message:
    """What is to be said: which sentence, and the numbers, names and days in it."""

    id: str
    values: dict[str, Any]


def require_language(lang: str) -> str:
    """The language, if there are sentences in it. Raises ParameterError."""
    if lang not in LANGUAGES:
        raise ParameterError(f"lang is {lang[:20]!r}; allowed are {', '.join(LANGUAGES)}", "lang")
    return lang


def render(messages: Iterable[Message], lang: str) -> str:
    """The messages as sentences, with blanks between them. Raises ParameterError for a language without sentences."""
    require_language(lang)
    return " ".join(_sentence(message, lang) for message in messages)


def shown_day(day: date, lang: str) -> str:
    """A day in words: 30 June 2026."""
    return f"{day.day} {MONTHS[lang][day.month - 1]} {day.year}"


def _sentence(message: Message, lang: str) -> str:
    plain = {name: _plain(value, lang) for name, value in message.values.items()}
    forms = COUNTED[lang]
    said = {name: _counted(value, forms[name], plain) if name in forms else value for name, value in plain.items()}
    return SENTENCES[lang][message.id].format(**said)


def _plain(value: Any, lang: str) -> Any:
    if isinstance(value, date):
        return shown_day(value, lang)
    if isinstance(value, float):
        return f"{value:.1f}" if value >= 0.1 else LESS[lang]
    return value


def _counted(number: int, forms: tuple[str, str, str], values: Mapping[str, Any]) -> str:
    return forms[min(number, 2)].format(number, **values)
