"""One batch: give each of some articles its story, join stories that turn out to be one, and keep each one's lead.

The end does not depend on the order: whether a text is the earlier or the later of a pair, in this batch or in one of
years ago, the same pairs are linked, and stories are what is connected. The lead is the earliest article by its date,
then by its fingerprint; never by its id, which tells who arrived first.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.news.stories import index
from lokdarpan_core.news.stories.ahead import BEGINNING, ORDER, SEEN, WITHOUT_STORY, Read
from lokdarpan_core.news.stories.components import Components
from lokdarpan_core.news.stories.index import FreshText
from lokdarpan_core.news.stories.rule import SHORTEST_TEXT, is_same_text
from lokdarpan_core.news.terms.totals import note_articles
from lokdarpan_core.schema import epaper, story

RESERVE_STORIES = sa.text("""
    SELECT nextval(sequence)
    FROM (SELECT CAST(pg_get_serial_sequence('story', 'id') AS regclass) AS sequence OFFSET 0) AS known,
         generate_series(1, :count)
""")
INSERT_STORIES = sa.text("""
    INSERT INTO story (id, language, lead_id)
    SELECT id, language, lead_id
    FROM unnest(CAST(:ids AS bigint[]), CAST(:languages AS text[]), CAST(:leads AS bigint[]))
         AS stories (id, language, lead_id)
    ON CONFLICT (id) DO UPDATE SET lead_id = excluded.lead_id, updated_at = now()
""")
SET_LEADS = sa.text("""
    UPDATE story SET lead_id = said.lead_id, updated_at = now()
    FROM unnest(CAST(:ids AS bigint[]), CAST(:leads AS bigint[])) AS said (id, lead_id) WHERE story.id = said.id
""")
LEADS = sa.text("""
    SELECT story.id, epaper.publication_date, epaper.sha256, epaper.id
    FROM story JOIN epaper ON epaper.id = story.lead_id WHERE story.id = ANY(:ids)
""")
LOCK_ARTICLES = sa.text("""
    SELECT id FROM epaper WHERE id = ANY(:ids) OR story_id = ANY(:losers) ORDER BY sha256 FOR NO KEY UPDATE
""")
SET_STORIES = sa.text("""
    UPDATE epaper SET story_id = said.story_id
    FROM unnest(CAST(:ids AS bigint[]), CAST(:stories AS bigint[])) AS said (id, story_id) WHERE epaper.id = said.id
""")
MOVE = "UPDATE {} SET story_id = said.winner FROM unnest(CAST(:losers AS bigint[]), CAST(:winners AS bigint[]))"
MOVES = [
    sa.text(f"{MOVE.format(table)} AS said (loser, winner) WHERE {table}.story_id = said.loser")
    for table in ("epaper", "story_text")
]

Rank = tuple[date, str, int]  # publication date, fingerprint, id: the least of a story is its lead's
GONE: Rank = (date.max, "", 0)


@attrs.frozen
class StoriesReport:
    """What was done: articles that got a story, stories that are new, and stories that went up in others."""

    articles: int = 0
    new: int = 0
    merged: int = 0

    def __add__(self, other: "StoriesReport") -> "StoriesReport":
        return StoriesReport(self.articles + other.articles, self.new + other.new, self.merged + other.merged)


@attrs.frozen
class _Article:
    """`node` is what stands for it among the components: its fresh text's id, or minus its story's number."""

    rank: Rank
    language: str
    node: int


def assign(
    connection: Connection,
    wanted: sa.ColumnElement[bool],
    limit: int,
    *,
    numbers: Mapping[int, int] | None = None,
    ready: Mapping[int, Read] | None = None,
) -> StoriesReport:
    """Give stories to the earliest `limit` of the articles that have none and are `wanted`. STORIES must be locked.

    `numbers`: a number to use again, by the id of an article that a new story is to have. `ready`: articles that were
    read already, by id.
    """
    articles, fresh = _read(connection, wanted, limit, ready or {})
    if not articles:
        return StoriesReport()
    links = _links(connection, fresh)
    groups = links.groups(article.node for article in articles)
    plan = _plan(connection, articles, groups, numbers or {})
    _write(connection, articles, fresh, plan)
    return StoriesReport(len(articles), len(plan.new), len(plan.merged))


def _read(
    connection: Connection, wanted: sa.ColumnElement[bool], limit: int, ready: Mapping[int, Read]
) -> tuple[list[_Article], list[FreshText]]:
    """The articles, and those of their texts that the index does not have. A text that is too short to be another's
    gets a node of its own for each article, and no place in the index."""
    query = sa.select(*SEEN, epaper.c.sha256).where(WITHOUT_STORY, wanted).order_by(*ORDER).limit(limit)
    rows = connection.execute(query).all()
    ones = _as_they_are(connection, rows, ready)
    asked = [(row.publication_date, ones[row.id].reading.language, ones[row.id].digest) for row in rows]
    nodes = {key: -story for key, story in index.known(connection, asked).items()}
    ids = iter(index.reserve_ids(connection, len(rows)))
    articles, fresh = [], []
    for row, key in zip(rows, asked, strict=True):
        one = ones[row.id]
        short = one.reading.length < SHORTEST_TEXT
        node = next(ids) if short else nodes.get(key)
        if node is None:
            node = nodes[key] = next(ids)
            fresh.append(FreshText(node, row.id, one.reading, one.digest, one.keys))
        articles.append(_Article((row.publication_date, row.sha256, row.id), one.reading.language, node))
    return articles, fresh


def _as_they_are(connection: Connection, rows: Sequence[Any], ready: Mapping[int, Read]) -> dict[int, Read]:
    """These articles, read. A text never changes, its labels may."""
    known = {
        row.id: one
        for row in rows
        if (one := ready.get(row.id)) and (one.title, one.language) == (row.title, row.language)
    }
    absent = [row.id for row in rows if row.id not in known]
    texts = sa.select(*SEEN, BEGINNING).where(epaper.c.id == sa.func.any(sa.literal(absent, sa.ARRAY(sa.BigInteger))))
    read = connection.execute(texts) if absent else ()
    return known | {id: Read.of(title, language, text, day) for id, day, title, language, text in read}


def _links(connection: Connection, fresh: Sequence[FreshText]) -> Components[int]:
    """Compare the fresh texts with each other and with those around them."""
    links = Components[int]()
    own = {text.id: text.reading for text in fresh}
    for page in index.candidates(connection, fresh) if fresh else ():
        pairs = [(one.fresh, one.other, -one.story_id if one.story_id else one.other) for one in page]
        open_ones = [pair for pair in pairs if not links.are_joined(pair[0], pair[2])]
        readings = index.readings(connection, {other for _, other, node in open_ones if node < 0}) | own
        for one, other, node in open_ones:
            if other in readings and not links.are_joined(one, node) and is_same_text(own[one], readings[other]):
                links.join(one, node)
    return links


@attrs.frozen
class _Plan:
    """Which story each node is in, the new stories (language and lead), the lead of old ones, and the stories that go
    up in others."""

    story_of: dict[int, int]
    new: dict[int, tuple[str, int]]
    leads: dict[int, int]
    merged: dict[int, int]


def _plan(
    connection: Connection, articles: Sequence[_Article], groups: Sequence[Sequence[int]], numbers: Mapping[int, int]
) -> _Plan:
    members: dict[int, list[_Article]] = {}
    for article in articles:
        members.setdefault(article.node, []).append(article)
    old = [-node for group in groups for node in group if node < 0]
    ranks = {id: (day, sha256, lead) for id, day, sha256, lead in connection.execute(LEADS, {"ids": old})}
    unnumbered = iter(connection.scalars(RESERVE_STORIES, {"count": len(groups)}).all())
    plan = _Plan({}, {}, {}, {})
    for group in groups:
        those = sorted((one for node in group for one in members.get(node, ())), key=lambda one: one.rank)
        stories = sorted((-node for node in group if node < 0), key=lambda number: (ranks.get(number, GONE), number))
        if stories:
            winner = stories[0]
            plan.leads[winner] = min([ranks.get(winner, GONE), *(one.rank for one in those)])[2]
            plan.merged.update(dict.fromkeys(stories[1:], winner))
        else:
            winner = next((numbers[one.rank[2]] for one in those if one.rank[2] in numbers), None) or next(unnumbered)
            plan.new[winner] = those[0].language, those[0].rank[2]
        plan.story_of.update(dict.fromkeys(group, winner))
    return plan


def _write(connection: Connection, articles: Sequence[_Article], fresh: Sequence[FreshText], plan: _Plan) -> None:
    ids = [article.rank[2] for article in articles]
    merged = {"losers": list(plan.merged), "winners": list(plan.merged.values())}
    touched = connection.scalars(LOCK_ARTICLES, {"ids": ids, "losers": merged["losers"]}).all()
    if plan.new:
        languages, leads = map(list, zip(*plan.new.values(), strict=True))
        connection.execute(INSERT_STORIES, {"ids": list(plan.new), "languages": languages, "leads": leads})
    if plan.leads:
        connection.execute(SET_LEADS, {"ids": list(plan.leads), "leads": list(plan.leads.values())})
    if plan.merged:
        for move in MOVES:
            connection.execute(move, merged)
        connection.execute(sa.delete(story).where(story.c.id.in_(plan.merged)))
    index.insert(connection, fresh, plan.story_of)
    connection.execute(SET_STORIES, {"ids": ids, "stories": [plan.story_of[article.node] for article in articles]})
    note_articles(connection, touched)
