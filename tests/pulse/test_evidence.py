"""What is shown beside a count: one entry a story, its first article, the words around the mention."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from wards_in_news import OTHER, UNTIL, WARD, add_bare_post, add_post, add_story, build_city

from lokdarpan_core import ingest_jsonl, withdraw_article
from lokdarpan_core.news.excerpts import JOINERS
from lokdarpan_core.pulse.evidence import AlsoIn, evidence, passage
from lokdarpan_core.pulse.mentions import by_story, ward_in_news
from lokdarpan_core.pulse.window import window
from lokdarpan_core.schema import epaper, post

YESTERDAY = UNTIL - timedelta(days=1)
LONG = "word " * 200


@pytest.fixture
def city(connection):
    build_city(connection)
    return connection


def entries(connection, days=14, until=UNTIL):
    asked = window(days, until, 90)
    return evidence(connection, by_story(ward_in_news(connection, WARD, asked).mentions), asked.end)


def marked(entry):
    return [entry.excerpt[mark.start : mark.end] for mark in entry.marks]


def test_story_is_one_entry_led_by_its_first_article_in_the_window(city):
    rain = add_story(city)
    for day, paper in ((UNTIL, "Later"), (YESTERDAY, "First"), (UNTIL - timedelta(days=20), "Before the window")):
        add_post(city, day, "Rain in Lakeside.", publication=paper, story_id=rain, url=f"https://{paper[:5]}.example")

    (one,) = entries(city)

    assert ("First", YESTERDAY, rain, 2) == (one.publication, one.date, one.story, one.copies)
    assert "https://First.example" == one.url
    assert ["Before the window", "Later"] == [other.publication for other in one.also_in]
    assert AlsoIn("Later", UNTIL, "https://Later.example") == one.also_in[1]


def test_also_in_has_each_other_publication_once_and_none_of_later_days(city):
    rain = add_story(city)
    for day, paper, text in (
        (YESTERDAY, "A", "Rain in Lakeside."),
        (YESTERDAY, "B", "Rain in Lakeside."),
        (UNTIL, "B", "Rain in Lakeside!"),
        (UNTIL, "A", "Rain in Lakeside!"),
        (UNTIL + timedelta(days=1), "C", "Rain in Lakeside."),
    ):
        add_post(city, day, text, publication=paper, story_id=rain)

    (one,) = entries(city)

    assert ("A", [AlsoIn("B", YESTERDAY, None)], 4) == (one.publication, one.also_in, one.copies)


def test_copy_that_does_not_name_the_ward_is_named_but_not_counted(city):
    rain = add_story(city)
    add_post(city, UNTIL, "Rain in Lakeside.", publication="A", story_id=rain)
    add_post(city, UNTIL, "Rain.", publication="B", story_id=rain, wards=())

    (one,) = entries(city)

    assert (1, ["B"]) == (one.copies, [other.publication for other in one.also_in])


def test_newest_come_first_of_one_day_the_most_printed_and_ten_at_most(city):
    for number in range(11):
        add_post(city, UNTIL - timedelta(days=2), f"Lakeside {number}.")
    rain = add_story(city)
    for paper in "AB":
        add_post(city, YESTERDAY, "Rain in Lakeside.", publication=paper, story_id=rain)
    add_post(city, YESTERDAY, "Fire in Lakeside.")

    found = entries(city)

    assert 10 == len(found)
    assert ["Rain in Lakeside.", "Fire in Lakeside."] == [one.excerpt for one in found[:2]]
    assert [(YESTERDAY, 2), (YESTERDAY, 1), (UNTIL - timedelta(days=2), 1)] == [(e.date, e.copies) for e in found[:3]]


def test_each_language_has_its_newest_story_among_them(city):
    for number in range(12):
        add_post(city, UNTIL, f"Lakeside {number}.", language="en-IN")
    for day in (3, 4):
        add_post(city, UNTIL - timedelta(days=day), f"లేక్‌సైడ్‌లో వాన {day}.", language="te", matched="లేక్‌సైడ్", how="alias")

    found = entries(city)

    assert (["en"] * 9 + ["te"], 10) == ([one.language for one in found], len(found))
    assert UNTIL - timedelta(days=3) == found[-1].date


def test_language_that_is_not_said_is_the_storys_else_that_of_the_matched_words(city):
    add_post(city, UNTIL, "Lakeside 1.", language=None, story_id=add_story(city, "en"))
    add_post(city, UNTIL, "లేక్‌సైడ్ 2.", language=None, matched="లేక్‌సైడ్")

    assert {"en", "te"} == {one.language for one in entries(city)}


def test_post_without_article_shows_its_own_text_and_author(city):
    at = datetime(2026, 6, 30, tzinfo=UTC)
    add_bare_post(city, at, text="Rain in Lakeside, says an older archive.", author_name="Old Paper")

    (one,) = entries(city)

    assert ("Old Paper", None, None, []) == (one.publication, one.title, one.story, one.also_in)
    assert ("Rain in Lakeside, says an older archive.", ["Lakeside"]) == (one.excerpt, marked(one))


def test_withdrawn_article_is_shown_nowhere(city):
    rain = add_story(city)
    for day, paper in ((YESTERDAY, "First"), (UNTIL, "Second"), (UNTIL, "Third")):
        add_post(city, day, "Rain in Lakeside.", title="A secret", publication=paper, story_id=rain)
    shas = dict(city.execute(sa.select(epaper.c.publication_name, epaper.c.sha256)).all())

    for paper in ("First", "Third"):
        withdraw_article(city, shas[paper], "court order")
    (one,) = entries(city)

    assert ("Second", 1, []) == (one.publication, one.copies, one.also_in)


def test_article_that_was_blanked_by_hand_is_shown_nowhere(city):
    add_post(city, UNTIL, "Rain in Lakeside.", story_id=add_story(city))
    city.execute(sa.update(epaper).values(withdrawn_at=sa.func.now(), raw_text=None))

    assert [] == entries(city)
    assert 1 == city.execute(sa.select(sa.func.count()).select_from(post)).scalar_one()


def test_other_wards_and_other_days_are_not_read(city):
    add_post(city, UNTIL, "Rain in Old Town.", wards=(OTHER,))
    add_post(city, UNTIL + timedelta(days=1), "Rain in Lakeside.")
    add_post(city, UNTIL - timedelta(days=14), "Rain in Lakeside.")

    assert [] == entries(city)
    assert 1 == len(entries(city, days=15))


def test_passage_is_around_the_mention_and_leaves_the_title_out():
    shown, marks = passage(f"Title\n\n{LONG}rain in Lakeside today {LONG}", "Title", "Lakeside")

    assert "rain in Lakeside today" in shown
    assert ["Lakeside"] == [shown[mark.start : mark.end] for mark in marks]
    assert ("…word", "word…", True) == (shown[:5], shown[-5:], 250 < len(shown) <= 300)


def test_passage_at_the_end_of_a_text_is_as_long_as_one_in_its_middle():
    shown, _ = passage(f"{LONG}rain in Lakeside.", None, "Lakeside")

    assert ("Lakeside.", True) == (shown[-9:], 280 < len(shown) <= 300)


def test_mention_in_the_title_alone_is_shown_there():
    shown, marks = passage("Rain in Lakeside\n\nIt rained.", "Rain in Lakeside", "Lakeside")

    assert ("Rain in Lakeside It rained.", [(8, 16)]) == (shown, [(mark.start, mark.end) for mark in marks])


def test_word_by_itself_is_preferred_to_the_same_letters_in_another():
    shown, marks = passage("Uppalapati came to Uppal; Uppal's lake.", None, "Uppal")

    assert [(19, 24), (26, 31)] == [(mark.start, mark.end) for mark in marks]
    assert "Uppalapati came to Uppal; Uppal's lake." == shown


def test_words_that_are_parted_by_a_line_end_are_found():
    shown, marks = passage("Fire in Jubilee\n  Hills today", None, "Jubilee\n  Hills")

    assert ("Fire in Jubilee Hills today", [(8, 21)]) == (shown, [(mark.start, mark.end) for mark in marks])


@pytest.mark.parametrize("matched", [None, "", "Elsewhere"])
def test_words_that_are_not_there_leave_the_beginning_without_a_mark(matched):
    assert ("It rained.", []) == passage("Title\n\nIt rained.", "Title", matched)


def test_mark_does_not_end_inside_a_letter():
    shown, marks = passage("ఉప్పల్\u200cలో వాన", None, "ఉప్పల")

    assert ["ఉప్పల్\u200c"] == [shown[mark.start : mark.end] for mark in marks]


TELUGU = st.text("కఖలరసయ్ాిీుూెేొోంః\u200c", min_size=1, max_size=40).map(lambda word: f"క{word}")
WORDS = st.lists(st.one_of(TELUGU, st.text("abcdefgXYZ,.-'", min_size=1, max_size=12)), max_size=120)


@given(before=WORDS, matched=st.sampled_from(["Lakeside", "జూబ్లీహిల్స్", "Ward 95", "L" * 60]), after=WORDS, titled=...)
def test_passage_has_the_mention_whole_and_tears_no_letter(before: list, matched: str, after: list, titled: bool):
    title = " ".join(before[:5]) if titled else None
    body = " ".join([*before, matched, *after])
    text = f"{title}\n\n{body}" if title else body

    shown, marks = passage(text, title, matched)

    assert len(shown) <= 300
    assert matched in {shown[mark.start : mark.end].rstrip(JOINERS)[: len(matched)] for mark in marks}
    inner = shown.strip("…")
    assert inner in " ".join(text.split())
    assert not unicodedata.category(inner[0]).startswith("M")
    assert not ("్" == inner[-1] and shown.endswith("…") and f"{inner} " not in " ".join(text.split()))


def test_real_article_is_shown_with_the_words_that_were_found_in_it(engine, tmp_path):
    """From the line of a file to an entry: the words that ingestion matched are those that are marked."""
    import json

    from lokdarpan_core import import_list, packaged_list

    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    article = {"publication_name": "P", "publication_date": str(UNTIL), "title": "వాన", "language": "te"}
    article["body"] = "నిన్న రాత్రి జూబ్లీహిల్స్‌లో భారీ వర్షం కురిసింది."
    (tmp_path / "f.jsonl").write_text(json.dumps(article))
    ingest_jsonl(engine, tmp_path / "f.jsonl")

    with engine.connect() as connection:
        asked = window(1, UNTIL, 90)
        (one,) = evidence(connection, by_story(ward_in_news(connection, "WARD_095", asked).mentions), date(2026, 6, 30))

    assert ("te", "alias", article["body"]) == (one.language, one.how, one.excerpt)
    assert ["జూబ్లీహిల్స్\u200c"] == marked(one)
