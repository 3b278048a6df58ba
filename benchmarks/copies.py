"""Synthetic articles with known copies: a year of a city's papers, the same for the same seed, on every machine.

Three articles in ten are copies of another one: cut, with another headline, with words changed, with a dateline, or as
a headline alone. Each day brings its series (the same text with other numbers). Stock phrases stand in articles that
have nothing else in common, as offices and places do in real news, and about as often: four words on end are shared by
one pair of a week in nine hundred. An article has about a thousand letters.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate

import attrs

FIRST_DAY = date(2025, 1, 1)
DAYS = 365
SERIES = 20  # a day
LEAST, MOST = 90, 190  # words of a body
SYLLABLES = """
ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu sha tri kra plo stu
"""
PAPERS = [f"Paper {number}" for number in range(40)]


@attrs.frozen
class Copy:
    """One article, and the number of the text that it is a printing of."""

    text: int
    paper: str
    day: date
    title: str
    body: str


class Press:
    """Prints articles; what it prints follows from the seed alone."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.syllables = SYLLABLES.split()
        self.words = [self._word() for _ in range(30_000)]
        self.weights = list(accumulate(1 / (rank + 20) for rank in range(len(self.words))))
        self.phrases = [self._some(self.random.randrange(5, 9)) for _ in range(2_000)]
        self.phrase_weights = list(accumulate(1 / (rank + 40) for rank in range(len(self.phrases))))
        self.series = [(self._some(7), self._some(30)) for _ in range(SERIES)]
        self.texts = 0

    def _word(self) -> str:
        return "".join(self.random.choices(self.syllables, k=self.random.randrange(1, 5)))

    def _some(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.weights, k=count)

    def day(self, day: date, size: int) -> Iterator[Copy]:
        """All articles of a day."""
        printed = 0
        for headline, wording in self.series[: size // 20]:
            numbers = " ".join(str(self.random.randrange(20, 99)) for _ in range(3))
            yield self._print(self._next(), day, headline, [*wording, *f"{day:%d} of {numbers}".split()])
            printed += 1
        while printed < size:
            text, headline, body = self._next(), self._some(9), self._body()
            yield self._print(text, day, headline, body)
            printed += 1
            while printed < size and self.random.random() < 0.3:
                yield self._copy(text, day, headline, body)
                printed += 1

    def _next(self) -> int:
        self.texts += 1
        return self.texts

    def _body(self) -> list[str]:
        body = self._some(self.random.randrange(LEAST, MOST))
        place = self.random.randrange(len(body) // 2)
        body[place:place] = self.random.choices(self.phrases, cum_weights=self.phrase_weights)[0]
        return body

    def _copy(self, text: int, day: date, headline: list[str], body: list[str]) -> Copy:
        how = self.random.randrange(5)
        if how == 0:
            body = body[: len(body) // 2]
        elif how == 1:
            headline = [*headline[:2], *self._some(6)]
        elif how == 2:
            body = [word if self.random.random() > 0.05 else self._word() for word in body]
        elif how == 3:
            body = [*self._some(4), *body]
        else:
            body = []
        return self._print(text, day, headline, body)

    def _print(self, text: int, day: date, headline: list[str], body: list[str]) -> Copy:
        title = " ".join(headline).capitalize()
        return Copy(text, self.random.choice(PAPERS), day, title, " ".join(body))


def a_year(articles: int, seed: int = 1) -> Iterator[Copy]:
    """So many articles, spread over a year, day by day."""
    press, done = Press(seed), 0
    for number in range(DAYS):
        size = (articles * (number + 1)) // DAYS - done
        yield from press.day(FIRST_DAY + timedelta(days=number), size)
        done += size
