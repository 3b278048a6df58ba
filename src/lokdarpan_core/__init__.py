"""LokDarpan, "mirror of the people": ward-level news and elections, as plain functions on PostgreSQL.

    import lokdarpan_core as lokdarpan

    with lokdarpan.connect() as connection:           # one transaction, committed on success
        print(lokdarpan.ward_meta(connection, "WARD_001"))

These names are the public ones; what other modules hold may change.
"""

from lokdarpan_core.api_keys import ApiKey, create_key, find_key, note_use, revoke_key
from lokdarpan_core.database import connect, create_engine, display_url, embedded_server, open_engine, reachable
from lokdarpan_core.elections.stored import RefreshReport
from lokdarpan_core.embedded import EmbeddedServer, ServerStatus
from lokdarpan_core.errors import (
    AmbiguousWardError,
    Candidate,
    ConflictError,
    DatabaseUnavailableError,
    DisputedSheetError,
    EmbeddedServerError,
    LockTimeoutError,
    LokDarpanError,
    NoDatabaseError,
    NotFoundError,
    SchemaError,
    SettingsError,
    SourceError,
    UnknownWardError,
)
from lokdarpan_core.examples import remove_seed, sample_articles, seed
from lokdarpan_core.frames import to_pandas, to_polars
from lokdarpan_core.migration import current_revision, head_revision, require_head, upgrade
from lokdarpan_core.news.articles import REASONS, Article, Reject
from lokdarpan_core.news.backfill import backfill_post_links, backfill_sha256, dedupe_posts
from lokdarpan_core.news.fingerprint import article_text, fingerprint
from lokdarpan_core.news.ingest import IngestProgress, ingest_directory, ingest_jsonl
from lokdarpan_core.news.rejects import replay
from lokdarpan_core.news.removal import find_article, undo_run, withdraw_article
from lokdarpan_core.news.runs import IngestReport
from lokdarpan_core.records import to_json
from lokdarpan_core.settings import Settings
from lokdarpan_core.timestamps import as_utc, latest, today, utc_now
from lokdarpan_core.wards.aliases import add_alias, remove_alias
from lokdarpan_core.wards.boundaries import BoundaryReport, import_boundaries, read_features
from lokdarpan_core.wards.delimitations import Alias, Delimitation, Ward, WardList, packaged_ids
from lokdarpan_core.wards.delimitations import packaged as packaged_list
from lokdarpan_core.wards.gazetteer import Gazetteer, Spelling
from lokdarpan_core.wards.importing import ImportReport, import_list
from lokdarpan_core.wards.lists import ReadList, read_list
from lokdarpan_core.wards.lookup import ward_id_of
from lokdarpan_core.wards.meta import (
    WardDemographics,
    WardFeatures,
    WardMeta,
    WardProfile,
    ward_meta,
    without_sensitive,
)

__all__ = [
    "REASONS",
    "Alias",
    "AmbiguousWardError",
    "ApiKey",
    "Article",
    "BoundaryReport",
    "Candidate",
    "ConflictError",
    "DatabaseUnavailableError",
    "Delimitation",
    "DisputedSheetError",
    "EmbeddedServer",
    "EmbeddedServerError",
    "Gazetteer",
    "ImportReport",
    "IngestProgress",
    "IngestReport",
    "LockTimeoutError",
    "LokDarpanError",
    "NoDatabaseError",
    "NotFoundError",
    "ReadList",
    "RefreshReport",
    "Reject",
    "SchemaError",
    "ServerStatus",
    "Settings",
    "SettingsError",
    "SourceError",
    "Spelling",
    "UnknownWardError",
    "Ward",
    "WardDemographics",
    "WardFeatures",
    "WardList",
    "WardMeta",
    "WardProfile",
    "add_alias",
    "article_text",
    "as_utc",
    "backfill_post_links",
    "backfill_sha256",
    "connect",
    "create_engine",
    "create_key",
    "current_revision",
    "dedupe_posts",
    "display_url",
    "embedded_server",
    "find_article",
    "find_key",
    "fingerprint",
    "head_revision",
    "import_boundaries",
    "import_list",
    "ingest_directory",
    "ingest_jsonl",
    "latest",
    "note_use",
    "open_engine",
    "packaged_ids",
    "packaged_list",
    "reachable",
    "read_features",
    "read_list",
    "remove_alias",
    "remove_seed",
    "replay",
    "require_head",
    "revoke_key",
    "sample_articles",
    "seed",
    "to_json",
    "to_pandas",
    "to_polars",
    "today",
    "undo_run",
    "upgrade",
    "utc_now",
    "ward_id_of",
    "ward_meta",
    "withdraw_article",
    "without_sensitive",
]
