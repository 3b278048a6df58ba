"""Alerts in the database: each once for its ward, day, kind and subject, however often a day is judged.

What is judged again and still holds is written only where something in it is different; what no longer holds is marked
withdrawn, and is back when it holds again. A lock on the day lets two processes do it one after the other.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import attrs
import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

LOCK_SPACE = 0x416C7274  # of two-part advisory locks: this, and the day
COLUMNS = """
    ward, description, message, severity, source_articles, observed, expected, p_value, q_value, window_start,
    window_end
"""
ROWS = """
    jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
        ward_id text, published_on date, kind text, subject text, ward text, description text, message jsonb,
        severity text, source_articles jsonb, observed float8, expected float8, p_value float8, q_value float8,
        window_start timestamptz, window_end timestamptz
    )
"""
EXCLUDED = ", ".join(f"excluded.{name.strip()}" for name in COLUMNS.split(","))
STORED = ", ".join(f"alert.{name.strip()}" for name in COLUMNS.split(","))
WRITE = sa.text(f"""
    INSERT INTO alert (ward_id, published_on, kind, subject, {COLUMNS})
    SELECT ward_id, published_on, kind, subject, {COLUMNS} FROM {ROWS} ORDER BY ward_id, kind, subject
    ON CONFLICT (ward_id, published_on, kind, subject) WHERE published_on IS NOT NULL
    DO UPDATE SET ({COLUMNS}, withdrawn_at, updated_at) = ROW({EXCLUDED}, NULL, now())
    WHERE ({STORED}, alert.withdrawn_at) IS DISTINCT FROM ({EXCLUDED}, NULL)
""")  # noqa: S608
THERE = sa.text("""
    SELECT alert.ward_id, alert.kind, alert.subject, alert.withdrawn_at IS NOT NULL AS withdrawn
    FROM alert JOIN ward ON ward.ward_id = alert.ward_id AND ward.delimitation_id = :delimitation
    WHERE alert.published_on = :day
""")
WITHDRAW = sa.text("""
    UPDATE alert SET withdrawn_at = now(), updated_at = now()
    FROM jsonb_to_recordset(CAST(:gone AS jsonb)) AS row (ward_id text, kind text, subject text)
    WHERE alert.published_on = :day AND alert.withdrawn_at IS NULL
      AND (alert.ward_id, alert.kind, alert.subject) = (row.ward_id, row.kind, row.subject)
""")

Key = tuple[str, str, str]  # ward, kind, subject


@attrs.frozen
class Written:
    """How many alerts of a day are new (or back), changed, as they were, and withdrawn."""

    new: int
    changed: int
    unchanged: int
    withdrawn: int


def lock_day(connection: Connection, day: date) -> None:
    """Keep others from judging this day until the transaction ends. Before anything is read of it."""
    keys = sa.func.pg_advisory_xact_lock(sa.literal(LOCK_SPACE, sa.Integer), sa.literal(day.toordinal(), sa.Integer))
    connection.execute(sa.select(keys))


def store(connection: Connection, delimitation_id: str, day: date, rows: Iterable[Mapping[str, Any]]) -> Written:
    """Write the alerts of a day, and withdraw those of the delimitation that are not among them."""
    listed = [dict(row) for row in rows]
    keys = {(row["ward_id"], row["kind"], row["subject"]) for row in listed}
    asked = {"delimitation": delimitation_id, "day": day}
    there: dict[Key, bool] = {
        (ward, kind, subject): gone for ward, kind, subject, gone in connection.execute(THERE, asked)
    }
    written = 0
    if listed:
        written = connection.execute(WRITE, {"rows": msgspec.json.encode(listed).decode()}).rowcount
    gone = [
        dict(zip(("ward_id", "kind", "subject"), key, strict=True))
        for key, was in there.items()
        if not was and key not in keys
    ]
    if gone:
        connection.execute(WITHDRAW, {"gone": msgspec.json.encode(gone).decode(), "day": day})
    new = sum(there.get(key, True) for key in keys)
    return Written(new, written - new, len(keys) - written, len(gone))
