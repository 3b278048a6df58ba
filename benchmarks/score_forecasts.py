"""Score saved forecasts again, with the standard library alone: a check on the back-test that shares no code with it.

    lokdarpan backtest results.csv --save forecasts.jsonl --json > report.json
    python -m benchmarks.score_forecasts forecasts.jsonl [report.json]

Reads what `--save` wrote: a line about the panel, then a line a contest with what every method said and what came of
it. Prints each method's figures, the paired differences with intervals by the bootstrap over days, and the calibration.
With the report beside it, every figure (not the bootstrap's bounds, which are drawn) must agree to nine digits, or
the exit code is 1.
"""

import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

OTHERS = "(others)"
MEASURES = ("share_error", "winners_right", "brier", "log_score")
REPEATS = 2000
Contest = dict[str, Any]


def winner(contest: Contest) -> str:
    """Who won; of equals the first by name."""
    actual: dict[str, float] = contest["actual"]
    return min(actual, key=lambda party: (-actual[party], party))


def sums(contest: Contest, method: str) -> dict[str, float]:
    """What one contest adds to the sums of a method."""
    said, actual, won = contest["guesses"][method], contest["actual"], winner(contest)
    rows = [*actual, *contest["absent"]]
    chances = {party: said["chances"].get(party, 0.0) for party in contest["outcomes"]}
    chances[OTHERS] = sum(chance for party, chance in said["chances"].items() if party not in contest["outcomes"])
    outcome = won if won in chances else OTHERS
    held = [(actual[party], *bounds) for party, bounds in said["intervals"].items() if party in actual]
    return {
        "contests": 1.0,
        "rows": float(len(rows)),
        "share_error": sum(abs(said["shares"].get(party, 0.0) - actual.get(party, 0.0)) for party in rows),
        "winners_right": float(said["called"] == won),
        "brier": sum((chance - (party == outcome)) ** 2 for party, chance in chances.items()),
        "log_score": -math.log(max(chances[outcome], 1e-6)),
        "intervals": float(len(held)),
        "coverage": float(sum(low <= share <= high for share, low, high in held)),
        "width": sum(high - low for _, low, high in held),
    }


def figures(of_contests: Iterable[dict[str, float]]) -> dict[str, float | None]:
    """The means over contests."""
    total: dict[str, float] = defaultdict(float)
    for one in of_contests:
        for name, value in one.items():
            total[name] += value
    found: dict[str, float | None] = {
        "contests": total["contests"],
        "share_error": total["share_error"] / total["rows"],
    }
    found |= {name: total[name] / total["contests"] for name in MEASURES[1:]}
    found |= {name: total[name] / total["intervals"] if total["intervals"] else None for name in ("coverage", "width")}
    return found


def interval(contests: list[Contest], method: str, measure: str) -> tuple[float, float, float]:
    """The forecast's figure minus a method's, and its 95 % interval by the bootstrap over days."""
    below = "rows" if measure == "share_error" else "contests"
    days: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for contest in contests:
        ours, theirs = sums(contest, "forecast"), sums(contest, method)
        days[contest["held_on"]][0] += ours[measure] - theirs[measure]
        days[contest["held_on"]][1] += ours[below]
    pairs, draw = list(days.values()), random.Random(0)
    drawn = []
    for _ in range(REPEATS):
        chosen = draw.choices(pairs, k=len(pairs))
        drawn.append(sum(pair[0] for pair in chosen) / sum(pair[1] for pair in chosen))
    drawn.sort()
    value = sum(pair[0] for pair in pairs) / sum(pair[1] for pair in pairs)
    return value, drawn[int(0.025 * REPEATS)], drawn[int(0.975 * REPEATS)]


def calibration(contests: list[Contest]) -> list[tuple[int, float, float]]:
    """For each tenth of the chances: how many, their mean, how often they came true."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for contest in contests:
        won = winner(contest)
        for party, chance in contest["guesses"]["forecast"]["chances"].items():
            if party != OTHERS:
                bins[min(int(10 * chance), 9)].append((chance, party == won))
    return [(len(one), sum(p for p, _ in one) / len(one), sum(w for _, w in one) / len(one)) for one in bins if one]


def kinds(contests: list[Contest]) -> dict[tuple[str, str], list[Contest]]:
    """The contests by the years since the ward's last election and by the number of past ones."""
    horizons = (
        (1.5, "up to 1 year"),
        (2.5, "2 years"),
        (3.5, "3 years"),
        (4.5, "4 years"),
        (math.inf, "5 years or more"),
    )
    pasts = ((1, "1"), (2, "2"), (4, "3–4"), (math.inf, "5 or more"))
    found: dict[tuple[str, str], list[Contest]] = defaultdict(list)
    for contest in contests:
        found["all", "all"].append(contest)
        found["horizon", next(name for upper, name in horizons if contest["horizon"] <= upper)].append(contest)
        found["past", next(name for upper, name in pasts if contest["past"] <= upper)].append(contest)
    return found


def disagreements(report: dict[str, Any], contests: list[Contest]) -> list[str]:
    """Figures of the report that these are not."""
    found, ours = [], kinds(contests)
    for group in report["groups"]:
        of_kind = ours[group["by"], group["name"]]
        for method, reported in group["methods"].items():
            for name, value in figures(sums(contest, method) for contest in of_kind).items():
                there = reported[name]
                same = value == there if value is None or there is None else math.isclose(value, there, rel_tol=1e-9)
                if not same:
                    found.append(f"{group['by']} {group['name']}, {method}, {name}: {value} here, {there} there")
    return found


def main(arguments: list[str], say: Callable[[str], object] = print) -> int:
    """Print the figures of a file; 1 if a report disagrees."""
    with Path(arguments[0]).open(encoding="utf-8") as file:
        about, *contests = (json.loads(line) for line in file)
    methods = list(contests[0]["guesses"])
    say(f"{about['place']}: {len(contests)} contests")
    for method in methods:
        of = figures(sums(contest, method) for contest in contests)
        say(f"{method:13}" + "".join(f"  {name} {value:.4f}" for name, value in of.items() if value is not None))
    for method in methods[1:]:
        for measure in MEASURES:
            value, low, high = interval(contests, method, measure)
            say(f"forecast − {method:13} {measure:14} {value:+.4f} ({low:+.4f} to {high:+.4f})")
    for number, expected, happened in calibration(contests):
        say(f"chance {expected:6.1%}: won {happened:6.1%} of {number}")
    if len(arguments) < 2:
        return 0
    found = disagreements(json.loads(Path(arguments[1]).read_text(encoding="utf-8")), contests)
    say("\n".join(found) or "The report agrees.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
