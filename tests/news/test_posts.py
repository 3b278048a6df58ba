"""Posts of an older archive find their articles, and no others."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from lokdarpan_core.news import posts
from lokdarpan_core.news.fingerprint import fingerprint
from lokdarpan_core.news.posts import Match, UnlinkedPost, delete_unlinked, matches
from lokdarpan_core.schema import author, epaper, post

DAY = date(2026, 5, 1)
MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LONG = "a word " * 2_000


def add_article(connection, id, text, **more):
    values = {
        "publication_name": "Paper",
        "publication_date": DAY,
        "raw_text": text,
        "sha256": fingerprint("Paper", DAY, text),
    }
    connection.execute(sa.insert(epaper).values(id=id, **values | more))


def unlinked(id, text, author="Paper"):
    return UnlinkedPost(id, MIDNIGHT, author, text)


def test_a_match_tells_which_post_its_article_has_already(connection):
    add_article(connection, 1, "one")
    add_article(connection, 2, "two")
    connection.execute(sa.insert(post).values(id=7, epaper_id=1, created_at=MIDNIGHT))

    assert {8: Match(1, 7), 9: Match(2, None)} == matches(connection, [unlinked(8, "ONE"), unlinked(9, "two ")])


def test_a_withdrawn_article_and_another_authors_are_no_match(connection):
    add_article(connection, 1, "one", raw_text=None, withdrawn_at=MIDNIGHT)
    add_article(connection, 2, "two")

    assert {} == matches(connection, [unlinked(8, "one"), unlinked(9, "two", "Other")])


@pytest.mark.parametrize(
    ("length", "found"), [(8_000, False), (9_899, False), (9_900, True), (10_000, True), (10_001, False)]
)
def test_a_text_that_an_article_begins_with_is_it_when_it_was_cut_at_10_000_characters(connection, length, found):
    """Or where the cut fell on blanks, at up to 100 fewer."""
    add_article(connection, 1, LONG.replace(" ", "-"))

    assert ({8: Match(1, None)} if found else {}) == matches(connection, [unlinked(8, LONG.replace(" ", "-")[:length])])


@pytest.mark.parametrize(("length", "found"), [(9_999, False), (10_000, True)])
def test_an_article_that_was_too_short_to_be_cut_is_not_the_one(connection, length, found):
    text = LONG.replace(" ", "-")[:length]
    add_article(connection, 1, text)

    assert ({8: Match(1, None)} if found else {}) == matches(connection, [unlinked(8, text[:9_900])])


def test_the_article_of_a_cut_text_is_of_its_paper_and_day_and_the_first_of_several(connection):
    add_article(connection, 1, LONG, publication_name="Other")
    add_article(connection, 2, LONG, publication_date=date(2026, 5, 2), sha256="2" * 64)
    add_article(connection, 3, f"Another beginning. {LONG}")
    for id in (5, 4):
        add_article(connection, id, f"{LONG} {id}")
    connection.execute(sa.insert(post), [{"id": id, "epaper_id": id, "created_at": MIDNIGHT} for id in (3, 4)])

    assert {8: Match(4, 4)} == matches(connection, [unlinked(8, LONG[:10_000])])


def test_posts_without_an_article_are_read_by_time_and_number_in_pages(connection):
    connection.execute(sa.insert(author), [{"id": 1, "name": "Paper"}, {"id": 2, "name": "Other"}])
    rows = [(5, 2, "c", 1), (4, 3, "d", 2), (3, 1, "a", 1), (2, 2, "b", 2)]
    connection.execute(
        sa.insert(post),
        [
            {"id": id, "created_at": MIDNIGHT.replace(day=day), "text": text, "author_id": by}
            for id, day, text, by in rows
        ],
    )

    first = posts.unlinked(connection, limit=2)
    rest = posts.unlinked(connection, (first[-1].created_at, first[-1].id))

    assert [(3, "a", "Paper"), (2, "b", "Other")] == [(one.id, one.text, one.author) for one in first]
    assert [(5, "c", "Paper"), (4, "d", "Other")] == [(one.id, one.text, one.author) for one in rest]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_a_day_of_posts_is_one_of_utc_whatever_the_sessions_zone(connection, zone):
    connection.execute(sa.insert(author).values(id=1, name="Paper"))
    times = [MIDNIGHT - SECOND, MIDNIGHT, MIDNIGHT + 86_399 * SECOND, MIDNIGHT + 86_400 * SECOND]
    connection.execute(sa.insert(post), [{"created_at": time, "text": "x", "author_id": 1} for time in times])
    connection.execute(sa.select(sa.func.set_config("timezone", zone, True)))

    assert times[1:3] == [one.created_at for one in posts.unlinked(connection, day=DAY)]


def test_all_posts_of_a_day_and_a_fingerprint_are_deleted_and_no_others(connection):
    """More of them than are read at once."""
    connection.execute(sa.insert(author).values(id=1, name="Paper"))
    rows = [{"text": "gone", "created_at": MIDNIGHT} for _ in range(1_200)]
    kept = [
        {"text": "kept", "created_at": MIDNIGHT},
        {"text": "gone", "created_at": datetime(2026, 5, 2, tzinfo=UTC)},
        {"text": "gone", "created_at": datetime(2026, 4, 30, 23, 59, tzinfo=UTC)},
    ]
    connection.execute(sa.insert(post), [row | {"author_id": 1} for row in (*kept, *rows)])
    hashes = {fingerprint("Paper", day, "gone") for day in (DAY, date(2026, 5, 2), date(2026, 4, 30))}

    assert 1_200 == delete_unlinked(connection, DAY, hashes)
    assert 3 == connection.execute(sa.select(sa.func.count()).select_from(post)).scalar_one()
    assert 0 == delete_unlinked(connection, DAY, hashes)
