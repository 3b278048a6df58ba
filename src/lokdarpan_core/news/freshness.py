"""How fresh each source is: when it last printed something, and how much it delivered of late.

A paper that was not delivered looks like a quiet ward. So whoever shows counts of stories shows this beside them.
"""

from datetime import date, timedelta

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown

RECENT_DAYS, KNOWN_DAYS = 14, 90

_NEWEST = sa.text("""
    SELECT (max(created_at) AT TIME ZONE 'UTC')::date FROM post
    WHERE created_at < (CAST(:until AS date) + 1)::timestamp AT TIME ZONE 'UTC'
""")
_SOURCES = sa.text("""
    SELECT publication_name AS name, max(publication_date) AS newest,
           count(*) FILTER (WHERE publication_date > CAST(:until AS date) - :recent) AS articles
    FROM epaper
    WHERE publication_date BETWEEN CAST(:until AS date) - :known AND :until AND withdrawn_at IS NULL
    GROUP BY publication_name ORDER BY newest DESC, articles DESC, name
""")


@attrs.frozen
class SourceFreshness(Shown):
    """A publication: the newest day that it has articles of, and how many of the last 14 days."""

    name: str
    newest: date
    articles: int


@attrs.frozen
class Freshness:
    """The newest day with articles, up to `until`; the sources of the 90 days before that, the freshest first."""

    until: date
    newest: date | None
    sources: tuple[SourceFreshness, ...]

    @property
    def silent(self) -> tuple[SourceFreshness, ...]:
        """Those that delivered nothing in the 14 days up to the newest day."""
        if self.newest is None:
            return ()
        return tuple(one for one in self.sources if one.newest <= self.newest - timedelta(days=RECENT_DAYS))


def freshness(connection: Connection, until: date) -> Freshness:
    """How fresh the archive is. A day with posts alone, of an older archive, counts as a day with articles."""
    newest = connection.execute(_NEWEST, {"until": until}).scalar_one()
    if newest is None:
        return Freshness(until, None, ())
    asked = {"until": newest, "recent": RECENT_DAYS, "known": KNOWN_DAYS}
    return Freshness(
        until, newest, tuple(SourceFreshness(**row) for row in connection.execute(_SOURCES, asked).mappings())
    )
