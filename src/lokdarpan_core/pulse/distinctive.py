"""Is a term said of one ward more than of the rest of the city? Log-odds with an informative Dirichlet prior.

After Monroe, Colaresi and Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the Content
of Political Conflict", Political Analysis 16 (2008) 372-403, equations 15 to 22, with stories in the place of words: a
story either has a term or has it not, so y is how many stories have it, and n how many stories there are. Those that
lack it may be few, so their part of the variance, which the authors leave out for words, counts here.

    α  = max(½, α₀ · b / B)                                  the term's share of the prior, from the background
    δ  = log((y + α) / (n + α₀ - y - α)) - log((y' + α) / (n' + α₀ - y' - α))
    σ² = 1 / (y + α) + 1 / (n + α₀ - y - α) + 1 / (y' + α) + 1 / (n' + α₀ - y' - α)
    z  = δ / σ

y and n are the ward's, y' and n' those of the rest of the city in the same days, b and B those of the whole city in a
longer time. The prior weighs as much as `PRIOR` stories: it draws what rests on few stories towards what the city
speaks of anyway. Half a story is the least that a term has (Anscombe's correction): else one that nobody else has said
would have an unbounded variance, and the newest news would come last.
"""

from math import log, sqrt

import attrs

PRIOR = 10.0  # α₀, stories
LEAST_PRIOR = 0.5  # stories


@attrs.frozen
class Distinction:
    """`expected` is how many of the ward's stories would have the term if it were said there as elsewhere, `lift` how
    many times as many have it, `z` by how many standard deviations the log-odds differ."""

    expected: float
    lift: float
    z: float


def distinction(ours: int, stories: int, others: int, other_stories: int, *, background: float) -> Distinction:
    """What sets a term apart that `ours` of a ward's `stories` (1 or more) have, and `others` of the rest of the city's
    `other_stories`; `background` is the share of the city's stories that have it, 0 to 1."""
    prior = max(LEAST_PRIOR, PRIOR * background)
    whole = max(PRIOR, prior + LEAST_PRIOR)
    have, lack = ours + prior, stories + whole - ours - prior
    others_have, others_lack = others + prior, other_stories + whole - others - prior
    delta = log(have / lack) - log(others_have / others_lack)
    variance = 1 / have + 1 / lack + 1 / others_have + 1 / others_lack
    expected = stories * (others + prior) / (other_stories + whole)
    return Distinction(expected, ours / expected, delta / sqrt(variance))
