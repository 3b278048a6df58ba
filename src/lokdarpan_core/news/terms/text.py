"""The terms of one text.

Words are told apart as in `stories.words`, but all at once, which is ten times as fast as one by one: in UTF-8 every
byte of another script than the Latin one belongs to a word, once its punctuation is gone. What a word is as a term, or
that it is none, is looked up in a table that fills as words come.

Two words are a phrase when they stand side by side, with no mark between them and no function word, among the first
words of a text: what a report is about, it says in its headline and its lead.

Not read are markup, links and addresses, section kickers (`Peddi | …`), and what outlets put around their texts: "Get
the latest updates in …" with all that follows, and "Also read …" with the headline that it names.
"""

import hashlib
import re
from itertools import pairwise

from lokdarpan_core.news.stories.words import BOILERPLATE, SILENT, marks_of_words, without_kicker, without_markup
from lokdarpan_core.news.terms.endings import ENDINGS, without_ending, without_joined
from lokdarpan_core.news.terms.stop_words import stop_words

RULES = 1  # to be raised when the rules change what a term is: then the terms of all posts are found again
CHARACTERS_READ = 20_000
WORDS_KEPT, PHRASES_KEPT = 200, 50  # of one text
LEAD_TOKENS = 110  # words and marks, in which phrases are looked for
LEAST_LETTERS = 2  # vowel signs are none; one is an initial
LONGEST = 60  # characters of a word; what is longer is no word of any language
TABLE_SIZE = 200_000  # words that are remembered

BREAKS = '.,;:!?()[]{}"|/\n*'
DROPPED = b"'`\r"
LETTERS = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz") | set(range(0x80, 0x100))


def _ascii(code: int) -> int:
    if code in LETTERS:
        return code
    if ord("A") <= code <= ord("Z"):
        return code + 32
    return ord(".") if chr(code) in BREAKS else ord(" ")


_BYTES = bytes(map(_ascii, range(256)))
_JOINERS = [one for one in SILENT if not one.isascii()]
_NO_WORD = re.compile(rf"[^\x00-\x7f\w{re.escape(''.join(marks_of_words()))}]")
_POSSESSIVE = re.compile(r"'s\b")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
ALSO_READ = {
    "read": ("also read", "read also", "read more"),
    "watch": ("also watch",),
    "చదవండి": ("ఇది చదవండి", "ఇదీ చదవండి", "ఇవీ చదవండి", "ఇది కూడా చదవండి", "ఇవి కూడా చదవండి"),
    "पढ़ें": ("यह भी पढ़ें", "ये भी पढ़ें"),
    "پڑھیں": ("یہ بھی پڑھیں",),
}  # what refers to another article, by a word that is in all of them
_OTHER_HEADLINE = re.compile(r"[^\n.!?…।]{0,160}")
_PLAIN = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "|", "—": "|", "…": ".", "\u00a0": " ", "₹": " "}


class _Terms(dict[str, str]):
    """What a word is as a term, or nothing; worked out once for each, when it first comes."""

    def __missing__(self, word: str) -> str:
        if len(self) >= TABLE_SIZE:
            self.clear()
        self[word] = term = _term(word)
        return term


def _term(word: str) -> str:
    if not word[0].isalpha() or len(word) > LONGEST or sum(map(str.isalpha, word)) < LEAST_LETTERS:
        return ""
    form = word.casefold()
    if form in stop_words():
        return ""
    form = without_ending(form)
    return "" if form in stop_words() else form


_TERMS = _Terms()


def terms_of(text: str) -> list[str]:
    """The terms of a text (title and body, joined by a blank line), each once, words before phrases, in the order in
    which they are said."""
    said = list(map(_TERMS.__getitem__, _tokens(text[:CHARACTERS_READ])))
    words = dict.fromkeys(filter(None, said))
    lead = said[:LEAD_TOKENS]
    phrases = dict.fromkeys(f"{one} {other}" for one, other in pairwise(lead) if one and other and one != other)
    return [*words][:WORDS_KEPT] + [*phrases][:PHRASES_KEPT]


def _tokens(text: str) -> list[str]:
    """Words, and a dot for each mark that parts phrases."""
    text = _readable(text)
    if "'s" in text:
        text = _POSSESSIVE.sub("", text)
    if not text.isascii():
        text = without_joined(text)
        for one in _JOINERS:
            text = text.replace(one, "")
        text = _NO_WORD.sub(" . ", text)
    data = text.encode("utf-8", "replace").translate(_BYTES, DROPPED)
    return data.replace(b".", b" . ").decode("utf-8", "replace").split()


def _readable(text: str) -> str:
    """Headline and body without markup, kickers, links and boilerplate."""
    if "|" in text:
        text = "\n\n".join(map(without_kicker, text.split("\n\n", 1)))
    text = without_markup(text)
    if "://" in text or "www." in text or "@" in text:
        text = _LINK.sub(" . ", text)
    if not text.isascii():
        for one, plain in _PLAIN.items():
            text = text.replace(one, plain)
    lower = text.lower()
    for words in BOILERPLATE:
        if (end := lower.find(words)) >= 0:
            text, lower = text[:end], lower[:end]
    for words in (one for word, some in ALSO_READ.items() if word in lower for one in some):
        while (start := lower.find(words)) >= 0:
            headline = _OTHER_HEADLINE.match(lower, start + len(words))
            end = headline.end() if headline else start + len(words)
            text, lower = f"{text[:start]} . {text[end:]}", f"{lower[:start]} . {lower[end:]}"
    return text


def fingerprint() -> str:
    """What terms depend on, as a hash: the rules and the stop words."""
    told = (RULES, CHARACTERS_READ, WORDS_KEPT, PHRASES_KEPT, LEAD_TOKENS, sorted(stop_words()), ENDINGS)
    return hashlib.sha256(repr(told).encode()).hexdigest()
