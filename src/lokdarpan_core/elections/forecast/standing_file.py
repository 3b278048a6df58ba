"""Who stands where: a CSV with ward and party, a line for each candidate, as it is known once nominations are final.

A ward that the file has is forecast with these parties alone; one that it lacks, with everybody's chance to stand. All
that is wrong is told at once, and nothing of such a file is used.
"""

import csv
from collections import defaultdict
from pathlib import Path

from lokdarpan_core.elections.parties import is_nota
from lokdarpan_core.errors import AmbiguousWardError, SourceError, UnknownWardError
from lokdarpan_core.wards.gazetteer import Gazetteer

NAMED = 5  # problems that a refusal names
COLUMNS = {"ward": ("ward", "ward_id", "ward_no", "ward_number"), "party": ("party", "party_name")}


def read_standing(path: Path, gazetteer: Gazetteer) -> dict[str, tuple[str, ...]]:
    """Ward id -> the parties that stand there, as printed. Wards are given by any label that the gazetteer knows.

    Raises SourceError for a file or a line that can't be used.
    """
    lists: dict[str, list[str]] = defaultdict(list)
    problems = []
    for line, ward, party in _lines(path):
        try:
            ward_id = gazetteer.resolve(ward).ward_id
        except (UnknownWardError, AmbiguousWardError) as error:
            problems.append(f"line {line}: {error}")
            continue
        if not party:
            problems.append(f"line {line}: the party is missing; an independent is IND")
        elif is_nota(party):
            problems.append(f"line {line}: NOTA is no party and stands nowhere")
        else:
            lists[ward_id].append(party)
    if problems:
        more = [f"and {len(problems) - NAMED:,} more"] if len(problems) > NAMED else []
        raise SourceError("\n  ".join([f"{path}: the list is not used, since", *problems[:NAMED], *more]))
    return {ward_id: tuple(dict.fromkeys(parties)) for ward_id, parties in lists.items()}


def _lines(path: Path) -> list[tuple[int, str, str]]:
    """Line number, ward and party of each line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="", strict=True)
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            found = {ours: next((name for name in theirs if name in names), None) for ours, theirs in COLUMNS.items()}
            if absent := [name for name, theirs in found.items() if theirs is None]:
                raise SourceError(f"{path}: columns for ward and party are wanted; no {', '.join(absent)} here")
            reader.fieldnames = names
            lines = [(reader.line_num, row) for row in reader if any(row.values())]
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return [(line, _text(row[str(found["ward"])]), _text(row[str(found["party"])])) for line, row in lines]


def _text(cell: str) -> str:
    return " ".join(cell.replace("\0", " ").split())
