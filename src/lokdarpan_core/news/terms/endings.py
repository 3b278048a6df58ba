"""Telugu writes its cases to the word: హైదరాబాద్‌లో is "in Hyderabad". They are taken off where that is safe.

Safe means that no common word ends so by itself, and that enough is left of it:

- behind a zero-width non-joiner, which a typist puts where an ending begins, every case is one;
- without it, only the long ones and those that are rare as ends of words (లో, తో, పై, నుంచి, వరకు), and what is left
  has four signs or more: అపోలో is no అపో. The short కు, ని and ను stay: కొడుకు, రాజధాని, తేనెను;
- words in -ం have another stem before an ending (నగరానికి, నగరాన్ని: నగరం), and so have plurals in -లు (ప్రజలకు: ప్రజలు).

A word that keeps an ending it should have lost is counted apart, which understates; one that lost a part of itself
would be counted with another word, which is false. So what is in doubt stays.
"""

import re

from lokdarpan_core.news.mentions.wording import CASES

LEAST = 4  # signs that must be left
JOINER = "\u200c"
SAME_STEM = ("లోనుంచి", "లోనుండి", "నుంచి", "నుండి", "వరకు", "లోని", "లోనే", "లోనూ", "లోకి", "లో", "తో", "పై")
OTHER_STEM = {
    "ానికి": "ం",
    "ాన్ని": "ం",
    "లకు": "లు",
    "లను": "లు",
    "లతో": "లు",
    "లపై": "లు",
    "లలో": "లు",
    "ాల్లో": "ాలు",
    "ుల్లో": "ులు",
}
ENDINGS = tuple(sorted((*SAME_STEM, *OTHER_STEM), key=len, reverse=True))
BEHIND_JOINER = re.compile(rf"{JOINER}(?:{'|'.join(sorted(CASES.split(), key=len, reverse=True))})(?![\u0c00-\u0c7f])")


def without_joined(text: str) -> str:
    """A text without the cases that stand behind a joiner."""
    return BEHIND_JOINER.sub("", text) if JOINER in text else text


def without_ending(word: str) -> str:
    """A word without its case, where that is safe."""
    if word.endswith(ENDINGS):
        for ending in ENDINGS:
            if word.endswith(ending):
                base = word[: -len(ending)] + OTHER_STEM.get(ending, "")
                return base if len(base) >= LEAST else word
    return word
