"""Terms, daily totals, what an alert is about, and the index that posts are searched by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_terms",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "terms",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="each once, however often the post says it",
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_terms")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_terms_post_id_post"), ondelete="CASCADE"),
        comment="What a post that mentions a ward speaks of",
    )
    op.create_table(
        "city_day",
        sa.Column("delimitation_id", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delimitation_id", "published_on", name=op.f("pk_city_day")),
        sa.ForeignKeyConstraint(
            ["delimitation_id"], ["delimitation.id"], name=op.f("fk_city_day_delimitation_id_delimitation")
        ),
        comment="How many stories of a day mention any ward of a delimitation",
    )
    op.create_table(
        "city_term",
        sa.Column("delimitation_id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delimitation_id", "term", "published_on", name=op.f("pk_city_term")),
        sa.ForeignKeyConstraint(
            ["delimitation_id"], ["delimitation.id"], name=op.f("fk_city_term_delimitation_id_delimitation")
        ),
        comment="In how many of those stories a term stands: what a ward's terms are compared with",
    )
    op.create_index("ix_city_term_published_on", "city_term", ["published_on"])
    day = "the day whose articles it is about; null for an older program's alerts"
    about = "the party or term that rose; empty when it is the ward itself"
    adjusted = "p_value after Benjamini and Hochberg, over all that was judged that day"
    op.add_column("alert", sa.Column("published_on", sa.Date(), comment=day))
    op.add_column("alert", sa.Column("subject", sa.Text(), comment=about))
    op.add_column("alert", sa.Column("q_value", sa.Double(), comment=adjusted))
    op.create_index(
        "uq_alert_what",
        "alert",
        ["ward_id", "published_on", "kind", "subject"],
        unique=True,
        postgresql_where=sa.text("published_on IS NOT NULL"),
    )
    op.create_table(
        "post_search",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "words", postgresql.TSVECTOR(), nullable=False, comment="of title and text, in the configuration `simple`"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_search")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_search_post_id_post"), ondelete="CASCADE"),
        comment="The index that posts are searched by; filled after an ingest's commit",
    )
    op.create_index("ix_post_search_words", "post_search", ["words"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("post_search")
    op.drop_index("uq_alert_what", "alert")
    for column in ("q_value", "subject", "published_on"):
        op.drop_column("alert", column)
    op.drop_table("city_term")
    op.drop_table("city_day")
    op.drop_table("post_terms")
