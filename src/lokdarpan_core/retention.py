"""What is not kept for ever: the bytes of rejected lines, and the ledger's jobs that are over.

The bytes may be anything, personal data too, and are of use only as long as somebody may repair and replay them. The
reject itself stays, with its place and its reason, so that every line stays accounted for.
"""

from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.schema import ingest_reject, job
from lokdarpan_core.settings import Settings

REMOVED = "bytes removed after {} days"
OVER = ("done", "failed", "cancelled")


@attrs.frozen
class PurgeReport:
    """How many rejects lost their bytes, how many bytes that were, and how many jobs went. `applied` is False for a dry
    run, which counts what would go."""

    rejects: int
    bytes: int
    jobs: int
    applied: bool


def purge_old(connection: Connection, settings: Settings, *, dry_run: bool = False) -> PurgeReport:
    """Remove what is older than `keep_rejects_days` and `keep_jobs_days` say. Safe to repeat."""
    old_rejects = sa.and_(
        ingest_reject.c.raw.is_not(None), ingest_reject.c.created_at < _ago(settings.keep_rejects_days)
    )
    old_jobs = sa.and_(job.c.state.in_(OVER), job.c.finished_at < _ago(settings.keep_jobs_days))
    size = sa.func.coalesce(sa.func.sum(sa.func.octet_length(ingest_reject.c.raw)), 0)
    rejects, size_in_bytes = connection.execute(sa.select(sa.func.count(), size).where(old_rejects)).one()
    count = connection.execute(sa.select(sa.func.count()).select_from(job).where(old_jobs)).scalar_one()
    if not dry_run:
        told = sa.func.concat_ws("; ", ingest_reject.c.detail, REMOVED.format(settings.keep_rejects_days))
        connection.execute(sa.update(ingest_reject).where(old_rejects).values(raw=None, detail=told))
        connection.execute(sa.delete(job).where(old_jobs))
    return PurgeReport(rejects, int(size_in_bytes), count, applied=not dry_run)


def _ago(days: int) -> sa.ColumnElement[datetime]:
    return sa.func.now() - sa.literal(timedelta(days=days))
