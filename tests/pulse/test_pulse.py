"""A ward's pulse: counts of stories, beside those of the window before, said in sentences that hold no other number."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from articles import line, write
from statements import heard
from wards_in_news import CITY, OTHER, UNTIL, WARD, add_bare_post, add_post, add_story, author_of, build_city

from lokdarpan_core import ParameterError, UnknownWardError, import_list, ingest_jsonl, packaged_list, to_json, today
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.pulse.keywords import Keyword
from lokdarpan_core.pulse.mentions import SourceCount
from lokdarpan_core.pulse.pulse import key_issue, pulse
from lokdarpan_core.pulse.trends import trends

YESTERDAY = UNTIL - timedelta(days=1)


@pytest.fixture
def city(connection):
    build_city(connection)
    return connection


def test_stories_are_counted_and_the_copies_behind_them_are_named(city):
    rain = add_story(city)
    for paper in ("Daily", "Herald", "Times"):
        add_post(city, YESTERDAY, "Rain in Lakeside.", publication=paper, story_id=rain)
    add_post(city, UNTIL, "Fire in Lakeside.", publication="Daily")
    add_post(city, UNTIL - timedelta(days=14), "A road in Lakeside.")
    add_post(city, UNTIL - timedelta(days=28), "Too long ago in Lakeside.")
    add_post(city, UNTIL + timedelta(days=1), "Tomorrow in Lakeside.")

    found = pulse(city, WARD, until=UNTIL)

    assert ("ok", WARD, "Lakeside", CITY, 14, UNTIL, UNTIL) == (
        found.status, found.ward, found.name, found.delimitation, found.days, found.until, found.last_mention
    )  # fmt: skip
    metrics = found.metrics
    assert (2, 4, 3, 1, 1) == (
        metrics.stories, metrics.copies, metrics.sources, metrics.previous_stories, metrics.change
    )  # fmt: skip
    assert [SourceCount("Daily", 2, 2), SourceCount("Herald", 1, 1), SourceCount("Times", 1, 1)] == metrics.top_authors
    assert (
        "Lakeside was mentioned in 2 stories in the 14 days to 30 June 2026 (4 articles from 3 sources); "
        "in the 14 days before, 1 story."
    ) == found.briefing.summary
    assert [(UNTIL, 1), (YESTERDAY, 3)] == [(one.date, one.copies) for one in found.evidence]


def test_summary_is_in_the_language_that_is_asked_for_with_the_wards_name_in_it(city):
    add_post(city, UNTIL, "Rain in Lakeside.")

    found = pulse(city, WARD, until=UNTIL, days=1, lang="te")

    assert found.briefing.summary.startswith("30 జూన్ 2026న లేక్\u200cసైడ్ ప్రస్తావన 1 వార్తలో వచ్చింది")
    assert ("te", "Lakeside") == (found.briefing.lang, found.name)


def test_ward_without_a_verified_spelling_keeps_its_name(city):
    assert "Old Town" in pulse(city, OTHER, until=UNTIL, lang="te").briefing.summary


def test_every_number_of_the_summary_is_in_the_answer(city):
    rain = add_story(city)
    for number in range(4):
        add_post(city, UNTIL, "Rain in Lakeside.", publication=f"Paper {number}", story_id=rain)
        add_post(city, UNTIL - timedelta(days=number), f"Lakeside, report {number}.", publication="Daily")

    found = pulse(city, WARD, until=UNTIL, days=7)

    (message,) = found.briefing.messages
    metrics = found.metrics
    known = {metrics.stories, metrics.copies, metrics.sources, metrics.previous_stories, found.days, found.until}
    assert known | {found.name} == set(message.values.values())
    said = {int(number) for number in re.findall(r"\d+", found.briefing.summary)}
    assert said <= {5, 8, 0, 7, 30, 2026}


def test_emotions_and_parties_are_counted_where_they_are_given(city):
    author_of(city, "Voice", party="BRS")
    rain = add_story(city)
    add_post(city, UNTIL, "Rain.", publication="A", story_id=rain, emotion="anger", party="INC")
    add_post(city, UNTIL, "Rain.", publication="B", story_id=rain, emotion="anger", party="INC")
    add_post(city, UNTIL, "Fire.", publication="Voice", emotion="fear")
    add_post(city, UNTIL, "Wind.", publication="C", emotion=" ")

    metrics = pulse(city, WARD, until=UNTIL).metrics

    assert ({"anger": 1, "fear": 1}, {"BRS": 1, "INC": 1}) == (metrics.sentiments, metrics.parties)


def test_pulse_and_trends_count_alike(city):
    author_of(city, "Voice", party="BRS")
    for number in range(9):
        add_post(
            city, UNTIL - timedelta(days=number), f"{number}", publication="Voice" if number % 3 else "Daily",
            emotion="anger" if number % 2 else None,
        )  # fmt: skip
    add_bare_post(city, datetime(2026, 6, 28, tzinfo=UTC), text="Of an older archive.", party="INC")

    metrics, series = pulse(city, WARD, until=UNTIL).metrics, trends(city, WARD, days=14, until=UNTIL).series

    assert metrics.stories == sum(day.mentions_total for day in series)
    assert metrics.sentiments == {"anger": sum(day.emotions["anger"] for day in series)}
    assert metrics.parties == {key: sum(day.parties[key] for day in series) for key in ("BRS", "INC")}


def kinds(value):
    """The form of an answer: names and types, without what is in lists and in counts by name."""
    if isinstance(value, dict):
        return {key: kinds(inner) for key, inner in value.items() if key not in ("sentiments", "parties", "values")}
    return type(value).__name__


def test_answer_without_posts_has_the_same_form_and_the_last_mention(city):
    add_post(city, UNTIL, "Rain in Lakeside.")
    full = pulse(city, WARD, until=UNTIL)
    later = pulse(city, WARD, until=UNTIL + timedelta(days=30))

    assert kinds(json.loads(to_json(full))) == kinds(json.loads(to_json(later)))
    assert ("no_recent_posts", 0, UNTIL, []) == (
        later.status, later.metrics.stories, later.last_mention, later.evidence
    )  # fmt: skip
    assert (
        "No story mentioned Lakeside in the 14 days to 30 July 2026. The last mention was on 30 June 2026."
        == later.briefing.summary
    )


def test_ward_that_was_never_mentioned_says_so(city):
    found = pulse(city, OTHER, until=UNTIL)

    assert (None, "no_recent_posts") == (found.last_mention, found.status)
    assert found.briefing.summary.endswith("No mention of it is known from before.")


def test_mention_after_the_window_is_not_known_in_it(city):
    add_post(city, UNTIL, "Rain in Lakeside.")

    assert None is pulse(city, WARD, until=YESTERDAY).last_mention


def test_window_ends_today_in_the_time_zone_if_nothing_else_is_said(city):
    zone = ZoneInfo("Pacific/Kiritimati")  # the first to have a new day

    assert today(zone) == pulse(city, WARD, timezone=zone).until


@pytest.mark.parametrize("days", [0, 91])
def test_days_beyond_ninety_are_refused(city, days):
    with pytest.raises(ParameterError, match="allowed are 1 to 90"):
        pulse(city, WARD, days=days)


@pytest.mark.parametrize("until", [date.min, date.max], ids=str)
def test_days_beyond_the_calendar_are_refused(city, until):
    with pytest.raises(ParameterError, match="1780-01-01 to 2100-12-31"):
        pulse(city, WARD, days=90, until=until)


def test_unknown_language_and_ward_are_refused(city):
    with pytest.raises(ParameterError, match="en, te"):
        pulse(city, WARD, lang="hi")
    for ward in ("TEST_999", "\0"):
        with pytest.raises(UnknownWardError, match="wards import"):
            pulse(city, ward)


def test_few_round_trips(city, monkeypatch):
    for number in range(30):
        add_post(city, UNTIL, f"Rain {number} in Lakeside.", story_id=add_story(city))
    seen = heard(monkeypatch)

    pulse(city, WARD, until=UNTIL)

    assert 3 == len(seen), seen


def term(name, count, z, lift=3.0):
    return Keyword(name, count, count / lift, lift, z)


@pytest.mark.parametrize(
    ("topics", "issue"),
    [
        ([term("road", 5, 2.5), term("flyover", 3, 4.0)], "flyover"),
        ([term("once", 1, 9.0), term("road", 5, 2.0)], "road"),
        ([term("road", 5, 1.9)], None),
        ([], None),
    ],
    ids=["highest z", "two stories", "by chance", "none"],
)
def test_key_issue_is_told_by_two_stories_and_is_no_accident(topics, issue):
    found = key_issue(topics)

    assert issue == (found and found.term)


DRAINS = {
    "Uppal drain overflows": "A drain in Uppal, Hyderabad, overflowed for time {}; residents and traders wait.",
    "Kapra asks for drain": "Residents of Kapra, Hyderabad, wrote to traders about a new drain at lane {}.",
    "Jubilee Hills has a drain": "To lane {} of Jubilee Hills, Hyderabad, came residents and traders, for a drain.",
}


@pytest.fixture
def archive(engine, tmp_path):
    """A month of a city: drains everywhere, and in Jubilee Hills a flyover, told by one paper and copied by another."""
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    lines = [
        line(day, publication_name="Daily", title=title, body=body.format(100 + day))
        for day in range(28)
        for title, body in DRAINS.items()
    ]
    for day in range(22, 29):
        body = f"The flyover of Jubilee Hills in Hyderabad is late again, residents said ({day})."
        for paper in ("Herald", "Times"):
            text = {"title": f"Flyover late, {day}", "body": body, "publication_date": f"2026-05-{day}"}
            lines.append(line(day, publication_name=paper, **text))
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", lines))
    assign_stories(engine)
    count_days(engine)
    return engine


def test_what_is_distinctive_of_the_ward_is_its_key_issue(archive):
    with archive.connect() as connection:
        found = pulse(connection, "WARD_095", until=date(2026, 5, 29))

    assert "flyover" in found.briefing.key_issue
    assert (
        f"What stands out is “{found.briefing.key_issue}”: 7 stories, where the city's news made one expect"
        in found.briefing.summary
    )
    assert "drain" not in [keyword.term for keyword in found.metrics.top_keywords[:3]]
    first = found.evidence[0]
    assert {"Herald", "Times"} == {first.publication, *(other.publication for other in first.also_in)}
    assert 2 == first.copies
