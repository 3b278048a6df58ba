"""Panels of past elections for tests: small ones by hand, and a city that follows from a seed."""

import random
from datetime import date

from lokdarpan_core.elections.panel import make_panel


def rows(unit, held_on, shares, **more):
    """One contest as rows of a panel: rows("A", date(2020, 5, 1), {"P": 0.6, "Q": 0.4})."""
    return [
        {"unit": unit, "held_on": held_on, "party": party, "share": share} | more for party, share in shares.items()
    ]


def city_rows(wards=30, elections=5, seed=1, stagger=1, parties="PQRS"):
    """A city whose wards have leanings, whose parties swing, and whose small parties stand here and there. With
    `stagger` a ward votes at every so many elections only."""
    draw = random.Random(seed)
    lean = {(ward, party): draw.gauss(0, 0.5) for ward in range(wards) for party in parties}
    level = {party: -0.4 * place for place, party in enumerate(parties)}
    made = []
    for number in range(elections):
        level = {party: value + draw.gauss(0, 0.2) for party, value in level.items()}
        for ward in range(wards):
            if ward % stagger != number % stagger:
                continue
            stand = [party for place, party in enumerate(parties) if place < 2 or draw.random() < 0.6]
            weight = {party: 2.718 ** (level[party] + lean[ward, party] + draw.gauss(0, 0.2)) for party in stand}
            shares = {party: value / sum(weight.values()) for party, value in weight.items()}
            made += rows(f"W{ward:03d}", date(2000 + 4 * number // stagger, 5, 1 + number % stagger), shares)
    return made


def city(**options):
    """The same as a panel."""
    return make_panel(city_rows(**options), "Testville")
