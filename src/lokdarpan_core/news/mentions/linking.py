"""Link posts to the wards that they mention: `post_ward`, at ingestion and afterwards; and keep what they speak of.

A post remembers with which gazetteer it was searched (`post.searched_with`). A new alias, a new delimitation or new
rules make another gazetteer, and then the backfill finds again what is to be searched: by batches, each a transaction,
so that it can be stopped and repeated at any moment, also while articles come in. Links that no longer hold go.

A post that mentions a ward also has its terms (`news.terms`). What a term is belongs to that state of the gazetteer:
when the rules of either change, all posts are searched again.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from datetime import UTC, date
from functools import lru_cache

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.database import copy_rows
from lokdarpan_core.news import runs
from lokdarpan_core.news.articles import Article
from lokdarpan_core.news.mentions.matcher import Matcher, Mention
from lokdarpan_core.news.terms.storing import copy_terms, write_terms
from lokdarpan_core.news.terms.text import fingerprint as terms_fingerprint
from lokdarpan_core.news.terms.text import terms_of
from lokdarpan_core.wards.delimitations import DEFAULT
from lokdarpan_core.wards.gazetteer import Gazetteer

POSTS_IN_BATCH = 2_000

NEW_VERSION = sa.text("""
    INSERT INTO gazetteer_version (fingerprint) VALUES (:fingerprint) ON CONFLICT (fingerprint) DO NOTHING
""")
VERSION = sa.text("SELECT id FROM gazetteer_version WHERE fingerprint = :fingerprint")
POSTS_OF_ARTICLES = sa.text("""
    SELECT post.id, epaper.sha256, post.searched_with IS NOT NULL AS searched
    FROM epaper JOIN post ON post.epaper_id = epaper.id
    WHERE epaper.sha256 = ANY(CAST(string_to_array(:hashes, ' ') AS char(64)[]))
      AND post.searched_with IS DISTINCT FROM :version
""")
UNSEARCHED = sa.text("""
    SELECT post.id, post.created_at, coalesce(epaper.raw_text, post.text) AS text,
           post.searched_with IS NOT NULL AS searched
    FROM post LEFT JOIN epaper ON epaper.id = post.epaper_id
    WHERE post.id > :after AND post.searched_with IS DISTINCT FROM :version
    ORDER BY post.id LIMIT :count
    FOR NO KEY UPDATE OF post
""")
COUNT_UNSEARCHED = sa.text("SELECT count(*) FROM post WHERE searched_with IS DISTINCT FROM :version")
LOCK = sa.text("SELECT id FROM post WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")
TAKE_AWAY = sa.text("""
    DELETE FROM post_ward
    WHERE post_id = ANY(:searched) AND NOT EXISTS (
        SELECT FROM unnest(CAST(:posts AS bigint[]), CAST(:wards AS text[])) AS kept (post_id, ward_id)
        WHERE kept.post_id = post_ward.post_id AND kept.ward_id = post_ward.ward_id
    )
""")
LINK = sa.text("""
    INSERT INTO post_ward (post_id, ward_id, published_on, how, matched)
    SELECT * FROM unnest(CAST(:posts AS bigint[]), CAST(:wards AS text[]), CAST(:days AS date[]), CAST(:hows AS text[]),
                         CAST(:words AS text[])) AS mention (post_id, ward_id, published_on, how, matched)
    ORDER BY post_id, ward_id
    ON CONFLICT (post_id, ward_id) DO UPDATE
    SET published_on = excluded.published_on, how = excluded.how, matched = excluded.matched
    WHERE (post_ward.published_on, post_ward.how, post_ward.matched)
          IS DISTINCT FROM (excluded.published_on, excluded.how, excluded.matched)
""")
LINKS = {"post_id": "int8", "ward_id": "text", "published_on": "date", "how": "text", "matched": "text"}
REMEMBER = sa.text("""
    UPDATE post SET searched_with = :version WHERE id = ANY(:ids) AND searched_with IS DISTINCT FROM :version
""")


@attrs.frozen
class PostText:
    """A post with its text. `searched` when it may have links from before."""

    id: int
    published_on: date
    text: str
    searched: bool = True


@attrs.frozen
class LinkReport:
    """What was searched: posts, how many of them mention a ward, and links to wards."""

    posts: int = 0
    mentioning: int = 0
    links: int = 0

    def __add__(self, other: "LinkReport") -> "LinkReport":
        return LinkReport(self.posts + other.posts, self.mentioning + other.mentioning, self.links + other.links)


@attrs.frozen
class Linker:
    """A matcher, and the number under which posts remember its gazetteer."""

    matcher: Matcher
    version: int

    @classmethod
    def load(cls, connection: Connection, default: str = DEFAULT) -> "Linker | None":
        """The linker for the wards and aliases that the database has now; None when it has no ward.

        Writes the gazetteer's number down; commit before other sessions use it.
        """
        gazetteer = Gazetteer.load(connection, default)
        return cls.of(connection, _matcher(gazetteer)) if gazetteer.wards else None

    @classmethod
    def of(cls, connection: Connection, matcher: Matcher) -> "Linker":
        """The linker of a matcher, whose wards must be in the database."""
        wanted = {"fingerprint": _fingerprint(matcher)}
        version = connection.execute(VERSION, wanted).scalar()
        if version is None:
            connection.execute(NEW_VERSION, wanted)
            version = connection.execute(VERSION, wanted).scalar_one()
        return cls(matcher, version)

    def link_articles(self, connection: Connection, articles: Sequence[Article]) -> LinkReport:
        """Link the posts of articles that are stored, in the batch's own transaction; those that were searched with
        this gazetteer already are passed over."""
        by_hash = {article.sha256: article for article in articles}
        if not by_hash:
            return LinkReport()
        rows = connection.execute(POSTS_OF_ARTICLES, {"hashes": " ".join(by_hash), "version": self.version})
        posts = [
            PostText(id, by_hash[sha256].publication_date, by_hash[sha256].text, searched)
            for id, sha256, searched in rows
        ]
        return link_posts(connection, self, posts)

    def search(self, texts: Sequence[str], days: Sequence[date]) -> list["Found"]:
        """What each text mentions, and the terms of those that mention a ward."""
        mentions = self.matcher.mentions(texts, days)
        return [Found(some, terms_of(text) if some else []) for text, some in zip(texts, mentions, strict=True)]


@attrs.frozen
class Found:
    """The wards that a text mentions, and its terms if it mentions any."""

    mentions: list[Mention]
    terms: list[str]


def _fingerprint(matcher: Matcher) -> str:
    return hashlib.sha256(f"{matcher.fingerprint} {terms_fingerprint()}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _matcher(gazetteer: Gazetteer) -> Matcher:
    """Half a second's work, which a folder of small files must not do for each."""
    return Matcher(gazetteer)


@attrs.define
class FreshLinks:
    """The links of articles that are only just being stored: searched in `pool` while the database has its work with
    them, and written by COPY, since nothing of them can be there."""

    linker: Linker
    pool: Executor
    _found: "Future[list[Found]] | None" = None

    def begin(self, articles: Sequence[Article]) -> None:
        """Start to search these articles."""
        texts, days = [one.text for one in articles], [one.publication_date for one in articles]
        self._found = self.pool.submit(self.linker.search, texts, days)

    def write(self, connection: Connection, articles: Sequence[Article], post_ids: Sequence[int]) -> None:
        """Write the links and terms of the same articles, whose new posts have these ids."""
        assert self._found is not None  # noqa: S101
        found = self._found.result()
        rows = [
            (id, one.ward_id, article.publication_date, one.how, one.matched)
            for id, article, these in zip(post_ids, articles, found, strict=True)
            for one in these.mentions
        ]
        if rows:
            copy_rows(connection, "post_ward", LINKS, rows)
            copy_terms(connection, {id: one.terms for id, one in zip(post_ids, found, strict=True) if one.mentions})


def link_posts(connection: Connection, linker: Linker, posts: Sequence[PostText]) -> LinkReport:
    """Search these posts and write down which wards they mention, and the terms of those that do; links from before
    that no longer hold go.

    Repeated, it changes nothing. Posts that are gone meanwhile are passed over.
    """
    there = set(connection.execute(LOCK, {"ids": sorted(post.id for post in posts)}).scalars()) if posts else set()
    posts = [post for post in posts if post.id in there]
    if not posts:
        return LinkReport()
    found = linker.search([post.text for post in posts], [post.published_on for post in posts])
    rows = [
        (post.id, mention.ward_id, post.published_on, mention.how, mention.matched)
        for post, one in zip(posts, found, strict=True)
        for mention in one.mentions
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
    values = dict(zip(("posts", "wards", "days", "hows", "words"), columns, strict=True))
    if searched := [post.id for post in posts if post.searched]:
        connection.execute(TAKE_AWAY, {"searched": searched, "posts": values["posts"], "wards": values["wards"]})
    if rows:
        connection.execute(LINK, values)
    pairs = list(zip(posts, found, strict=True))
    said = {post.id: one.terms for post, one in pairs if one.mentions}
    write_terms(connection, said, [post.id for post, one in pairs if post.searched and not one.mentions])
    connection.execute(REMEMBER, {"ids": sorted(there), "version": linker.version})
    return LinkReport(len(posts), len(said), len(rows))


def count_unsearched(connection: Connection, linker: Linker) -> int:
    """How many posts were not searched with this gazetteer."""
    return int(connection.execute(COUNT_UNSEARCHED, {"version": linker.version}).scalar_one())


def backfill_mentions(
    engine: Engine,
    linker: Linker | None = None,
    *,
    batch: int = POSTS_IN_BATCH,
    on_rows: Callable[[int], None] | None = None,
) -> LinkReport:
    """Search every post that was not searched with this linker's gazetteer, a transaction a batch; without a linker,
    with the wards and aliases that the database has now, and none if it has none. It can be stopped and repeated, and
    run beside ingests and itself. `on_rows` is called with how many posts a batch had."""
    if linker is None:
        with engine.begin() as connection:
            linker = Linker.load(connection)
        if linker is None:
            return LinkReport()
    total, after = LinkReport(), 0
    with engine.connect() as connection:
        while True:
            with connection.begin():
                runs.pass_gate(connection)
                page = connection.execute(UNSEARCHED, {"after": after, "version": linker.version, "count": batch}).all()
                posts = [
                    PostText(row.id, row.created_at.astimezone(UTC).date(), row.text, row.searched) for row in page
                ]
                total += link_posts(connection, linker, posts)
            if not page:
                return total
            after = page[-1].id
            if on_rows:
                on_rows(len(page))
