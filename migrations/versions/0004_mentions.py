"""Mentions: with which gazetteer each post was searched for wards."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gazetteer_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="of wards, spellings and rules"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_version")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_gazetteer_version_fingerprint")),
        comment="The states of the gazetteer with which posts were searched",
    )
    op.add_column(
        "post",
        sa.Column(
            "searched_with",
            sa.Integer(),
            nullable=True,
            comment="gazetteer_version.id of the last search for wards; null until it was searched",
        ),
    )


def downgrade() -> None:
    op.drop_column("post", "searched_with")
    op.drop_table("gazetteer_version")
