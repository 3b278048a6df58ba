"""What in a text says which city it is about: the packaged lists, and where their words stand.

The city's own words (Hyderabad, GHMC, quarters that are no wards), the districts around and beside it, and other
places: districts and towns of Telangana, states and cities of India. Names that other places have too are listed with
what they are there.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal

import attrs

from lokdarpan_core.news.mentions import letters, wording
from lokdarpan_core.news.mentions.automaton import Words
from lokdarpan_core.wards import labels

LISTS = ("city_words", "institutions", "look_alikes", "other_places", "same_name")
Here = Literal["anywhere", "own", "often", "seldom", "word"]
Kind = Literal["city", "around", "beside", "elsewhere"]


def rows(name: str) -> list[dict[str, str]]:
    """A packaged list."""
    text = (files("lokdarpan_core") / "news" / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def all_rows() -> str:
    """All packaged lists as one text, to tell versions apart."""
    return "".join(map(str, (row for name in LISTS for row in rows(name))))


@attrs.frozen
class SameName:
    """How far a ward's name stands for the ward: `own` almost always, `often` unless something speaks against it,
    `seldom` only when something speaks for it, `word` only beside ward, division or colony; `anywhere` without asking,
    for cities that the packaged lists are not about. `where` says what else it is."""

    here: Here
    where: str = ""


OWN = SameName("own")
ANYWHERE = SameName("anywhere")


@cache
def same_names() -> dict[str, SameName]:
    """The names of wards that other places have too, by `labels.key`."""
    return {labels.key(row["name"]): SameName(row["here"], row["where"]) for row in rows("same_name")}  # type: ignore[arg-type]


@attrs.frozen
class Sign:
    """A word that says where a text is set, at bytes `start` to `end` of it, and the English names of the `place`.

    A `dateline` opens the text or a line of it (`Hyderabad: …`): it says where the story was written. An `origin` is
    where somebody comes from (`native of Jodhpur, Rajasthan`): it says so of nothing but the name before it.
    """

    kind: Kind
    word: str
    place: str
    start: int
    end: int
    dateline: bool = False
    origin: bool = False


@cache
def institutions() -> frozenset[tuple[str, str]]:
    """(kind, key of the ward's name) of the police stations, seats, zones, mandals and metro stations named like it."""
    kinds = {"police": "police station", "metro": "metro station"}
    return frozenset((kinds.get(row["kind"], row["kind"]), labels.key(row["ward"])) for row in rows("institutions"))


def kind_of(word: str) -> str | None:
    """Which kind of institution a word beside a name tells of, of those that the packaged list has."""
    return next((kind for kind, pattern in wording.KINDS if pattern.match(word)), None)


@cache
def city_words() -> frozenset[str]:
    """The city's own words, in lower case."""
    return frozenset(word.lower() for row in rows("city_words") for word in row["word"].split())


@cache
def _signs() -> tuple[Words, list[tuple[Kind, str, str]]]:
    found: dict[str, tuple[Kind, str, str]] = {}
    for row in rows("other_places"):
        for column in ("name", "te", "hi", "ur"):
            for word in filter(None, row[column].split("|")):
                found.setdefault(letters.key(word), ("elsewhere", word, row["name"]))
    for row in rows("city_words"):
        found[letters.key(row["word"])] = (row["weight"], row["word"], row["what"])  # type: ignore[assignment]
    return Words(found), list(found.values())


def signs(data: bytes, searched: str) -> list[Sign]:
    """The signs of one text, given as plain bytes and as it is searched, with a blank before its first letter.

    What is named after a place elsewhere (`Warangal highway`, `Delhi Public School`) is no sign.
    """
    words, meanings = _signs()
    boilerplate = data.lower().find(b"get the latest updates")
    found: list[Sign] = []
    origin = -len(CHAIN)  # where the last place of origin ended
    for start, end, number in words.places(searched):
        kind, word, place = meanings[number]
        if 0 <= boilerplate < start:
            break
        if data[start : start + 1].islower() or not ends_word(searched, end):
            continue
        dateline = kind == "city" and start < DATELINE and data[end : end + 4].lstrip(b" )").startswith(b":")
        is_origin = False
        if kind == "elsewhere":
            after = letters.decoded(data[end : end + 60])
            if wording.NAMED_AFTER.match(after):
                continue
            is_origin = start - origin in CHAIN or _origin(data, start, after)
            origin = end if is_origin else origin
        found.append(Sign(kind, word, place, start, end, dateline, is_origin))
    return found


DATELINE = 500  # bytes: a dateline stands in front
CHAIN = range(4)  # bytes between the town and the state in `Jodhpur, Rajasthan`


def _origin(data: bytes, start: int, after: str) -> bool:
    if wording.ORIGIN_AFTER.match(after):
        return True
    return wording.ORIGIN_BEFORE.search(letters.decoded(data[max(0, start - 40) : start])) is not None


def ends_word(searched: str, end: int) -> bool:
    """Whether a name may end here: before a blank, or before an ending that its language puts to names."""
    rest = ending(searched, end)
    return not rest or letters.decoded(rest.encode("latin-1")) in wording.ENDINGS


def ending(searched: str, end: int) -> str:
    """What is written to a name without a blank."""
    if searched[end : end + 1] in (" ", ""):
        return ""
    blank = searched.find(" ", end)
    return searched[end:blank] if blank >= 0 else searched[end:]
