"""How often a ward has changed: what caches are validated by, instead of by the answer itself.

Triggers raise the version in every transaction that writes of a ward, so that no way of writing is forgotten.
"""

from datetime import datetime

import attrs
from sqlalchemy import Connection

from lokdarpan_core.direct import one_text_row
from lokdarpan_core.timestamps import as_utc

_QUERY = "SELECT version, changed_at FROM ward_version WHERE ward_id = $1"


@attrs.frozen
class WardVersion:
    """The state of what is known of a ward: it goes up with every change. `changed_at` (UTC) never goes back."""

    version: int
    changed_at: datetime


def ward_version(connection: Connection, ward_id: str) -> WardVersion | None:
    """The version of a ward, by its id as it is stored (`WARD_001`); None when nothing was written of it since there
    are versions. One row of an index."""
    row = one_text_row(connection, "ward_version", _QUERY, (ward_id,))
    if row is None or row[0] is None or row[1] is None:
        return None
    return WardVersion(int(row[0]), as_utc(datetime.fromisoformat(row[1])))
