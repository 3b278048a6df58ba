"""How often a ward has changed: what caches are validated by, instead of by the answer itself.

Triggers raise the version in every transaction that writes of a ward, so that no way of writing is forgotten.
"""

from datetime import datetime

import attrs
from sqlalchemy import Connection

from lokdarpan_core.direct import one_row
from lokdarpan_core.timestamps import as_utc

_QUERY = "SELECT version, changed_at FROM ward_version WHERE ward_id = %(ward_id)s"


@attrs.frozen
class WardVersion:
    """The state of what is known of a ward: it goes up with every change. `changed_at` (UTC) never goes back."""

    version: int
    changed_at: datetime


def ward_version(connection: Connection, ward_id: str) -> WardVersion | None:
    """The version of a ward, by its id as it is stored (`WARD_001`); None when nothing was written of it since there
    are versions. One row of an index."""
    row = one_row(connection, _QUERY, {"ward_id": ward_id})
    return None if row is None else WardVersion(row[0], as_utc(row[1]))
