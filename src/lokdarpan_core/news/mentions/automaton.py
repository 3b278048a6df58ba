"""The one typed door to pyahocorasick: many words, looked for in one pass over a text.

Every word begins with a blank and the text has a blank wherever a word may begin. So the search leaves its root only at
the beginning of a word, and most of a text costs one comparison a letter.
"""

from collections.abc import Iterable, Iterator

import ahocorasick


class Words:
    """Some words, each with its number: its place in what was given."""

    def __init__(self, words: Iterable[str]) -> None:
        self._lengths: list[int] = []
        self._tree = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for number, word in enumerate(words):
            self._lengths.append(len(word))
            self._tree.add_word(" " + word, number)
        if self._lengths:
            self._tree.make_automaton()

    def places(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(start, end, number) of every word in the text, those inside of longer ones too, in the order of ends."""
        if self._lengths:
            for last, number in self._tree.iter(text):
                yield last + 1 - self._lengths[number], last + 1, number

    def count(self, text: str) -> int:
        """How many there are: the bare search, for those who measure."""
        return sum(1 for _ in self._tree.iter(text)) if self._lengths else 0
