"""Jobs: find one by its unique key."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_job_unique_key", "job", ["unique_key"], postgresql_where=sa.text("unique_key IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_job_unique_key", "job")
