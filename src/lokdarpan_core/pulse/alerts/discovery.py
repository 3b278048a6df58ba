"""Which of many p-values are findings: Benjamini and Hochberg's step-up procedure.

Y. Benjamini and Y. Hochberg, Controlling the false discovery rate: a practical and powerful approach to multiple
testing, *J. R. Statist. Soc.* B 57 (1995) 289–300. Questions have weights that are set beforehand: C. R. Genovese,
K. Roeder and L. Wasserman, False discovery control with p-value weighting, *Biometrika* 93 (2006) 509–524. Three fifths
of the weight lie on the wards themselves, a fifth each on parties and issues, so that the many questions about parties
do not drown the one that matters most.
"""

from collections.abc import Mapping, Sequence

FALSE_DISCOVERIES = 0.1  # share of a day's alerts, at most and on average, that chance alone may raise
WEIGHTS = {"mentions": 3, "party": 1, "issue": 1}  # of all questions of a kind together


def weights(asked: Mapping[str, int]) -> dict[str, float]:
    """The weight of one question of each kind, of which so many were asked; over all of them the mean is 1."""
    total = sum(WEIGHTS[kind] for kind, count in asked.items() if count)
    everything = sum(asked.values())
    return {kind: WEIGHTS[kind] * everything / (total * count) for kind, count in asked.items() if count}


def q_values(p_values: Sequence[float], judged: int) -> list[float]:
    """The least rate of false discoveries at which each would be one: p × judged ÷ rank, never falling with p.

    `judged` counts all that was asked, also what is not listed here because its p-value is 1. Of questions with weights
    the p-values are divided by them.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index], reverse=True)
    found, least = [1.0] * len(p_values), 1.0
    for place, index in enumerate(order):
        least = min(least, p_values[index] * judged / (len(p_values) - place))
        found[index] = least
    return found
