"""Delimitations and their wards: the records, and the lists that come with LokDarpan.

A delimitation is one way of cutting a city into wards. Its wards keep their ids for good; when a city is cut anew, that
is another delimitation, and a name that lives on is not the same place. Two lists are packaged, as facts with their
source: the 150 wards of Hyderabad's elections of 2016 and 2020, and the 300 since December 2025. How the spellings of a
name came to be known is said with each of them.
"""

import csv
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from lokdarpan_core.display import Shown
from lokdarpan_core.errors import Candidate, NotFoundError

DEFAULT = "ghmc-2016"
ID_PREFIXES = {"ghmc-2016": "WARD", "hyderabad-2026": "HYD26"}
USERS = "user"  # the source of what people added: an import never touches it


@attrs.frozen
class Delimitation(Shown):
    """One way of cutting a city into wards, and the days from and to which it was in force (None: open)."""

    id: str
    authority: str
    valid_from: date | None
    valid_to: date | None
    source: str

    def in_force(self, day: date) -> bool:
        """Whether it was in force on that day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@attrs.frozen
class Ward(Shown):
    """A ward; `lon` and `lat` (degrees) are the middle of its area, None where its boundary is not known."""

    ward_id: str
    delimitation: str
    number: int
    name: str
    corporation: str | None = None
    zone: str | None = None
    circle: str | None = None
    lon: float | None = None
    lat: float | None = None

    @property
    def candidate(self) -> Candidate:
        """The ward as errors name it."""
        return Candidate(self.ward_id, self.name, self.delimitation)


@attrs.frozen
class Alias:
    """Another spelling of a ward's name. `verified` when somebody saw it in use; `source` says where it is from:
    `user`, `news` (read in a paper), `known`, `wikipedia`, `datameet`, or `transliteration` for what was only
    derived."""

    ward_id: str
    alias: str
    language: str | None
    verified: bool
    source: str | None


@attrs.frozen
class WardList:
    """A delimitation with all its wards, by number, and their aliases."""

    delimitation: Delimitation
    wards: tuple[Ward, ...]
    aliases: tuple[Alias, ...]


def packaged_ids() -> tuple[str, ...]:
    """The delimitations that come with LokDarpan."""
    return tuple(ID_PREFIXES)


@cache
def packaged(delimitation_id: str) -> WardList:
    """A list that comes with LokDarpan. Raises NotFoundError for any other."""
    if delimitation_id not in ID_PREFIXES:
        raise NotFoundError(f"No ward list {delimitation_id!r} is packaged; there are {', '.join(ID_PREFIXES)}")
    (row,) = (row for row in _rows("delimitations") if row["id"] == delimitation_id)
    delimitation = Delimitation(
        delimitation_id, row["authority"], _date(row["valid_from"]), _date(row["valid_to"]), row["source"]
    )
    wards = tuple(_ward(delimitation_id, row) for row in _rows(delimitation_id))
    aliases = tuple(
        Alias(
            ward_id(delimitation_id, int(row[delimitation_id])),
            row["alias"],
            row["language"],
            row["verified"] == "yes",
            row["source"],
        )
        for row in _rows("aliases")
        if row[delimitation_id]
    )
    return WardList(delimitation, wards, aliases)


def ward_id(delimitation_id: str, number: int) -> str:
    """The id of a ward that has none of its own: `WARD_095`, `HYD26_215`, `PUNE_2017_012`."""
    prefix = ID_PREFIXES.get(delimitation_id) or delimitation_id.upper().replace("-", "_")
    return f"{prefix}_{number:03}"


def _ward(delimitation_id: str, row: dict[str, str]) -> Ward:
    number = int(row["number"])
    texts: dict[str, Any] = {name: row[name] or None for name in ("corporation", "zone", "circle")}
    place: dict[str, Any] = {name: float(row[name]) if row[name] else None for name in ("lon", "lat")}
    return Ward(ward_id(delimitation_id, number), delimitation_id, number, row["name"], **texts, **place)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("lokdarpan_core") / "wards" / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
