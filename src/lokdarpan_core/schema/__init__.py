"""Every table of LokDarpan, as SQLAlchemy Core metadata.

Table and column names are those of existing LokDarpan databases, so that an archive can come along; what is new stands
beside them. Ids are bigint identities, times are timestamptz, and constraints are named by one convention so that a
migration can name them too.
"""

from lokdarpan_core.schema.columns import metadata
from lokdarpan_core.schema.elections import (
    election,
    form20_sheet,
    polling_station,
    result_ps,
    result_ward_agg,
    station_turnout,
    station_ward,
    ward_demographics,
    ward_features,
    ward_forecast,
    ward_profile,
    ward_segment,
    ward_winner,
)
from lokdarpan_core.schema.news import (
    RUN_STATES,
    alert,
    author,
    epaper,
    ingest_reject,
    ingest_run,
    post,
    post_search,
    story,
    story_text,
)
from lokdarpan_core.schema.operation import api_key, job
from lokdarpan_core.schema.pulse import city_day, city_term, post_terms, stale_day, ward_touch, ward_version
from lokdarpan_core.schema.wards import delimitation, gazetteer_version, post_ward, ward, ward_alias

__all__ = [
    "RUN_STATES",
    "alert",
    "api_key",
    "author",
    "city_day",
    "city_term",
    "delimitation",
    "election",
    "epaper",
    "form20_sheet",
    "gazetteer_version",
    "ingest_reject",
    "ingest_run",
    "job",
    "metadata",
    "polling_station",
    "post",
    "post_search",
    "post_terms",
    "post_ward",
    "result_ps",
    "result_ward_agg",
    "stale_day",
    "station_turnout",
    "station_ward",
    "story",
    "story_text",
    "ward",
    "ward_alias",
    "ward_demographics",
    "ward_features",
    "ward_forecast",
    "ward_profile",
    "ward_segment",
    "ward_touch",
    "ward_version",
    "ward_winner",
]
