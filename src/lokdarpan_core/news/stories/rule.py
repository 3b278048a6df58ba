"""The rule: guards that speak against a pair, grounds that speak for it. The package says why they are these.

A pair is one text when no guard speaks and a ground does. Which of the two comes first makes no difference.
"""

from collections.abc import Callable, Iterator

import attrs

from lokdarpan_core.news.stories.comparison import Comparison, compare, length
from lokdarpan_core.news.stories.headlines import announces, edits
from lokdarpan_core.news.stories.words import DATES, LEAD_WORDS, Reading, is_content, is_telling, stem

WINDOW_DAYS = 3
SHORTEST_TEXT = 5  # words
SERIES_NAMES = """
horoscope horoscopes astrology panchang panchangam crossword sudoku timings schedule fixtures
రాశిఫలాలు రాశి ఫలాలు పంచాంగం राशिफल पंचांग
"""
SERIES = frozenset(SERIES_NAMES.split())


@attrs.frozen
class Finding:
    """What one guard or ground says of a pair: whether it speaks, and what it looked at, for people."""

    name: str
    speaks: bool
    seen: str


Check = Callable[[Comparison], tuple[bool, str]]


def is_same_text(one: Reading, other: Reading) -> bool:
    """Whether two articles are one text. Grounds are asked first: few pairs have one, and most guards cost as much."""
    pair = compare(one, other)
    return any(ground(pair)[0] for ground in GROUNDS.values()) and not any(guard(pair)[0] for guard in GUARDS.values())


def findings(pair: Comparison) -> tuple[list[Finding], list[Finding]]:
    """What every guard and every ground says."""
    return tuple([Finding(name, *check(pair)) for name, check in checks.items()] for checks in (GUARDS, GROUNDS))  # type: ignore[return-value]


# -- Guards ----------------------------------------------------------------------------------------------------------


def _another_language(pair: Comparison) -> tuple[bool, str]:
    return pair.a.language != pair.b.language, f"{pair.a.language}, {pair.b.language}"


def _too_far_apart(pair: Comparison) -> tuple[bool, str]:
    return pair.days > WINDOW_DAYS, f"{pair.days} days"


def _too_short(pair: Comparison) -> tuple[bool, str]:
    words = min(pair.a.length, pair.b.length)
    return words < SHORTEST_TEXT, f"{words} words"


def _daily_series(pair: Comparison) -> tuple[bool, str]:
    if not pair.days:
        return False, "same day"
    words = SERIES.intersection(pair.a.headline, pair.b.headline)
    changed = pair.headline_numbers or pair.lead_numbers
    return bool(words or changed), " ".join(sorted(words)) or changed or "no date or number changed"


def _announcement(pair: Comparison) -> tuple[bool, str]:
    verb = announces(pair.a.headline, pair.b.headline) if pair.days else None
    return verb is not None, verb or "both tell it alike, or on the same day"


def _wrong_summary(pair: Comparison) -> tuple[bool, str]:
    summary = 0 < len(pair.a.lead) < LEAD_WORDS  # nobody pastes a whole article by mistake
    if not summary or pair.a.lead != pair.b.lead or pair.a.headline == pair.b.headline:
        return False, "not one summary under two headlines"
    lead = {stem(word) for word in pair.a.lead}
    shares = sorted(_borne_out(pair, lead))
    speaks = len(shares) == 2 and shares[0] <= 0.2 and shares[1] >= 0.3
    return speaks, "it bears out " + " and ".join(f"{share:.0%}" for share in shares) + " of the headlines' own words"


def _borne_out(pair: Comparison, lead: set[str]) -> Iterator[float]:
    for mine, theirs in ((pair.a, pair.b), (pair.b, pair.a)):
        own = {stem(word) for word in mine.headline if is_content(word) and not is_telling(word)} - theirs.stems
        if len(own) > 1:
            yield len(own & lead) / len(own)


def _one_headline_two_stories(pair: Comparison) -> tuple[bool, str]:
    if pair.leads < 2 or pair.a.headline != pair.b.headline:
        return False, "not one headline over two leads"
    common = len(pair.a.headline) < 8 or not DATES.isdisjoint(pair.a.headline)
    least = 0.3 if pair.days else 0.15
    return common and pair.lead_agreement < least, f"the leads share {pair.lead_agreement:.0%} of their words"


GUARDS: dict[str, Check] = {
    "another language": _another_language,
    "too far apart": _too_far_apart,
    "too short to tell": _too_short,
    "daily series": _daily_series,
    "announcement and report": _announcement,
    "wrong summary": _wrong_summary,
    "one headline, two stories": _one_headline_two_stories,
}


# -- Grounds ---------------------------------------------------------------------------------------------------------


def _equal(pair: Comparison) -> tuple[bool, str]:
    same = (pair.a.headline, pair.a.lead) == (pair.b.headline, pair.b.lead)
    return same and not pair.days, "word for word" if same else "not word for word"


def _same_headline(pair: Comparison) -> tuple[bool, str]:
    words, letters = len(pair.a.headline), sum(map(len, pair.a.headline))
    enough = words >= 8 if pair.days and pair.leads < 2 else words >= 6 or (words >= 4 and letters >= 32)
    same = pair.a.headline == pair.b.headline
    return same and enough and pair.days <= 1, f"{words} words, {'equal' if same else 'not equal'}"


def _edited_headline(pair: Comparison) -> tuple[bool, str]:
    shorter, longer = sorted((pair.a.headline, pair.b.headline), key=lambda words: (len(words), words))
    if pair.leads == 2:
        return False, "both have a lead of their own"
    if len(shorter) < (7 if pair.leads else 8) or len(shorter) < 0.45 * len(longer):
        return False, f"{len(shorter)} and {len(longer)} words"
    cost, most = edits(shorter, longer), len(shorter) / (9 if pair.leads else 12)
    return cost <= most and pair.days <= bool(pair.leads), f"edits for {cost:g} words, at most {most:.1f}"


def _whole(pair: Comparison) -> tuple[bool, str]:
    words, agreement = length(pair.clause), pair.headline_agreement
    least, agreeing = (0.8, 0.3) if pair.days else (0.6, 0.0)
    told = agreement >= 0.4 or pair.wording(pair.runs) >= 4
    speaks = words >= 8 and pair.coverage >= least and agreement >= agreeing and told
    return speaks, f"{words} words on end, {pair.coverage:.0%} of the shorter lead; headlines agree by {agreement:.0%}"


def _clause(pair: Comparison) -> tuple[bool, str]:
    words, wording = length(pair.clause), pair.wording(pair.clause)
    coverage, agreement = pair.coverage, pair.headline_agreement
    speaks = (
        words >= 8
        and wording >= 5
        and pair.days <= 1
        and coverage >= (0.5 if pair.days else 0.3)
        and agreement >= (0.5 if pair.days else 0.4)
        and coverage + agreement >= 0.9
        and not pair.lead_numbers
        and not pair.headline_numbers
    )
    seen = f"{words} words on end, {wording} of them wording; {coverage:.0%} of the shorter lead"
    return speaks, f"{seen}; headlines agree by {agreement:.0%}"


def _long_clause(pair: Comparison) -> tuple[bool, str]:
    words, wording = length(pair.clause), pair.wording(pair.clause)
    speaks = (
        words >= (20 if pair.days else 15)
        and wording >= 4
        and pair.days <= 1
        and pair.coverage >= (0.5 if pair.days else 0.4)
        and pair.headline_agreement >= 0.4
        and not pair.lead_numbers
        and not pair.headline_numbers
    )
    return speaks, f"{words} words on end, {wording} of them wording; {pair.coverage:.0%} of the shorter lead"


GROUNDS: dict[str, Check] = {
    "equal": _equal,
    "the same headline": _same_headline,
    "an edited headline, and no lead of its own": _edited_headline,
    "the whole lead": _whole,
    "a whole clause, and headlines that agree": _clause,
    "a long clause": _long_clause,
}
