"""Every table of LokDarpan, as SQLAlchemy Core metadata.

Table and column names are those of existing LokDarpan databases, so that an archive can come along; what is new stands
beside them. Ids are bigint identities, times are timestamptz, and constraints are named by one convention so that a
migration can name them too.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, CHAR, JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Column = sa.Column
TIME = sa.DateTime(timezone=True)


def _id() -> Column[int]:
    return Column("id", BigInteger, sa.Identity(always=False), primary_key=True)


def _created() -> Column[Any]:
    return Column("created_at", TIME, nullable=False, server_default=sa.func.now())


def _updated() -> Column[Any]:
    return Column("updated_at", TIME, nullable=False, server_default=sa.func.now())


def _table(name: str, *parts: Any, comment: str) -> sa.Table:
    return sa.Table(name, metadata, *parts, comment=comment)


def _one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


# -- News ----------------------------------------------------------------------------------------------------------

RUN_STATES = ("running", "done", "failed", "reopened", "undone")

ingest_run = _table(
    "ingest_run",
    _id(),
    Column("source", Text, nullable=False, comment="file name, or what was replayed"),
    Column("content_sha256", CHAR(64), comment="of the bytes as they lie on disk; null for a replay"),
    Column("options", JSONB, nullable=False, server_default=sa.text("'{}'")),
    Column("bytes_total", BigInteger, comment="size on disk"),
    Column("bytes_done", BigInteger, nullable=False, server_default="0", comment="offset in the decompressed stream"),
    Column("lines", BigInteger, nullable=False, server_default="0", comment="lines read that are not blank"),
    Column("line_number", BigInteger, nullable=False, server_default="0", comment="lines passed, blank ones too"),
    Column("new", BigInteger, nullable=False, server_default="0"),
    Column("reused", BigInteger, nullable=False, server_default="0"),
    Column("posts", BigInteger, nullable=False, server_default="0"),
    Column("posts_skipped", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("updated", BigInteger, nullable=False, server_default="0", comment="articles whose metadata changed"),
    Column("unknown_keys", JSONB, nullable=False, server_default=sa.text("'{}'"), comment="key -> lines that had it"),
    Column("state", Text, nullable=False, server_default="running"),
    Column("error", Text),
    Column("api_key_id", BigInteger),
    Column("started_at", TIME, nullable=False, server_default=sa.func.now()),
    _updated(),
    Column("finished_at", TIME),
    _one_of("state", RUN_STATES),
    comment="One row for each file that was ingested: its identity, its progress, its counts",
)
Index("ix_ingest_run_content_sha256", ingest_run.c.content_sha256)

ingest_reject = _table(
    "ingest_reject",
    _id(),
    Column("run_id", BigInteger, ForeignKey("ingest_run.id", ondelete="CASCADE"), nullable=False),
    Column("line", BigInteger, nullable=False, comment="counted from 1, blank lines too"),
    Column("byte_offset", BigInteger, nullable=False, comment="of the line's first byte, in the decompressed stream"),
    Column("byte_length", BigInteger, nullable=False, comment="of the line without its line end"),
    Column("reason", Text, nullable=False),
    Column("detail", Text),
    Column("raw", LargeBinary, comment="the line's bytes; null when it is too long to keep"),
    _created(),
    Column("resolved_at", TIME),
    Column("resolved_run_id", BigInteger, comment="the replay that made an article of it"),
    Column("sha256", CHAR(64), comment="the article that it became"),
    UniqueConstraint("run_id", "line"),
    comment="Every line that could not be used, with its reason and its exact bytes",
)
Index("ix_ingest_reject_sha256", ingest_reject.c.sha256, postgresql_where=ingest_reject.c.sha256.is_not(None))

author = _table(
    "author",
    _id(),
    Column("name", Text, nullable=False),
    Column("party", Text),
    UniqueConstraint("name"),
    comment="Who is behind a post: the publication, or the author that it names",
)

epaper = _table(
    "epaper",
    _id(),
    Column("publication_name", Text, nullable=False),
    Column("publication_date", Date, nullable=False),
    Column("title", Text),
    Column("raw_text", Text, comment="title and body, the text of the fingerprint; null once withdrawn"),
    Column("city", Text),
    Column("party", Text),
    Column("language", Text),
    Column("url", Text),
    Column("date_guessed", Boolean, nullable=False, server_default=sa.false()),
    Column("withdrawn_at", TIME),
    Column("withdrawn_reason", Text),
    _created(),
    Column("sha256", CHAR(64), nullable=False),
    Column("ingest_run_id", BigInteger, comment="the run that first delivered it"),
    Column("story_id", BigInteger, comment="null until its story was looked for"),
    UniqueConstraint("sha256"),
    CheckConstraint("(withdrawn_at IS NULL) = (raw_text IS NOT NULL)", name="text_unless_withdrawn"),
    comment="The archive: one row for each article, found again by its fingerprint",
)
Index("ix_epaper_publication_date", epaper.c.publication_date)
Index("ix_epaper_story_id", epaper.c.story_id, postgresql_where=epaper.c.story_id.is_not(None))
Index(
    "ix_epaper_without_story",
    epaper.c.publication_date,
    epaper.c.id,
    postgresql_where=sa.and_(epaper.c.story_id.is_(None), epaper.c.withdrawn_at.is_(None)),
)

story = _table(
    "story",
    _id(),
    Column("language", Text, nullable=False),
    Column("lead_id", BigInteger, nullable=False, comment="epaper.id of its earliest article"),
    _created(),
    _updated(),
    comment="One text, however often it was printed: the articles with this epaper.story_id",
)

story_text = _table(
    "story_text",
    _id(),
    Column("story_id", BigInteger, ForeignKey("story.id"), nullable=False),
    Column("epaper_id", BigInteger, nullable=False, comment="an article that has this text"),
    Column("published_on", Date, nullable=False),
    Column("language", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="of the words of headline and lead"),
    Column("keys", ARRAY(Integer), nullable=False, comment="copies share some of them"),
    UniqueConstraint("published_on", "language", "digest"),
    comment="The index that copies are found by: one row for each distinct text of a day",
)
Index("ix_story_text_story_id", story_text.c.story_id)

post = _table(
    "post",
    _id(),
    Column("text", Text, comment="null when the epaper has it: read the view post_full"),
    Column("author_id", BigInteger, ForeignKey("author.id")),
    Column("city", Text),
    Column("emotion", Text),
    Column("party", Text),
    Column("created_at", TIME, nullable=False, comment="midnight UTC of the publication date"),
    Column("epaper_id", BigInteger, ForeignKey("epaper.id")),
    Column("ingest_run_id", BigInteger, comment="the run that made it"),
    Column(
        "searched_with",
        Integer,
        comment="gazetteer_version.id of the last search for wards; null until it was searched",
    ),
    CheckConstraint("text IS NOT NULL OR epaper_id IS NOT NULL", name="text_or_epaper"),
    comment="What is counted in pulse and trends: one post for each article",
)
Index("ix_post_created_at", post.c.created_at)
Index("uq_post_epaper_id", post.c.epaper_id, unique=True, postgresql_where=post.c.epaper_id.is_not(None))

alert = _table(
    "alert",
    _id(),
    Column("ward", Text, nullable=False),
    Column("ward_id", Text),
    Column("kind", Text),
    Column("description", Text),
    Column("message", JSONB, comment="message id and its numbers, rendered per language"),
    Column("severity", Text),
    Column("opportunities", JSONB),
    Column("threats", JSONB),
    Column("actionable_alerts", JSONB),
    Column("source_articles", JSONB),
    Column("observed", Double),
    Column("expected", Double),
    Column("p_value", Double),
    Column("window_start", TIME),
    Column("window_end", TIME),
    Column("withdrawn_at", TIME),
    _created(),
    _updated(),
    comment="What changed in a ward, beyond what its own history explains",
)
Index("ix_alert_ward_id_created_at", alert.c.ward_id, alert.c.created_at)

# -- Wards ---------------------------------------------------------------------------------------------------------

delimitation = _table(
    "delimitation",
    Column("id", Text, primary_key=True),
    Column("authority", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
    comment="One way of cutting a city into wards, and when it was in force",
)

ward = _table(
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

ward_alias = _table(
    "ward_alias",
    _id(),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), nullable=False),
    Column("alias", Text, nullable=False),
    Column("language", Text),
    Column("verified", Boolean, nullable=False, server_default=sa.false()),
    Column("source", Text),
    UniqueConstraint("ward_id", "alias"),
    comment="Other spellings of a ward's name, in any script",
)

gazetteer_version = _table(
    "gazetteer_version",
    Column("id", Integer, sa.Identity(always=False), primary_key=True),
    Column("fingerprint", Text, nullable=False, comment="of wards, spellings and rules"),
    _created(),
    UniqueConstraint("fingerprint"),
    comment="The states of the gazetteer with which posts were searched",
)

post_ward = _table(
    "post_ward",
    Column("post_id", BigInteger, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("published_on", Date, nullable=False),
    Column("how", Text, nullable=False),
    Column("matched", Text),
    _one_of("how", ("name", "alias", "number", "indirect")),
    comment="Which wards a post mentions, and how that was seen",
)
Index("ix_post_ward_ward_id_published_on", post_ward.c.ward_id, post_ward.c.published_on.desc(), post_ward.c.post_id)


# -- Elections -----------------------------------------------------------------------------------------------------

election = _table(
    "election",
    _id(),
    Column("type", Text, nullable=False, comment="GHMC, ASSEMBLY or LOKSABHA"),
    Column("year", SmallInteger, nullable=False),
    Column("round", Text),
    Column("official_ref", Text),
    Column("held_on", Date),
    UniqueConstraint("type", "year", "round", postgresql_nulls_not_distinct=True),
    comment="One election",
)

polling_station = _table(
    "polling_station",
    _id(),
    Column("ps_id", Text, nullable=False),
    Column("name", Text),
    Column("address", Text),
    Column("lat", Double),
    Column("lon", Double),
    Column("ac_id", Text, comment="assembly constituency"),
    Column("pc_id", Text, comment="parliamentary constituency"),
    Column("ward_id", Text, comment="as read; assignments are in station_ward"),
    Column("ward_name", Text, comment="as read"),
    Column("source_meta", JSONB),
    UniqueConstraint("ps_id"),
    comment="A polling station",
)

form20_sheet = _table(
    "form20_sheet",
    _id(),
    Column("election_id", BigInteger, ForeignKey("election.id"), nullable=False),
    Column("segment", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", CHAR(64), nullable=False),
    Column("layout", Text, nullable=False),
    Column("disputes", JSONB, nullable=False, server_default=sa.text("'[]'")),
    Column("totals", JSONB, comment="what its totals mean (NOTA in or out), and its footers as printed"),
    Column("postal_votes", JSONB, comment="candidate number -> votes; they belong to the segment, to no ward"),
    Column("imported_at", TIME, nullable=False, server_default=sa.func.now()),
    UniqueConstraint("election_id", "segment"),
    comment="One Form 20 sheet as imported, with what did not add up",
)

result_ps = _table(
    "result_ps",
    _id(),
    Column("election_id", BigInteger, ForeignKey("election.id"), nullable=False),
    Column("ps_id", Text, nullable=False),
    Column("candidate_no", Integer),
    Column("party", Text, comment="as printed"),
    Column("candidate", Text),
    Column("votes", Integer),
    Column("total_polled", Integer),
    Column("rejected", Integer),
    Column("sheet_id", BigInteger, ForeignKey("form20_sheet.id")),
    Column("sheet_row", Integer, comment="where it stands in the sheet, from 1"),
    _created(),
    UniqueConstraint("election_id", "ps_id", "candidate_no", postgresql_nulls_not_distinct=True),
    comment="Votes of one candidate at one polling station",
)
Index("ix_result_ps_ps_id", result_ps.c.ps_id)
Index("ix_result_ps_sheet_id", result_ps.c.sheet_id)

station_turnout = _table(
    "station_turnout",
    Column("election_id", BigInteger, ForeignKey("election.id"), primary_key=True),
    Column("ps_id", Text, ForeignKey("polling_station.ps_id"), primary_key=True),
    *(Column(name, Integer) for name in ("electors", "polled", "valid", "rejected", "nota", "tendered")),
    comment="Electors and votes of one polling station, besides the candidates' own",
)

station_ward = _table(
    "station_ward",
    Column("ps_id", Text, ForeignKey("polling_station.ps_id"), primary_key=True),
    Column("delimitation_id", Text, ForeignKey("delimitation.id"), nullable=False),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("weight", Double, nullable=False, server_default="1"),
    CheckConstraint("weight > 0 AND weight <= 1", name="weight"),
    comment="Which ward a station's electors live in; weights sum to 1 per station and delimitation",
)
Index("ix_station_ward_ward_id", station_ward.c.ward_id)

ward_segment = _table(
    "ward_segment",
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("segment", Text, primary_key=True, comment="assembly constituency, as in form20_sheet.segment"),
    Column("source", Text, nullable=False),
    comment="Which segments a ward lies in: shown, and labelled so, where no station is assigned to the ward",
)

ward_winner = _table(
    "ward_winner",
    Column("election_id", BigInteger, ForeignKey("election.id"), primary_key=True),
    Column("ward_id", Text, ForeignKey("ward.ward_id"), primary_key=True),
    Column("party", Text, nullable=False),
    Column("candidate", Text),
    Column("source", Text, nullable=False),
    comment="Who was declared elected in a ward",
)

result_ward_agg = _table(
    "result_ward_agg",
    _id(),
    Column("election_id", BigInteger, ForeignKey("election.id"), nullable=False),
    Column("ward_id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("votes", BigInteger, nullable=False),
    Column("vote_share", Double, comment="per cent of valid votes"),
    Column("turnout_pct", Double, comment="polled ÷ electors, per cent"),
    Column("computed_at", TIME, nullable=False, server_default=sa.func.now()),
    UniqueConstraint("election_id", "ward_id", "party"),
    comment="Votes of one party in one ward",
)
Index("ix_result_ward_agg_ward_id", result_ward_agg.c.ward_id)

ward_profile = _table(
    "ward_profile",
    _id(),
    Column("ward_id", Text, nullable=False),
    Column("electors", Integer),
    Column("votes_cast", Integer),
    Column("turnout_pct", Double, comment="per cent"),
    Column("last_winner_party", Text),
    Column("last_winner_year", SmallInteger),
    Column("source", Text),
    _updated(),
    UniqueConstraint("ward_id"),
    comment="Who votes in a ward",
)

ward_demographics = _table(
    "ward_demographics",
    _id(),
    Column("ward_id", Text, nullable=False),
    *(
        Column(name, Double, comment="share, 0 to 1")
        for name in ("literacy_idx", "muslim_idx", "scst_idx", "secc_deprivation_idx")
    ),
    Column("census_year", SmallInteger),
    Column("estimated", Boolean, nullable=False, server_default=sa.false()),
    Column("source", Text),
    _updated(),
    UniqueConstraint("ward_id"),
    comment="Who lives in a ward, by the census",
)

ward_features = _table(
    "ward_features",
    _id(),
    Column("ward_id", Text, nullable=False),
    Column("as23_party_shares", JSONB, comment="party -> fraction of valid votes, Assembly 2023"),
    Column("ls24_party_shares", JSONB, comment="party -> fraction of valid votes, Lok Sabha 2024"),
    Column("dvi", JSONB, comment="party -> LS24 share minus AS23 share"),
    Column("incumbency_weakness", JSONB),
    Column("aci_23", Double, comment="INC + BJP share in AS23"),
    Column("turnout_volatility", Double, comment="percentage points"),
    Column("source", Text),
    _updated(),
    UniqueConstraint("ward_id"),
    comment="What is computed from a ward's results",
)


# -- Operation -----------------------------------------------------------------------------------------------------

job = _table(
    "job",
    _id(),
    Column("kind", Text, nullable=False),
    Column("arguments", JSONB, nullable=False, server_default=sa.text("'{}'")),
    Column("unique_key", Text),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("run_after", TIME),
    Column("host", Text),
    Column("result", JSONB),
    Column("error", Text),
    _created(),
    _updated(),
    Column("finished_at", TIME),
    comment="The ledger of jobs: the queue wakes workers, this remembers",
)
Index("ix_job_state_run_after", job.c.state, job.c.run_after)
Index("ix_job_unique_key", job.c.unique_key, postgresql_where=job.c.unique_key.is_not(None))

api_key = _table(
    "api_key",
    _id(),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("key_sha256", CHAR(64), nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("expires_at", TIME),
    _created(),
    Column("last_used_at", TIME),
    Column("revoked_at", TIME),
    UniqueConstraint("key_sha256"),
    comment="API keys, kept as hashes",
)
