"""What keeps it running: jobs and keys."""

import sqlalchemy as sa
from sqlalchemy import (
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, CHAR, JSONB

from lokdarpan_core.schema.columns import TIME, Column, created_at, id_column, table, updated_at

job = table(
    "job",
    id_column(),
    Column("kind", Text, nullable=False),
    Column("arguments", JSONB, nullable=False, server_default=sa.text("'{}'")),
    Column("unique_key", Text),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("run_after", TIME),
    Column("host", Text),
    Column("result", JSONB),
    Column("error", Text),
    created_at(),
    updated_at(),
    Column("finished_at", TIME),
    comment="The ledger of jobs: the queue wakes workers, this remembers",
)
Index("ix_job_state_run_after", job.c.state, job.c.run_after)
Index("ix_job_unique_key", job.c.unique_key, postgresql_where=job.c.unique_key.is_not(None))

api_key = table(
    "api_key",
    id_column(),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("key_sha256", CHAR(64), nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("expires_at", TIME),
    created_at(),
    Column("last_used_at", TIME),
    Column("revoked_at", TIME),
    UniqueConstraint("key_sha256"),
    comment="API keys, kept as hashes",
)
