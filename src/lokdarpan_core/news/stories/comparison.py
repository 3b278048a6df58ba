"""Two articles beside each other: all that the rule measures of a pair, each figure when it is first asked for.

Figures are numbers of words or shares of words (0 to 1), and none depends on any article but these two.
"""

from collections.abc import Sequence
from functools import cached_property

import attrs

from lokdarpan_core.news.stories.passages import Run, gaps, passages, runs
from lokdarpan_core.news.stories.words import Reading, is_content, is_telling, value

NUMBER_NEAR = 4  # words: in a longer gap, unless it is half numbers, two of them are not about the same thing


@attrs.frozen
class Comparison:
    """A pair; `a` is the one with the shorter lead, whichever was given first. Made by `compare`."""

    a: Reading
    b: Reading

    @cached_property
    def days(self) -> int:
        """How many days lie between them."""
        return abs((self.a.published_on - self.b.published_on).days)

    @cached_property
    def leads(self) -> int:
        """How many of the two have more than a headline."""
        return bool(self.a.lead) + bool(self.b.lead)

    @cached_property
    def runs(self) -> list[Run]:
        """What the leads have word for word in common."""
        return runs(self.a.lead, self.b.lead)

    @cached_property
    def coverage(self) -> float:
        """The share of the shorter lead that stands in the other one."""
        return length(self.runs) / len(self.a.lead) if self.a.lead else 0.0

    @cached_property
    def clause(self) -> list[Run]:
        """The longest passage."""
        return max(passages(self.runs), key=length, default=[])

    @cached_property
    def headline_runs(self) -> list[Run]:
        """What the headlines have in common, single words too."""
        return runs(self.a.headline, self.b.headline, 1)

    @cached_property
    def headline_agreement(self) -> float:
        """Dice's coefficient of the words that tell something in the two headlines, without their endings."""
        words = len(self.a.stems) + len(self.b.stems)
        return 2 * len(self.a.stems & self.b.stems) / words if words else 0.0

    @cached_property
    def lead_agreement(self) -> float:
        """The words that tell something and stand in both leads, as a share of the lead that has fewer of them."""
        few, many = sorted(({*filter(is_content, one.lead)} for one in (self.a, self.b)), key=len)
        return len(few & many) / len(few) if few else 0.0

    @cached_property
    def headline_numbers(self) -> str | None:
        """Numbers or dates at the same place of both headlines that differ."""
        return _numbers(self.a.headline, self.b.headline, self.headline_runs)

    @cached_property
    def lead_numbers(self) -> str | None:
        """Numbers or dates beside the same words of both leads that differ."""
        return _numbers(self.a.lead, self.b.lead, self.runs) if self.runs else None

    def wording(self, found: Sequence[Run]) -> int:
        """How many words of these runs of the leads are no names and have four letters or more: those in lower case,
        or any in a script without case."""
        return sum(_is_wording(word) for run in found for word in self.a.shown[run.start : run.start + run.length])


def _is_wording(word: str) -> bool:
    return len(word) > 3 and not word[0].isupper() and not word[0].isdigit()


def compare(one: Reading, other: Reading) -> Comparison:
    """The same comparison in whichever order the two are given."""
    return Comparison(one, other) if _rank(one) <= _rank(other) else Comparison(other, one)


def _rank(one: Reading) -> tuple[int, tuple[str, ...], tuple[str, ...], object]:
    return len(one.lead), one.headline, one.lead, one.published_on


def length(found: Sequence[Run]) -> int:
    """How many words these runs have."""
    return sum(run.length for run in found)


def _numbers(text: Sequence[str], other: Sequence[str], found: Sequence[Run]) -> str | None:
    for here, there in gaps(text, other, found):
        mine, theirs = _telling(here), _telling(there)
        differ = set(mine).isdisjoint(theirs) or (len(mine) == len(theirs) and mine != theirs)
        if mine and theirs and differ:
            return f"{' '.join(here)} / {' '.join(there)}"
    return None


def _telling(words: Sequence[str]) -> list[str]:
    told = sorted(value(word) for word in words if is_telling(word))
    return told if len(words) <= max(NUMBER_NEAR, 2 * len(told)) else []
