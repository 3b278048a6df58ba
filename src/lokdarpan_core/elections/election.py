"""The elections that there are. `TYPE-YEAR[-ROUND]` names one: `GHMC-2020`, `ASSEMBLY-2023`, `LOKSABHA-2024-repoll`."""

import re
from datetime import date

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from lokdarpan_core.display import Shown
from lokdarpan_core.errors import LokDarpanError, NotFoundError
from lokdarpan_core.schema import election, form20_sheet, result_ward_agg, ward_winner

TYPES = ("GHMC", "ASSEMBLY", "LOKSABHA")
_NAME = re.compile(r"([A-Za-z]+)-(\d{4})(?:-(\S.{0,99}))?", re.ASCII)


@attrs.frozen
class ElectionName:
    """Type, year and, where a year has several of a type, the round. `str()` is what the command line takes."""

    type: str
    year: int
    round: str | None = None

    @classmethod
    def parse(cls, text: str) -> "ElectionName":
        """Read `TYPE-YEAR[-ROUND]`, the type in any case. Raises LokDarpanError for anything else."""
        match = _NAME.fullmatch(text.strip())
        if match is None or match[1].upper() not in TYPES or not 1900 <= int(match[2]) <= 2100 or "\0" in text:
            raise LokDarpanError(
                f"{text!r} names no election: TYPE-YEAR[-ROUND] is wanted, with a type of {', '.join(TYPES)}, "
                "as in ASSEMBLY-2023"
            )
        return cls(match[1].upper(), int(match[2]), match[3])

    def __str__(self) -> str:
        return "-".join(str(part) for part in (self.type, self.year, self.round) if part is not None)


@attrs.frozen
class Election(Shown):
    """One election. `sheets` are its Form 20 sheets, `wards` those with aggregated results, `winners` the wards with a
    declared winner; `held_on` is None when the day is not known."""

    id: int
    type: str
    year: int
    round: str | None
    held_on: date | None
    official_ref: str | None
    sheets: int = 0
    wards: int = 0
    winners: int = 0

    @property
    def name(self) -> ElectionName:
        """Its name."""
        return ElectionName(self.type, self.year, self.round)


_FIELDS = [election.c[name] for name in ("id", "type", "year", "round", "held_on", "official_ref")]


def elections(connection: Connection) -> list[Election]:
    """All of them, the newest first."""
    counts = [
        sa.select(sa.func.count(sa.distinct(what))).where(what.table.c.election_id == election.c.id).scalar_subquery()
        for what in (form20_sheet.c.segment, result_ward_agg.c.ward_id, ward_winner.c.ward_id)
    ]
    query = sa.select(*_FIELDS, *counts).order_by(
        election.c.year.desc(), election.c.held_on.desc().nulls_last(), election.c.type, election.c.round
    )
    return [Election(*row) for row in connection.execute(query)]


def add_election(
    connection: Connection, name: ElectionName | str, *, held_on: date | None = None, official_ref: str | None = None
) -> Election:
    """Make an election, or complete the one that is there: what is given replaces what is stored. Safe to repeat.

    Raises LokDarpanError for a name that is none, and for a day outside the election's year or the two beside it.
    """
    named = ElectionName.parse(name) if isinstance(name, str) else name
    if held_on is not None and abs(held_on.year - named.year) > 1:
        raise LokDarpanError(f"{named} was hardly held on {held_on}: that is another year")
    said = {key: value for key, value in (("held_on", held_on), ("official_ref", official_ref)) if value is not None}
    statement = insert(election).values(attrs.asdict(named) | said)
    if said:
        differs = sa.or_(*(election.c[key].is_distinct_from(value) for key, value in said.items()))
        again = statement.on_conflict_do_update(index_elements=["type", "year", "round"], set_=said, where=differs)
    else:
        again = statement.on_conflict_do_nothing()
    connection.execute(again)
    return find_election(connection, named)


def find_election(connection: Connection, name: ElectionName | str) -> Election:
    """One election. Raises NotFoundError."""
    named = ElectionName.parse(name) if isinstance(name, str) else name
    same = [election.c[key].is_not_distinct_from(value) for key, value in attrs.asdict(named).items()]
    row = connection.execute(sa.select(*_FIELDS).where(*same)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no election {named}: `lokdarpan elections list` shows those that there are")
    return Election(*row)
