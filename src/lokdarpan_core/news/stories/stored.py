"""Stories as the archive has them: who printed a text first, and who else."""

from collections.abc import Iterable
from datetime import date, datetime

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import NotFoundError
from lokdarpan_core.schema import epaper, story


@attrs.frozen
class Printing:
    """One article of a story: who printed the text, and when."""

    id: int
    sha256: str
    publication_name: str
    publication_date: date
    title: str | None
    url: str | None


@attrs.frozen
class Story:
    """A text, however often it was printed. `articles` in the order of date and fingerprint: the first is the lead,
    the others are where the story also was."""

    id: int
    language: str
    articles: list[Printing]
    created_at: datetime
    updated_at: datetime

    @property
    def lead(self) -> Printing:
        """The earliest article."""
        return self.articles[0]

    @property
    def also_in(self) -> list[str]:
        """The other publications, each once, in the order in which they printed it."""
        names = dict.fromkeys(article.publication_name for article in self.articles)
        return [name for name in names if name != self.lead.publication_name]


PRINTING = [epaper.c[field.name] for field in attrs.fields(Printing)]


def find_story(connection: Connection, story_id: int) -> Story:
    """One story. Raises NotFoundError: it never was, or it went up in another one."""
    found = find_stories(connection, [story_id])
    if story_id not in found:
        raise NotFoundError(f"There is no story {story_id}; one that turns out to be another's goes up in it")
    return found[story_id]


def find_stories(connection: Connection, ids: Iterable[int]) -> dict[int, Story]:
    """Stories by their numbers; those that are not there are left out."""
    wanted = sa.literal(list(ids), sa.ARRAY(sa.BigInteger))
    rows = connection.execute(sa.select(story).where(story.c.id == sa.func.any(wanted))).all()
    articles: dict[int, list[Printing]] = {row.id: [] for row in rows}
    order = (epaper.c.story_id, epaper.c.publication_date, epaper.c.sha256)
    members = sa.select(epaper.c.story_id, *PRINTING).where(epaper.c.story_id == sa.func.any(wanted)).order_by(*order)
    for number, *values in connection.execute(members):
        if number in articles:
            articles[number].append(Printing(*values))
    return {row.id: Story(row.id, row.language, articles[row.id], row.created_at, row.updated_at) for row in rows}
