"""Which terms are names of places and of parties: they are set apart, for that a place is named is no topic.

A place is a ward, by any of its spellings, or one of the packaged lists: the city, its quarters, lakes and rivers, the
districts around, towns and states elsewhere. A party is one of the packaged table. Two words of a longer name are that
name too (*Bharatiya Janata*, *Vijay Nagar* of the colony), one word of it is not: Ganesh is a festival, and a nagar.
What names only end in or begin with (nagar, hills, ward) is neither a topic nor a place.

Names are compared by `labels.key`: with or without their blanks, in whichever way Unicode writes their letters.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

import attrs

from lokdarpan_core.elections.parties import spellings as party_spellings
from lokdarpan_core.news.mentions.forms import UNITS
from lokdarpan_core.news.mentions.signs import rows
from lokdarpan_core.news.mentions.spellings import ENDINGS
from lokdarpan_core.wards import labels

Kind = Literal["topic", "place", "party", "part"]

OF_PLACES = {"locality", "the city", "lake", "river"}  # what in the city's words is no authority and no institution
PARTY_WORDS = "party పార్టీ पार्टी پارٹی"

key = lru_cache(maxsize=1 << 16)(labels.key)


@attrs.frozen
class Names:
    """The names of places that a database has, beside the packaged ones. Made by `names`."""

    _wards: frozenset[str]

    def kind(self, term: str) -> Kind:
        """What a term is. `part` is what names only end in."""
        words = term.split(" ")
        if _is_party(term) or (len(words) > 1 and any(map(_is_party, words)) and any(map(_says_party, words))):
            return "party"
        if key(term) in self._wards or key(term) in _packaged_places():
            return "place"
        return "part" if all(key(word) in _ends() for word in words) else "topic"


@lru_cache(maxsize=8)
def names(spellings: str) -> Names:
    """The names in these spellings of wards, one a line."""
    return Names(frozenset(_with_parts(spellings.split("\n"))))


@attrs.frozen
class OwnName:
    """The ward that is asked about, as it is spelt and as it was matched: it is no keyword of its own."""

    _names: frozenset[str]
    _words: frozenset[str]
    _first: frozenset[str]
    _last: frozenset[str]

    @classmethod
    def of(cls, spellings: Iterable[str]) -> "OwnName":
        """From the ways in which it is written."""
        split = [words for spelling in spellings if (words := _words(spelling))]
        return cls(
            frozenset("".join(words) for words in split),
            frozenset(word for words in split for word in words),
            frozenset(words[0] for words in split),
            frozenset(words[-1] for words in split),
        )

    def is_in(self, term: str) -> bool:
        """Whether a term is the name, a word of it, or begins or ends in the middle of it (*hills police*)."""
        words = _words(term)
        if len(words) < 2:
            return key(term) in self._names or key(term) in self._words
        return "".join(words) in self._names or words[0] in self._last or words[-1] in self._first


def _words(name: str) -> list[str]:
    return [word for part in name.replace("-", " ").split() if (word := key(part))]


def _with_parts(spellings: Iterable[str]) -> Iterator[str]:
    """The key of each name, and of each two words of a longer one."""
    for spelling in spellings:
        words = _words(spelling)
        if words:
            yield "".join(words)
        if len(words) > 2:
            yield from (one + other for one, other in pairwise(words) if not {one, other} <= _ends())


@cache
def _packaged_places() -> frozenset[str]:
    city = [row["word"] for row in rows("city_words") if row["what"] in OF_PLACES or row["weight"] != "city"]
    others = [row[name] for row in rows("other_places") for name in ("name", "te", "hi", "ur") if row[name]]
    return frozenset(_with_parts([*city, *others]))


@cache
def _ends() -> frozenset[str]:
    return frozenset(map(key, (*ENDINGS.split(), *UNITS)))


@cache
def _parties() -> frozenset[str]:
    listed = (line.spelling for lines in party_spellings().values() for line in lines)
    return frozenset(_with_parts(listed))


def _is_party(term: str) -> bool:
    return key(term) in _parties()


def _says_party(word: str) -> bool:
    return word in PARTY_WORDS.split()
