"""How often alerts are wrong, and what they find: simulated ward-years without change, and bursts put into them.

    python -m benchmarks.alerts [--wards 200] [--seed 1] [--random-sizes] [--without-terms]

A city is simulated story by story: wards from quiet to busy, sources of their own size and reach, weekdays, days that
scatter more than chance, events told in several stories, texts that several sources print, sources that deliver nothing
for a day or a week, days of which nothing came, three parties, and words. Nothing in it changes: every alert is false.
Then, in the same city, stories are put into days: seven times the usual number on top of it in wards at two stories a
day, four times in wards at eight.

What is judged is what the archive would be judged by, from the arrays on. Beside it the naive ruler: a ward's articles,
copies and all, against the mean and standard deviation of 28 days, an alert above three deviations.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import attrs
import numpy as np
from benchmarks.promises import Promise, show_promises
from rich.console import Console
from rich.progress import track
from rich.table import Table

from lokdarpan_core.pulse.alerts.counts import Counts
from lokdarpan_core.pulse.alerts.judging import Judged, judge
from lokdarpan_core.pulse.alerts.model import HISTORY_DAYS, MIN_STORIES
from lokdarpan_core.pulse.alerts.terms import CityTerms, WardTerms

FIRST = date(2024, 1, 1)
YEAR, QUARTER = 365, 365 / 4
DAYS = HISTORY_DAYS + YEAR
PARTIES = {"A": 0.2, "B": 0.12, "C": 0.04}  # share of stories that are one party's
BURSTS = {"8 × at 2 a day": (2.0, 7), "5 × at 8 a day": (8.0, 4)}  # usual stories a day, and stories put in for each
BURST_WARDS, BURST_EVERY = 20, 45  # wards of each kind, days
RETOLD = 0.1  # further stories of an event, on average
STEADY = 20.0  # shape of the gamma distribution by which a ward's days differ
WORDS, WORDS_OF_WARD, WORDS_IN_STORY = 8_000, 60, 14
NEWCOMER = HISTORY_DAYS + 100  # the day on which one source begins


@attrs.frozen
class Story:
    """A text: which ward it mentions, whose it is, which source leads it, how many printed it, what it says."""

    ward: int
    party: str | None
    source: int
    articles: int
    words: frozenset[int]


@attrs.frozen
class City:
    """Stories by ward and day, what each source printed, what a ward has in an average day (stories), and what each
    source should have of it (days × wards × sources)."""

    stories: dict[tuple[int, int], list[Story]]
    volume: np.ndarray
    usual: np.ndarray
    rates: np.ndarray

    def counts(self) -> Counts:
        shape = (len(self.usual), *self.volume.shape)
        mentions, parties = np.zeros(shape, int), {party: np.zeros(shape, int) for party in PARTIES}
        for (ward, day), told in self.stories.items():
            for story in told:
                mentions[ward, story.source, day] += 1
                if story.party:
                    parties[story.party][ward, story.source, day] += 1
        wards = tuple(f"W{n:03}" for n in range(len(self.usual)))
        sources = tuple(f"S{n:02}" for n in range(len(self.volume)))
        return Counts(FIRST, wards, sources, self.volume, mentions, parties)


def volumes(rng: np.random.Generator, sources: int = 12) -> np.ndarray:
    """Stories that each source prints (sources × days): by weekday, scattering, with days and weeks of nothing."""
    size = rng.lognormal(np.log(45), 0.7, sources)
    weekday = rng.uniform(0.7, 1.3, (sources, 7))
    mean = size[:, None] * weekday[:, np.arange(DAYS) % 7] * rng.gamma(30, 1 / 30, (sources, DAYS))
    printed = rng.poisson(mean)
    printed[rng.random(printed.shape) < 0.03] = 0
    for _ in range(2 * sources):
        source, day = rng.integers(sources), rng.integers(DAYS)
        printed[source, day : day + rng.integers(2, 15)] = 0
    printed[:, rng.integers(0, DAYS, 12)] = 0
    printed[0, :NEWCOMER] = 0
    return printed


def simulate(rng: np.random.Generator, wards: int) -> City:
    """A city without change."""
    volume = volumes(rng)
    usual = np.sort(rng.lognormal(np.log(0.25), 1.3, wards)).clip(0.01, 8)
    usual[-2 * BURST_WARDS :] = np.repeat([usual_day for usual_day, _ in BURSTS.values()], BURST_WARDS)
    reach = rng.gamma(2, 1 / 2, (wards, len(volume))) * rng.gamma(3, 1 / 3, len(volume))
    reach *= (usual / (reach @ volume.mean(axis=1)))[:, None]
    weekday = rng.uniform(0.85, 1.15, 7)
    stories: dict[tuple[int, int], list[Story]] = {}
    words = Words(rng, wards)
    daily = np.stack([reach * volume[:, day] * weekday[day % 7] for day in range(DAYS)])
    for day, rates in enumerate(daily):
        mean = rates.sum(axis=1) * rng.gamma(STEADY, 1 / STEADY, wards)
        for ward in np.flatnonzero(events := rng.poisson(mean / (1 + RETOLD))).tolist():
            sources = rates[ward] / rates[ward].sum()
            told = [
                story
                for _ in range(events[ward])
                for story in event(rng, words, ward, sources, 1 + rng.poisson(RETOLD))
            ]
            stories[ward, day] = told
    return City(stories, volume, usual, daily)


def event(rng: np.random.Generator, words: "Words", ward: int, sources: np.ndarray, size: int) -> Iterator[Story]:
    """The stories of one event: they share half of their words."""
    party = next((name for name, below in _cumulated() if rng.random() < below), None) if rng.random() < 0.4 else None
    shared = words.drawn(ward, WORDS_IN_STORY // 2)
    for source in rng.choice(len(sources), size, p=sources):
        copies = rng.integers(1, 5) if rng.random() < 0.3 else 0
        own = words.drawn(ward, WORDS_IN_STORY // 2)
        yield Story(int(ward), party, int(source), 1 + int(copies), frozenset(shared | own))


def _cumulated() -> Iterator[tuple[str, float]]:
    for name, share in PARTIES.items():
        yield name, share / 0.4


class Words:
    """Words as wards use them: by Zipf's law, a third of them the ward's own."""

    def __init__(self, rng: np.random.Generator, wards: int) -> None:
        weights = 1 / np.arange(10, WORDS + 10)
        self.rng, self.sums = rng, np.cumsum(weights / weights.sum())
        self.own = rng.integers(0, WORDS, (wards, WORDS_OF_WARD))

    def drawn(self, ward: int, count: int) -> set[int]:
        common = np.searchsorted(self.sums, self.rng.random(count))
        own = self.own[ward][(WORDS_OF_WARD * self.rng.random(count) ** 2).astype(int)]
        return set(np.where(self.rng.random(count) < 1 / 3, own, common).tolist())


def with_bursts(
    rng: np.random.Generator, city: City, random_sizes: bool
) -> tuple[City, dict[str, set[tuple[str, int]]]]:
    """The same city with bursts, and where they are: by kind, ward and day. Days on which the ward should
    have a fifth more or less than is usual, by weekday or by what its sources deliver, are passed over."""
    stories = dict(city.stories)
    words = Words(rng, len(city.usual))
    places: dict[str, set[tuple[str, int]]] = {}
    for number, (kind, (usual, times)) in enumerate(BURSTS.items()):
        places[kind] = set()
        first = len(city.usual) - (len(BURSTS) - number) * BURST_WARDS
        for ward in range(first, first + BURST_WARDS):
            for day in range(HISTORY_DAYS + int(rng.integers(BURST_EVERY)), DAYS, BURST_EVERY):
                rates = city.rates[day, ward].copy()
                rates[0] *= day >= NEWCOMER + 8
                if abs(rates.sum() - usual) <= 0.2 * usual:
                    size = int(rng.poisson(times * usual)) if random_sizes else round(times * usual)
                    told = event(rng, words, ward, rates / rates.sum(), size)
                    stories[ward, day] = [*stories.get((ward, day), []), *told]
                    places[kind].add((f"W{ward:03}", day))
    return attrs.evolve(city, stories=stories), places


def judged_days(city: City, with_terms: bool, console: Console, what: str) -> Iterator[tuple[int, Judged]]:
    """Judge each day of the year after eight weeks of history."""
    counts = city.counts()
    terms = Terms(city)
    for at in track(range(HISTORY_DAYS, DAYS), what, console=console, transient=True):
        day = counts.day(FIRST + timedelta(days=at))
        allowed = {counts.sources.index(name) for name in day.sources}
        said = terms.of_day(at, allowed) if with_terms else {}
        yield at, judge(day, said, terms.city(at))


class Terms:
    """Which words stood in how many stories, for the eight weeks before a day."""

    def __init__(self, city: City) -> None:
        self.stories = city.stories
        self.wards = range(len(city.usual))

    def _told(self, ward: int, days: range) -> Iterator[Story]:
        for day in days:
            yield from self.stories.get((ward, day), ())

    def city(self, at: int) -> CityTerms:
        counted: Counter[str] = Counter()
        stories = 0
        for ward in self.wards[:: max(1, len(self.wards) // 50)]:  # a sample of the wards is the city well enough
            for story in self._told(ward, range(at - HISTORY_DAYS, at)):
                stories += 1
                counted.update(map(str, story.words))
        return CityTerms(stories, counted, WORDS)

    def of_day(self, at: int, allowed: set[int]) -> Mapping[str, WardTerms]:
        found = {}
        for ward in self.wards:
            today = [story for story in self.stories.get((ward, at), ()) if story.source in allowed]
            if len(today) >= MIN_STORIES:
                past = list(self._told(ward, range(at - HISTORY_DAYS, at)))
                counted = Counter(str(word) for story in past for word in story.words)
                said = {number: frozenset(map(str, story.words)) for number, story in enumerate(today)}
                found[f"W{ward:03}"] = WardTerms(said, len(past), counted)
        return found


def naive(city: City) -> set[tuple[str, int]]:
    """Where a plain z-score of the articles raises an alert: 28 days, three deviations, three articles."""
    articles = np.zeros((len(city.usual), DAYS))
    for (ward, day), told in city.stories.items():
        articles[ward, day] = sum(story.articles for story in told)
    found = set()
    for at in range(HISTORY_DAYS, DAYS):
        past = articles[:, at - 28 : at]
        high = (articles[:, at] >= MIN_STORIES) & (articles[:, at] > past.mean(axis=1) + 3 * past.std(axis=1))
        found |= {(f"W{ward:03}", at) for ward in np.flatnonzero(high)}
    return found


def main() -> int:
    """Simulate, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wards", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random-sizes", action="store_true", help="bursts of Poisson size instead of a fixed one")
    parser.add_argument("--without-terms", action="store_true", help="leave issues out, which take the most time")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    begun = time.perf_counter()
    rng = np.random.default_rng(options.seed)
    calm = simulate(rng, options.wards)
    busy, places = with_bursts(rng, calm, options.random_sizes)
    false: Counter[str] = Counter()
    for _, judged in judged_days(calm, not options.without_terms, console, "without change"):
        false.update(finding.kind for finding in judged.findings)
    found = {
        (finding.ward_id, at)
        for at, judged in judged_days(busy, False, console, "with bursts")
        for finding in judged.findings
        if finding.kind == "mentions"
    }
    naively_false, naively_found = naive(calm), naive(busy)
    quarters = options.wards * YEAR / QUARTER
    told = sum(map(len, calm.stories.values()))
    console.print(f"{options.wards} wards, {YEAR} days, {told:,} stories, seed {options.seed}")
    table = Table("", "alerts", "z-score")
    for kind in ("mentions", "party", "issue"):
        table.add_row(f"false alerts per ward and quarter: {kind}", f"{false[kind] / quarters:.4f}", "")
    table.add_row(
        "false alerts per ward and quarter: all",
        f"{false.total() / quarters:.4f}",
        f"{len(naively_false) / quarters:.4f}",
    )
    promises = [Promise("false alerts per ward and quarter", false.total() / quarters, 0.05, at_most=True)]
    for kind, bursts in places.items():
        share, naive_share = len(bursts & found) / len(bursts), len(bursts & naively_found) / len(bursts)
        table.add_row(f"found on the day: {kind} ({len(bursts)} bursts)", f"{share:.3f}", f"{naive_share:.3f}")
        promises.append(Promise(f"found on the day: {kind}", share, 0.9))
    console.print(table)
    console.print(f"{time.perf_counter() - begun:.0f} s")
    show_promises(promises, console, decimals=4)
    return 0 if all(one.met for one in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
