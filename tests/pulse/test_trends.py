"""Every day is there, a story counts once a day, and parties come from the post, else its author."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wards_in_news import OTHER, UNTIL, WARD, add_bare_post, add_post, add_story, author_of, build_city

from lokdarpan_core import ParameterError, UnknownWardError, to_json
from lokdarpan_core.pulse.trends import trends

YESTERDAY = UNTIL - timedelta(days=1)
INDIA, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")


@pytest.fixture
def city(connection):
    build_city(connection)
    return connection


def totals(found):
    return [day.mentions_total for day in found.series]


def test_every_day_is_there_with_every_key(city):
    add_post(city, YESTERDAY, "Rain.", emotion="anger", party="INC")
    add_post(city, UNTIL, "More rain.", emotion="joy")

    found = trends(city, WARD, days=4, until=UNTIL)

    assert (WARD, 4, date(2026, 6, 27), UNTIL) == (found.ward, found.days, found.start_date, found.end_date)
    assert [UNTIL - timedelta(days=back) for back in (3, 2, 1, 0)] == [day.date for day in found.series]
    assert [0, 0, 1, 1] == totals(found)
    assert (["anger", "joy"], ["INC"]) == (found.emotion_keys, found.party_keys)
    assert {"anger": 0, "joy": 0} == found.series[0].emotions
    assert [{"INC": 0}, {"INC": 1}, {"INC": 0}] == [day.parties for day in found.series[1:]]


def test_without_posts_every_day_is_zero_and_of_the_same_form(city):
    found = trends(city, WARD, days=2, until=UNTIL)

    assert ([0, 0], [], []) == (totals(found), found.emotion_keys, found.party_keys)
    assert b'{"date":"2026-06-30","mentions_total":0,"emotions":{},"parties":{}}' in to_json(found)


def test_copies_of_one_text_are_one_mention_a_day(city):
    rain = add_story(city)
    for paper in ("Paper A", "Paper B", "Paper C"):
        add_post(city, UNTIL, "Rain.", publication=paper, story_id=rain, emotion="anger")
    add_post(city, YESTERDAY, "Rain.", publication="Paper D", story_id=rain)
    add_post(city, UNTIL, "Not looked at yet.")

    found = trends(city, WARD, days=2, until=UNTIL)

    assert [1, 2] == totals(found)
    assert {"anger": 1} == found.series[1].emotions


def test_story_with_two_labels_counts_under_each(city):
    rain = add_story(city)
    add_post(city, UNTIL, "Rain.", publication="A", story_id=rain, emotion="anger", party="INC")
    add_post(city, UNTIL, "Rain.", publication="B", story_id=rain, emotion="fear", party="BJP")

    (day,) = trends(city, WARD, days=1, until=UNTIL).series

    assert (1, {"anger": 1, "fear": 1}, {"BJP": 1, "INC": 1}) == (day.mentions_total, day.emotions, day.parties)


def test_party_is_the_posts_own_else_its_authors_and_blanks_are_none(city):
    author_of(city, "Voice", party="BRS")
    add_post(city, UNTIL, "One.", publication="Voice")
    add_post(city, UNTIL, "Two.", publication="Voice", party="INC")
    add_post(city, UNTIL, "Three.", publication="Voice", party=" ", emotion=" ")
    add_post(city, UNTIL, "Four.", publication="Nobody", party="")

    found = trends(city, WARD, days=1, until=UNTIL)

    assert (["BRS", "INC"], []) == (found.party_keys, found.emotion_keys)
    assert {"BRS": 2, "INC": 1} == found.series[0].parties


def test_all_is_the_whole_archive_also_what_mentions_no_ward(city):
    add_post(city, UNTIL, "Rain in Lakeside.")
    add_post(city, UNTIL, "Rain in Old Town.", wards=(OTHER,))
    add_post(city, UNTIL, "Rain nowhere.", wards=())
    add_bare_post(city, datetime(2026, 6, 29, tzinfo=UTC), (), text="Of an older archive.")

    assert ("All", [1, 3]) == ((found := trends(city, days=2, until=UNTIL)).ward, totals(found))
    assert [0, 1] == totals(trends(city, OTHER, days=2, until=UNTIL))


@pytest.mark.parametrize("ward", [None, WARD], ids=["all", "a ward"])
def test_post_without_article_is_of_the_day_that_it_was_in_the_time_zone(city, ward):
    add_bare_post(city, datetime(2026, 6, 29, 20, 0, tzinfo=UTC), text="Half past one in the night, in India.")

    assert [0, 1] == totals(trends(city, ward, days=2, until=UNTIL, timezone=INDIA))
    assert [1, 0] == totals(trends(city, ward, days=2, until=UNTIL, timezone=NEW_YORK))


@pytest.mark.parametrize("timezone", [INDIA, NEW_YORK], ids=str)
@pytest.mark.parametrize("ward", [None, WARD], ids=["all", "a ward"])
def test_article_is_of_its_publication_date_in_every_time_zone(city, ward, timezone):
    add_post(city, YESTERDAY)

    assert [0, 1, 0] == totals(trends(city, ward, days=3, until=UNTIL, timezone=timezone))


def test_one_statement(city):
    seen = []
    sa.event.listen(city.engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))

    trends(city, WARD, until=UNTIL)

    assert 1 == len(seen)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_beyond_a_year_are_refused(city, days):
    with pytest.raises(ParameterError, match="allowed are 1 to 365") as caught:
        trends(city, days=days)
    assert "days" == caught.value.field


@pytest.mark.parametrize("until", [date.min, date.max], ids=str)
def test_days_beyond_the_calendar_are_refused(city, until):
    with pytest.raises(ParameterError, match="until"):
        trends(city, days=365, until=until)


@pytest.mark.parametrize("ward", ["TEST_999", "\0"])
def test_ward_that_no_list_has_is_not_silent_but_unknown(city, ward):
    with pytest.raises(UnknownWardError, match="wards import"):
        trends(city, ward, until=UNTIL)


def test_a_year_has_its_days(city):
    found = trends(city, WARD, days=365, until=UNTIL)

    assert (365, 365, date(2025, 7, 1)) == (
        len(found.series),
        len({day.date for day in found.series}),
        found.start_date,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    articles=st.lists(
        st.tuples(
            st.integers(-1, 6),  # days before the last one
            st.integers(0, 3),  # which story; 0 is none
            st.sampled_from([None, "anger", "joy"]),
            st.sampled_from([None, "INC", "BJP"]),
        ),
        max_size=25,
    ),
    days=st.integers(1, 6),
)
def test_counts_are_those_of_a_plain_count(city, articles, days):
    with city.begin_nested() as savepoint:
        stories = [None, *(add_story(city) for _ in range(3))]
        plain = {}
        for number, (back, which, emotion, party) in enumerate(articles):
            day = UNTIL - timedelta(days=back)
            labels = {"emotion": emotion, "party": party}
            add_post(city, day, f"Rain {number}.", story_id=stories[which], **labels)
            plain.setdefault(day, []).append((stories[which] or f"single {number}", emotion, party))

        found = trends(city, WARD, days=days, until=UNTIL)

        for day in found.series:
            there = plain.get(day.date, [])
            assert len({story for story, _, _ in there}) == day.mentions_total
            for key in found.emotion_keys:
                assert len({story for story, emotion, _ in there if emotion == key}) == day.emotions[key]
            for key in found.party_keys:
                assert len({story for story, _, party in there if party == key}) == day.parties[key]
        savepoint.rollback()
