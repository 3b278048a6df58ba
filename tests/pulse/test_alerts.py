"""Alerts in the database: found once, withdrawn when they no longer hold, read in two languages, and by the command."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from commands import in_text
from processes import two_at_once
from wards_in_news import CITY, OTHER, WARD, add_bare_post, add_post, author_of, build_city

from lokdarpan_core import (
    NotFoundError,
    ParameterError,
    UnknownWardError,
    alerts_of,
    detect_alerts,
    expected_band,
    newest_alerts,
    newest_judgeable_day,
    to_json,
    withdraw_article,
)
from lokdarpan_core.schema import alert, epaper, post, post_terms, story, ward

DAY = date(2026, 6, 30)
BURST = 8


@pytest.fixture
def archive(engine):
    """Sixteen days of two papers, three stories each a day, in one of which a ward is mentioned every other day; then a
    day on which eight stories are about Lakeside."""
    with engine.begin() as connection:
        build_city(connection)
        for back in range(16, -1, -1):
            day = DAY - timedelta(days=back)
            for number in range(6):
                wards = (WARD if back % 4 else OTHER,) if number == 0 and back % 2 == 0 else ()
                add_post(connection, day, f"Text {number}", publication=f"Paper {number % 2}", wards=wards)
        burst(connection)
    return engine


def burst(connection, count=BURST, day=DAY, what="Flood", **more):
    """Stories about Lakeside, from both papers by turns. Returns the posts' ids."""
    return [
        add_post(connection, day, f"{what} {n}", title=f"Flood {n}", publication=f"Paper {n % 2}", url=f"u{n}", **more)
        for n in range(count)
    ]


def judged(engine, day=DAY):
    with engine.begin() as connection:
        (city,) = detect_alerts(connection, day).cities
    return city


def stored(engine):
    """Every row, with its physical version: a row that was written again differs."""
    with engine.connect() as connection:
        return connection.execute(sa.select(alert, sa.literal_column("alert.xmin::text")).order_by(alert.c.id)).all()


def of_lakeside(engine, **options):
    with engine.connect() as connection:
        return alerts_of(connection, WARD, **options)


def test_a_day_that_stands_out_is_told_in_a_sentence_with_its_numbers(archive):
    city = judged(archive)

    (found,) = of_lakeside(archive).alerts
    assert (1, 2, [], 16) == (city.new, len(city.sources), city.not_judged, city.history_days)
    assert (DAY, "mentions", "", BURST) == (found.published_on, found.kind, found.subject, found.observed)
    assert found.p_value <= found.q_value < 0.01
    assert found.expected < 1
    assert found.description.startswith("Lakeside was mentioned in 8 stories on 30 June 2026; 0.")
    assert (datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)) == (
        found.window.start, found.window.end,
    )  # fmt: skip


def test_a_second_run_writes_nothing(archive):
    judged(archive)
    before = stored(archive)

    city = judged(archive)

    assert (0, 0, 1, 0) == (city.new, city.changed, city.unchanged, city.withdrawn)
    assert before == stored(archive)


def test_what_comes_later_updates_the_same_alert(archive):
    judged(archive)
    with archive.begin() as connection:
        add_post(connection, DAY, "Flood again", publication="Paper 1")

    city = judged(archive)

    assert (0, 1, 0) == (city.new, city.changed, city.withdrawn)
    assert [BURST + 1] == [one.observed for one in of_lakeside(archive).alerts]


def merge(engine, stories):
    """Make one story of the burst's articles, or take them apart again."""
    with engine.begin() as connection:
        ids = [add_story_row(connection) for _ in range(stories)]
        rows = connection.execute(sa.select(epaper.c.id).where(epaper.c.title.like("Flood%")).order_by(epaper.c.id))
        for number, id in enumerate(rows.scalars().all()):
            values = {"story_id": ids[number % stories]}
            connection.execute(sa.update(epaper).where(epaper.c.id == id).values(values))


def add_story_row(connection):
    return connection.execute(sa.insert(story).values(language="en", lead_id=0).returning(story.c.id)).scalar_one()


def test_alert_whose_stories_turn_out_to_be_one_is_withdrawn_and_comes_back(archive):
    judged(archive)
    merge(archive, 1)
    gone = judged(archive)
    hidden, shown = of_lakeside(archive), of_lakeside(archive, withdrawn=True)
    once_more = judged(archive)
    merge(archive, BURST)
    back = judged(archive)

    assert (1, 0, 1) == (gone.withdrawn, once_more.withdrawn, back.new)
    assert ([], None) == (hidden.alerts, hidden.updated_at)
    assert shown.alerts[0].withdrawn_at is not None
    assert [None] == [one.withdrawn_at for one in of_lakeside(archive).alerts]
    assert 1 == len(stored(archive))


def test_copies_are_named_and_count_once(archive):
    merge(archive, 4)
    judged(archive)

    (found,) = of_lakeside(archive).alerts
    assert (4, [2, 2, 2, 2]) == (found.observed, [one["copies"] for one in found.source_articles])


def test_withdrawn_article_is_gone_from_its_alert_at_once(archive):
    """The alert is not judged again yet: title and address are no longer there to be shown."""
    judged(archive)
    with archive.begin() as connection:
        sha256 = connection.scalar(sa.select(epaper.c.sha256).where(epaper.c.title == "Flood 3"))
        withdraw_article(connection, sha256, "court order")

    (found,) = of_lakeside(archive).alerts
    assert "Flood 3" not in to_json(found).decode()
    assert {"Flood 0", "Flood 7"} <= {one["title"] for one in found.source_articles}


def test_no_alert_on_guessed_dates(archive):
    with archive.begin() as connection:
        connection.execute(sa.update(epaper).where(epaper.c.title.like("Flood%")).values(date_guessed=True))

    assert 0 == judged(archive).new


def test_days_without_delivery_are_said_and_no_history(archive):
    """Paper 1 has only seven days of history: what it prints is neither expected nor counted."""
    with archive.begin() as connection:
        late = sa.select(epaper.c.id).where(
            epaper.c.publication_name == "Paper 1", epaper.c.publication_date < DAY - timedelta(days=7)
        )
        connection.execute(sa.delete(post).where(post.c.epaper_id.in_(late)))

    city = judged(archive)

    assert ["Paper 0"] == city.sources
    assert [("Paper 1", "fewer than 8 days of history")] == [(one.source, one.reason) for one in city.not_judged]
    assert [BURST // 2] == [one.observed for one in city.alerts]


def test_day_without_history_keeps_what_it_has_and_one_without_articles_does_not(archive):
    judged(archive)
    with archive.begin() as connection:
        connection.execute(sa.delete(post).where(post.c.created_at < datetime(2026, 6, 30, tzinfo=UTC)))
    unsure = judged(archive)
    with archive.begin() as connection:
        connection.execute(sa.delete(post))
    empty = judged(archive)

    assert ("no source has 8 days of history", 0) == (unsure.reason, unsure.withdrawn)
    assert ("no articles that day", 1) == (empty.reason, empty.withdrawn)


def test_party_of_the_post_else_of_its_author(archive):
    with archive.begin() as connection:
        author_of(connection, "Spokesperson", "BRS")
        ids = burst(connection, 6, what="Said")
        connection.execute(
            sa.update(post).where(post.c.id.in_(ids)).values(author_id=author_of(connection, "Spokesperson"))
        )

    found = judged(archive).alerts

    assert {("mentions", "", 14), ("party", "BRS", 6)} == {(one.kind, one.subject, one.observed) for one in found}


def say_something_new(connection, *new):
    """Lakeside is in eight stories on each of twelve days, and of rain; six of the day's eight say more."""
    for back in range(1, 13):
        for post_id in burst(connection, 8, DAY - timedelta(days=back)):
            connection.execute(sa.insert(post_terms).values(post_id=post_id, terms=["rain", f"w{post_id}"]))
    latest = connection.execute(
        sa.select(post.c.id).join(epaper).where(epaper.c.title.like("Flood%"), epaper.c.publication_date == DAY)
    ).scalars()
    for number, post_id in enumerate(sorted(latest)):
        terms = ["rain", *new] if number < 6 else ["rain"]
        connection.execute(sa.insert(post_terms).values(post_id=post_id, terms=terms))


def test_issue_that_is_new_in_the_ward(archive):
    """Lakeside is often in the news; that day six of its eight stories say a word that none has said before."""
    with archive.begin() as connection:
        say_something_new(connection, "bridge", "collapse")

    (found,) = judged(archive).alerts

    assert ("issue", "bridge", 6) == (found.kind, found.subject, found.observed)
    assert "“bridge” stood in 6 of the 8 stories that mentioned Lakeside on 30 June 2026" in found.description
    assert found.description.endswith("What rose: collapse.")
    assert 6 == len(of_lakeside(archive).alerts[0].source_articles)


def test_names_of_places_and_parties_are_no_issue(archive):
    """Six stories that name the ward, another one and a party say nothing new by that."""
    names = ["lakeside", "lakeside division", "old town", "hyderabad", "bjp", "division"]
    with archive.begin() as connection:
        say_something_new(connection, "bridge", *names)

    judged(archive)

    (found,) = of_lakeside(archive).alerts
    assert ("issue", "bridge", ["bridge"]) == (found.kind, found.subject, found.terms)


def test_posts_without_articles_are_one_source(engine):
    with engine.begin() as connection:
        build_city(connection)
        for back in range(12, 0, -1):
            for number in range(5):
                wards = (WARD,) if number == back else ()
                at = datetime.combine(DAY - timedelta(days=back), datetime.min.time(), UTC)
                add_bare_post(connection, at, wards, text=f"{back} {number}")
        for number in range(6):
            add_bare_post(connection, datetime(2026, 6, 30, tzinfo=UTC), text=f"now {number}")

    city = judged(engine)

    assert (["posts without an article"], 1) == (city.sources, city.new)
    assert [None] * 6 == [one["epaper"] for one in of_lakeside(engine).alerts[0].source_articles]


def test_two_processes_at_once_store_one_alert(archive):
    reports = two_at_once(lambda: judged(archive))

    assert [(0, 1), (1, 0)] == sorted((one.new, one.unchanged) for one in reports)
    assert 1 == len(stored(archive))


def test_telugu_says_the_same(archive):
    judged(archive)

    english, telugu = of_lakeside(archive).alerts[0], of_lakeside(archive, lang="te").alerts[0]

    assert telugu.description.startswith("30 జూన్ 2026న లేక్\u200cసైడ్ ప్రస్తావన 8 వార్తల్లో వచ్చింది")
    assert f"{english.expected:.1f}" in telugu.description
    with pytest.raises(ParameterError):
        of_lakeside(archive, lang="fr")


def test_older_programs_alerts_stay_as_they_are(archive):
    """They have no day of publication: nothing withdraws them, and their advice is shown only where it is asked for."""
    old = {
        "ward": "Lakeside", "ward_id": WARD, "description": "Mind the drains", "severity": "High",
        "opportunities": ["clean"], "source_articles": [{"any": "thing"}],
        "created_at": datetime(2025, 8, 1, tzinfo=UTC),
    }  # fmt: skip
    with archive.begin() as connection:
        connection.execute(sa.insert(alert).values(old))
    judged(archive)

    plain, full = of_lakeside(archive), of_lakeside(archive, full=True)

    assert [None, "Mind the drains"] == [plain.alerts[0].subject or None, plain.alerts[1].description]
    assert "opportunities" not in to_json(plain).decode()
    assert ["clean"] == full.alerts[1].opportunities
    assert [{"any": "thing"}] == full.alerts[1].source_articles


def test_a_ward_without_alerts_is_no_unknown_ward(archive):
    with archive.connect() as connection:
        quiet = alerts_of(connection, OTHER)
        for nobody in ("TEST_009", "TEST\0"):
            with pytest.raises(UnknownWardError):
                alerts_of(connection, nobody)

    assert ([], None, "Old Town") == (quiet.alerts, quiet.updated_at, quiet.name)


def test_updated_at_is_the_newest_alerts(archive):
    judged(archive)
    found = of_lakeside(archive)

    assert max(one.updated_at for one in found.alerts) == found.updated_at


def test_newest_of_a_city(archive):
    judged(archive)
    with archive.connect() as connection:
        assert [WARD] == [one.ward for one in newest_alerts(connection, CITY, 5)]
        assert [] == newest_alerts(connection, CITY, 5, since=DAY + timedelta(days=1))
        assert [] == newest_alerts(connection, "elsewhere", 5)
        assert DAY == newest_judgeable_day(connection)
        assert DAY - timedelta(days=3) == newest_judgeable_day(connection, DAY - timedelta(days=3))


def test_delimitation_that_is_not_loaded_is_said(archive):
    with archive.begin() as connection, pytest.raises(NotFoundError, match="loaded are: testville-2020"):
        detect_alerts(connection, DAY, delimitation_id="elsewhere")


def test_band_is_of_the_model_that_alerts_are_judged_by(archive):
    judged(archive)
    with archive.connect() as connection:
        band = expected_band(connection, WARD, DAY - timedelta(days=14), DAY)
        (found,) = alerts_of(connection, WARD).alerts

    last = band[-1]
    assert (15, found.expected, found.observed) == (len(band), last.expected, last.observed)
    assert last.low <= last.expected <= last.high < last.observed
    assert "no source has 8 days of history" == band[0].reason


@pytest.mark.parametrize(
    ("ward_id", "days", "level", "error"),
    [("TEST_009", 3, 0.9, UnknownWardError), (WARD, 367, 0.9, ParameterError), (WARD, 3, 1.0, ParameterError)],
)
def test_band_that_can_not_be_had_is_said(archive, ward_id, days, level, error):
    with archive.connect() as connection, pytest.raises(error):
        expected_band(connection, ward_id, DAY - timedelta(days=days), DAY, level=level)


@pytest.fixture
def lokdarpan(lokdarpan):
    return lambda *words: in_text(lokdarpan(*words, LOKDARPAN_DELIMITATION=CITY))


def test_command_judges_the_newest_day_and_says_what_rose(lokdarpan, archive):
    tables, told = lokdarpan("alerts", "detect"), lokdarpan("alerts", "detect", "--json")

    assert "Lakeside was mentioned in 8 stories on 30 June 2026" in tables.stdout
    report = json.loads(told.stdout)
    assert ("2026-06-30", 1) == (report["day"], report["cities"][0]["unchanged"])


def test_command_judges_several_days(lokdarpan, archive):
    told = lokdarpan("alerts", "detect", "--from", "2026-06-28", "--until", "2026-06-30", "--json")

    days = [json.loads(line)["day"] for line in told.stdout.splitlines()]
    assert ["2026-06-28", "2026-06-29", "2026-06-30"] == days
    assert 2 == lokdarpan("alerts", "detect", "--day", "2026-06-30", "--until", "2026-06-30").returncode


def test_command_lists_and_shows_the_apis_bytes(lokdarpan, archive):
    judged(archive)

    listed, shown = lokdarpan("alerts", "list"), lokdarpan("ward", "alerts", "Lakeside", "--json")

    assert "Paper 0: Flood 0" in listed.stdout
    assert to_json(of_lakeside(archive)).decode() + "\n" == shown.stdout
    assert "No alerts.\n" == lokdarpan("ward", "alerts", "Old Town").stdout


def test_command_without_articles_says_so(lokdarpan, engine):
    with engine.begin() as connection:
        build_city(connection)
        connection.execute(sa.update(ward).values(lon=0))

    process = lokdarpan("alerts", "detect")

    assert (0, True) == (process.returncode, "no articles to judge" in process.stderr)
