"""What pulse and caches read instead of texts: terms, daily totals, and which ward changed."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY

from lokdarpan_core.schema.columns import TIME, Column, id_column, table

post_terms = table(
    "post_terms",
    Column("post_id", BigInteger, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True),
    Column("terms", ARRAY(Text), nullable=False, comment="each once, however often the post says it"),
    comment="What a post that mentions a ward speaks of",
)

city_day = table(
    "city_day",
    Column("delimitation_id", Text, ForeignKey("delimitation.id"), primary_key=True),
    Column("published_on", Date, primary_key=True),
    Column("stories", Integer, nullable=False),
    comment="How many stories of a day mention any ward of a delimitation",
)

city_term = table(
    "city_term",
    Column("delimitation_id", Text, ForeignKey("delimitation.id")),
    Column("term", Text),
    Column("published_on", Date),
    Column("stories", Integer, nullable=False),
    PrimaryKeyConstraint("delimitation_id", "term", "published_on", postgresql_include=["stories"]),
    comment="In how many of those stories a term stands: what a ward's terms are compared with",
)
Index("ix_city_term_published_on", city_term.c.published_on)

stale_day = table(
    "stale_day",
    id_column(),
    Column("published_on", Date, nullable=False),
    comment="Days whose totals are to be counted again; written by triggers",
)

ward_version = table(
    "ward_version",
    Column("ward_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", TIME, nullable=False),
    comment="Goes up with every transaction that changes what is said of a ward: what caches are validated by",
)

ward_touch = table(
    "ward_touch",
    Column(
        "transaction",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
    ),
    Column("ward_id", Text, primary_key=True),
    comment="The wards that a transaction has changed so far, `*` for all; empty between transactions",
)
