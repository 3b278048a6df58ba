"""Why two articles are one story, or are not: what each guard and each ground says, and what they share."""

from collections import deque
from collections.abc import Sequence

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.news.removal import find_article
from lokdarpan_core.news.stories.comparison import Comparison, compare
from lokdarpan_core.news.stories.passages import Run
from lokdarpan_core.news.stories.rule import Finding, findings, is_same_text
from lokdarpan_core.news.stories.signature import are_worth_comparing, keys
from lokdarpan_core.news.stories.stored import PRINTING, Printing
from lokdarpan_core.news.stories.words import Reading, parts, read, spans
from lokdarpan_core.schema import epaper

SHOWN_IN_HEADLINE = 2  # words on end, from which on they are marked


@attrs.frozen
class Piece:
    """A part of a text; `shared` when it stands in the other one too."""

    text: str
    shared: bool


@attrs.frozen
class Side:
    """One of the two: the article, its story (None when it was not looked for yet), and its text in pieces."""

    article: Printing
    story_id: int | None
    headline: list[Piece]
    lead: list[Piece]


@attrs.frozen
class Explanation:
    """`same_story` is what the archive says, `same_text` what the rule says of the two by themselves. When only the
    first is true, `chain` names the articles that connect them, from the one to the other."""

    same_story: bool
    same_text: bool
    compared: bool  # whether they share enough keys to be compared at all
    guards: list[Finding]
    grounds: list[Finding]
    one: Side
    other: Side
    chain: list[Printing]


@attrs.frozen
class _Article:
    printing: Printing
    story_id: int | None
    title: str | None
    text: str
    reading: Reading


def explain(connection: Connection, one: str, other: str) -> Explanation:
    """Explain two articles, each by its id or its fingerprint (six digits of it or more).

    Raises NotFoundError, and ConflictError for a withdrawn article, whose text is gone.
    """
    first, second = (_article(connection, name) for name in (one, other))
    pair = compare(first.reading, second.reading)
    guards, grounds = findings(pair)
    compared = are_worth_comparing(keys(first.reading), keys(second.reading))
    same_text = compared and is_same_text(first.reading, second.reading)
    same_story = first.story_id is not None and first.story_id == second.story_id
    return Explanation(
        same_story,
        same_text,
        compared,
        guards,
        grounds,
        _side(first, pair),
        _side(second, pair),
        _chain(connection, first, second) if same_story and not same_text else [],
    )


def _article(connection: Connection, name: str) -> _Article:
    query = sa.select(*PRINTING, epaper.c.story_id, epaper.c.raw_text, epaper.c.language)
    row = None
    if name.isascii() and name.isdigit() and len(name) < 19:
        row = connection.execute(query.where(epaper.c.id == int(name))).one_or_none()
        if row is None and len(name) < 6:
            raise NotFoundError(f"There is no article {name}; an article is told by its id or its fingerprint")
    if row is None:
        row = connection.execute(query.where(epaper.c.sha256 == find_article(connection, name).sha256)).one()
    *printing, story_id, text, language = row
    article = Printing(*printing)
    if text is None:
        raise ConflictError(f"Article {article.sha256[:12]} is withdrawn: its text is gone")
    reading = read(article.title, text, language, article.publication_date)
    return _Article(article, story_id, article.title, text, reading)


def _side(article: _Article, pair: Comparison) -> Side:
    is_a = article.reading is pair.a
    headline, rest = parts(article.title, article.text)
    lead = article.reading.lead
    return Side(
        article.printing,
        article.story_id,
        _pieces(headline, [run for run in pair.headline_runs if run.length >= SHOWN_IN_HEADLINE], is_a),
        _pieces(rest[: spans(rest)[len(lead) - 1][1]] if lead else "", pair.runs, is_a),
    )


def _pieces(text: str, runs: Sequence[Run], is_a: bool) -> list[Piece]:
    places = spans(text)
    marked = sorted((run.start if is_a else run.other, run.length) for run in runs)
    pieces, reached = [], 0
    for first, length in marked:
        begin, end = max(places[first][0], reached), places[first + length - 1][1]
        if end > begin:
            pieces += [Piece(text[reached:begin], shared=False), Piece(text[begin:end], shared=True)]
            reached = end
    pieces.append(Piece(text[reached:], shared=False))
    return [piece for piece in pieces if piece.text]


def _chain(connection: Connection, one: _Article, other: _Article) -> list[Printing]:
    """The shortest way from the one to the other through articles that are one text, breadth first."""
    query = sa.select(*PRINTING, epaper.c.raw_text, epaper.c.language)
    members = {}
    for *printing, text, language in connection.execute(query.where(epaper.c.story_id == one.story_id)):
        article = Printing(*printing)
        members[article.id] = article, read(article.title, text, language, article.publication_date)
    came_from, waiting = {one.printing.id: one.printing.id}, deque([one.printing.id])
    while waiting and other.printing.id not in came_from:
        here = waiting.popleft()
        for id in sorted(members.keys() - came_from.keys()):
            if is_same_text(members[here][1], members[id][1]):
                came_from[id] = here
                waiting.append(id)
    way, here = [], came_from.get(other.printing.id, one.printing.id)
    while here != one.printing.id:
        way.append(members[here][0])
        here = came_from[here]
    return way[::-1]
