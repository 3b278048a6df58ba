"""Stories: articles that are one text, and the index that finds them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False, comment="epaper.id of its earliest article"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        comment="One text, however often it was printed: the articles with this epaper.story_id",
    )
    op.create_table(
        "story_text",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("epaper_id", sa.BigInteger(), nullable=False, comment="an article that has this text"),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="of the words of headline and lead"),
        sa.Column("keys", postgresql.ARRAY(sa.Integer()), nullable=False, comment="copies share some of them"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_text_story_id_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_text")),
        sa.UniqueConstraint(
            "published_on", "language", "digest", name=op.f("uq_story_text_published_on_language_digest")
        ),
        comment="The index that copies are found by: one row for each distinct text of a day",
    )
    op.create_index("ix_story_text_story_id", "story_text", ["story_id"], unique=False)
    op.create_index(
        "ix_epaper_story_id",
        "epaper",
        ["story_id"],
        unique=False,
        postgresql_where=sa.text("story_id IS NOT NULL"),
    )
    op.create_index(
        "ix_epaper_without_story",
        "epaper",
        ["publication_date", "id"],
        unique=False,
        postgresql_where=sa.text("story_id IS NULL AND withdrawn_at IS NULL"),
    )
    op.alter_column(
        "epaper",
        "story_id",
        existing_type=sa.BigInteger(),
        comment="null until its story was looked for",
        existing_nullable=True,
    )


def downgrade() -> None:
    op.alter_column(
        "epaper",
        "story_id",
        existing_type=sa.BigInteger(),
        comment=None,
        existing_comment="null until its story was looked for",
        existing_nullable=True,
    )
    op.execute("UPDATE epaper SET story_id = NULL WHERE story_id IS NOT NULL")
    op.drop_index("ix_epaper_without_story", table_name="epaper")
    op.drop_index("ix_epaper_story_id", table_name="epaper")
    op.drop_table("story_text")
    op.drop_table("story")
