"""Who was declared elected in each ward: a CSV with ward, party and, if it likes, year and candidate.

A declared winner goes before the party with most votes in `result_ward_agg`, which may come from disputed sheets. The
party is kept by its code where the table of parties has it (`parties`), else as printed. NOTA wins no seat, whatever it
gets: a line that says so is refused. All that is wrong is told at once, and nothing of such a file is stored.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from lokdarpan_core.display import Shown
from lokdarpan_core.elections.election import Election, ElectionName, add_election
from lokdarpan_core.elections.parties import election_day, is_nota, party_code
from lokdarpan_core.elections.ward_labels import WardLabels
from lokdarpan_core.errors import SourceError
from lokdarpan_core.schema import ward_winner

NAMED = 5  # problems that a refusal names
COLUMNS = {
    "ward": ("ward", "ward_id", "ward_no", "ward_number"),
    "ward_name": ("ward_name",),
    "party": ("party", "winner_party", "winning_party"),
    "candidate": ("candidate", "candidate_name", "winner", "name"),
    "year": ("year", "election_year"),
}
REQUIRED = ("ward", "party")


@attrs.frozen
class WinnersReport(Shown):
    """What became of a file of winners: wards in it, new, changed and unchanged; seats by party; columns that mean
    nothing here."""

    election: str
    delimitation: str
    wards: int
    new: int
    changed: int
    unchanged: int
    seats: dict[str, int]
    unknown_columns: tuple[str, ...]


def import_winners(
    connection: Connection,
    path: Path | str,
    *,
    election: ElectionName | str,
    delimitation: str,
    source: str | None = None,
) -> WinnersReport:
    """Read and store the winners of one election; it is made if it is new. Wards are ids, numbers or names of the
    delimitation; wards that the file lacks keep what they have. `source` is said to be the file's name by default.

    Raises SourceError for a file or a line that can't be used; NotFoundError for a delimitation that is not loaded.
    """
    path = Path(path)
    labels = WardLabels.load(connection, delimitation)
    stored = add_election(connection, election)
    lines, unknown_columns = _read(path)
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for line, row in lines:
        ward_id, reason = labels.find(row["ward"]) if row["ward"] else (None, "the ward is missing")
        problem = reason or _problem(row, stored, labels.names_another(row["ward_name"], ward_id or ""))
        if problem:
            problems.append(f"line {line}: {problem}")
            continue
        party = party_code(row["party"], election_day(stored.held_on, stored.year)) or row["party"]
        said = {"party": party, "candidate": row["candidate"] or None, "source": source or path.name}
        rows.append({"election_id": stored.id, "ward_id": ward_id, **said})
    times = Counter(row["ward_id"] for row in rows)
    problems += [f"{ward_id} stands {count} times" for ward_id, count in times.items() if count > 1]
    if problems:
        more = [f"and {len(problems) - NAMED:,} more"] if len(problems) > NAMED else []
        raise SourceError("\n  ".join([f"{path}: no winner was stored, since", *problems[:NAMED], *more]))
    new, changed = _write(connection, rows)
    return WinnersReport(
        election=str(stored.name),
        delimitation=delimitation,
        wards=len(rows),
        new=new,
        changed=changed,
        unchanged=len(rows) - new - changed,
        seats=dict(Counter(str(row["party"]) for row in rows).most_common()),
        unknown_columns=unknown_columns,
    )


def _read(path: Path) -> tuple[list[tuple[int, dict[str, str]]], tuple[str, ...]]:
    """The lines with their numbers, columns by the names that are used here, and the columns that mean nothing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="", strict=True)
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            known = {ours: next((name for name in theirs if name in names), None) for ours, theirs in COLUMNS.items()}
            if absent := [name for name in REQUIRED if known[name] is None]:
                raise SourceError(f"{path}: columns for ward and party are wanted; no {', '.join(absent)} here")
            reader.fieldnames = names
            lines = [(reader.line_num, row) for row in reader if any(row.values())]
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    unknown = tuple(name for name in names if name and name not in known.values())
    return [(line, {ours: _text(row, theirs) for ours, theirs in known.items()}) for line, row in lines], unknown


def _text(row: Mapping[str, Any], name: str | None) -> str:
    return " ".join((row[name] or "").replace("\0", " ").split()) if name is not None else ""


def _problem(row: Mapping[str, str], election: Election, other: str | None) -> str | None:
    """Why a line can't be used."""
    if other is not None:
        return f"{row['ward_name']} is {other}, not {row['ward']}"
    if not row["party"]:
        return "the party is missing"
    if is_nota(row["party"], row["candidate"]):
        return "NOTA is no party and wins no seat"
    if row["year"] and row["year"] != str(election.year):
        return f"the year is {row['year']}, the election is {election.name}"
    return None


def _write(connection: Connection, rows: list[dict[str, Any]]) -> tuple[int, int]:
    """Upsert where it differs. Returns how many are new, and how many changed."""
    if not rows:
        return 0, 0
    statement = insert(ward_winner).values(sorted(rows, key=lambda row: row["ward_id"]))
    changes = {name: statement.excluded[name] for name in ("party", "candidate", "source")}
    differs = sa.or_(*(ward_winner.c[name].is_distinct_from(value) for name, value in changes.items()))
    upsert = statement.on_conflict_do_update(index_elements=["election_id", "ward_id"], set_=changes, where=differs)
    written: Iterator[bool] = connection.execute(upsert.returning(sa.literal_column("xmax = 0"))).scalars()
    states = list(written)
    return states.count(True), states.count(False)
