"""Past results carried over to redrawn wards: what the new wards' voters did when the lines were others.

A ward that was split or merged has no past of its own. Its voters have one: a new ward's result is the sum of the old
wards' votes, each times the part of the old ward's voters that lives in the new ward now. It is an estimate, since
nobody knows which voters of an old ward live where; the better the parts (by polling station, say), the better it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import attrs

from lokdarpan_core.elections.panel import Contest, Panel
from lokdarpan_core.errors import PanelError

LEAST_COVERED = 0.5  # of a new ward's voters; with fewer, the rest of the ward would be invented


@attrs.frozen
class Part:
    """The part of an old unit's voters (a fraction, 0 to 1) that belongs to a new unit."""

    old: str
    new: str
    weight: float


def redrawn(panel: Panel, parts: Iterable[Part]) -> Panel:
    """The panel with old units replaced by new ones, election by election; units that no part names stay as they are.

    An old unit counts by its votes, where they are not known by its electors, where neither is known equally. An
    election of a new unit is left out when less than half of its voters come from units with a result then.
    Raises PanelError for a weight outside 0 to 1, parts of a unit that sum to more than 1, and unknown old units.
    """
    by_new = _by_new(panel, list(parts))
    replaced = {old for sources in by_new.values() for old in sources}
    kept = [contest for contest in panel.contests if contest.unit not in replaced]
    sizes = _sizes(panel)
    elections: dict[str, dict[str, Contest]] = defaultdict(dict)
    for contest in panel.contests:
        elections[contest.election][contest.unit] = contest
    left_out = list(panel.left_out)
    for contests in elections.values():
        for new, sources in by_new.items():
            there = {old: weight for old, weight in sources.items() if old in contests}
            covered = sum(weight * sizes[old] for old, weight in there.items())
            if not there:
                continue
            if covered < LEAST_COVERED * sum(weight * sizes[old] for old, weight in sources.items()):
                election = contests[next(iter(there))].election
                left_out.append(f"{new}, {election}: less than half of its voters lived in units with a result")
                continue
            kept.append(_merged(new, contests, there))
    ordered = sorted(kept, key=lambda one: (one.held_on, one.election, one.unit))
    return attrs.evolve(panel, contests=tuple(ordered), left_out=tuple(left_out))


def _by_new(panel: Panel, parts: list[Part]) -> dict[str, dict[str, float]]:
    known = set(panel.units)
    spent: dict[str, float] = defaultdict(float)
    by_new: dict[str, dict[str, float]] = defaultdict(dict)
    for number, part in enumerate(parts, 1):
        if part.old not in known:
            raise PanelError(f"Row {number}, column old: there is no unit {part.old!r} in the panel")
        if not 0 < part.weight <= 1:
            raise PanelError(f"Row {number}, column weight: {part.weight} is not above 0 and up to 1")
        if part.old in by_new[part.new]:
            raise PanelError(f"Row {number}, column new: {part.old!r} has a part in {part.new!r} already")
        spent[part.old] += part.weight
        if spent[part.old] > 1 + 1e-6:
            raise PanelError(f"Row {number}, column weight: the parts of {part.old!r} sum to {spent[part.old]:.3f}")
        by_new[part.new][part.old] = part.weight
    return by_new


def _size(contest: Contest) -> float:
    return contest.votes or contest.electors or 1.0


def _sizes(panel: Panel) -> dict[str, float]:
    """Of each unit, that of its newest contest: what its voters weigh in elections that it has no result of."""
    return {contest.unit: _size(contest) for contest in panel.contests}


def _merged(new: str, contests: Mapping[str, Contest], weights: Mapping[str, float]) -> Contest:
    first = contests[next(iter(weights))]
    votes: dict[str, float] = defaultdict(float)
    for old, weight in weights.items():
        for party, share in contests[old].shares.items():
            votes[party] += weight * _size(contests[old]) * share
    total = sum(votes.values())
    shares = {party: value / total for party, value in sorted(votes.items())}
    counted = all(contests[old].votes is not None for old in weights)
    cities = {contests[old].city for old in weights}
    city = cities.pop() if len(cities) == 1 else None
    return Contest(new, first.election, first.held_on, shares, city, total if counted else None)
