"""The beginning of a text, cut where nothing is torn: between words, or at least between letters.

A letter of Telugu or Devanagari is several code points: a consonant with its vowel sign, or consonants joined by a
virama. A cut inside one shows another letter, or a dotted circle.
"""

import unicodedata

LONGEST = 300  # characters (code points), the sign of omission included
JOINERS = "\u200c\u200d"
VIRAMA = 9  # Unicode's canonical combining class


def excerpt(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text in at most so many characters, blanks folded; "…" ends it where something is left out."""
    folded = " ".join(text.split())
    if len(folded) <= longest:
        return folded
    end = longest - 1
    blank = folded.rfind(" ", longest // 2, end + 1)
    if blank > 0:
        return f"{folded[:blank]}…"
    while end > 0 and _is_inside_letter(folded, end):
        end -= 1
    return f"{folded[: end or longest - 1]}…"


def _is_inside_letter(text: str, place: int) -> bool:
    """Whether the characters before and after a place are of one letter (after Unicode's UAX 29, rules GB9 to GB13)."""
    before, after = text[place - 1], text[place]
    return (
        unicodedata.category(after).startswith("M")
        or after in JOINERS
        or before in JOINERS
        or unicodedata.combining(before) == VIRAMA
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # tones of skin
        or all("\U0001f1e6" <= character <= "\U0001f1ff" for character in (before, after))  # halves of flags
    )
