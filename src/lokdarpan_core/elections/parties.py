"""Which party a printed name means, and under which key its votes are added up.

Sheets print one party in many ways (`BJP`, `B.J.P.`, `Bharatiya Janata Party`), and parties change their name. What is
printed is what is stored; `data/parties.csv` says which code a spelling means, and when: a TRS vote of 2020 counts for
TRS, one of 2022 or later for BRS. (The Election Commission accepted the new name on 8 December 2022; the table takes
the whole year, since an election is often known by its year alone.) Spellings are compared without case, spaces and
punctuation, in any script.

A key must never merge candidates who do not belong together, for that would invent a party:

    BRS                      a party of the table: its candidates count together
    IND:M. ASHOK KUMAR       an independent counts alone
    XYZ:M. ASHOK KUMAR       a party that the table does not have: the candidate counts alone
    ?:M. ASHOK KUMAR         a candidate for whom no party is printed counts alone

Where two of them have one name in one ward, what tells them apart is added: the constituency in brackets, and the
number on the sheet (`IND:M. ASHOK KUMAR (60) #7`). NOTA is no party, no candidate and no winner; it has no key.
"""

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files

import attrs

INDEPENDENT, UNNAMED = "IND", "?"
_INDEPENDENT = (
    "IND", "INDP", "Independent", "Independents", "Independant", "स्वतंत्र", "स्वतन्त्र", "निर्दलीय", "निर्दल", "अपक्ष",
    "స్వతంత్ర", "స్వతంత్ర అభ్యర్థి", "స్వతంత్రులు", "ఇండిపెండెంట్", "آزاد",
)  # fmt: skip
_NOTA = (
    "NOTA", "None of the Above", "None of the Above (NOTA)", "NOTA (None of the Above)", "None of these", "नोटा",
    "इनमें से कोई नहीं", "नोटा (इनमें से कोई नहीं)", "నోటా", "పైవారెవరూ కాదు", "यापैकी कोणीही नाही",
)  # fmt: skip


@attrs.frozen
class Spelling:
    """One line of the table: from `valid_from` to `valid_to`, both days included, the spelling means `code`."""

    code: str
    spelling: str
    valid_from: date
    valid_to: date


@attrs.frozen(cache_hash=True)
class Contender:
    """A candidate as a sheet has it. `contest` is the constituency that is fought for (None when it is not known),
    `sheet` tells sheets apart; where it is None, so that numbers mean nothing, a name is one candidate."""

    party: str | None
    candidate: str | None
    number: int | None = None
    contest: str | None = None
    sheet: int | None = None


@lru_cache(maxsize=1 << 16)
def folded(text: str) -> str:
    """A name without case, spaces and punctuation; letters, digits and vowel signs of every script stay."""
    known = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(one for one in known if unicodedata.category(one)[0] in "LMN"))


@lru_cache
def spellings() -> Mapping[str, tuple[Spelling, ...]]:
    """The packaged table, by folded spelling."""
    found = defaultdict[str, list[Spelling]](list)
    with (files("lokdarpan_core") / "elections" / "data" / "parties.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            days = (row["valid_from"] or str(date.min)), (row["valid_to"] or str(date.max))
            line = Spelling(row["code"], row["spelling"], *map(date.fromisoformat, days))
            found[folded(line.spelling)].append(line)
    return {name: tuple(lines) for name, lines in found.items()}


@lru_cache(maxsize=4096)
def party_code(printed: str | None, on: date) -> str | None:
    """The code of a party by what was printed and the day of the election; `IND` for an independent, None for one that
    the table does not have, and for NOTA."""
    name = folded(printed or "")
    if name in _folded(_INDEPENDENT):
        return INDEPENDENT
    return next((line.code for line in spellings().get(name, ()) if line.valid_from <= on <= line.valid_to), None)


@lru_cache(maxsize=1 << 14)
def is_nota(party: str | None, candidate: str | None = None) -> bool:
    """Is this "None of the Above", by its name or by its party?"""
    return any(folded(text) in _folded(_NOTA) for text in (party, candidate) if text)


@lru_cache
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, names))


def election_day(held_on: date | None, year: int) -> date:
    """The day that decides which code a spelling means: the election's, else the last of its year."""
    return held_on or date(year, 12, 31)


def aggregate_keys(contenders: Collection[Contender], on: date) -> dict[Contender, str]:
    """The key of each contender of one ward; they are distinct. NOTA is left out."""
    keys: dict[Contender, str] = {}
    alone = defaultdict[tuple[str, str], list[Contender]](list)
    for one in contenders:
        if is_nota(one.party, one.candidate):
            continue
        code = party_code(one.party, on)
        if code is not None and code != INDEPENDENT:
            keys[one] = code
        else:
            alone[code or _shown(one.party) or UNNAMED, folded(one.candidate or "")].append(one)
    for (party, _), namesakes in alone.items():
        keys |= _told_apart(party, namesakes)
    return keys


def _told_apart(party: str, namesakes: list[Contender]) -> dict[Contender, str]:
    """The keys of contenders of one name, of whom some may be the same person on several sheets."""
    name = min(_shown(one.candidate) for one in namesakes)
    if name and len(namesakes) == 1:  # as nearly always
        return {namesakes[0]: f"{party}:{name}"}
    contests = {one.contest for one in namesakes} - {None}
    numbers = defaultdict[int | None, set[int | None]](set)
    for one in namesakes:
        numbers[one.sheet].add(one.number)
    by_number = not name or any(len(found) > 1 for sheet, found in numbers.items() if sheet is not None)
    return {
        one: f"{party}:{name}"
        + (f" ({one.contest})" if len(contests) > 1 and one.contest is not None else "")
        + (f"{' ' * bool(name)}#{one.number}" if by_number and one.number is not None else "")
        for one in namesakes
    }


def _shown(text: str | None) -> str:
    return " ".join((text or "").split())
