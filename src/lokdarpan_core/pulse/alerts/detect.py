"""Judge a day of the archive, delimitation by delimitation."""

from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import NotFoundError
from lokdarpan_core.pulse.alerts.records import AlertReport
from lokdarpan_core.pulse.alerts.storing import lock_day
from lokdarpan_core.schema import delimitation, post


def detect_alerts(connection: Connection, day: date, *, delimitation_id: str | None = None) -> AlertReport:
    """Judge one day (of publication) in every loaded delimitation, or in one, and store the alerts that it raises.

    Safe to repeat and to run twice at once: what holds is stored once, what no longer holds is withdrawn. A day on
    which no source has enough history keeps the alerts that it has; one without articles loses them. In the caller's
    transaction, which holds a lock on the day until it ends.

    Raises NotFoundError for a delimitation that is not loaded.
    """
    from lokdarpan_core.pulse.alerts.judge_city import judge_city  # noqa: PLC0415 (numpy: 30 MiB for those who judge)

    lock_day(connection, day)
    loaded = list(connection.execute(sa.select(delimitation.c.id).order_by(delimitation.c.id)).scalars())
    if delimitation_id is not None and delimitation_id not in loaded:
        raise NotFoundError(f"No delimitation {delimitation_id!r} is loaded; loaded are: {', '.join(loaded) or 'none'}")
    asked = loaded if delimitation_id is None else [delimitation_id]
    return AlertReport(day, [judge_city(connection, one, day) for one in asked])


def newest_day(connection: Connection, until: date | None = None) -> date | None:
    """The newest day, up to `until`, of which there are posts."""
    query = sa.select(sa.func.max(post.c.created_at))
    if until is not None:
        query = query.where(post.c.created_at < datetime.combine(until + timedelta(days=1), time(), UTC))
    newest = connection.execute(query).scalar_one()
    return None if newest is None else newest.astimezone(UTC).date()
