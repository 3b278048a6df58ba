"""How many stories a ward is expected in, day by day, and within which bounds such days lie: the band of a chart."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import ParameterError, UnknownWardError
from lokdarpan_core.pulse.alerts.records import ExpectedDay
from lokdarpan_core.schema import ward

MOST_DAYS = 366
LEVEL = 0.9


def expected_band(
    connection: Connection, ward_id: str, start: date, end: date, *, level: float = LEVEL
) -> list[ExpectedDay]:
    """Each day from `start` to `end` with the stories that a ward was and should have been in, from the model that
    alerts are judged by, and the bounds between which `level` (fraction, 0 to 1) of such days lie.

    Raises ParameterError for more than 366 days or an impossible level, UnknownWardError for a ward that no list has.
    """
    if not 0 <= (end - start).days < MOST_DAYS:
        raise ParameterError(f"{start} to {end}: allowed are 1 to {MOST_DAYS} days", "start")
    if not 0 < level < 1:
        raise ParameterError(f"level is {level}; allowed is a fraction between 0 and 1", "level")
    query = sa.select(ward.c.delimitation_id).where(ward.c.ward_id == ward_id)
    delimitation_id = None if "\0" in ward_id else connection.execute(query).scalar()
    if delimitation_id is None:
        raise UnknownWardError(f"No ward list that is loaded has a ward {ward_id!r}; ward ids look like WARD_001")
    from lokdarpan_core.pulse.alerts.expected import expected_days  # noqa: PLC0415 (numpy: 30 MiB for those who draw)

    return expected_days(connection, delimitation_id, ward_id, start, end, level=level)
