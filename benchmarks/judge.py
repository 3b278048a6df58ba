"""Labelled pairs: what the stories say of them, what two rulers say, and how often each is right."""

import csv
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import attrs

from lokdarpan_core.news.fingerprint import article_text
from lokdarpan_core.news.stories.components import Components
from lokdarpan_core.news.stories.rule import is_same_text
from lokdarpan_core.news.stories.signature import are_worth_comparing, keys
from lokdarpan_core.news.stories.words import Reading, read, words

POSITIVE = "same_text"
COSINE = 0.5


@attrs.frozen
class Article:
    """One article of the news file, or of a pair whose article the file has not: then it has a headline alone."""

    id: str
    title: str
    body: str
    language: str
    day: date

    @property
    def reading(self) -> Reading:
        return read(self.title, article_text(self.title, self.body), self.language, self.day)


@attrs.frozen
class Pair:
    """A labelled pair."""

    one: Article
    other: Article
    label: str
    language: str
    complete: bool  # both texts are in the news file

    @property
    def same(self) -> bool:
        return self.label == POSITIVE


@attrs.frozen
class Score:
    """How often a ruler said "one text", and how often it should have."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else math.nan

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else math.nan


def load_news(path: Path) -> dict[str, Article]:
    """The articles of a JSONL file by their ids."""
    with path.open(encoding="utf-8") as lines:
        return {article.id: article for article in map(_article, map(json.loads, lines))}


def _article(record: dict[str, Any]) -> Article:
    id = record.get("id") or hashlib.md5((record.get("url") or "").encode()).hexdigest()  # noqa: S324 (a name)
    day = date.fromisoformat(record["publication_date"][:10])
    return Article(id, record.get("title") or "", record.get("body") or "", record.get("language") or "", day)


def load_pairs(path: Path, news: dict[str, Article]) -> list[Pair]:
    """The labelled pairs of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_pair(row, news) for row in csv.DictReader(file)]


def _pair(row: dict[str, str], news: dict[str, Article]) -> Pair:
    one, other = (
        news.get(row[f"id_{side}"])
        or Article(
            row[f"id_{side}"], row[f"title_{side}"], "", row["lang"], date.fromisoformat(row[f"date_{side}"][:10])
        )
        for side in "ab"
    )
    return Pair(one, other, row["label"], row["lang"], row["id_a"] in news and row["id_b"] in news)


def cluster(articles: Iterable[Article]) -> Components[str]:
    """The stories of these articles, without a database."""
    readings = {article.id: article.reading for article in articles}
    found = {id: keys(reading) for id, reading in readings.items()}
    buckets = defaultdict[int, list[str]](list)
    for id, its in found.items():
        for key in its:
            buckets[key].append(id)
    stories = Components[str]()
    for one, other in sorted({pair for ids in buckets.values() for pair in combinations(sorted(ids), 2)}):
        if are_worth_comparing(found[one], found[other]) and is_same_text(readings[one], readings[other]):
            stories.join(one, other)
    return stories


class Cosines:
    """The naive similarity: TF-IDF of words and pairs of words, over all articles of the language."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._languages = Counter[str]()
        self._known = defaultdict[str, Counter[str]](Counter)
        for article in articles:
            self._languages[article.language] += 1
            self._known[article.language].update(set(_terms(article)))

    def of(self, pair: Pair) -> float:
        """The cosine of two articles, 0 to 1."""
        one, other = (self._vector(article) for article in (pair.one, pair.other))
        return sum(weight * other.get(term, 0.0) for term, weight in one.items())

    def _vector(self, article: Article) -> dict[str, float]:
        total, known = self._languages[article.language], self._known[article.language]
        weights = {
            term: count * (1 + math.log((1 + total) / (1 + known[term])))
            for term, count in Counter(_terms(article)).items()
        }
        length = math.sqrt(sum(weight**2 for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()}


def _terms(article: Article) -> Iterator[str]:
    said, _ = words(f"{article.title} {article.body}")
    yield from said
    yield from map(" ".join, pairwise(said))


def has_same_title(pair: Pair) -> bool:
    """The other naive way: equal words in both titles."""
    return words(pair.one.title)[0] == words(pair.other.title)[0]


def score(verdicts: Sequence[tuple[Pair, bool]]) -> Score:
    """Compare what was said with the labels."""
    said = Counter((pair.same, verdict) for pair, verdict in verdicts)
    return Score(said[True, True], said[False, True], said[True, False])
