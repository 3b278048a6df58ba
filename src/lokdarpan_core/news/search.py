"""Search posts by their words, in every script.

PostgreSQL's text search does it, in the configuration `simple`: words are found as they are written, without the stems
of one language, for a page has four of them. Texts and questions are folded alike first, since keyboards and papers
differ:

- letters that Unicode writes in two ways are one (NFKC: क़ as a letter or with a nukta, ﷺ as its words);
- zero-width characters go (రామ్‌నగర్, రామ్నగర్), and the Arabic forms of Urdu letters become the Urdu ones (ي ی, ك ک);
- signs between letters part words: without that, PostgreSQL takes `TRS/BRS` for a file name and `Uppal.In` for a host.

The index (`post_search`) is filled after an ingest's commit, newest posts first: a post without a row there is one that
was not indexed yet, and whoever is killed leaves such posts to the next one. A post that goes takes its row along.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.errors import ParameterError
from lokdarpan_core.news import runs

POSTS_IN_BATCH = 1_000
CHARACTERS = (
    100_000  # indexed of one post: at four bytes each, and five for each word, they stay under a tsvector's 1 MiB
)
LONGEST_QUESTION = 300  # characters
SHORTEST_BEGINNING = 3  # characters of a last word that is taken for the beginning of one
HIGHEST = (1 << 63) - 1

PARTS_WORDS = "-/.+<>&~"  # what PostgreSQL's parser makes hosts, files, tags and signed numbers of
SAME_LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "ە": "ہ"}
LEFT_OUT = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u0640"  # joiners, soft hyphens, the stroke that only stretches a word
FOLDED = "".join(SAME_LETTERS) + LEFT_OUT
FOLDED_TO = "".join(SAME_LETTERS.values())  # `translate` deletes what has no counterpart
_FOLD = str.maketrans(SAME_LETTERS | dict.fromkeys(LEFT_OUT))
_PARTED = str.maketrans(dict.fromkeys(PARTS_WORDS, " "))
_PARTED_BUT_MINUS = {code: blank for code, blank in _PARTED.items() if code != ord("-")}
_COMPOUND = re.compile(rf"(?<![^\s(])-?\w+(?:[{re.escape(PARTS_WORDS)}]+\w+)+")

PAGE = sa.text("""
    SELECT id FROM post
    WHERE id < :before AND NOT EXISTS (SELECT FROM post_search WHERE post_search.post_id = post.id)
    ORDER BY id DESC LIMIT :count
""")
PAGE_OF_RUN = sa.text("""
    SELECT id FROM post WHERE id < :before AND ingest_run_id = :run ORDER BY id DESC LIMIT :count
""")
# Each step looks first whether it has anything to do: together they take a third of the time that way.
INDEX = sa.text(r"""
    INSERT INTO post_search (post_id, words)
    SELECT id, to_tsvector('simple', CASE WHEN parted ~ :odd THEN translate(parted, :folded, :folded_to)
                                          ELSE parted END)
    FROM (
        SELECT id, regexp_replace(CASE WHEN text IS NFKC NORMALIZED THEN text
                                       ELSE left(normalize(text, NFKC), :characters) END, :parts, ' ', 'g') AS parted
        FROM (
            SELECT post.id, left(coalesce(post.text, epaper.raw_text, ''), :characters) AS text
            FROM post LEFT JOIN epaper ON epaper.id = post.epaper_id
            WHERE post.id = ANY(:ids) AND NOT EXISTS (SELECT FROM post_search WHERE post_search.post_id = post.id)
            ORDER BY post.id FOR KEY SHARE OF post
        ) AS wanted
    ) AS folded
    ON CONFLICT (post_id) DO NOTHING
""")
FOLDING = {
    "characters": CHARACTERS,
    "parts": f"[{PARTS_WORDS}]",
    "odd": f"[{FOLDED}]",
    "folded": FOLDED,
    "folded_to": FOLDED_TO,
}
COUNT_UNINDEXED = sa.text("""
    SELECT count(*) FROM post WHERE NOT EXISTS (SELECT FROM post_search WHERE post_search.post_id = post.id)
""")
PARSED = sa.text("SELECT CAST(websearch_to_tsquery('simple', :question) AS text)")


class SearchError(ParameterError):
    """The question has no word to search for."""

    def __init__(self, message: str | None = None, field: str | None = "q") -> None:
        super().__init__(message, field)


@attrs.frozen
class SearchReport:
    """How many posts were put into the index."""

    posts: int = 0


def index_posts(
    engine: Engine,
    run_id: int | None = None,
    *,
    batch: int = POSTS_IN_BATCH,
    on_rows: Callable[[int], None] | None = None,
) -> SearchReport:
    """Index the posts that a run made, or all that are not indexed yet; the newest first, a transaction a batch.

    Safe to repeat, to stop, and to run in several processes and beside ingests. `on_rows` is called with how many posts
    a batch had. Of a post, the first 100,000 characters are indexed. Raises NotFoundError for a run that there is not.
    """
    total = 0
    with engine.connect() as connection:
        for ids in _of_run(connection, run_id, batch) if run_id is not None else _unindexed(connection, batch):
            with connection.begin():
                runs.pass_gate(connection)
                total += connection.execute(INDEX, FOLDING | {"ids": ids}).rowcount
            if on_rows:
                on_rows(len(ids))
    return SearchReport(total)


def _unindexed(connection: Connection, batch: int) -> Iterator[list[int]]:
    before = HIGHEST
    while page := _page(connection, PAGE, before=before, count=batch):
        yield page
        before = page[-1]


def _of_run(connection: Connection, run_id: int, batch: int) -> Iterator[list[int]]:
    """Its posts have the highest ids when it has just ended: looking stops when all of them are found."""
    with connection.begin():
        left = runs.get(connection, run_id).posts
    before = HIGHEST
    while left > 0 and (page := _page(connection, PAGE_OF_RUN, before=before, count=min(batch, left), run=run_id)):
        yield page
        before, left = page[-1], left - len(page)


def _page(connection: Connection, query: sa.TextClause, **values: int) -> list[int]:
    with connection.begin():
        return list(connection.scalars(query, values))


def count_unindexed(connection: Connection) -> int:
    """How many posts are not in the index yet."""
    return int(connection.execute(COUNT_UNINDEXED).scalar_one())


def parsed(connection: Connection, question: str) -> str:
    """A question as PostgreSQL's tsquery, in text.

    It is written as people write to search engines: words that must all be there, "a phrase", `or`, and `-without`. The
    last word may be the beginning of one, if it has three letters or more. Raises SearchError when there is no word in
    it, or more than 300 characters.
    """
    if len(question) > LONGEST_QUESTION:
        raise SearchError(f"A question has at most {LONGEST_QUESTION} characters; this one has {len(question):,}")
    folded = _folded(question)
    query = str(connection.execute(PARSED, {"question": folded}).scalar_one())
    if not query:
        raise SearchError(f"There is no word to search for in {question[:60]!r}")
    return f"{query}:*" if query.endswith("'") and _ends_in_a_beginning(folded) else query


def _folded(question: str) -> str:
    """A question in the letters of the index. A word with a sign in it (B.J.P., self-help) is a phrase there."""
    plain = unicodedata.normalize("NFKC", "".join(map(_printable, question))).translate(_FOLD)
    parts = plain.split('"')  # every other one stands between quotation marks
    parts[::2] = [_COMPOUND.sub(_as_phrase, part).translate(_PARTED_BUT_MINUS) for part in parts[::2]]
    parts[1::2] = [part.translate(_PARTED) for part in parts[1::2]]
    return '"'.join(parts)


def _printable(character: str) -> str:
    """PostgreSQL takes neither U+0000 nor half of a surrogate pair."""
    return " " if unicodedata.category(character) in ("Cc", "Cs") else character


def _as_phrase(compound: re.Match[str]) -> str:
    text = compound[0]
    without = "-" if text.startswith("-") else ""
    return f'{without}"{text.removeprefix("-").translate(_PARTED)}"'


def _ends_in_a_beginning(folded: str) -> bool:
    _, quote, last = folded.rpartition('"')
    if quote and folded.count('"') % 2:
        return False
    word = last.rsplit(maxsplit=1)[-1] if last.split() and not last[-1].isspace() else ""
    return len(word) >= SHORTEST_BEGINNING and not word.startswith("-") and (word[-1].isalnum() or _is_mark(word[-1]))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
