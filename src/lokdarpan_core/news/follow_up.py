"""What follows an ingest, once its articles are committed: stories, daily totals, the search index.

Each step finds by itself what is still to be done, so that a kill between two of them loses nothing: the next ingest,
or the backfill of that name, goes on.
"""

from sqlalchemy import Engine

from lokdarpan_core.news.search import index_posts
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.terms.totals import count_days


def follow_up(engine: Engine, run_id: int) -> None:
    """Find the stories of a run's articles, count the days that changed, and index its posts. Safe to repeat."""
    assign_stories(engine, run_id=run_id)
    count_days(engine)
    index_posts(engine, run_id)
