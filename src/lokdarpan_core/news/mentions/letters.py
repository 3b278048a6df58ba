"""The form in which texts are searched: bytes of UTF-8, with what makes no difference taken away.

Texts are searched by the batch, because a call costs more than a sentence. They are joined, and what follows is done to
all at once, at the speed of memory where it is ASCII: zero-width joiners, soft hyphens and the nukta go; letters that
Unicode writes in two ways become one; typographic quotes become plain ones. A second string of the same length has
Latin letters in lower case, and a blank for each other character of ASCII. Each byte is one character in it.

What was taken away is found again only where a name was found: `Prepared.span` leads back to the text as it came.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import attrs

KEPT = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz") | set(range(0x80, 0x100))
LOWER = bytes(code if code in KEPT else code + 32 if 65 <= code < 91 else 32 for code in range(256))

GONE = "\u200c\u200d\u200b\u2060\ufeff\u00ad\u093cـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"
WITH_NUKTA = "\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u0929\u0931\u0934"
OTHER = {
    **dict.fromkeys("\u00a0\u2018\u201c\u201d।۔،؟", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
    "\u2019": "'",
    "\u2026": ".",
    "\u0c46\u0c56": "\u0c48",
    "ఁ": "ం",
    "ँ": "ं",
    **dict(zip(WITH_NUKTA, "कखगजडढफयनरळ", strict=True)),
    **dict(zip("يىكهةۃە", "ییکہہہہ", strict=True)),
}
FREQUENT = "\u200c\u2019\u2018\u201c\u201d\u2026\u2013"  # to replace one by one is faster where they are all there is
_NEW = dict.fromkeys(GONE, "") | OTHER
_CHANGED = re.compile(
    f"[{''.join(one for one in _NEW if len(one) == 1)}]|{'|'.join(one for one in _NEW if len(one) > 1)}"
)


def _replacement(match: re.Match[str]) -> str:
    return _NEW[match[0]]


def plain(text: str) -> str:
    """A text with all that makes no difference taken away, but its case and its punctuation."""
    if text.isascii():
        return text
    for one in FREQUENT:
        text = text.replace(one, _NEW[one])
    return text if text.isascii() else _CHANGED.sub(_replacement, text)


def encoded(text: str) -> bytes:
    """A plain text as bytes."""
    return text.encode("utf-8", "replace")


def lowered(data: bytes) -> str:
    """Plain bytes as they are searched: one character a byte, letters and digits in lower case, blanks for the rest."""
    return data.translate(LOWER).decode("latin-1")


def key(text: str) -> str:
    """A name as it is searched: words with single blanks between them."""
    return " ".join(
        word for word in lowered(encoded(plain(text))).split(" ") if word
    )  # split() knows blanks beyond ASCII


def decoded(data: bytes) -> str:
    """Bytes of a text that may have been cut in the middle of a letter."""
    return data.decode("utf-8", "ignore")


@attrs.frozen
class Prepared:
    """A batch of texts, joined by NUL: as plain bytes, and as they are searched."""

    texts: Sequence[str]
    data: bytes
    searched: str
    starts: list[int]
    _taken: dict[int, tuple[list[int], list[int]]] = attrs.field(init=False, factory=dict, repr=False, eq=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Prepared":
        """Join and prepare the texts; a NUL inside of one counts as a blank."""
        clean = [text.replace("\0", " ") if "\0" in text else text for text in texts]
        data = encoded("\0" + "\0".join([plain(text) for text in clean]))
        starts = [match.end() for match in re.finditer(b"\0", data)]
        return cls(clean, data, lowered(data), starts)

    def text_at(self, position: int) -> int:
        """Which text a position of the joined bytes lies in."""
        return bisect_right(self.starts, position) - 1

    def bounds(self, number: int) -> tuple[int, int]:
        """Where a text begins and ends in the joined bytes."""
        end = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(self.data)
        return self.starts[number], end

    def span(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Where a text's bytes from `start` to `end` lie in it as it came: characters from and to."""
        text, begin = self.texts[number], self.starts[number]
        if text.isascii():
            return start - begin, end - begin
        first = len(decoded(self.data[begin:start]))
        last = first + len(decoded(self.data[start:end]))
        places, taken = self._taken_away(number)
        # behind what was taken away where the name begins, and before what was where it ends
        return first + taken[bisect_right(places, first)], last + taken[bisect_left(places, last)]

    def _taken_away(self, number: int) -> tuple[list[int], list[int]]:
        """Where something was taken away from a text (places in it as it is plain), and how much before each of them
        and in all. Most texts have one name or none; one that has many is gone through once."""
        if number not in self._taken:
            places, taken = [], [0]
            for match in _CHANGED.finditer(self.texts[number]):
                places.append(match.start() - taken[-1])
                taken.append(taken[-1] + len(match[0]) - len(_NEW[match[0]]))
            self._taken[number] = places, taken
        return self._taken[number]
