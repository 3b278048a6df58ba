"""How people write a ward, in four scripts: `WARD_095`, `95`, `Ward No. 95`, `95 - Jubilee Hills`, `వార్డు 95`, a name.

Two spellings are the same name when their keys are equal, and only then: nothing here guesses. The key leaves out what
differs between keyboards, typesetters and fonts, and keeps what makes another word:

- case, blanks, punctuation, zero-width joiners, and the two ways in which Unicode writes one letter (NFKD);
- accents over Latin letters, the Devanagari nukta (गुडा, गुड़ा), the chandrabindu beside the anusvara, the vowel points
  of Arabic script, and its letters that look alike but are coded apart in Arabic and Urdu (ي ی, ك ک, ه ہ);
- a nasal before a consonant of its own class, which Devanagari and Telugu write as a letter or as an anusvara
  (चम्पापेट, चंपापेट), and in Telugu every closed m (రామ్‌నగర్, రాంనగర్);
- the script of digits.
"""

import re
import unicodedata

import attrs

LONGEST = 200  # characters; a longer label is no label
LONGEST_NUMBER = 9  # digits

SAME_LETTER = str.maketrans(
    {
        "ँ": "ं",
        "ఁ": "ం",
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ه": "ہ",
        "ة": "ہ",
        "ۃ": "ہ",
        "ە": "ہ",
    }
)
LEFT_OUT = {
    *range(0x0300, 0x0370),  # Latin accents
    0x093C,  # nukta
    0x0640,  # the Arabic stroke that only stretches a word
    *range(0x064B, 0x0660),  # vowel points of Arabic script
    0x0670,
    *range(0xFE00, 0xFE10),  # variation selectors
}
CLOSED_NASAL = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])|న్(?=[త-ధట-ఢ])|మ్")

WARD_WORDS = """
ward wards wd division divisions div no nos number num nr
వార్డు వార్డ్ డివిజన్ డివిజను నం నెం నంబర్ నంబరు నెంబర్ నెంబరు సంఖ్య
वार्ड डिवीजन डिविजन नं नंबर संख्या क्रमांक क्र
وارڈ ڈویژن ڈیویژن نمبر حلقہ
"""
ORDINALS = "st nd rd th వ वां वीं वा ویں واں"


class _Letters(dict[int, int | str | None]):
    """What a character is in a key; worked out once for each, when it first comes."""

    def __missing__(self, code: int) -> int | str | None:
        self[code] = found = self._of(code)
        return found

    @staticmethod
    def _of(code: int) -> int | str | None:
        character = chr(code)
        category = unicodedata.category(character)
        if code in LEFT_OUT or category == "Cf":
            return None
        if category == "Nd":
            return str(unicodedata.digit(character))
        return code if category[0] in "LMN" else " "


_LETTERS = _Letters(SAME_LETTER)


def key(text: str) -> str:
    """What two spellings of one name have in common; empty when the text has neither letter nor digit."""
    return _same_nasals(_spread(text).replace(" ", ""))


def _spread(text: str) -> str:
    """The words of a text, in the letters of keys, with single blanks between them."""
    if text.isascii():
        plain = text.lower()
    else:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(plain.translate(_LETTERS).split())


def _same_nasals(word: str) -> str:
    return word if word.isascii() else CLOSED_NASAL.sub(_anusvara, word)


def _anusvara(nasal: re.Match[str]) -> str:
    return "ం" if nasal[0] >= "ఀ" else "ं"


def _parts(text: str) -> list[str]:
    """Words and numbers, each by itself."""
    return [_same_nasals(part) for part in _PARTS.findall(_spread(text))]


_PARTS = re.compile(r"[0-9]+|[^0-9 ]+")
_ID = re.compile(r"(.*?)[\s_-]*0*([0-9]+)")
_WARD_WORDS = frozenset(_parts(WARD_WORDS))
_AFTER_NUMBER = _WARD_WORDS | frozenset(_parts(ORDINALS))


@attrs.frozen
class Label:
    """A label that was read: the key of all of it, the ward number in it, and the key of the name beside the number.

    `id` is what it would be as a ward id (None where it can't be one), `beside_id` the key of a name after the id.
    """

    key: str
    number: int | None
    name: str
    id: str | None
    beside_id: str


def read(text: str) -> Label:
    """Take a label apart. Every text has a reading, if an empty one."""
    text = text[: LONGEST + 1]
    parts = _parts(text)
    number, name = _number(parts)
    id, beside_id = _id(text, parts)
    return Label(_same_nasals("".join(parts)), number, name, id, beside_id)


def _number(parts: list[str]) -> tuple[int | None, str]:
    """The number that stands first or last, ward words and ordinal endings around it aside, and the name beside it."""
    start, end = _without_ward_words(parts, 0, len(parts))
    if start < end and _is_number(parts[start]):
        after = start + 1
        while after < end and parts[after] in _AFTER_NUMBER:
            after += 1
        return int(parts[start]), _name(parts, after, end)
    while end > start and parts[end - 1] in _AFTER_NUMBER:
        end -= 1
    if start < end and _is_number(parts[end - 1]):
        return int(parts[end - 1]), _name(parts, start, end - 1)
    return None, _name(parts, start, len(parts))


def _name(parts: list[str], start: int, end: int) -> str:
    start, end = _without_ward_words(parts, start, end)
    return _same_nasals("".join(parts[start:end]))


def _without_ward_words(parts: list[str], start: int, end: int) -> tuple[int, int]:
    while start < end and parts[start] in _WARD_WORDS:
        start += 1
    while end > start and parts[end - 1] in _WARD_WORDS:
        end -= 1
    return start, end


def _is_number(part: str) -> bool:
    return part.isdecimal() and len(part) <= LONGEST_NUMBER


def _id(text: str, parts: list[str]) -> tuple[str | None, str]:
    """`Ward 95` is the number 95 and no id, unlike `WARD_95`: it may be asked in another delimitation."""
    first, _, rest = text.strip().partition(" ")
    if "_" in first:
        after = _parts(rest)
        return id_key(first), _name(after, 0, len(after))
    return (None if parts and parts[0] in _WARD_WORDS else id_key(text)), ""


def id_key(ward_id: str) -> str:
    """A ward id without case and leading zeros: `hyd26_7` for HYD26_007, hyd26-7 and HYD26 007."""
    plain = " ".join(unicodedata.normalize("NFKC", ward_id).casefold().split())
    found = _ID.fullmatch(plain)
    return f"{found[1]}_{found[2]}" if found and found[1] else plain


def language_of(text: str) -> str | None:
    """The language that the first letter's script suggests here: en, te, hi or ur; None for other scripts.

    A guess by script: Marathi is written in Devanagari too, so an alias may name its language instead.
    """
    scripts = {"LATIN": "en", "TELUGU": "te", "DEVANAGARI": "hi", "ARABIC": "ur"}
    letters = (character for character in text if character.isalpha())
    return next((scripts.get(unicodedata.name(letter, "").partition(" ")[0]) for letter in letters), None)
