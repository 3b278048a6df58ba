"""Write one batch of articles: ask which are known, and COPY the rest straight into `epaper` and `post`.

Several processes may deliver the same articles at the same moment. The unique index on `epaper.sha256` says who was
first: the other one waits for that transaction's end, its COPY is refused as a whole and taken back to the savepoint,
and it asks again; what it lost is known by then. Each refusal means that somebody else has committed, so the archive
always goes on, and a row that was won is never taken for lost.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, time

import attrs
import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.database import copy_rows
from lokdarpan_core.news.articles import Article
from lokdarpan_core.news.mentions.linking import FreshLinks
from lokdarpan_core.news.stories.assign import changing
from lokdarpan_core.schema import epaper

AUTHORS_KEPT = 50_000

EPAPER = {
    "id": "int8", "sha256": "text", "publication_name": "text", "publication_date": "date", "title": "text",
    "raw_text": "text", "city": "text", "party": "text", "language": "text", "url": "text", "date_guessed": "bool",
    "ingest_run_id": "int8",
}  # fmt: skip
POST = {
    "id": "int8", "epaper_id": "int8", "author_id": "int8", "city": "text", "emotion": "text", "party": "text",
    "created_at": "timestamptz", "ingest_run_id": "int8", "searched_with": "int4",
}  # fmt: skip
RESERVE_IDS = sa.text("""
    SELECT array_agg(nextval(epapers)), array_agg(nextval(posts))
    FROM (SELECT CAST(pg_get_serial_sequence('epaper', 'id') AS regclass) AS epapers,
                 CAST(pg_get_serial_sequence('post', 'id') AS regclass) AS posts OFFSET 0) AS sequences,
         generate_series(1, :count)
""")
KNOWN = sa.text("""
    SELECT epaper.sha256, epaper.id, epaper.withdrawn_at IS NULL AND post.id IS NULL AS wants_post
    FROM epaper LEFT JOIN post ON post.epaper_id = epaper.id
    WHERE epaper.sha256 = ANY(CAST(string_to_array(:hashes, ' ') AS char(64)[]))
""")
INSERT_POSTS = sa.text("""
    INSERT INTO post (epaper_id, author_id, city, emotion, party, created_at, ingest_run_id)
    SELECT epaper_id, author_id, city, emotion, party, created_at, :run
    FROM unnest(CAST(:epapers AS bigint[]), CAST(:authors AS bigint[]), CAST(:cities AS text[]),
                CAST(:emotions AS text[]), CAST(:parties AS text[]), CAST(:times AS timestamptz[]))
         AS wanted (epaper_id, author_id, city, emotion, party, created_at)
    ON CONFLICT (epaper_id) WHERE epaper_id IS NOT NULL DO NOTHING
    RETURNING id
""")
INSERT_AUTHORS = sa.text("""
    INSERT INTO author (name) SELECT unnest(CAST(:names AS text[])) ON CONFLICT (name) DO NOTHING
""")
FIND_AUTHORS = sa.text("SELECT name, id FROM author WHERE name = ANY(CAST(:names AS text[]))")
RELABELLED = sa.text("""
    SELECT epaper.id FROM epaper
    JOIN unnest(CAST(:ids AS bigint[]), CAST(:languages AS text[])) AS said (id, language) USING (id)
    WHERE said.language <> coalesce(epaper.language, '') AND epaper.withdrawn_at IS NULL
""")
LOCK_KNOWN = sa.text("SELECT id FROM epaper WHERE id = ANY(:ids) ORDER BY sha256 FOR NO KEY UPDATE")
UPDATE_EPAPERS = sa.text("""
    UPDATE epaper SET city = coalesce(said.city, epaper.city), party = coalesce(said.party, epaper.party),
                      language = coalesce(said.language, epaper.language), url = coalesce(said.url, epaper.url)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:cities AS text[]), CAST(:parties AS text[]),
                CAST(:languages AS text[]), CAST(:urls AS text[])) AS said (id, city, party, language, url)
    WHERE epaper.id = said.id AND epaper.withdrawn_at IS NULL
      AND (coalesce(said.city, epaper.city), coalesce(said.party, epaper.party),
           coalesce(said.language, epaper.language), coalesce(said.url, epaper.url))
          IS DISTINCT FROM (epaper.city, epaper.party, epaper.language, epaper.url)
    RETURNING epaper.id
""")
UPDATE_POSTS = sa.text("""
    UPDATE post SET city = coalesce(said.city, post.city), party = coalesce(said.party, post.party),
                    emotion = coalesce(said.emotion, post.emotion)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:cities AS text[]), CAST(:parties AS text[]),
                CAST(:emotions AS text[])) AS said (epaper_id, city, party, emotion)
    WHERE post.epaper_id = said.epaper_id
      AND (coalesce(said.city, post.city), coalesce(said.party, post.party), coalesce(said.emotion, post.emotion))
          IS DISTINCT FROM (post.city, post.party, post.emotion)
    RETURNING post.epaper_id
""")
TOUCH = sa.text("""
    INSERT INTO ward_touch (ward_id)
    SELECT DISTINCT ward_id FROM post JOIN post_ward ON post_ward.post_id = post.id
    WHERE post.epaper_id = ANY(:articles)
    ON CONFLICT DO NOTHING
""")  # what is said of these wards has changed, though not which posts say it


@attrs.frozen
class Stored:
    """What one batch did: how many articles are new, how many posts were made."""

    new: int
    posts: int

    def counts(self, lines: int, rejected: int, *, with_posts: bool) -> Counter[str]:
        """The batch as a run counts it; `with_posts` when each article was to have a post."""
        usable = lines - rejected
        return Counter(
            lines=lines,
            new=self.new,
            reused=usable - self.new,
            posts=self.posts,
            posts_skipped=usable - self.posts if with_posts else 0,
            rejected=rejected,
        )


class Authors:
    """Author ids by name, remembered between batches."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def learn(self, connection: Connection, articles: Sequence[Article]) -> None:
        """Make sure that every author of these articles exists, in a transaction of its own: inside the batch's, a
        new name would make every other process that has it wait for the whole batch."""
        if len(self._ids) > AUTHORS_KEPT:
            self._ids.clear()
        names = sorted({name_of_author(article) for article in articles} - self._ids.keys())
        if not names:
            return
        with connection.begin():
            connection.execute(INSERT_AUTHORS, {"names": names})
        with connection.begin():
            self._ids.update((name, id) for name, id in connection.execute(FIND_AUTHORS, {"names": names}))

    def id_of(self, article: Article) -> int:
        """The id of an article's author, who must have been learned."""
        return self._ids[name_of_author(article)]


def name_of_author(article: Article) -> str:
    """Who is behind the post: the author that the line names, else its publication."""
    return article.author or article.publication_name


@contextmanager
def session(engine: Engine) -> Iterator[Connection]:
    """A connection that ends with this block, and its advisory locks with it."""
    with engine.connect() as connection:
        try:
            yield connection
        finally:
            connection.invalidate()  # never pooled again; also when it broke off, or in the middle of a statement


def store(
    connection: Connection,
    articles: Sequence[Article],
    run_id: int,
    authors: Authors | None,
    *,
    links: FreshLinks | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Stored:
    """Store distinct articles, sorted by sha256, in the caller's transaction; with `authors`, a post for each too; with
    `links`, the wards that they mention and the terms of those that do.

    `meanwhile` is called when the rows are sent and the server has its work with them: it starts something else.
    """
    while True:
        known = _known(connection, [article.sha256 for article in articles])
        fresh = [article for article in articles if article.sha256 not in known]
        try:
            _insert(connection, fresh, run_id, authors, links, meanwhile=meanwhile)
            break
        except sa.exc.IntegrityError as refused:
            if not isinstance(refused.orig, psycopg.errors.UniqueViolation):
                raise
    if authors is None:
        return Stored(len(fresh), 0)
    wanted = {sha256: id for sha256, (id, wants_post) in known.items() if wants_post}
    made = _make_posts(connection, articles, wanted, run_id, authors)
    if links and known:
        links.linker.link_articles(connection, [article for article in articles if article.sha256 in known])
    return Stored(len(fresh), len(fresh) + made)


def _known(connection: Connection, hashes: list[str]) -> dict[str, tuple[int, bool]]:
    if not hashes:
        return {}
    return {
        sha256: (id, wants_post) for sha256, id, wants_post in connection.execute(KNOWN, {"hashes": " ".join(hashes)})
    }


def _insert(
    connection: Connection,
    fresh: Sequence[Article],
    run_id: int,
    authors: Authors | None,
    links: FreshLinks | None,
    *,
    meanwhile: Callable[[], None],
) -> None:
    if not fresh:
        return
    if authors and links:
        links.begin(fresh)
    with connection.begin_nested():
        ids, post_ids = connection.execute(RESERVE_IDS, {"count": len(fresh)}).one()
        rows = (
            (
                id, a.sha256, a.publication_name, a.publication_date, a.title, a.text,
                a.city, a.party, a.language, a.url, a.date_guessed, run_id,
            )
            for id, a in zip(ids, fresh, strict=True)
        )  # fmt: skip
        copy_rows(connection, "epaper", EPAPER, rows, when_sent=meanwhile)
        if authors:
            searched_with = links.linker.version if links else None
            posts = (
                (post_id, id, authors.id_of(a), a.city, a.emotion, a.party, created_at(a), run_id, searched_with)
                for post_id, id, a in zip(post_ids, ids, fresh, strict=True)
            )
            copy_rows(connection, "post", POST, posts)
            if links:
                links.write(connection, fresh, post_ids)


def created_at(article: Article) -> datetime:
    """The time of an article's post: midnight UTC of its date."""
    return datetime.combine(article.publication_date, time(), UTC)


def _make_posts(
    connection: Connection, articles: Sequence[Article], wanted: dict[str, int], run_id: int, authors: Authors
) -> int:
    posts = [article for article in articles if article.sha256 in wanted]
    if not posts:
        return 0
    values = {
        "run": run_id,
        "epapers": [wanted[article.sha256] for article in posts],
        "authors": [authors.id_of(article) for article in posts],
        "cities": [article.city for article in posts],
        "emotions": [article.emotion for article in posts],
        "parties": [article.party for article in posts],
        "times": [created_at(article) for article in posts],
    }
    return len(connection.execute(INSERT_POSTS, values).all())


def update_metadata(connection: Connection, articles: Sequence[Article]) -> int:
    """Overwrite city, party, language, url and emotion of articles that are there with what these say, where they say
    something. Returns how many articles changed."""
    known = _known(connection, [article.sha256 for article in articles])
    said = [article for article in articles if article.sha256 in known]
    if not said:
        return 0
    values = {
        "ids": [known[article.sha256][0] for article in said],
        **{name: [getattr(article, key) for article in said] for name, key in SAID.items()},
    }
    relabelled = connection.scalars(RELABELLED, values).all()  # stories are of one language
    with changing(connection, epaper.c.id.in_(relabelled)) if relabelled else nullcontext():
        connection.execute(LOCK_KNOWN, {"ids": values["ids"]})
        changed = connection.scalars(UPDATE_EPAPERS, values).all()
        relabelled_posts = connection.scalars(UPDATE_POSTS, values).all()
        if changed or relabelled_posts:
            connection.execute(TOUCH, {"articles": [*changed, *relabelled_posts]})
    return len(changed)


SAID = {"cities": "city", "parties": "party", "languages": "language", "urls": "url", "emotions": "emotion"}
