"""What two texts have word for word in common, and where a sentence was only lightly edited.

A run is three words or more that stand in both texts in the same order. Runs that follow each other in both, with few
words between, are one passage: an editor took a word out or put one in, and it is still the same sentence.
"""

import itertools
from collections.abc import Sequence

import attrs

RUN_WORDS = 3
EDIT_WORDS = 3  # what may stand between two runs of one passage, in each text


@attrs.frozen
class Run:
    """`length` words that are equal: from `start` on in one text, from `other` on in the other."""

    start: int
    other: int
    length: int


def runs(text: Sequence[str], other: Sequence[str], least: int = RUN_WORDS) -> list[Run]:
    """The runs of `least` words or more, in the order of `text`, none over another there: the longest at each place."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place, words in enumerate(grams(other, least)):
        places.setdefault(words, []).append(place)
    found, start, known = [], 0, grams(text, least)
    while start < len(known):
        length = where = 0
        for place in places.get(known[start], ()):
            reach = least
            while (
                start + reach < len(text) and place + reach < len(other) and text[start + reach] == other[place + reach]
            ):
                reach += 1
            if reach > length:
                length, where = reach, place
        if length:
            found.append(Run(start, where, length))
        start += length or 1
    return found


def grams(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Every `size` words on end."""
    return list(zip(*(words[offset:] for offset in range(size)), strict=False))


def passages(found: Sequence[Run]) -> list[list[Run]]:
    """Runs in groups: those of one lightly edited passage together."""
    groups: list[list[Run]] = []
    for run in found:
        if groups and _continues(groups[-1][-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _continues(before: Run, run: Run) -> bool:
    here = run.start - before.start - before.length
    there = run.other - before.other - before.length
    return 0 <= here <= EDIT_WORDS and 0 <= there <= EDIT_WORDS


def gaps(text: Sequence[str], other: Sequence[str], found: Sequence[Run]) -> list[tuple[Sequence[str], Sequence[str]]]:
    """What stands in the one text and in the other before, between and after the runs, where these go on in both."""
    ends = [Run(0, 0, 0), *found, Run(len(text), len(other), 0)]
    return [
        (text[before.start + before.length : run.start], other[before.other + before.length : run.other])
        for before, run in itertools.pairwise(ends)
        if run.other >= before.other + before.length
    ]
