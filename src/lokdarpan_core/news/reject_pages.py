"""The rejects of one run in pages, for whoever sent them over the network: a line may have 4 MiB, a page may not."""

from datetime import datetime

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.news import runs
from lokdarpan_core.schema import ingest_reject

BYTES_SHOWN = 16 << 10
LARGEST_PAGE = 100


@attrs.frozen
class RejectEntry:
    """A line that could not be used: its place, why, and how it begins. `raw` is its first 16 KiB as text, with U+FFFD
    for what is no UTF-8, and None where its bytes are not kept or not shown; `byte_length` is of the whole line."""

    id: int
    line: int
    byte_offset: int
    byte_length: int
    reason: str
    detail: str | None
    raw: str | None = attrs.field(repr=False)
    resolved_at: datetime | None
    resolved_run_id: int | None


def reject_page(
    connection: Connection, run_id: int, *, after: int = 0, limit: int = 50, with_raw: bool = True
) -> list[RejectEntry]:
    """Rejects of a run, also those that were resolved, in the order they came, from the one after id `after` on.

    `limit` is 1 to 100. Without `with_raw` neither bytes nor details, which quote them, are read. Raises NotFoundError.
    """
    runs.get(connection, run_id)
    columns = {field.name: ingest_reject.c[field.name] for field in attrs.fields(RejectEntry)}
    shown = {"raw": sa.func.substring(ingest_reject.c.raw, 1, BYTES_SHOWN).label("raw")}
    hidden = {name: sa.null().label(name) for name in ("raw", "detail")}
    rows = connection.execute(
        sa.select(*(columns | (shown if with_raw else hidden)).values())
        .where(ingest_reject.c.run_id == run_id, ingest_reject.c.id > after)
        .order_by(ingest_reject.c.id)
        .limit(min(max(limit, 1), LARGEST_PAGE))
    ).mappings()
    return [RejectEntry(**dict(row) | {"raw": _text(row["raw"])}) for row in rows]


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "replace")
