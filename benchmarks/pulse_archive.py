"""The archive that `benchmarks.pulse` asks: articles, mentions, terms and totals in any number, made by the server;
and the way of before, with the table that it reads.
"""

import random
import re
from collections import Counter
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from lokdarpan_core.database import copy_rows
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.wards.delimitations import packaged
from lokdarpan_core.wards.importing import import_list

END, DAYS = date(2026, 6, 30), 14
OLDER = 5  # times the same totals in the days before: they go back 84 days
WARD, MENTIONS, OTHERS, LIST = "WARD_095", 14, 149, "ghmc-2016"
ONE_IN = 20  # posts mention another ward
POOL, WORDS, VOCABULARY, TERMS = 5_000, 150, 40_000, 80
SYLLABLES = ["ka", "lo", "mi", "ru", "te", "pa", "na", "su", "vi", "do", "ge", "ho"]
STEP = 100_000  # posts in a transaction

# Two articles in ten are copies: every fifth number tells the story of the one before.
FILL = (
    """
    INSERT INTO epaper (id, publication_name, publication_date, title, raw_text, city, language, url, sha256, story_id)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'Paper ' || n % 40, CAST(:first AS date) + CAST(n % :days AS integer), 'Title ' || n,
           'Title ' || n || E'\\n\\n' || text, 'Hyderabad', 'en', 'https://example.org/' || n,
           encode(sha256(CAST('article ' || n AS bytea)), 'hex'), CASE WHEN n % 5 = 4 THEN n - 1 ELSE n END
    FROM generate_series(CAST(:low AS bigint), :high) AS n JOIN pool ON pool.id = n % :pool
    """,
    """
    INSERT INTO post (id, author_id, city, emotion, created_at, epaper_id) OVERRIDING SYSTEM VALUE
    SELECT n, 1 + n % 40, 'Hyderabad', (ARRAY['anger', 'joy', 'hope', NULL])[1 + n % 4],
           CAST(:first AS date) + CAST(n % :days AS integer), n
    FROM generate_series(CAST(:low AS bigint), :high) AS n
    """,
    """
    INSERT INTO post_ward (post_id, ward_id, published_on, how, matched)
    SELECT n, (ARRAY(SELECT ward_id FROM ward WHERE ward_id <> :ward ORDER BY ward_id))[1 + n / :one_in % :others],
           CAST(:first AS date) + CAST(n % :days AS integer), 'name', 'Lakeside'
    FROM generate_series(CAST(:low AS bigint), :high) AS n WHERE n % :one_in = 0
    """,
    """
    INSERT INTO post_terms (post_id, terms)
    SELECT n, terms FROM generate_series(CAST(:low AS bigint), :high) AS n JOIN pool ON pool.id = n % :pool
    WHERE n % :one_in = 0
    """,
)
AUTHORS = "INSERT INTO author (name) SELECT 'Paper ' || n FROM generate_series(0, 39) AS n"
# The ward that is asked for: a post of each day, all among the first ones.
ASKED = (
    """
    INSERT INTO post_ward (post_id, ward_id, published_on, how, matched)
    SELECT n, :ward, CAST(:first AS date) + CAST(n % :days AS integer), 'name', 'kalo'
    FROM generate_series(1, CAST(:mentions AS bigint)) AS n
    """,
    """
    INSERT INTO post_terms (post_id, terms) SELECT n, terms
    FROM generate_series(1, CAST(:mentions AS bigint)) AS n JOIN pool ON pool.id = n % :pool
    ON CONFLICT DO NOTHING
    """,
)
TOTALS = (
    "DELETE FROM city_day WHERE published_on < :first",
    "DELETE FROM city_term WHERE published_on < :first",
    """
    INSERT INTO city_day SELECT delimitation_id, published_on - CAST(:days * n AS integer), stories
    FROM city_day, generate_series(1, CAST(:older AS integer)) AS n
    """,
    """
    INSERT INTO city_term SELECT delimitation_id, term, published_on - CAST(:days * n AS integer), stories
    FROM city_term, generate_series(1, CAST(:older AS integer)) AS n ORDER BY 3
    """,
)
OLD_POSTS = (
    """
    CREATE TABLE old_post (id bigint PRIMARY KEY, text text, city text, author_id bigint, emotion text, party text,
                           created_at timestamptz)
    """,
    """
    INSERT INTO old_post
    SELECT post.id, raw_text, CASE WHEN asked.post_id IS NULL THEN post.city ELSE 'Jubilee Hills' END, author_id,
           emotion, post.party, post.created_at
    FROM post JOIN epaper ON epaper.id = epaper_id
    LEFT JOIN post_ward AS asked ON asked.post_id = post.id AND asked.ward_id = :ward
    """,
    "CREATE INDEX ON old_post (created_at)",
    "ANALYZE old_post",
)


class Base(DeclarativeBase):
    """The tables of the naive way."""


class OldPost(Base):
    """A post as it was stored before: with its text, and its city in a column."""

    __tablename__ = "old_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    city: Mapped[str]
    author_id: Mapped[int | None]
    emotion: Mapped[str | None]
    created_at: Mapped[Any] = mapped_column(sa.DateTime(timezone=True))


def naive(session: Session, ward: str) -> tuple[Counter[str], Counter[str | None], Counter[int | None]]:
    """The pulse as it was: all posts of the window whose city is like the ward's name, and the words in them."""
    since = END - timedelta(days=DAYS)
    like = sa.func.lower(OldPost.city).like(f"%{ward.lower()}%")
    posts = session.scalars(sa.select(OldPost).where(OldPost.created_at > since, like)).all()
    words = Counter(word for post in posts for word in re.findall(r"[a-z]{4,}", post.text.lower()))
    return words, Counter(post.emotion for post in posts), Counter(post.author_id for post in posts)


def prepare(engine: Engine) -> None:
    """The wards, forty papers, and the texts that articles are made of."""
    chosen = random.Random(6)
    words = ["".join(chosen.choices(SYLLABLES, k=5)) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 400) for rank in range(VOCABULARY)))
    texts = [chosen.choices(words, cum_weights=weights, k=WORDS) for _ in range(POOL)]
    rows = ((n, f"kalo {' '.join(text)}", list(dict.fromkeys(text))[:TERMS]) for n, text in enumerate(texts))
    with engine.begin() as connection:
        import_list(connection, packaged(LIST))
        connection.execute(sa.text("CREATE UNLOGGED TABLE pool (id int PRIMARY KEY, text text, terms text[])"))
        copy_rows(connection, "pool", {"id": "int4", "text": "text", "terms": "text[]"}, rows)
        connection.execute(sa.text(AUTHORS))


def fill(engine: Engine, low: int, high: int) -> None:
    """Articles, posts, mentions and terms with the numbers from `low` to `high`, and the city's totals."""
    values = {
        "first": END - timedelta(days=DAYS - 1), "days": DAYS, "pool": POOL, "one_in": ONE_IN, "others": OTHERS,
        "ward": WARD, "mentions": MENTIONS, "older": OLDER,
    }  # fmt: skip
    for begin in range(low, high + 1, STEP):
        with engine.begin() as connection:
            for statement in FILL:
                numbers = {"low": begin, "high": min(begin + STEP - 1, high)}
                connection.execute(sa.text(statement), values | numbers)
    if low == 1:
        with engine.begin() as connection:
            for statement in ASKED:
                connection.execute(sa.text(statement), values)
    count_days(engine)
    with engine.begin() as connection:
        for statement in TOTALS:
            connection.execute(sa.text(statement), values)
    vacuum(engine)


def vacuum(engine: Engine) -> None:
    """What autovacuum would have done, so that it does not fall into the measuring."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))
