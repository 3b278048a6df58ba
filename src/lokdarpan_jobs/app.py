"""The entry point of a consumer: `huey_consumer lokdarpan_jobs.app.huey`. Importing it reads the environment and opens
the queue; nothing else in this package does.

The tasks queue a job when they are called: `ping().get(blocking=True, timeout=10)`.
"""

import atexit
import os
from contextlib import ExitStack

import sqlalchemy as sa
from huey.signals import SIGNAL_INTERRUPTED

from lokdarpan_core import Settings, open_engine
from lokdarpan_jobs.sending import Sender, Task
from lokdarpan_jobs.work import Workshop

_settings = Settings.from_environment(os.environ)
_lifetime = ExitStack()  # an embedded server stays as long as this process
_engine = _lifetime.enter_context(open_engine(_settings, poolclass=sa.NullPool))
atexit.register(_lifetime.close)

sender = Sender.open(_engine, _settings)
huey = sender.huey
huey.sender = sender
huey.own = sender.own
huey.workshop = Workshop.open(_engine.url, _settings, sender)


@huey.signal(SIGNAL_INTERRUPTED)  # type: ignore[untyped-decorator]
def _give_back(_signal: str, _task: object) -> None:
    huey.workshop.release()


ping = Task("ping", sender)
ingest_epaper_jsonl = Task("ingest_epaper_jsonl", sender)
ingest_epaper_dir = Task("ingest_epaper_dir", sender)
ingest_inbox = Task("ingest_inbox", sender)
refresh = Task("refresh", sender)
aggregate_to_ward = Task("aggregate_to_ward", sender)
refresh_ward_profile = Task("refresh_ward_profile", sender)
refresh_features = Task("refresh_features", sender)
refresh_forecasts = Task("refresh_forecasts", sender)
detect_alerts = Task("detect_alerts", sender)
backfill_sha256 = Task("backfill_sha256", sender)
backfill_post_links = Task("backfill_post_links", sender)
backfill_stories = Task("backfill_stories", sender)
backfill_mentions = Task("backfill_mentions", sender)
backfill_terms = Task("backfill_terms", sender)
backfill_search = Task("backfill_search", sender)
dedupe_posts = Task("dedupe_posts", sender)
purge = Task("purge", sender)
