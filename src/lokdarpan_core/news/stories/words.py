"""An article as the rule reads it: the words of its headline and of its lead, and nothing else.

Only what is printed first is read, eighty words: a text that was cut anywhere, as feeds and pages do, has its beginning
left, and a pair costs the same however long its articles are. What an outlet puts around every text of its own (markup,
"Get the latest updates in …") is no part of it, nor is a summary that only says the headline again.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, cached_property
from itertools import groupby

import attrs

LEAD_WORDS = 80
LEAD_CHARACTERS = 1_500  # as many words fit into it, in every script
FIRST_LOOK = 650  # characters; mostly they have them all, and reading stops there
CHARACTERS_READ = 4_000  # of a text, before anything is taken away
OWN_WORDS = 3  # a summary with fewer words that the headline has not only repeats it

SILENT = "'’‘ʼ`´\u00ad\u200b\u200c\u200d\u2060\ufeff"  # inside a word they don't part it, and don't count: India's, ZWJ
ASCII_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|\w[\w'`]*", re.ASCII)  # as `_word`, and five times as fast
UNHEARD = f"{SILENT},"  # the comma of a number too
UNCOMMON = re.compile(
    "[\u0370-\u05ff\u0700-\u08ff\u0980-\u0bff\u0c80-\u1fff\u2070-\U0010ffff]"
)  # other scripts than ours
NOISE = frozenset(("rs", "percent", "per", "cent", "pc"))  # ₹ and % are no words either

TAG = re.compile(r"<[^<>]{0,2000}(?:>|$)")
BOILERPLATE = ("get the latest updates in", "appeared first on", "except for the headline, this story")
KICKER = re.compile(r"\s*[^|\n]{1,40}\|\s+(?=\S)")  # "Peddi | …": the section, before headline and summary alike

DATE_WORDS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday
జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జూలై జులై ఆగస్టు ఆగస్ట్ సెప్టెంబర్ సెప్టెంబరు అక్టోబర్ అక్టోబరు నవంబర్ నవంబరు డిసెంబర్ డిసెంబరు
సోమవారం మంగళవారం బుధవారం గురువారం శుక్రవారం శనివారం ఆదివారం నేడు రేపు నిన్న
जनवरी फरवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर
सोमवार मंगलवार बुधवार गुरुवार गुरूवार शुक्रवार शनिवार रविवार आज कल
"""
NUMERAL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve",
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth",
)
DATES = frozenset(DATE_WORDS.split())
NUMERALS = {word: str(number) for words in NUMERAL_WORDS for number, word in enumerate(words.split())}
SCRIPTS = {"TELUGU": "te", "DEVANAGARI": "hi", "ARABIC": "ur", "TAMIL": "ta", "KANNADA": "kn", "LATIN": "en"}


@attrs.frozen
class Reading:
    """What the rule knows of an article: words as they are compared. `lead` is empty when the article has no text but
    its headline; `shown` are its words as they are written."""

    language: str
    published_on: date
    headline: tuple[str, ...]
    lead: tuple[str, ...]
    shown: tuple[str, ...] = attrs.field(repr=False, eq=False)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The headline's words that tell something, without their endings."""
        return frozenset(stem(word) for word in self.headline if is_content(word))

    @property
    def length(self) -> int:
        """How many words were read."""
        return len(self.headline) + len(self.lead)


def read(title: str | None, text: str, language: str | None, published_on: date) -> Reading:
    """Read an article as the archive has it: `text` is title and body, and a title that is not known is its first
    line."""
    first, rest = parts(title, text)
    headline, _ = words(first)
    lead, shown = _first_words(rest)
    if len(set(lead).difference(headline)) < OWN_WORDS:
        lead = shown = []
    language = primary(language) or language_of(text)
    return Reading(language, published_on, tuple(headline), tuple(lead), tuple(shown))


def _first_words(text: str) -> tuple[list[str], list[str]]:
    """The first eighty of `words(text)`."""
    lead, shown = words(text[:FIRST_LOOK])
    if len(text) > FIRST_LOOK and len(lead) <= LEAD_WORDS:  # of one more than that, the last may be cut
        lead, shown = words(text)
    return lead[:LEAD_WORDS], shown[:LEAD_WORDS]


def parts(title: str | None, text: str) -> tuple[str, str]:
    """Headline and body as they can be read: no markup, no entities, no boilerplate, no kicker."""
    text = text[:CHARACTERS_READ]
    title = (title or "").strip()
    if title and text.startswith(title):
        first, rest = title, text[len(title) :]
    else:
        first, _, rest = text.partition("\n\n")
        if len(first) > 300:
            first, rest = "", text
    return without_kicker(legible(first)), without_kicker(legible(rest))


def without_kicker(text: str) -> str:
    """A headline or a body without the section that is set before it."""
    kicker = KICKER.match(text)
    return text[kicker.end() :] if kicker else text


def legible(text: str) -> str:
    """The beginning of a text, without markup and boilerplate, letters composed (a nukta is written in two ways)."""
    text = without_markup(text)[:LEAD_CHARACTERS]
    lower = text.lower()
    ends = [end for words in BOILERPLATE if (end := lower.find(words)) >= 0]
    return text[: min(ends, default=len(text))].replace("_", " ").strip()


def without_markup(text: str) -> str:
    """A text without tags and entities, letters composed."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "&" in text:
        text = html.unescape(html.unescape(text))  # feeds escape twice
    if "<" in text:
        text = TAG.sub(" ", text)
    return text


def words(text: str) -> tuple[list[str], list[str]]:
    """The words of a text as they are compared, and as they are written; without those that are mere units."""
    shown = _pattern(text).findall(text)
    forms = _forms(shown)
    if not NOISE.isdisjoint(forms):
        kept = [(form, word) for form, word in zip(forms, shown, strict=True) if form not in NOISE]
        forms, shown = ([pair[side] for pair in kept] for side in (0, 1))
    return forms, shown


def spans(text: str) -> list[tuple[int, int]]:
    """Where each of `words(text)` begins and ends."""
    found = list(_pattern(text).finditer(text))
    forms = _forms([match[0] for match in found])
    return [match.span() for match, form in zip(found, forms, strict=True) if form not in NOISE]


def _pattern(text: str) -> re.Pattern[str]:
    if text.isascii():
        return ASCII_WORD
    return _word(UNCOMMON.search(text) is None)


@cache
def _word(common: bool) -> re.Pattern[str]:
    """A number, or a word of any script: for `re` the vowel signs of India's are no letters. Where all are `common`
    ones, few ranges tell them, which is three times as fast."""
    if common:
        marks = "".join(
            f"{first}-{last}" for first, last in _ranges(c for c in marks_of_words() if not UNCOMMON.match(c))
        )
    else:
        marks = re.escape("".join(marks_of_words()))
    return re.compile(rf"[0-9]+(?:[.,][0-9]+)*|\w[\w{marks}{SILENT}]*")


def marks_of_words() -> Iterator[str]:
    """The characters that belong to words and that `re` does not take for letters."""
    return (c for c in map(chr, range(0x300, 0x12000)) if unicodedata.category(c).startswith("M"))


def _ranges(characters: Iterable[str]) -> Iterator[tuple[str, str]]:
    for _, run in groupby(enumerate(map(ord, characters)), lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in run]
        yield chr(codes[0]), chr(codes[-1])


def _forms(shown: list[str]) -> list[str]:
    """Words without case, apostrophes, joiners and the commas of a number; all at once, which is ten times as fast."""
    together = "\n".join(shown)
    for sign in "',`" if together.isascii() else UNHEARD:
        if sign in together:
            together = together.replace(sign, "")
    return together.casefold().split("\n") if shown else []


def is_telling(word: str) -> bool:
    """Whether a word is a number, an ordinal, a month or a day: what differs from day to day in a series."""
    return word in DATES or word in NUMERALS or any(map(str.isdigit, word))


def value(word: str) -> str:
    """A word, and a numeral as its number: two is 2."""
    return NUMERALS.get(word, word)


def is_content(word: str) -> bool:
    """Whether a headline's word tells something: four letters or more, or a number."""
    return len(word) > 3 or is_telling(word)


def stem(word: str) -> str:
    """A word without what may be its ending: five letters tell most words from others in every script."""
    return value(word) if is_telling(word) else word[:5]


def primary(language: str | None) -> str:
    """The primary subtag of a language: `en` of `en-IN`."""
    return re.split(r"[-_]", (language or "").strip().lower(), maxsplit=1)[0]


def language_of(text: str) -> str:
    """The language that most letters of a text are written in, as far as a script tells; for articles without one."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text[:400]):
        script = unicodedata.name(letter, "").partition(" ")[0]
        counts[script] = counts.get(script, 0) + 1
    most = max(sorted(counts), key=counts.__getitem__, default="")
    return SCRIPTS.get(most, most.lower())
