"""Wards, what people call them, and which posts speak of them."""

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from lokdarpan_core.schema.columns import Column, created_at, id_column, one_of, table

delimitation = table(
    "delimitation",
    Column("id", Text, primary_key=True),
    Column("authority", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
    comment="One way of cutting a city into wards, and when it was in force",
)

ward = table(
    "ward",
    Column("ward_id", Text, primary_key=True),
    Column("delimitation_id", Text, ForeignKey("delimitation.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("corporation", Text),
    Column("zone", Text),
    Column("circle", Text),
    Column("lon", Double, comment="degrees east"),
    Column("lat", Double, comment="degrees north"),
    Column("boundary", JSONB, comment="GeoJSON geometry"),
    UniqueConstraint("delimitation_id", "number"),
    comment="A ward of one delimitation",
)

ward_alias = table(
    "ward_alias",
    id_column(),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), nullable=False),
    Column("alias", Text, nullable=False),
    Column("language", Text),
    Column("verified", Boolean, nullable=False, server_default=sa.false()),
    Column("source", Text),
    UniqueConstraint("ward_id", "alias"),
    comment="Other spellings of a ward's name, in any script",
)

gazetteer_version = table(
    "gazetteer_version",
    Column("id", Integer, sa.Identity(always=False), primary_key=True),
    Column("fingerprint", Text, nullable=False, comment="of wards, spellings and rules"),
    created_at(),
    UniqueConstraint("fingerprint"),
    comment="The states of the gazetteer with which posts were searched",
)

post_ward = table(
    "post_ward",
    Column("post_id", BigInteger, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("published_on", Date, nullable=False),
    Column("how", Text, nullable=False),
    Column("matched", Text),
    one_of("how", ("name", "alias", "number", "indirect")),
    comment="Which wards a post mentions, and how that was seen",
)
Index("ix_post_ward_ward_id_published_on", post_ward.c.ward_id, post_ward.c.published_on.desc(), post_ward.c.post_id)
