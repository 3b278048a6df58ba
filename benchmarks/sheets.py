"""A synthetic tidy file of one election, and the two rulers of its import; the same for the same seed.

The file is like a city's: 25 segments of 125 stations, 16 candidates in each, 150 wards that lie across the segments.
"""

import csv
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session

from lokdarpan_core import schema

SEGMENTS, CANDIDATES, WARDS = 25, 16, 150
COLUMNS = "ps_id,ward_id,ward_name,ac_id,pc_id,party,candidate,votes,total_polled,rejected,electors,nota"
PARTIES = ["BRS", "INC", "BJP", "AIMIM", "BSP", "AAP", "TDP", "XYZ"]


def write_tidy(path: Path, rows: int, seed: int = 1) -> int:
    """Write a tidy file of about so many rows. Returns how many it has."""
    chance = random.Random(seed)
    stations = max(rows // CANDIDATES, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS.split(","))
        for number in range(stations):
            segment = 50 + number * SEGMENTS // stations
            ward = 1 + number * WARDS // stations
            place = [f"PS-{segment}-{number}", f"WARD_{ward:03}", f"Ward {ward}", segment, 9]
            votes = [int(chance.expovariate(1 / 60)) for _ in range(CANDIDATES)]
            polled = sum(votes) + 9
            counts = [polled, 2, polled + chance.randrange(600), 7]
            for index, count in enumerate(votes):
                party = PARTIES[index] if index < len(PARTIES) else "IND"
                who = f"CANDIDATE {segment}-{index + 1}"
                lines.writerow([*place, party, who, count, *counts])
    return stations * CANDIDATES


class Base(DeclarativeBase):
    metadata = schema.metadata


class Station(Base):
    __table__ = schema.polling_station
    if TYPE_CHECKING:
        id: Mapped[int]


class Result(Base):
    __table__ = schema.result_ps
    if TYPE_CHECKING:
        id: Mapped[int]
        votes: Mapped[int]
        total_polled: Mapped[int]
        rejected: Mapped[int]


def naive(engine: Engine, rows: Sequence[dict[str, str]], *, commit_each: bool = True) -> float:
    """Import row by row through the ORM, as the Flask backend did: look for the station, look for the result, insert or
    overwrite. Returns the seconds. That backend committed once, at the file's end (`commit_each=False`)."""
    with engine.begin() as connection:
        connection.execute(sa.insert(schema.election).values(type="ASSEMBLY", year=2023))
    begun = time.monotonic()
    with Session(engine) as session:
        election_id = session.scalars(sa.select(schema.election.c.id)).one()
        for row in rows:
            _import_one(session, election_id, row)
            if commit_each:
                session.commit()
        session.commit()
    return time.monotonic() - begun


def _import_one(session: Session, election_id: int, row: dict[str, str]) -> None:
    ps_id, station, result = row["ps_id"], schema.polling_station.c, schema.result_ps.c
    if session.scalars(sa.select(Station).where(station.ps_id == ps_id)).first() is None:
        said = {key: row[key] for key in ("ac_id", "pc_id", "ward_id", "ward_name")}
        session.add(Station(ps_id=ps_id, **said))
        session.flush()
    same = result.election_id == election_id, result.ps_id == ps_id, result.candidate == row["candidate"]
    found = session.scalars(sa.select(Result).where(*same)).first()
    if found is None:
        number = int(row["candidate"].rpartition("-")[2])
        said = {key: row[key] for key in ("ps_id", "party", "candidate")}
        found = Result(election_id=election_id, candidate_no=number, **said)
        session.add(found)
    found.votes, found.total_polled, found.rejected = (int(row[key]) for key in ("votes", "total_polled", "rejected"))
    session.flush()


TABLES = {
    "election": "id, type, year",
    "form20_sheet": "id, election_id, segment, file_name, file_sha256, layout",
    "polling_station": "ps_id, name, ac_id, pc_id, ward_id, ward_name, source_meta",
    "result_ps": """election_id, ps_id, candidate_no, party, candidate, votes, total_polled, rejected, sheet_id,
                    sheet_row""",
    "station_turnout": "election_id, ps_id, electors, polled, valid, rejected, nota, tendered",
}


@attrs.frozen
class Ceiling:
    """The rows of an imported file, ready to be copied back in as they are: nothing is read, nothing checked."""

    tables: dict[str, bytes]

    @classmethod
    def of(cls, engine: Engine) -> "Ceiling":
        """Take the rows of the tables as they are now."""
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            tables = {}
            for table, columns in TABLES.items():
                with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                    tables[table] = b"".join(copy)
            return cls(tables)

    def load(self, engine: Engine) -> float:
        """Copy the rows into the empty tables; return the seconds."""
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            begun = time.monotonic()
            for table, columns in TABLES.items():
                with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write(self.tables[table])
            driver.commit()
            return time.monotonic() - begun
