"""Posts in pages, the newest first: of a ward, of a time, that say something.

A page begins after the last post of the one before (its time and id), so that posts that come meanwhile shift nothing:
whoever walks all pages meets each post that was there once. Posts of one day are in the order of their ids.

A search looks at the newest posts one by one first, since most words that are asked for are frequent, and only then
into the index of words, which has to collect all posts with a word before the newest can be told.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import TSQUERY

from lokdarpan_core.display import Shown
from lokdarpan_core.news import search
from lokdarpan_core.news.excerpts import excerpt
from lokdarpan_core.schema import author, epaper, post, post_search, post_ward

LOOKED_AT = 500  # of the newest posts, before the index of words is asked
READ_FOR_EXCERPT = 600  # characters: some may be blanks
BYTES_IN_PAGE = 4 << 20  # of full texts; a page ends early there
LARGEST_PAGE = 100


@attrs.frozen
class Place:
    """Where a page ended: the time (UTC) and the id of its last post."""

    at: datetime
    id: int


@attrs.frozen
class Mentioned:
    """A ward that a post mentions, and how: `name`, `alias`, `number` or `indirect`."""

    ward: str
    how: str


@attrs.frozen
class PostEntry(Shown):
    """A post as lists show it. `excerpt` has at most 300 characters of the text after the title; `text` is all of it,
    or None where it was not asked for. `story_id` is the story that it tells, None until it was looked for."""

    id: int
    publication_name: str | None
    publication_date: date
    title: str | None
    excerpt: str
    text: str | None = attrs.field(repr=False)
    url: str | None
    language: str | None
    city: str | None
    party: str | None
    emotion: str | None
    story_id: int | None
    wards: list[Mentioned]


@attrs.frozen
class PostsPage:
    """Some posts, and where to go on; None on the last page."""

    posts: list[PostEntry]
    next: Place | None


def posts_page(
    connection: Connection,
    *,
    ward_id: str | None = None,
    question: str | None = None,
    since: date | None = None,
    until: date | None = None,
    after: Place | None = None,
    limit: int = 50,
    full: bool = False,
) -> PostsPage:
    """The newest posts: of a ward, that a `question` finds (see `search.parsed`), of the days from `since` to `until`
    (both included), from the one after `after` on.

    `limit` is 1 to 100; a page of full texts ends earlier at 4 MiB. Raises SearchError.
    """
    limit = min(max(limit, 1), LARGEST_PAGE)
    walk = _Walk.of(ward_id, since, until, after)
    if question is None:
        places = walk.all(connection, limit + 1)
    else:
        places = walk.found(connection, search.parsed(connection, question), limit + 1)
    page = places[:limit]
    if full:
        page = page[: _fitting(connection, [place.id for place in page])]
    return PostsPage(_entries(connection, page, full), page[-1] if page and len(page) < len(places) else None)


@attrs.frozen
class _Walk:
    """Posts in their order: `at` and `id` are its columns, `where` what is asked of them."""

    at: sa.ColumnElement[Any]
    id: sa.ColumnElement[int]
    where: list[sa.ColumnElement[bool]]

    @classmethod
    def of(cls, ward_id: str | None, since: date | None, until: date | None, after: Place | None) -> "_Walk":
        at: sa.ColumnElement[Any]
        if ward_id is None:
            at, id, where = post.c.created_at, post.c.id, []
            first, end = (None if day is None else datetime.combine(day, time(), UTC) for day in (since, _next(until)))
            last: Any = after and after.at
        else:
            at, id, where = post_ward.c.published_on, post_ward.c.post_id, [post_ward.c.ward_id == ward_id]
            first, end = since, _next(until)  # type: ignore[assignment]
            last = after and after.at.astimezone(UTC).date()
        if first is not None:
            where.append(at >= first)
        if end is not None:
            where.append(at < end)
        if after is not None:
            where += [at <= last, sa.or_(at < last, id > after.id)]
        return cls(at, id, where)

    @property
    def query(self) -> sa.Select[Any]:
        return sa.select(self.id.label("id"), self.at.label("at")).where(*self.where).order_by(self.at.desc(), self.id)

    def all(self, connection: Connection, count: int) -> list[Place]:
        return _places(connection.execute(self.query.limit(count)).all())

    def found(self, connection: Connection, parsed: str, count: int) -> list[Place]:
        """Those whose words fit: among the newest, and if these are not enough, among all."""
        fits = post_search.c.words.bool_op("@@")(sa.cast(parsed, TSQUERY))
        near = self.query.limit(LOOKED_AT).cte("near").prefix_with("MATERIALIZED")
        fitting = _each(sa.select(post_search.c.post_id).where(post_search.c.post_id == near.c.id, fits))
        first = (
            sa.select(near.c.id, near.c.at)
            .join(fitting, sa.true())
            .order_by(near.c.at.desc(), near.c.id)
            .limit(count)
            .subquery("first")
        )
        looked_at = sa.select(sa.func.count()).select_from(near).scalar_subquery()
        rows = connection.execute(
            sa.select(first.c.id, first.c.at, looked_at)
            .select_from(sa.select(sa.literal(1)).subquery("one").outerjoin(first, sa.true()))
            .order_by(first.c.at.desc(), first.c.id)
        ).all()
        if len(rows) >= count or rows[0][2] < LOOKED_AT:
            return _places([row[:2] for row in rows if row.id is not None])
        those = sa.select(post_search.c.post_id).where(fits).cte("those").prefix_with("MATERIALIZED")
        walked = _each(self.query.order_by(None).where(self.id == those.c.post_id))
        query = sa.select(walked.c.id, walked.c.at).select_from(those.join(walked, sa.true()))
        return _places(connection.execute(query.order_by(walked.c.at.desc(), walked.c.id).limit(count)).all())


def _each(query: sa.Select[Any]) -> sa.FromClause:
    """A lookup for each row. OFFSET keeps the planner from turning it into a join, for which it reads all posts when it
    takes a word for more frequent than it is."""
    return query.offset(0).lateral()


_WITH_TEXT = post.outerjoin(epaper, epaper.c.id == post.c.epaper_id)


def _any(ids: Sequence[int]) -> sa.ColumnElement[Any]:
    return sa.func.any(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))


def _next(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(days=1)


def _places(rows: Sequence[Any]) -> list[Place]:
    return [Place(at if isinstance(at, datetime) else datetime.combine(at, time(), UTC), id) for id, at in rows]


def _fitting(connection: Connection, ids: Sequence[int]) -> int:
    """How many of these posts a page of full texts takes; one at least."""
    size = sa.func.octet_length(sa.func.coalesce(post.c.text, epaper.c.raw_text, ""))
    query = sa.select(post.c.id, size).select_from(_WITH_TEXT).where(post.c.id == _any(ids))
    sizes: dict[int, int] = dict(connection.execute(query).all())
    total = 0
    for place, id in enumerate(ids):
        total += sizes.get(id, 0)
        if total > BYTES_IN_PAGE and place:
            return place
    return len(ids)


def _entries(connection: Connection, places: Sequence[Place], full: bool) -> list[PostEntry]:
    ids = [place.id for place in places]
    if not ids:
        return []
    text = sa.func.coalesce(post.c.text, epaper.c.raw_text, "")
    title = sa.func.coalesce(epaper.c.title, "")
    begins_with_title = sa.func.left(text, sa.func.length(title)) == title
    body = sa.case((begins_with_title, sa.func.length(title) + 1), else_=1)
    query = sa.select(
        post.c.id,
        sa.func.coalesce(epaper.c.publication_name, author.c.name).label("publication_name"),
        post.c.created_at,
        epaper.c.title,
        sa.func.substr(text, body, READ_FOR_EXCERPT).label("beginning"),
        (text if full else sa.null()).label("text"),
        sa.case((epaper.c.url.regexp_match("^https?://", flags="i"), epaper.c.url)).label("url"),
        epaper.c.language,
        post.c.city,
        post.c.party,
        post.c.emotion,
        epaper.c.story_id,
    )
    joined = query.select_from(_WITH_TEXT.outerjoin(author, author.c.id == post.c.author_id))
    found = {row["id"]: dict(row) for row in connection.execute(joined.where(post.c.id == _any(ids))).mappings()}
    wards: dict[int, list[Mentioned]] = {id: [] for id in ids}
    links = sa.select(post_ward.c.post_id, post_ward.c.ward_id, post_ward.c.how).where(post_ward.c.post_id == _any(ids))
    for id, ward_id, how in connection.execute(links.order_by(post_ward.c.post_id, post_ward.c.ward_id)):
        wards[id].append(Mentioned(ward_id, how))
    return [_entry(found[id], wards[id]) for id in ids if id in found]


def _entry(row: dict[str, Any], wards: list[Mentioned]) -> PostEntry:
    day = row.pop("created_at").astimezone(UTC).date()
    return PostEntry(**row | {"excerpt": excerpt(row.pop("beginning"))}, publication_date=day, wards=wards)
