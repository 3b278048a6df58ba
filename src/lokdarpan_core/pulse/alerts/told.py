"""The stories of a day that mention each ward, and the articles behind them."""

from collections.abc import Collection, Iterable
from datetime import date

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.pulse.alerts.history import PRINTED, WITHOUT_ARTICLE

TOLD = sa.text(f"""
    WITH {PRINTED}
    SELECT post_ward.ward_id, printed.story, printed.post_id, printed.epaper_id, printed.source, printed.party
    FROM printed JOIN mentioned AS post_ward ON post_ward.post_id = printed.post_id
    JOIN lead ON lead.day = printed.day AND lead.story = printed.story
    WHERE lead.source = ANY(:sources)
    ORDER BY post_ward.ward_id, printed.story, printed.sha256, printed.post_id
""")  # noqa: S608


@attrs.frozen
class Telling:
    """One article of a story that mentions a ward; `epaper_id` is None for a post without one."""

    story: int
    post_id: int
    epaper_id: int | None
    source: str
    party: str | None


def stories_of(
    connection: Connection, delimitation_id: str, day: date, sources: Collection[str]
) -> dict[str, list[Telling]]:
    """Each ward's tellings of a day, of stories that these sources lead; of a story the leading one first."""
    asked = {"delimitation": delimitation_id, "start": day, "end": day, "without_article": WITHOUT_ARTICLE}
    told: dict[str, list[Telling]] = {}
    for ward_id, *values in connection.execute(TOLD, asked | {"sources": list(sources)}):
        told.setdefault(ward_id, []).append(Telling(*values))
    return told


def source_articles(tellings: Iterable[Telling], day: date) -> list[dict[str, object]]:
    """An entry for each story: the article that leads it, and how many articles tell it, itself included. The most
    printed come first.

    Title and address are not here: they are read from the archive when an alert is shown, so that an article that was
    withdrawn for good is gone from alerts too.
    """
    stories: dict[int, list[Telling]] = {}
    for one in tellings:
        stories.setdefault(one.story, []).append(one)
    ordered = sorted(stories.values(), key=lambda told: (-len(told), told[0].source, told[0].post_id))
    return [
        {
            "epaper": told[0].epaper_id,
            "post": told[0].post_id,
            "publication": told[0].source,
            "date": day.isoformat(),
            "copies": len(told),
        }
        for told in ordered
    ]
