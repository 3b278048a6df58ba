"""How long does a forecast of a whole city take? 300 wards and all that is learned from their past, beside two rulers.

    python -m benchmarks.forecast [--wards 300] [--elections 6] [--draws 1000]

The naive way draws the elections of every ward with Python's own random numbers, and learns nothing: the simulation
alone, as one would write it first. The ceiling draws and sorts as many random numbers as the forecast does, with numpy
and nothing else. The panel is made up and the same for the same seed.
"""

import argparse
import math
import random
import time
from collections.abc import Callable
from datetime import date

import numpy as np

from lokdarpan_core.elections.forecast.ward import forecast_wards
from lokdarpan_core.elections.panel import Panel, make_panel

PARTIES = ["INC", "BJP", "BRS", "AIMIM", "TDP", "BSP", "CPI", "IND"]
NAIVE_WARDS = 30  # the naive way takes that many, its time is scaled up


def made_up(wards: int, elections: int, seed: int = 1) -> Panel:
    """A city whose wards have leanings, whose parties swing, and whose smaller parties stand here and there."""
    draw = random.Random(seed)
    lean = {(ward, party): draw.gauss(0, 0.6) for ward in range(wards) for party in PARTIES}
    level = {party: -0.35 * place for place, party in enumerate(PARTIES)}
    rows = []
    for number in range(elections):
        level = {party: value + draw.gauss(0, 0.25) for party, value in level.items()}
        for ward in range(wards):
            for place, party in enumerate(PARTIES):
                if place < 3 or draw.random() < 0.6:
                    votes = round(4000 * math.exp(level[party] + lean[ward, party] + draw.gauss(0, 0.25)))
                    unit = f"W{ward:03d}"
                    rows.append(
                        {"unit": unit, "held_on": date(2002 + 4 * number, 5, 1), "party": party, "votes": votes}
                    )
    return make_panel(rows, "made up")


def naive(panel: Panel, draws: int, wards: int) -> None:
    """Each ward's last shares, moved by chance again and again."""
    last = {contest.unit: contest.shares for contest in panel.contests}
    draw = random.Random(1)
    for unit in list(last)[:wards]:
        drawn: dict[str, list[float]] = {party: [] for party in last[unit]}
        wins = dict.fromkeys(last[unit], 0)
        for _ in range(draws):
            votes = {party: share * math.exp(draw.gauss(0, 0.5)) for party, share in last[unit].items()}
            total = sum(votes.values())
            wins[max(votes, key=votes.__getitem__)] += 1
            for party, vote in votes.items():
                drawn[party].append(vote / total)
        for values in drawn.values():
            values.sort()


def ceiling(panel: Panel, draws: int) -> None:
    """As many random numbers as there are candidacies in all elections but the first, drawn and sorted."""
    days = sorted({contest.held_on for contest in panel.contests})
    rows = sum(len(contest.shares) for contest in panel.contests if contest.held_on > days[0])
    random_ = np.random.default_rng(1)
    for first in range(0, rows + rows // max(len(days) - 1, 1), 500):
        random_.standard_normal((min(500, 2 * rows - first), draws)).sort(axis=1)


def seconds(work: Callable[[], object]) -> float:
    """The shorter of two times on the processor: a neighbour's work does not count."""
    times = []
    for _ in range(2):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wards", type=int, default=300)
    parser.add_argument("--elections", type=int, default=6)
    parser.add_argument("--draws", type=int, default=1000)
    chosen = parser.parse_args()
    panel = made_up(chosen.wards, chosen.elections)
    day = date(2002 + 4 * chosen.elections, 5, 1)
    some = min(NAIVE_WARDS, chosen.wards)
    ours = seconds(lambda: forecast_wards(panel, day, draws=chosen.draws))
    slow = seconds(lambda: naive(panel, chosen.draws, some)) * chosen.wards / some
    least = seconds(lambda: ceiling(panel, chosen.draws))
    print(f"{chosen.wards} wards, {chosen.elections} past elections, {chosen.draws} draws, {len(PARTIES)} parties")
    print(f"{'':34}{'CPU s':>9}{'of the forecast':>18}")
    for name, took in (
        ("naive: one simulation, no learning", slow),
        ("forecast, with all that it learns", ours),
        ("ceiling: its random numbers alone", least),
    ):
        print(f"{name:34}{took:9.2f}{took / ours:17.2f}×")


if __name__ == "__main__":
    main()
