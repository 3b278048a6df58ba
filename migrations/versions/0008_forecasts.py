"""Forecasts, as a job makes them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ward_forecast",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False, comment="the day that is forecast"),
        sa.Column(
            "forecast",
            postgresql.JSONB(),
            nullable=False,
            comment="shares, chances and intervals, with what they rest on",
        ),
        sa.Column("source", sa.Text()),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_forecast")),
        sa.UniqueConstraint("ward_id", name=op.f("uq_ward_forecast_ward_id")),
        comment="The newest forecast of a ward, as a job made it",
    )


def downgrade() -> None:
    op.drop_table("ward_forecast")
