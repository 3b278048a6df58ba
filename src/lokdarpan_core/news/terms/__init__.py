"""Terms: what a text speaks of, as a set of words and short phrases, in English, Telugu, Hindi and Urdu.

A term is a word that tells something, or two of them side by side (`road`, `water supply`). It stands once for a text,
however often the text says it: what is counted is stories, not repetitions. What every text has is no term: the
function words of a language, the words in which news is told (*said*, *తెలిపారు*), numbers, months and weekdays, and
what an outlet puts around its texts (`text`).

The terms of a post are stored when it is linked to wards (`storing`), and only then: a post that mentions no ward is
asked for by nobody. The city's totals of a day follow from them (`totals`).
"""
