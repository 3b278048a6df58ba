"""Show what the search makes of a text: each name, whether it counts, and why."""

from collections.abc import Iterator
from datetime import date

import attrs

from lokdarpan_core.news.mentions.matcher import Match, Matcher, Mention

REASONS = {
    "kept": "the place",
    "indirect": "part of something that has its name",
    "longer-name": "part of a longer name",
    "inside-word": "part of another word",
    "look-alike": "another name that looks like a ward's",
    "not-one-name": "words that do not belong together",
    "no-capital": "not written as a name",
    "district": "the district of that name",
    "train": "a train",
    "company": "a company",
    "person": "a person",
    "word": "a word of the language",
    "another-quarter": "a quarter with a longer name",
    "elsewhere": "a place of that name elsewhere",
    "no-sign": "a name that many places have, and nothing says that it is this one",
    "no-list-in-force": "no ward list was in force on that day",
    "no-such-number": "there is no ward of that number",
    "other-number": "the ward that is named beside it has another number",
    "ward-of-a-house": "a ward of a hospital or a jail",
}


@attrs.frozen
class Explanation:
    """A text, all names of wards in it with the verdicts on them, and the wards that it is linked to."""

    text: str
    matches: list[Match]
    mentions: list[Mention]


def explain(matcher: Matcher, text: str, published_on: date | None = None) -> Explanation:
    """What a text of that day would be linked to, and why."""
    matches = dict(matcher.matches([text], [published_on], dropped=True)).get(0, [])
    return Explanation(text, matches, matcher.mentions([text], [published_on])[0])


def why(match: Match) -> str:
    """The reason for a verdict, in words."""
    reason = REASONS[match.reason]
    return f"{reason}: {match.because}" if match.because else reason


def marked(explanation: Explanation) -> Iterator[tuple[str, Match | None]]:
    """The text in pieces, each with the match that it is, if it is one. Of matches that overlap, the one that counts is
    shown, else the first."""
    at = 0
    shown: list[Match] = []
    for match in sorted(explanation.matches, key=lambda one: (one.how is None, one.start, -one.end)):
        if all(match.end <= other.start or match.start >= other.end for other in shown):
            shown.append(match)
    for match in sorted(shown, key=lambda one: one.start):
        yield explanation.text[at : match.start], None
        yield explanation.text[match.start : match.end], match
        at = match.end
    yield explanation.text[at:], None
