"""One day of a city, judged: every ward, every party in every ward, every ward's issues, and the findings among them.

What is judged, found or not, counts in the correction: one question for each ward, one for each ward and party, and
for each ward as many as it may have issues.
"""

from collections.abc import Iterator, Mapping
from math import exp

import attrs

from lokdarpan_core.pulse.alerts.binomial import at_least
from lokdarpan_core.pulse.alerts.counts import Day, Whole
from lokdarpan_core.pulse.alerts.discovery import FALSE_DISCOVERIES, q_values, weights
from lokdarpan_core.pulse.alerts.model import MIN_STORIES, Expected, expect
from lokdarpan_core.pulse.alerts.terms import ISSUES, TERMS_NAMED, CityTerms, Risen, WardTerms, issues, risen

LEAST = exp(-700)  # a p-value that can still be stored


@attrs.frozen
class Finding:
    """What stands out: stories observed and expected, the chance of so many, and that chance after the correction for
    all that was judged. `subject` is the party or the term, empty for the ward itself; `stories` are those of an
    issue."""

    ward_id: str
    kind: str
    subject: str
    observed: int
    expected: float
    p_value: float
    q_value: float = 1.0
    terms: tuple[str, ...] = ()
    stories: frozenset[int] = frozenset()


@attrs.frozen
class Judged:
    """What came of a day: how many questions were asked of it, and the findings, the least likely first."""

    questions: int
    findings: tuple[Finding, ...]


def judge(day: Day, terms: Mapping[str, WardTerms], city: CityTerms) -> Judged:
    """Judge a day. `terms` has each ward that was mentioned in enough stories, if its stories have terms."""
    if not day.sources:
        return Judged(0, ())
    expected = expect(day.past(day.mentions), day.volume, day.day.weekday())
    rose = {ward: risen(said, city, expected.by_event) for ward, said in terms.items()}
    named = {ward: tuple(one.term for one in ones[:TERMS_NAMED]) for ward, ones in rose.items()}
    found = [attrs.evolve(one, terms=named.get(one.ward_id, ())) for one in _raised(day, day.mentions, expected, "")]
    for party, counts in day.parties.items():
        found += _raised(day, counts, expect(day.past(counts), day.volume, day.day.weekday()), party)
    for ward, ones in rose.items():
        found += [_issue(ward, one) for one in issues(ones, city.vocabulary)]
    asked = {"mentions": len(day.wards), "party": len(day.wards) * len(day.parties), "issue": len(day.wards) * ISSUES}
    weight, questions = weights(asked), sum(asked.values())
    values = q_values([one.p_value / weight[one.kind] for one in found], questions)
    kept = [attrs.evolve(one, q_value=q) for one, q in zip(found, values, strict=True) if q <= FALSE_DISCOVERIES]
    return Judged(questions, tuple(sorted(kept, key=lambda one: (one.p_value, one.ward_id, one.kind, one.subject))))


def _raised(day: Day, counts: Whole, expected: Expected, party: str) -> Iterator[Finding]:
    """The wards that are in more stories than expected, of a party or, without one, of all."""
    for index, observed in enumerate(day.observed(counts).tolist()):
        mean = float(expected.mean[index])
        if observed >= MIN_STORIES and observed > mean:
            ward = day.wards[index]
            p_value = max(LEAST, at_least(observed, mean, float(expected.shape[index])))
            yield Finding(ward, "party" if party else "mentions", party, observed, mean, p_value)


def _issue(ward: str, one: Risen) -> Finding:
    p_value = max(LEAST, one.p_value)
    return Finding(ward, "issue", one.term, one.observed, one.expected, p_value, terms=one.terms, stories=one.stories)
