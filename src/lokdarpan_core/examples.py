"""Example rows and articles, so that a first run shows something.

All of it says `source = 'example'` (the articles' publications say "sample"), only what is absent is inserted, and it
can be removed again without a trace of what is real.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from lokdarpan_core.elections.stored import EXAMPLE
from lokdarpan_core.schema import delimitation, ward, ward_demographics, ward_features, ward_profile

WARD_ID = "WARD_001"

ROWS: tuple[tuple[Table, dict[str, Any]], ...] = (
    (
        delimitation,
        {"id": "ghmc-2016", "authority": "Greater Hyderabad Municipal Corporation", "source": EXAMPLE},
    ),
    (ward, {"ward_id": WARD_ID, "delimitation_id": "ghmc-2016", "number": 1, "name": "Kapra"}),
    (
        ward_profile,
        {
            "ward_id": WARD_ID,
            "electors": 50_000,
            "votes_cast": 27_500,
            "turnout_pct": 55.0,
            "last_winner_party": "BRS",
            "last_winner_year": 2020,
            "source": EXAMPLE,
        },
    ),
    (
        ward_demographics,
        {
            "ward_id": WARD_ID,
            "literacy_idx": 0.72,
            "muslim_idx": 0.30,
            "scst_idx": 0.22,
            "secc_deprivation_idx": 0.45,
            "source": EXAMPLE,
        },
    ),
    (
        ward_features,
        {
            "ward_id": WARD_ID,
            "as23_party_shares": {"BRS": 0.38, "INC": 0.32, "BJP": 0.26, "AIMIM": 0.04},
            "ls24_party_shares": {"BRS": 0.28, "INC": 0.36, "BJP": 0.32, "AIMIM": 0.04},
            "dvi": {"BRS": -0.10, "INC": 0.04, "BJP": 0.06, "AIMIM": 0.0},
            "aci_23": 0.58,
            "turnout_volatility": 4.2,
            "incumbency_weakness": {"BRS": 0.62},
            "source": EXAMPLE,
        },
    ),
)


@attrs.frozen
class SeedReport:
    """Rows inserted (or removed) by table; a table that had them already is at 0."""

    rows: dict[str, int]


def seed(connection: Connection) -> SeedReport:
    """Insert the example ward where it is absent; what is there is left as it is. Safe to repeat."""
    return SeedReport({table.name: _inserted(connection, table, row) for table, row in ROWS})


def _inserted(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    statement = insert(table).values(row).on_conflict_do_nothing().returning(sa.literal(1))
    return len(connection.execute(statement).all())


def remove_seed(connection: Connection) -> SeedReport:
    """Remove what `seed` inserted and nobody has replaced since."""
    removed = {}
    for table in (ward_features, ward_demographics, ward_profile):
        mine = sa.and_(table.c.ward_id == WARD_ID, table.c.source == EXAMPLE)
        removed[table.name] = connection.execute(sa.delete(table).where(mine)).rowcount
    examples = sa.select(delimitation.c.id).where(delimitation.c.source == EXAMPLE)
    removed["ward"] = connection.execute(
        sa.delete(ward).where(ward.c.delimitation_id.in_(examples), ward.c.ward_id == WARD_ID)
    ).rowcount
    empty = ~sa.exists().where(ward.c.delimitation_id == delimitation.c.id)
    removed["delimitation"] = connection.execute(
        sa.delete(delimitation).where(delimitation.c.source == EXAMPLE, empty)
    ).rowcount
    return SeedReport(removed)


@contextmanager
def sample_articles() -> Iterator[Path]:
    """The packaged sample articles, as a JSONL file: invented, in English, Telugu, Hindi and Urdu."""
    with as_file(files("lokdarpan_core") / "samples" / "articles.jsonl") as path:
        yield path
