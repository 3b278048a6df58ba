"""The pulse of a ward: what is being said of it, how much, by whom, and what that rests on.

All figures are counts of stories in a window of days, beside the same count of the window before. The briefing says
them in a sentence that is made from these numbers and from nothing else: no advice, no judgement. A window without
stories has an answer of the same form, which says when the ward was mentioned last.
"""

from datetime import date
from zoneinfo import ZoneInfo

import attrs
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.pulse.evidence import Evidence, evidence
from lokdarpan_core.pulse.keywords import Keyword, Keywords, keywords_of
from lokdarpan_core.pulse.mentions import (
    TOP,
    Mention,
    SourceCount,
    by_story,
    emotions,
    parties,
    sources,
    ward_in_news,
)
from lokdarpan_core.pulse.messages import Message, render, require_language
from lokdarpan_core.pulse.window import ZONE, Window, window

MOST_DAYS = 90
OK, EMPTY = "ok", "no_recent_posts"
LEAST_STORIES, LEAST_Z = 2, 1.96  # a key issue is told by two stories, and no accident at 5 %


@attrs.frozen
class Briefing:
    """What there is to say, as a sentence in `lang` and as the messages that it is made of. `key_issue` is the topic
    that stands out most against the city's news, empty when none does: see `docs/formulas.md`."""

    summary: str
    key_issue: str
    lang: str
    messages: list[Message]


@attrs.frozen
class Metrics:
    """Counts of the window. `stories` are texts that mention the ward, `copies` the articles behind them, `sources` who
    printed them; `previous_stories` those of as many days before, `change` the difference.

    `sentiments` and `parties` are stories by the emotion and the party that posts or their authors are labelled with,
    where they are. `top_authors` are the sources that told most stories. `top_keywords` are the topics that are
    distinctive of the ward, `named_parties` and `named_places` the parties and places that the stories name; each with
    its count of stories, the count that the city's news makes one expect, and their ratio (`lift`).
    """

    stories: int
    copies: int
    sources: int
    previous_stories: int
    change: int
    sentiments: dict[str, int]
    parties: dict[str, int]
    top_authors: list[SourceCount]
    top_keywords: list[Keyword]
    named_parties: list[Keyword]
    named_places: list[Keyword]


@attrs.frozen
class Pulse(Shown):
    """What is said of a ward in the `days` days up to `until`. `status` is `ok`, or `no_recent_posts` when there is
    nothing; `last_mention` is the newest day, up to `until`, on which it was mentioned."""

    status: str
    ward: str
    name: str
    delimitation: str
    days: int
    until: date
    briefing: Briefing
    metrics: Metrics
    evidence: list[Evidence]
    last_mention: date | None


def pulse(
    connection: Connection,
    ward_id: str,
    *,
    days: int = 14,
    until: date | None = None,
    lang: str = "en",
    timezone: ZoneInfo = ZONE,
) -> Pulse:
    """The pulse of a ward, by its id, in the `days` days (1 to 90) that end with `until`, or with today in the time
    zone. The summary is in English (`en`) or Telugu (`te`).

    Raises ParameterError, and UnknownWardError for a ward that no loaded list has.
    """
    asked = window(days, until, MOST_DAYS, timezone)
    ward = ward_in_news(connection, ward_id, asked, require_language(lang))
    stories = by_story(ward.mentions)
    metrics = _metrics(stories, ward.stories_before, keywords_of(connection, ward, asked))
    place = ward.spelling or ward.name
    return Pulse(
        OK if stories else EMPTY,
        ward_id,
        ward.name,
        ward.delimitation_id,
        asked.days,
        asked.end,
        _briefing(place, asked, metrics, ward.last_mention, lang),
        metrics,
        evidence(connection, stories, asked.end),
        ward.last_mention,
    )


def _metrics(stories: list[list[Mention]], stories_before: int, terms: Keywords) -> Metrics:
    told_by = sources(stories)
    return Metrics(
        stories=len(stories),
        copies=sum(map(len, stories)),
        sources=len(told_by),
        previous_stories=stories_before,
        change=len(stories) - stories_before,
        sentiments=emotions(stories),
        parties=parties(stories),
        top_authors=told_by[:TOP],
        top_keywords=list(terms.topics),
        named_parties=list(terms.parties),
        named_places=list(terms.places),
    )


def key_issue(topics: list[Keyword]) -> Keyword | None:
    """The topic that stands out most: of those told by two stories or more, the one with the highest z, if it is 1.96
    or more."""
    out = (topic for topic in topics if topic.count >= LEAST_STORIES and topic.z >= LEAST_Z)
    return max(out, key=lambda topic: (topic.z, topic.count, topic.term), default=None)


def _briefing(place: str, asked: Window, metrics: Metrics, last_mention: date | None, lang: str) -> Briefing:
    issue = key_issue(metrics.top_keywords)
    when = {"place": place, "days": asked.days, "end": asked.end}
    if not metrics.stories:
        last = Message("never", {}) if last_mention is None else Message("last_mention", {"last_mention": last_mention})
        messages = [Message("no_stories", when), last]
    else:
        counts = {"stories": metrics.stories, "copies": metrics.copies, "sources": metrics.sources}
        before = {"previous": metrics.previous_stories, "days_before": asked.days}
        messages = [Message("stories", when | counts | before)]
    if issue is not None:
        messages.append(Message("issue", {"term": issue.term, "count": issue.count, "expected": issue.expected}))
    return Briefing(render(messages, lang), issue.term if issue else "", lang, messages)
