"""The archive: runs, rejects, articles, stories, posts, alerts."""

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
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, CHAR, JSONB, TSVECTOR

from lokdarpan_core.schema.columns import TIME, Column, created_at, id_column, one_of, table, updated_at

RUN_STATES = ("running", "done", "failed", "reopened", "undone")

ingest_run = table(
    "ingest_run",
    id_column(),
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
    updated_at(),
    Column("finished_at", TIME),
    one_of("state", RUN_STATES),
    comment="One row for each file that was ingested: its identity, its progress, its counts",
)
Index("ix_ingest_run_content_sha256", ingest_run.c.content_sha256)

ingest_reject = table(
    "ingest_reject",
    id_column(),
    Column("run_id", BigInteger, ForeignKey("ingest_run.id", ondelete="CASCADE"), nullable=False),
    Column("line", BigInteger, nullable=False, comment="counted from 1, blank lines too"),
    Column("byte_offset", BigInteger, nullable=False, comment="of the line's first byte, in the decompressed stream"),
    Column("byte_length", BigInteger, nullable=False, comment="of the line without its line end"),
    Column("reason", Text, nullable=False),
    Column("detail", Text),
    Column("raw", LargeBinary, comment="the line's bytes; null when it is too long to keep"),
    created_at(),
    Column("resolved_at", TIME),
    Column("resolved_run_id", BigInteger, comment="the replay that made an article of it"),
    Column("sha256", CHAR(64), comment="the article that it became"),
    UniqueConstraint("run_id", "line"),
    comment="Every line that could not be used, with its reason and its exact bytes",
)
Index("ix_ingest_reject_sha256", ingest_reject.c.sha256, postgresql_where=ingest_reject.c.sha256.is_not(None))

author = table(
    "author",
    id_column(),
    Column("name", Text, nullable=False),
    Column("party", Text),
    UniqueConstraint("name"),
    comment="Who is behind a post: the publication, or the author that it names",
)

epaper = table(
    "epaper",
    id_column(),
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
    created_at(),
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

story = table(
    "story",
    id_column(),
    Column("language", Text, nullable=False),
    Column("lead_id", BigInteger, nullable=False, comment="epaper.id of its earliest article"),
    created_at(),
    updated_at(),
    comment="One text, however often it was printed: the articles with this epaper.story_id",
)

story_text = table(
    "story_text",
    id_column(),
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

post = table(
    "post",
    id_column(),
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

alert = table(
    "alert",
    id_column(),
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
    Column("published_on", Date, comment="the day whose articles it is about; null for an older program's alerts"),
    Column("subject", Text, comment="the party or term that rose; empty when it is the ward itself"),
    Column("q_value", Double, comment="p_value after Benjamini and Hochberg, over all that was judged that day"),
    created_at(),
    updated_at(),
    comment="What changed in a ward, beyond what its own history explains",
)
Index("ix_alert_ward_id_created_at", alert.c.ward_id, alert.c.created_at)
Index(
    "uq_alert_what",
    *(alert.c[name] for name in ("ward_id", "published_on", "kind", "subject")),
    unique=True,
    postgresql_where=alert.c.published_on.is_not(None),
)

post_search = table(
    "post_search",
    Column("post_id", BigInteger, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True),
    Column("words", TSVECTOR, nullable=False, comment="of title and text, in the configuration `simple`"),
    comment="The index that posts are searched by; filled after an ingest's commit",
)
Index("ix_post_search_words", post_search.c.words, postgresql_using="gin")
