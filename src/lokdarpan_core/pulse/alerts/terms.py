"""Which terms a ward's stories of a day say more often than its own history explains.

A term stands in n of the X stories that mention the ward that day. In history it stood in n_w of the ward's N_w stories
and in n_c of the city's N_c. Its share in the ward's stories is a gamma-Poisson rate (Gelman et al., *Bayesian Data
Analysis*, 3rd ed. 2013, section 2.6) around the city's share, and never held to be below that:

    π = (n_c + ½) ÷ (N_c + 1)      a = 5·π + n_w      m = X · max(π, a ÷ (5 + N_w))
    variance = m · (1 + c₁) + X² · a ÷ (5 + N_w)² + m² ÷ (n_c + ½)

and n is compared with the negative binomial of that mean and variance. c₁ (see `model`) is there because the stories of
one event share its terms. X is what was said that day, not what was expected: when a ward is all over the news, the
words that stand in every story rise with it and are no issue. Thousands of terms could rise: an issue's p-value is that
of its term times the number of terms that the city's stories used in the window (Bonferroni).

Terms that rise together in the same stories are one issue, named by the term with the smallest p-value.
"""

from collections.abc import Mapping, Sequence

import attrs

from lokdarpan_core.pulse.alerts.binomial import at_least
from lokdarpan_core.pulse.alerts.model import MIN_STORIES

CITY_WEIGHT = 5.0  # stories
ISSUES = 2  # of a ward and day, at most
TERMS_NAMED = 5
ROSE = 0.01  # a term's own p-value, below which it is named beside an alert


@attrs.frozen
class CityTerms:
    """The city's history: its stories, those with each term of the day, and how many terms there are in all."""

    stories: int
    with_term: Mapping[str, int]
    vocabulary: int


@attrs.frozen
class WardTerms:
    """One ward: the terms of each story of the day, and in history its stories and those with each of these terms."""

    today: Mapping[int, frozenset[str]]
    stories: int
    with_term: Mapping[str, int]


@attrs.frozen
class Risen:
    """A term that rose: stories that say it, stories expected, and how likely so many are by chance. `terms` are those
    that rose in the same stories. The p-value of an issue counts all terms that were tried."""

    term: str
    observed: int
    expected: float
    p_value: float
    stories: frozenset[int]
    terms: tuple[str, ...] = ()


def risen(ward: WardTerms, city: CityTerms, by_event: float) -> list[Risen]:
    """The terms in two stories or more that rose, each by its own p-value, the least likely first."""
    found = [_judged(term, stories, ward, city, by_event) for term, stories in shared(ward.today).items()]
    return sorted((one for one in found if one.p_value <= ROSE), key=lambda one: (one.p_value, one.term))


def shared(today: Mapping[int, frozenset[str]]) -> dict[str, set[int]]:
    """The terms that stand in two stories or more, with these."""
    saying: dict[str, set[int]] = {}
    for story, terms in today.items():
        for term in terms:
            saying.setdefault(term, set()).add(story)
    return {term: stories for term, stories in saying.items() if len(stories) > 1}


def _judged(term: str, stories: set[int], ward: WardTerms, city: CityTerms, by_event: float) -> Risen:
    share = (city.with_term.get(term, 0) + 0.5) / (city.stories + 1)
    a, weight, said = CITY_WEIGHT * share + ward.with_term.get(term, 0), CITY_WEIGHT + ward.stories, len(ward.today)
    mean = said * max(share, a / weight)
    surplus = by_event * mean + said**2 * a / weight**2 + mean**2 / (city.with_term.get(term, 0) + 0.5)
    return Risen(term, len(stories), mean, at_least(len(stories), mean, mean**2 / surplus), frozenset(stories))


def issues(found: Sequence[Risen], vocabulary: int) -> list[Risen]:
    """The issues among a ward's risen terms: at most two, each with the terms that rose in most of its stories."""
    left = list(found)
    named: list[Risen] = []
    while len(named) < ISSUES and (first := next((one for one in left if one.observed >= MIN_STORIES), None)):
        same = [one for one in left if 2 * len(one.stories & first.stories) > len(one.stories)]
        p_value = min(1.0, first.p_value * max(vocabulary, 1))
        terms = tuple(one.term for one in same[:TERMS_NAMED])
        named.append(attrs.evolve(first, p_value=p_value, terms=terms))
        left = [one for one in left if one not in same]
    return named
