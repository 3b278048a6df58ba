"""One row of a census file: the shares that follow from it, or why it can't be true.

    literacy_idx           literates ÷ population of seven years and older
    muslim_idx             Muslims ÷ population
    scst_idx               (Scheduled Castes + Scheduled Tribes) ÷ population
    secc_deprivation_idx   deprived households ÷ all households

Each is a fraction from 0 to 1. The first three are the Census of India's definitions (its literacy rate leaves out
those below seven); the last follows the Socio Economic and Caste Census 2011, where a household is deprived when it has
at least one of seven deprivations. A figure without its census year and source is none, so both are required.
"""

import re
from collections.abc import Mapping
from typing import Any

from lokdarpan_core.elections.stored import EXAMPLE, Row
from lokdarpan_core.errors import LokDarpanError

COUNTS = ("population", "population_7plus", "literates", "muslim", "sc", "st", "households", "deprived_households")
REQUIRED = ("ward", "census_year", "source")
KNOWN = (*REQUIRED, *COUNTS, "estimated")
FORMULAS = {  # share -> its parts, and its whole
    "literacy_idx": (("literates",), "population_7plus"),
    "muslim_idx": (("muslim",), "population"),
    "scst_idx": (("sc", "st"), "population"),
    "secc_deprivation_idx": (("deprived_households",), "households"),
}
WHOLES = tuple((part, "population") for part in ("population_7plus", "literates", "households"))  # these fit in it too
SURPLUS = "values beyond the last column"
_NUMBER = re.compile(r"\d{1,10}|\d{1,3}(,\d{2,3}){0,3},\d{3}")  # 1133779, 1,133,779 or 11,33,779
_MISSING = {"", "na", "n/a", "-"}
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0", ""}


class ImpossibleRowError(LokDarpanError):
    """The row can't be true."""


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A cell as text, without the white space around it."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def census_indices(row: Mapping[str, Any]) -> Row:
    """The shares of one row, with `census_year`, `source` and `estimated`; what it lacks numbers for is absent.

    Raises ImpossibleRowError, whose text is the reason.
    """
    if SURPLUS in row:
        raise ImpossibleRowError("There are more values than columns")
    counts = {name: _count(row, name) for name in COUNTS}
    for part, whole in WHOLES:
        _require_within((part,), whole, counts)
    shares = {}
    for name, (parts, whole) in FORMULAS.items():
        total = _require_within(parts, whole, counts)
        if total is not None and (over := counts[whole]) is not None:
            shares[name] = round(total / over, 6)
    if not shares:
        raise ImpossibleRowError("No share can be computed from it")
    return shares | _statement(row)


def _require_within(parts: tuple[str, ...], whole: str, counts: Mapping[str, int | None]) -> int | None:
    """The sum of the parts, checked against the whole; None where a part is missing."""
    numbers, over = [counts[part] for part in parts], counts[whole]
    if over == 0:
        raise ImpossibleRowError(f"{whole} is 0")
    total = sum(number for number in numbers if number is not None)
    if over is not None and total > over:
        raise ImpossibleRowError(f"{' + '.join(parts)} ({total:,}) is more than {whole} ({over:,})")
    return None if None in numbers else total


def _count(row: Mapping[str, Any], name: str) -> int | None:
    text = text_of(row, name)
    if text.lower() in _MISSING:
        return None
    if not _NUMBER.fullmatch(text):
        raise ImpossibleRowError(f"{name} is {text!r}; a whole number is wanted")
    return int(text.replace(",", ""))


def _statement(row: Mapping[str, Any]) -> Row:
    year, source, estimated = (text_of(row, name) for name in ("census_year", "source", "estimated"))
    if not re.fullmatch(r"(18|19|20)\d\d", year):
        raise ImpossibleRowError(f"census_year is {year!r}; a year like 2011 is wanted")
    if not source or "\0" in source or source.lower() == EXAMPLE:
        raise ImpossibleRowError(f"source is {source!r}; what the numbers were taken from is wanted")
    if estimated.lower() not in _YES | _NO:
        raise ImpossibleRowError(f"estimated is {estimated!r}; yes or no is wanted")
    return {"census_year": int(year), "source": source, "estimated": estimated.lower() in _YES}
