"""The schema: every table of the first version, and the view that gives each post its text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

POST_FULL = """
CREATE VIEW post_full AS
SELECT post.id, coalesce(epaper.raw_text, post.text) AS text, post.author_id, post.city, post.emotion, post.party,
       post.created_at, post.epaper_id, epaper.title, epaper.url, epaper.language, epaper.publication_name
FROM post LEFT JOIN epaper ON epaper.id = post.epaper_id
"""
revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "message",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="message id and its numbers, rendered per language",
        ),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("opportunities", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("threats", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("actionable_alerts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source_articles", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("observed", sa.Double(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("p_value", sa.Double(), nullable=True),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        comment="What changed in a ward, beyond what its own history explains",
    )
    op.create_index("ix_alert_ward_id_created_at", "alert", ["ward_id", "created_at"], unique=False)
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_sha256", name=op.f("uq_api_key_key_sha256")),
        comment="API keys, kept as hashes",
    )
    op.create_table(
        "author",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author")),
        sa.UniqueConstraint("name", name=op.f("uq_author_name")),
        comment="Who is behind a post: the publication, or the author that it names",
    )
    op.create_table(
        "delimitation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delimitation")),
        comment="One way of cutting a city into wards, and when it was in force",
    )
    op.create_table(
        "election",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="GHMC, ASSEMBLY or LOKSABHA"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("round", sa.Text(), nullable=True),
        sa.Column("official_ref", sa.Text(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
        sa.UniqueConstraint(
            "type", "year", "round", name=op.f("uq_election_type_year_round"), postgresql_nulls_not_distinct=True
        ),
        comment="One election",
    )
    op.create_table(
        "epaper",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("publication_name", sa.Text(), nullable=False),
        sa.Column("publication_date", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column(
            "raw_text",
            sa.Text(),
            nullable=True,
            comment="title and body, the text of the fingerprint; null once withdrawn",
        ),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("party", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("date_guessed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("ingest_run_id", sa.BigInteger(), nullable=True, comment="the run that first delivered it"),
        sa.Column("story_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (raw_text IS NOT NULL)", name=op.f("ck_epaper_text_unless_withdrawn")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epaper")),
        sa.UniqueConstraint("sha256", name=op.f("uq_epaper_sha256")),
        comment="The archive: one row for each article, found again by its fingerprint",
    )
    op.create_index("ix_epaper_publication_date", "epaper", ["publication_date"], unique=False)
    op.create_table(
        "ingest_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="file name, or what was replayed"),
        sa.Column(
            "content_sha256",
            sa.CHAR(length=64),
            nullable=True,
            comment="of the bytes as they lie on disk; null for a replay",
        ),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("bytes_total", sa.BigInteger(), nullable=True, comment="size on disk"),
        sa.Column(
            "bytes_done",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="offset in the decompressed stream",
        ),
        sa.Column(
            "lines", sa.BigInteger(), server_default="0", nullable=False, comment="lines read that are not blank"
        ),
        sa.Column(
            "line_number", sa.BigInteger(), server_default="0", nullable=False, comment="lines passed, blank ones too"
        ),
        sa.Column("new", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reused", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("posts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("posts_skipped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "updated", sa.BigInteger(), server_default="0", nullable=False, comment="articles whose metadata changed"
        ),
        sa.Column(
            "unknown_keys",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="key -> lines that had it",
        ),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'failed', 'reopened', 'undone')", name=op.f("ck_ingest_run_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_run")),
        comment="One row for each file that was ingested: its identity, its progress, its counts",
    )
    op.create_index("ix_ingest_run_content_sha256", "ingest_run", ["content_sha256"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        comment="The ledger of jobs: the queue wakes workers, this remembers",
    )
    op.create_index("ix_job_state_run_after", "job", ["state", "run_after"], unique=False)
    op.create_table(
        "polling_station",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ps_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("ac_id", sa.Text(), nullable=True, comment="assembly constituency"),
        sa.Column("pc_id", sa.Text(), nullable=True, comment="parliamentary constituency"),
        sa.Column("ward_id", sa.Text(), nullable=True, comment="as read; assignments are in station_ward"),
        sa.Column("ward_name", sa.Text(), nullable=True, comment="as read"),
        sa.Column("source_meta", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polling_station")),
        sa.UniqueConstraint("ps_id", name=op.f("uq_polling_station_ps_id")),
        comment="A polling station",
    )
    op.create_table(
        "ward_demographics",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("literacy_idx", sa.Double(), nullable=True, comment="share, 0 to 1"),
        sa.Column("muslim_idx", sa.Double(), nullable=True, comment="share, 0 to 1"),
        sa.Column("scst_idx", sa.Double(), nullable=True, comment="share, 0 to 1"),
        sa.Column("secc_deprivation_idx", sa.Double(), nullable=True, comment="share, 0 to 1"),
        sa.Column("census_year", sa.SmallInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_demographics")),
        sa.UniqueConstraint("ward_id", name=op.f("uq_ward_demographics_ward_id")),
        comment="Who lives in a ward, by the census",
    )
    op.create_table(
        "ward_features",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column(
            "as23_party_shares",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="party -> fraction of valid votes, Assembly 2023",
        ),
        sa.Column(
            "ls24_party_shares",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="party -> fraction of valid votes, Lok Sabha 2024",
        ),
        sa.Column(
            "dvi",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="party -> LS24 share minus AS23 share",
        ),
        sa.Column("incumbency_weakness", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("aci_23", sa.Double(), nullable=True, comment="INC + BJP share in AS23"),
        sa.Column("turnout_volatility", sa.Double(), nullable=True, comment="percentage points"),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_features")),
        sa.UniqueConstraint("ward_id", name=op.f("uq_ward_features_ward_id")),
        comment="What is computed from a ward's results",
    )
    op.create_table(
        "ward_profile",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("electors", sa.Integer(), nullable=True),
        sa.Column("votes_cast", sa.Integer(), nullable=True),
        sa.Column("turnout_pct", sa.Double(), nullable=True, comment="per cent"),
        sa.Column("last_winner_party", sa.Text(), nullable=True),
        sa.Column("last_winner_year", sa.SmallInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_profile")),
        sa.UniqueConstraint("ward_id", name=op.f("uq_ward_profile_ward_id")),
        comment="Who votes in a ward",
    )
    op.create_table(
        "form20_sheet",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("election_id", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("disputes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("postal_votes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_form20_sheet_election_id_election")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form20_sheet")),
        sa.UniqueConstraint("election_id", "segment", name=op.f("uq_form20_sheet_election_id_segment")),
        comment="One Form 20 sheet as imported, with what did not add up",
    )
    op.create_table(
        "ingest_reject",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False, comment="counted from 1, blank lines too"),
        sa.Column(
            "byte_offset",
            sa.BigInteger(),
            nullable=False,
            comment="of the line's first byte, in the decompressed stream",
        ),
        sa.Column("byte_length", sa.BigInteger(), nullable=False, comment="of the line without its line end"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True, comment="the line's bytes; null when it is too long to keep"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_run_id", sa.BigInteger(), nullable=True, comment="the replay that made an article of it"),
        sa.Column("sha256", sa.CHAR(length=64), nullable=True, comment="the article that it became"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["ingest_run.id"], name=op.f("fk_ingest_reject_run_id_ingest_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_reject")),
        sa.UniqueConstraint("run_id", "line", name=op.f("uq_ingest_reject_run_id_line")),
        comment="Every line that could not be used, with its reason and its exact bytes",
    )
    op.create_index(
        "ix_ingest_reject_sha256",
        "ingest_reject",
        ["sha256"],
        unique=False,
        postgresql_where=sa.text("sha256 IS NOT NULL"),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("text", sa.Text(), nullable=True, comment="null when the epaper has it: read the view post_full"),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("emotion", sa.Text(), nullable=True),
        sa.Column("party", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="midnight UTC of the publication date"
        ),
        sa.Column("epaper_id", sa.BigInteger(), nullable=True),
        sa.Column("ingest_run_id", sa.BigInteger(), nullable=True, comment="the run that made it"),
        sa.CheckConstraint("text IS NOT NULL OR epaper_id IS NOT NULL", name=op.f("ck_post_text_or_epaper")),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("fk_post_author_id_author")),
        sa.ForeignKeyConstraint(["epaper_id"], ["epaper.id"], name=op.f("fk_post_epaper_id_epaper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        comment="What is counted in pulse and trends: one post for each article",
    )
    op.create_index("ix_post_created_at", "post", ["created_at"], unique=False)
    op.create_index(
        "uq_post_epaper_id", "post", ["epaper_id"], unique=True, postgresql_where=sa.text("epaper_id IS NOT NULL")
    )
    op.create_table(
        "result_ward_agg",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("election_id", sa.BigInteger(), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("votes", sa.BigInteger(), nullable=False),
        sa.Column("vote_share", sa.Double(), nullable=True, comment="per cent of valid votes"),
        sa.Column("turnout_pct", sa.Double(), nullable=True, comment="polled ÷ electors, per cent"),
        sa.Column("computed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_result_ward_agg_election_id_election")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_ward_agg")),
        sa.UniqueConstraint(
            "election_id", "ward_id", "party", name=op.f("uq_result_ward_agg_election_id_ward_id_party")
        ),
        comment="Votes of one party in one ward",
    )
    op.create_index("ix_result_ward_agg_ward_id", "result_ward_agg", ["ward_id"], unique=False)
    op.create_table(
        "station_turnout",
        sa.Column("election_id", sa.BigInteger(), nullable=False),
        sa.Column("ps_id", sa.Text(), nullable=False),
        sa.Column("electors", sa.Integer(), nullable=True),
        sa.Column("polled", sa.Integer(), nullable=True),
        sa.Column("valid", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.Integer(), nullable=True),
        sa.Column("nota", sa.Integer(), nullable=True),
        sa.Column("tendered", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_station_turnout_election_id_election")),
        sa.ForeignKeyConstraint(
            ["ps_id"], ["polling_station.ps_id"], name=op.f("fk_station_turnout_ps_id_polling_station")
        ),
        sa.PrimaryKeyConstraint("election_id", "ps_id", name=op.f("pk_station_turnout")),
        comment="Electors and votes of one polling station, besides the candidates' own",
    )
    op.create_table(
        "ward",
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("delimitation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("corporation", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("circle", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True, comment="degrees east"),
        sa.Column("lat", sa.Double(), nullable=True, comment="degrees north"),
        sa.Column("boundary", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="GeoJSON geometry"),
        sa.ForeignKeyConstraint(
            ["delimitation_id"], ["delimitation.id"], name=op.f("fk_ward_delimitation_id_delimitation")
        ),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_ward")),
        sa.UniqueConstraint("delimitation_id", "number", name=op.f("uq_ward_delimitation_id_number")),
        comment="A ward of one delimitation",
    )
    op.create_table(
        "post_ward",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("matched", sa.Text(), nullable=True),
        sa.CheckConstraint("how IN ('name', 'alias', 'number', 'indirect')", name=op.f("ck_post_ward_how")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_ward_post_id_post"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.ward_id"], name=op.f("fk_post_ward_ward_id_ward")),
        sa.PrimaryKeyConstraint("post_id", "ward_id", name=op.f("pk_post_ward")),
        comment="Which wards a post mentions, and how that was seen",
    )
    op.create_index(
        "ix_post_ward_ward_id_published_on",
        "post_ward",
        ["ward_id", sa.literal_column("published_on DESC"), "post_id"],
        unique=False,
    )
    op.create_table(
        "result_ps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("election_id", sa.BigInteger(), nullable=False),
        sa.Column("ps_id", sa.Text(), nullable=False),
        sa.Column("candidate_no", sa.Integer(), nullable=True),
        sa.Column("party", sa.Text(), nullable=True, comment="as printed"),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("total_polled", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_result_ps_election_id_election")),
        sa.ForeignKeyConstraint(["sheet_id"], ["form20_sheet.id"], name=op.f("fk_result_ps_sheet_id_form20_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_ps")),
        sa.UniqueConstraint(
            "election_id",
            "ps_id",
            "candidate_no",
            name=op.f("uq_result_ps_election_id_ps_id_candidate_no"),
            postgresql_nulls_not_distinct=True,
        ),
        comment="Votes of one candidate at one polling station",
    )
    op.create_index("ix_result_ps_ps_id", "result_ps", ["ps_id"], unique=False)
    op.create_table(
        "station_ward",
        sa.Column("ps_id", sa.Text(), nullable=False),
        sa.Column("delimitation_id", sa.Text(), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), server_default="1", nullable=False),
        sa.CheckConstraint("weight > 0 AND weight <= 1", name=op.f("ck_station_ward_weight")),
        sa.ForeignKeyConstraint(
            ["delimitation_id"], ["delimitation.id"], name=op.f("fk_station_ward_delimitation_id_delimitation")
        ),
        sa.ForeignKeyConstraint(
            ["ps_id"], ["polling_station.ps_id"], name=op.f("fk_station_ward_ps_id_polling_station")
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.ward_id"], name=op.f("fk_station_ward_ward_id_ward")),
        sa.PrimaryKeyConstraint("ps_id", "ward_id", name=op.f("pk_station_ward")),
        comment="Which ward a station's electors live in; weights sum to 1 per station and delimitation",
    )
    op.create_index("ix_station_ward_ward_id", "station_ward", ["ward_id"], unique=False)
    op.create_table(
        "ward_alias",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.ward_id"], name=op.f("fk_ward_alias_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_alias")),
        sa.UniqueConstraint("ward_id", "alias", name=op.f("uq_ward_alias_ward_id_alias")),
        comment="Other spellings of a ward's name, in any script",
    )
    op.execute(POST_FULL)


def downgrade() -> None:
    op.execute("DROP VIEW post_full")
    op.drop_table("ward_alias")
    op.drop_index("ix_station_ward_ward_id", table_name="station_ward")
    op.drop_table("station_ward")
    op.drop_index("ix_result_ps_ps_id", table_name="result_ps")
    op.drop_table("result_ps")
    op.drop_index("ix_post_ward_ward_id_published_on", table_name="post_ward")
    op.drop_table("post_ward")
    op.drop_table("ward")
    op.drop_table("station_turnout")
    op.drop_index("ix_result_ward_agg_ward_id", table_name="result_ward_agg")
    op.drop_table("result_ward_agg")
    op.drop_index("uq_post_epaper_id", table_name="post", postgresql_where=sa.text("epaper_id IS NOT NULL"))
    op.drop_index("ix_post_created_at", table_name="post")
    op.drop_table("post")
    op.drop_index("ix_ingest_reject_sha256", table_name="ingest_reject", postgresql_where=sa.text("sha256 IS NOT NULL"))
    op.drop_table("ingest_reject")
    op.drop_table("form20_sheet")
    op.drop_table("ward_profile")
    op.drop_table("ward_features")
    op.drop_table("ward_demographics")
    op.drop_table("polling_station")
    op.drop_index("ix_job_state_run_after", table_name="job")
    op.drop_table("job")
    op.drop_index("ix_ingest_run_content_sha256", table_name="ingest_run")
    op.drop_table("ingest_run")
    op.drop_index("ix_epaper_publication_date", table_name="epaper")
    op.drop_table("epaper")
    op.drop_table("election")
    op.drop_table("delimitation")
    op.drop_table("author")
    op.drop_table("api_key")
    op.drop_index("ix_alert_ward_id_created_at", table_name="alert")
    op.drop_table("alert")
