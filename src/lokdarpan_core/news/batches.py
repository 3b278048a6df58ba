"""Lines in groups: what one transaction writes. Bounded in lines and in bytes, so that memory does not grow with the
file."""

from collections import Counter
from collections.abc import Iterable, Iterator

import attrs

from lokdarpan_core.errors import SourceError
from lokdarpan_core.news.articles import Article, Decoder, Reject, Unusable
from lokdarpan_core.news.source import Line

LINES_IN_BATCH = 2_000
BYTES_IN_BATCH = 3 << 20
KEYS_NAMED = 50  # how many unknown keys a run names; a file of random keys must not fill the archive with them


@attrs.frozen
class Batch:
    """Lines read together. `articles` are distinct and sorted by sha256: two processes that write the same articles in
    one order can't deadlock."""

    articles: list[Article]
    rejects: list[Reject]
    lines: int
    line_number: int
    end: int
    unknown_keys: Counter[str]


def in_batches(
    lines: Iterable[Line], decoder: Decoder, *, max_lines: int = LINES_IN_BATCH, max_bytes: int = BYTES_IN_BATCH
) -> Iterator[Batch]:
    """Decode lines and group them. Blank lines are passed over; they are no lines.

    A SourceError of the lines comes after the batch with all that could be read.
    """
    building, problem = _Building(decoder), None
    try:
        for line in lines:
            building.add(line)
            if building.lines >= max_lines or building.size >= max_bytes:
                yield building.batch()
                building = _Building(decoder)
    except SourceError as error:
        problem = error
    if building.line_number:
        yield building.batch()
    if problem:
        raise problem


class _Building:
    def __init__(self, decoder: Decoder) -> None:
        self.decode = decoder.decode
        self.articles: dict[str, Article] = {}
        self.rejects: list[Reject] = []
        self.unknown_keys: Counter[str] = Counter()
        self.lines = self.line_number = self.end = self.size = 0

    def add(self, line: Line) -> None:
        number, offset, length, raw, self.end = line
        self.line_number = number
        if raw is not None and (not raw or raw.isspace()):
            return
        self.lines += 1
        self.size += len(raw or b"")
        try:
            if raw is None:
                raise Unusable("line-too-long", f"{length:,} bytes; 4 MiB are allowed")
            article, unknown = self.decode(raw)
        except Unusable as problem:
            self.rejects.append(Reject(number, offset, length, problem.reason, problem.detail, raw))
            return
        self.articles.setdefault(article.sha256, article)
        for key in unknown:
            self.unknown_keys[_storable(key)] += 1

    def batch(self) -> Batch:
        articles = sorted(self.articles.values(), key=lambda article: article.sha256)
        return Batch(articles, self.rejects, self.lines, self.line_number, self.end, self.unknown_keys)


def _storable(key: str) -> str:
    return key[:80].encode("utf-8", "replace").decode().replace("\0", "?")


def add_keys(so_far: dict[str, int], more: Counter[str]) -> dict[str, int]:
    """The unknown keys of a run with those of a batch; past the first 50 names they are counted under "…"."""
    total = Counter(so_far)
    for key, count in more.items():
        total[key if key in total or len(total) < KEYS_NAMED else "…"] += count
    return dict(total)
