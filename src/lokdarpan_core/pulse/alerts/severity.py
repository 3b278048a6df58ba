"""How much an alert is: by its p-value and by how many stories it is about.

`high`: a chance of one in a million or less, and ten stories or more; `medium`: of one in ten thousand or less, and
five stories or more; else `low`. An improbable handful stays low: three stories are little, however rare.
"""

LEVELS = (("high", 1e-6, 10), ("medium", 1e-4, 5))  # name, p-value at most, stories at least
SEVERITIES = ("high", "medium", "low")


def severity(p_value: float, observed: int) -> str:
    """`high`, `medium` or `low`."""
    return next((name for name, most, least in LEVELS if p_value <= most and observed >= least), "low")
