"""How well are wards found in the news, and how fast?

    python -m benchmarks.mentions --gold FILE --news FILE

Run it at the top of the checkout. FILE of labels: CSV with id (the MD5 of an article's URL), lang, title, summary, and
the numbers, parted by `|`, of wards that are mentioned directly (wards150, wards300), indirectly (indirect150,
indirect300), and of those that are neither right nor wrong (loose150, loose300). The news gives the days on which
articles were published (for wards by number) and the text for the speed. Every miss is printed. Exits with 1 when a
promise is missed.
"""

import argparse
import csv
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import attrs
from benchmarks.judge import load_news
from benchmarks.promises import Promise, show_promises
from rich.console import Console
from rich.table import Table

from lokdarpan_core.news.fingerprint import article_text
from lokdarpan_core.news.mentions import letters
from lokdarpan_core.news.mentions.automaton import Words
from lokdarpan_core.news.mentions.explain import why
from lokdarpan_core.news.mentions.matcher import Matcher
from lokdarpan_core.wards.delimitations import ward_id
from lokdarpan_core.wards.gazetteer import Gazetteer

LISTS = {"150": "ghmc-2016", "300": "hyderabad-2026"}
BATCH = 1_000
REPEATS = 5
MEGABYTES_A_SECOND = 30
NAIVE_SHARE = 20  # the naive search gets every so-many-th text: it is slow


@attrs.frozen
class Labelled:
    """An article with the wards that it mentions, by a reader."""

    language: str
    text: str
    day: date | None
    direct: frozenset[str]
    indirect: frozenset[str]
    loose: frozenset[str]

    @property
    def wanted(self) -> frozenset[str]:
        return self.direct | self.indirect


@attrs.define
class Score:
    """Wards found that are mentioned, found that are not, and not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def load_gold(path: Path, days: dict[str, date]) -> list[Labelled]:
    """The labelled articles of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_labelled(row, days) for row in csv.DictReader(file)]


def _labelled(row: dict[str, str], days: dict[str, date]) -> Labelled:
    direct, indirect, loose = (
        frozenset(
            ward_id(place, int(number))
            for size, place in LISTS.items()
            for number in row[kind + size].split("|")
            if number
        )
        for kind in ("wards", "indirect", "loose")
    )
    return Labelled(
        row["lang"], article_text(row["title"], row["summary"]), days.get(row["id"]), direct, indirect, loose
    )


def judge(articles: Sequence[Labelled], matcher: Matcher, console: Console) -> list[Promise]:
    """Print how often the matcher and the plain search for names are right, and every miss of the matcher."""
    texts, days = [one.text for one in articles], [one.day for one in articles]
    mentions = matcher.mentions(texts, days)
    found = [{mention.ward_id for mention in some} for some in mentions]
    plain = list(search_for_names(matcher.gazetteer, texts))
    table = Table("texts", "by", "number", "right", "wrong", "missed", "precision", "recall", title="wards mentioned")
    groups = {"all": lambda _: True, **{name: _speaks(name) for name in ("en", "te", "hi", "ur")}}
    scores = {}
    for group, belongs in groups.items():
        some = [number for number, one in enumerate(articles) if belongs(one)]
        for by, answers in (("matcher", found), ("plain names", plain)):
            score = scores[group, by] = scored([articles[at] for at in some], [answers[at] for at in some])
            figures = (score.right, score.wrong, score.missed)
            table.add_row(
                group, by, str(len(some)), *map(str, figures), f"{score.precision:.3f}", f"{score.recall:.3f}"
            )
    console.print(table)
    kinds = [
        (mention.how == "indirect") == (mention.ward_id in one.indirect)
        for one, some in zip(articles, mentions, strict=True)
        for mention in some
        if mention.ward_id in one.wanted
    ]
    console.print(f"direct or indirect as labelled: {sum(kinds)} of {len(kinds)}")
    show_misses(articles, found, matcher, console)
    ours = {group: scores[group, "matcher"] for group in groups}
    return [
        Promise("precision", ours["all"].precision, 0.95),
        Promise("recall", ours["all"].recall, 0.90),
        *(Promise(f"precision, {name}", ours[name].precision, 0.93) for name in ("en", "te")),
        *(Promise(f"recall, {name}", ours[name].recall, 0.88) for name in ("en", "te")),
        Promise("false mentions in Hindi", ours["hi"].wrong, 0, at_most=True),
    ]


def _speaks(language: str) -> Callable[[Labelled], bool]:
    return lambda one: one.language == language


def scored(articles: Sequence[Labelled], found: Sequence[set[str]]) -> Score:
    """Compare what was found with what is labelled; wards that are neither right nor wrong do not count."""
    score = Score()
    for one, wards in zip(articles, found, strict=True):
        score.right += len(wards & one.wanted)
        score.wrong += len(wards - one.wanted - one.loose)
        score.missed += len(one.wanted - wards)
    return score


def show_misses(articles: Sequence[Labelled], found: Sequence[set[str]], matcher: Matcher, console: Console) -> None:
    """Print each text that was not read as labelled, and why."""
    for one, wards in zip(articles, found, strict=True):
        missed, wrong = sorted(one.wanted - wards), sorted(wards - one.wanted - one.loose)
        if not (missed or wrong):
            continue
        console.print(f"\n[bold]missed {missed}, wrong {wrong}[/] ({one.language})")
        console.print(f"  {one.text}", markup=False, highlight=False)
        for match in dict(matcher.matches([one.text], [one.day], dropped=True)).get(0, []):
            verdict = "counts" if match.how else "does not count"
            console.print(f"    {match.text!r} {verdict}: {why(match)}", markup=False, highlight=False)


def search_for_names(gazetteer: Gazetteer, texts: Sequence[str]) -> Iterator[set[str]]:
    """The naive way: the wards whose names stand in a text, as words, in any case."""
    pattern = _alternation({ward.name for ward in gazetteer.wards})
    wards: dict[str, set[str]] = {}
    for ward in gazetteer.wards:
        wards.setdefault(ward.name.lower(), set()).add(ward.ward_id)
    for text in texts:
        yield {id for match in pattern.finditer(text) for id in wards[match[0].lower()]}


def _alternation(names: set[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def measure(texts: Sequence[str], matcher: Matcher, console: Console) -> list[Promise]:
    """Print the megabytes of text a second of the matcher, of a regular expression with all names and aliases, and of
    the bare automaton."""
    names = {spelling.alias for spelling in matcher.gazetteer.spellings}
    pattern, words = _alternation(names), Words({letters.key(name) for name in names})
    batches = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
    few = texts[::NAIVE_SHARE]
    ways: list[tuple[str, Sequence[str], Callable[[], object]]] = [
        ("a regular expression of all names", few, lambda: [pattern.findall(text) for text in few]),
        ("matcher, rules and all", texts, lambda: [matcher.mentions(batch) for batch in batches]),
        ("bare automaton", texts, lambda: [words.count(_searched(batch)) for batch in batches]),
    ]
    table = Table("way", "MB/s", "ratio", title=f"{_megabytes(texts):.1f} MB of text, one core")
    rates = {}
    for name, some, work in ways:
        rates[name] = _megabytes(some) / min(_seconds(work) for _ in range(REPEATS if some is texts else 1))
    for name, rate in rates.items():
        table.add_row(name, f"{rate:.2f}", f"{rate / rates['matcher, rules and all']:.2f}")
    console.print(table)
    return [Promise("megabytes of text a second", rates["matcher, rules and all"], MEGABYTES_A_SECOND)]


def _searched(texts: Sequence[str]) -> str:
    return letters.lowered(letters.encoded("\n".join(texts)))


def _megabytes(texts: Sequence[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> int:
    """Judge, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="labelled articles")
    parser.add_argument("--news", type=Path, required=True, help="a file of articles")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160)
    news = load_news(options.news)
    begun = time.process_time()
    matcher = Matcher(Gazetteer.packaged())
    console.print(f"The matcher was made in {time.process_time() - begun:.2f} s")
    gold = load_gold(options.gold, {id: article.day for id, article in news.items()})
    kept = judge(gold, matcher, console)
    kept += measure([article_text(one.title, one.body) for one in news.values()], matcher, console)
    show_promises(kept, console, decimals=3)
    return 0 if all(one.met for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
