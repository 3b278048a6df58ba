"""LokDarpan, "mirror of the people": ward-level news and elections, as plain functions on PostgreSQL.

    import lokdarpan_core as lokdarpan

    with lokdarpan.connect() as connection:           # one transaction, committed on success
        print(lokdarpan.ward_meta(connection, "WARD_001"))

These names are the public ones; what other modules hold may change.
"""

from lokdarpan_core import jobs
from lokdarpan_core.api_keys import ApiKey, create_key, find_key, note_use, revoke_key
from lokdarpan_core.consumers import Consumer, announce, consumer_name, consumers
from lokdarpan_core.database import connect, create_engine, display_url, embedded_server, open_engine, reachable
from lokdarpan_core.doctor import Finding, examine
from lokdarpan_core.elections.aggregates import AggregateReport, aggregate_to_ward
from lokdarpan_core.elections.demographics import CensusReject, DemographicsReport, compute_demographic_indices
from lokdarpan_core.elections.election import Election, ElectionName, add_election, find_election
from lokdarpan_core.elections.election import elections as list_elections
from lokdarpan_core.elections.features import compute_features
from lokdarpan_core.elections.forecast.refreshing import ForecastsReport, refresh_forecasts
from lokdarpan_core.elections.forecast.standing_file import read_standing
from lokdarpan_core.elections.forecast.stored import PastElection
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.form20.sheet import Layout, Severity, Sheet
from lokdarpan_core.elections.prediction import Prediction, prediction
from lokdarpan_core.elections.profile import refresh_ward_profile
from lokdarpan_core.elections.refresh import refresh
from lokdarpan_core.elections.results import SheetReport, import_sheet, import_sheets, remove_sheet
from lokdarpan_core.elections.segments import SegmentResult, segment_result
from lokdarpan_core.elections.stations import (
    AssignReport,
    PollingStation,
    assign_from_sheets,
    assign_stations,
    polling_stations,
)
from lokdarpan_core.elections.stored import RefreshReport
from lokdarpan_core.elections.ward_results import WardResult, WardResults, ward_results
from lokdarpan_core.elections.ward_sheets import WardSheet, ward_sheets
from lokdarpan_core.elections.winners import WinnersReport, import_winners
from lokdarpan_core.embargo import Embargo, EmbargoError
from lokdarpan_core.embargo import active as active_embargo
from lokdarpan_core.embargo import next_change as next_embargo_change
from lokdarpan_core.embedded import EmbeddedServer, ServerStatus
from lokdarpan_core.errors import (
    AmbiguousWardError,
    Candidate,
    ConflictError,
    DatabaseUnavailableError,
    DisputedSheetError,
    EmbeddedServerError,
    Form20Error,
    LockTimeoutError,
    LokDarpanError,
    NoDatabaseError,
    NotFoundError,
    ParameterError,
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
from lokdarpan_core.news.expected import expected_run
from lokdarpan_core.news.fingerprint import article_text, fingerprint
from lokdarpan_core.news.follow_up import follow_up
from lokdarpan_core.news.freshness import Freshness, SourceFreshness, freshness
from lokdarpan_core.news.ingest import IngestProgress, ingest_directory, ingest_jsonl
from lokdarpan_core.news.listing import Mentioned, Place, PostEntry, PostsPage, posts_page
from lokdarpan_core.news.mentions.linking import LinkReport, backfill_mentions
from lokdarpan_core.news.rejects import replay
from lokdarpan_core.news.removal import find_article, undo_run, withdraw_article
from lokdarpan_core.news.runs import IngestReport
from lokdarpan_core.news.search import SearchError, SearchReport, index_posts
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.stories.batch import StoriesReport
from lokdarpan_core.news.stories.explain import explain as explain_stories
from lokdarpan_core.news.stories.stored import Printing, Story, find_stories, find_story
from lokdarpan_core.news.terms.filling import TermsReport, backfill_terms
from lokdarpan_core.news.terms.totals import DaysReport, count_days
from lokdarpan_core.pulse.alerts.band import expected_band
from lokdarpan_core.pulse.alerts.detect import detect_alerts
from lokdarpan_core.pulse.alerts.detect import newest_day as newest_judgeable_day
from lokdarpan_core.pulse.alerts.reading import alerts_of, newest_alerts
from lokdarpan_core.pulse.alerts.records import (
    AdvisedAlert,
    Alert,
    AlertReport,
    CityReport,
    ExpectedDay,
    WardAlerts,
)
from lokdarpan_core.pulse.city import City, CityMap, CityWard, city, city_map
from lokdarpan_core.pulse.evidence import AlsoIn, Evidence, Mark
from lokdarpan_core.pulse.keywords import Keyword, Keywords, keywords
from lokdarpan_core.pulse.layers import LAYERS, Layer, LayerName, layer
from lokdarpan_core.pulse.mentions import SourceCount
from lokdarpan_core.pulse.messages import LANGUAGES as PULSE_LANGUAGES
from lokdarpan_core.pulse.messages import Message
from lokdarpan_core.pulse.messages import render as render_messages
from lokdarpan_core.pulse.pulse import Briefing, Metrics, Pulse
from lokdarpan_core.pulse.pulse import pulse as ward_pulse
from lokdarpan_core.pulse.trends import TrendDay, Trends, trends
from lokdarpan_core.records import to_json
from lokdarpan_core.retention import PurgeReport, purge_old
from lokdarpan_core.settings import Network, Settings
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
from lokdarpan_core.wards.namesakes import namesake
from lokdarpan_core.wards.versions import WardVersion, ward_version

__all__ = [
    "LAYERS", "PULSE_LANGUAGES", "REASONS", "AdvisedAlert", "AggregateReport", "Alert", "AlertReport", "Alias",
    "AlsoIn", "AmbiguousWardError", "ApiKey", "Article", "AssignReport", "BoundaryReport", "Briefing", "Candidate",
    "CensusReject", "City", "CityMap", "CityReport", "CityWard", "ConflictError", "Consumer",
    "DatabaseUnavailableError", "DaysReport", "Delimitation", "DemographicsReport", "DisputedSheetError", "Election",
    "ElectionName", "Embargo", "EmbargoError", "EmbeddedServer", "EmbeddedServerError", "Evidence", "ExpectedDay",
    "Finding", "ForecastsReport", "Form20Error", "Freshness", "Gazetteer", "ImportReport", "IngestProgress",
    "IngestReport", "Keyword", "Keywords", "Layer", "LayerName", "Layout", "LinkReport", "LockTimeoutError",
    "LokDarpanError", "Mark", "Mentioned", "Message", "Metrics", "Network", "NoDatabaseError", "NotFoundError",
    "ParameterError", "PastElection", "Place", "PollingStation", "PostEntry", "PostsPage", "Prediction", "Printing",
    "Pulse", "PurgeReport", "ReadList", "RefreshReport", "Reject", "SchemaError", "SearchError", "SearchReport",
    "SegmentResult", "ServerStatus", "Settings", "SettingsError", "Severity", "Sheet", "SheetReport", "SourceCount",
    "SourceError", "SourceFreshness", "Spelling", "StoriesReport", "Story", "TermsReport", "TrendDay", "Trends",
    "UnknownWardError", "Ward", "WardAlerts", "WardDemographics", "WardFeatures", "WardList", "WardMeta", "WardProfile",
    "WardResult", "WardResults", "WardSheet", "WardVersion", "WinnersReport", "active_embargo", "add_alias",
    "add_election", "aggregate_to_ward", "alerts_of", "announce", "article_text", "as_utc", "assign_from_sheets",
    "assign_stations", "assign_stories", "backfill_mentions", "backfill_post_links", "backfill_sha256",
    "backfill_terms", "city", "city_map", "compute_demographic_indices", "compute_features", "connect", "consumer_name",
    "consumers", "count_days", "create_engine", "create_key", "current_revision", "dedupe_posts", "detect_alerts",
    "display_url", "embedded_server", "examine", "expected_band", "expected_run", "explain_stories", "find_article",
    "find_election", "find_key", "find_stories", "find_story", "fingerprint", "follow_up", "freshness", "head_revision",
    "import_boundaries", "import_list", "import_sheet", "import_sheets", "import_winners", "index_posts",
    "ingest_directory", "ingest_jsonl", "jobs", "keywords", "latest", "layer", "list_elections", "namesake",
    "newest_alerts", "newest_judgeable_day", "next_embargo_change", "note_use", "open_engine", "packaged_ids",
    "packaged_list", "polling_stations", "posts_page", "prediction", "purge_old", "reachable", "read_features",
    "read_form20", "read_list", "read_standing", "refresh", "refresh_forecasts", "refresh_ward_profile", "remove_alias",
    "remove_seed", "remove_sheet", "render_messages", "replay", "require_head", "revoke_key", "sample_articles", "seed",
    "segment_result", "to_json", "to_pandas", "to_polars", "today", "trends", "undo_run", "upgrade", "utc_now",
    "ward_id_of", "ward_meta", "ward_pulse", "ward_results", "ward_sheets", "ward_version", "withdraw_article",
    "without_sensitive",
]  # fmt: skip
