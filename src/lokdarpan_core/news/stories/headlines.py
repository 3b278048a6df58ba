"""Headlines: is one the other with small edits, does one announce what the other reports?"""

import itertools
from collections.abc import Sequence
from difflib import SequenceMatcher

from lokdarpan_core.news.stories.words import is_content, is_telling, stem, value

FUTURE_WORDS = ("to", "will")
FUTURE_ENDINGS = ("ेंगे", "ेगा", "ेगी", "ेंगी", "एंगे", "एगा", "एगी")  # Hindi
ENDINGS = 3  # letters: inaugurate, inaugurated


def edits(shorter: Sequence[str], longer: Sequence[str]) -> float:
    """How much was edited between two headlines, in words; infinite when a number became another one.

    Another word counts one; the same with another ending, or a small word for a small one, a quarter. A word left out
    counts one, or a half when it is small; one put in a half, or nothing when it is small. At the ends, where a
    headline is filled up or cut, it is half of that for what is left out, and nothing for what is put in.
    """
    cost = 0.0
    left, right = ([value(word) for word in words] for words in (shorter, longer))
    for kind, i, j, m, n in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        out, into, at_end = shorter[i:j], longer[m:n], i == 0 or j == len(shorter)
        if kind == "replace":
            if _telling(out) and _telling(into):
                return float("inf")
            cost += max(len(out), len(into)) * (0.25 if _alike(out, into) else 1)
        elif kind == "delete":
            cost += sum(1 if is_content(word) else 0.5 for word in out) * (0.5 if at_end else 1)
        elif kind == "insert" and not at_end:
            cost += 0.5 * sum(map(is_content, into))
    return cost


def _telling(words: Sequence[str]) -> bool:
    return any(map(is_telling, words))


def _alike(out: Sequence[str], into: Sequence[str]) -> bool:
    if len(out) != len(into):
        return False
    return all(stem(a) == stem(b) or max(len(a), len(b)) <= 3 for a, b in zip(out, into, strict=True))


def announces(one: Sequence[str], other: Sequence[str]) -> str | None:
    """The word by which one of the headlines tells as to come what the other tells as done, or nothing.

    English: `to inaugurate` or `will inaugurate` against `inaugurates` or `inaugurated`. Hindi: a verb's future ending
    in one alone. Other languages give no such sign in their headlines.
    """
    for mine, theirs in ((one, other), (other, one)):
        coming, coming_there = _coming(mine), _coming(theirs)
        for verb in coming - coming_there:
            if any(_inflected(verb, word) for word in theirs if word not in coming_there):
                return verb
        future = next((word for word in mine if word.endswith(FUTURE_ENDINGS)), None)
        if future and not any(word.endswith(FUTURE_ENDINGS) for word in theirs):
            return future
    return None


def _coming(words: Sequence[str]) -> set[str]:
    return {verb for sign, verb in itertools.pairwise(words) if sign in FUTURE_WORDS and len(verb) > 3}


def _inflected(verb: str, word: str) -> bool:
    return word[:4] == verb[:4] and abs(len(word) - len(verb)) <= ENDINGS
