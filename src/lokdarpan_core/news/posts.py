"""Posts without an epaper: what an older archive holds from before posts were linked.

Such a post carries its own text, and its author is the publication. Its epaper is the one of the same fingerprint
(author, date, text). Older code cut the text at 10,000 characters; then it is the epaper of that publication and date
whose text begins with it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.news.fingerprint import fingerprint, fold
from lokdarpan_core.schema import author, epaper, post

CUT = 10_000
CUT_AND_STRIPPED = CUT - 100


@attrs.frozen
class UnlinkedPost:
    """A post that has no epaper."""

    id: int
    created_at: datetime
    author: str
    text: str

    @property
    def day(self) -> date:
        """Its publication date: a post's time is midnight UTC of it."""
        return self.created_at.astimezone(UTC).date()

    @property
    def sha256(self) -> str:
        """The fingerprint that its article would have."""
        return fingerprint(self.author, self.day, self.text)


@attrs.frozen
class Match:
    """The epaper of a post, and the post that is linked to it already."""

    epaper_id: int
    linked_post_id: int | None


def unlinked(
    connection: Connection, after: tuple[datetime, int] | None = None, *, day: date | None = None, limit: int = 500
) -> list[UnlinkedPost]:
    """Posts without an epaper in the order of time, from the one after (created_at, id) on."""
    query = (
        sa.select(post.c.id, post.c.created_at, author.c.name.label("author"), post.c.text)
        .join(author, author.c.id == post.c.author_id)
        .where(post.c.epaper_id.is_(None), post.c.text.is_not(None))
        .order_by(post.c.created_at, post.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(post.c.created_at, post.c.id) > sa.tuple_(*map(sa.literal, after)))
    if day is not None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        query = query.where(post.c.created_at >= midnight, post.c.created_at < midnight + timedelta(days=1))
    return [UnlinkedPost(**row) for row in connection.execute(query).mappings()]


def matches(connection: Connection, some: Sequence[UnlinkedPost]) -> dict[int, Match]:
    """The epapers of these posts, by post id; posts whose article the archive has not are left out."""
    hashes = {one.id: one.sha256 for one in some}
    linked = sa.select(epaper.c.id, epaper.c.sha256, post.c.id).join(
        post, post.c.epaper_id == epaper.c.id, isouter=True
    )
    found = {
        sha256: Match(epaper_id, post_id)
        for epaper_id, sha256, post_id in connection.execute(
            linked.where(epaper.c.sha256.in_(set(hashes.values())), epaper.c.withdrawn_at.is_(None))
        )
    }
    result = {id: found[sha256] for id, sha256 in hashes.items() if sha256 in found}
    cut = [one for one in some if one.id not in result and CUT_AND_STRIPPED <= len(one.text) <= CUT]
    return result | _matches_of_cut(connection, cut)


def _matches_of_cut(connection: Connection, cut: Sequence[UnlinkedPost]) -> dict[int, Match]:
    result = {}
    for day in sorted({one.day for one in cut}):
        query = (
            sa.select(epaper.c.id, epaper.c.publication_name, epaper.c.raw_text, post.c.id)
            .join(post, post.c.epaper_id == epaper.c.id, isouter=True)
            .where(epaper.c.publication_date == day, sa.func.char_length(epaper.c.raw_text) >= CUT)
            .order_by(epaper.c.id)
        )
        long = [(id, fold(name), fold(text), post_id) for id, name, text, post_id in connection.execute(query)]
        for one in cut:
            if one.day == day:
                name, beginning = fold(one.author), fold(one.text)
                for id, publication, text, post_id in long:
                    if publication == name and text.startswith(beginning):
                        result[one.id] = Match(id, post_id)
                        break
    return result


def delete_unlinked(connection: Connection, day: date, hashes: set[str]) -> int:
    """Delete the unlinked posts of a day whose articles have these fingerprints. Returns how many there were."""
    gone, after = 0, None
    while page := unlinked(connection, after, day=day):
        after = page[-1].created_at, page[-1].id
        ids = [one.id for one in page if one.sha256 in hashes]
        gone += connection.execute(sa.delete(post).where(post.c.id.in_(ids))).rowcount if ids else 0
    return gone
