"""Declared winners, the segments of a ward, and where in a sheet a result stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ward_segment",
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False, comment="assembly constituency, as in form20_sheet.segment"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.ward_id"], name=op.f("fk_ward_segment_ward_id_ward")),
        sa.PrimaryKeyConstraint("ward_id", "segment", name=op.f("pk_ward_segment")),
        comment="Which segments a ward lies in: shown, and labelled so, where no station is assigned to the ward",
    )
    op.create_table(
        "ward_winner",
        sa.Column("election_id", sa.BigInteger(), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_ward_winner_election_id_election")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.ward_id"], name=op.f("fk_ward_winner_ward_id_ward")),
        sa.PrimaryKeyConstraint("election_id", "ward_id", name=op.f("pk_ward_winner")),
        comment="Who was declared elected in a ward",
    )
    op.add_column(
        "form20_sheet",
        sa.Column(
            "totals",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what its totals mean (NOTA in or out), and its footers as printed",
        ),
    )
    op.alter_column(
        "form20_sheet",
        "postal_votes",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="candidate number -> votes; they belong to the segment, to no ward",
        existing_nullable=True,
    )
    op.add_column(
        "result_ps", sa.Column("sheet_row", sa.Integer(), nullable=True, comment="where it stands in the sheet, from 1")
    )
    op.create_index("ix_result_ps_sheet_id", "result_ps", ["sheet_id"])


def downgrade() -> None:
    op.drop_index("ix_result_ps_sheet_id", "result_ps")
    op.drop_column("result_ps", "sheet_row")
    op.alter_column(
        "form20_sheet",
        "postal_votes",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment=None,
        existing_comment="candidate number -> votes; they belong to the segment, to no ward",
        existing_nullable=True,
    )
    op.drop_column("form20_sheet", "totals")
    op.drop_table("ward_winner")
    op.drop_table("ward_segment")
