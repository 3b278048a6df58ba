"""Posts are linked to the wards they mention, once, whatever comes first: articles, aliases, or another process."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from articles import line, write
from processes import two_at_once

from lokdarpan_core import ingest_jsonl, packaged_list, replay, withdraw_article
from lokdarpan_core.news.articles import decoder
from lokdarpan_core.news.mentions.linking import Linker, PostText, backfill_mentions, count_unsearched, link_posts
from lokdarpan_core.schema import author, post, post_ward
from lokdarpan_core.wards.aliases import add_alias, remove_alias
from lokdarpan_core.wards.delimitations import Delimitation, Ward, WardList
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import import_list

PUNE = Delimitation("pune-2017", "Pune Municipal Corporation", date(2017, 2, 21), None, "gazette")
KOTHRUD = Ward("PUNE_001", PUNE.id, 1, "Kothrud")
WARDS = WardList(PUNE, (KOTHRUD, Ward("PUNE_002", PUNE.id, 2, "Hadapsar")), ())
LINES = [
    line(1, title="Rain in Kothrud", body="No bus."),
    line(2, title="Pune: fire in ward 2", body="Hadapsar police came."),
    line(3, title="Nothing here", body="At all."),
]


@pytest.fixture
def archive(engine, tmp_path):
    """Three articles with posts, which came before the city's two wards."""
    ingest_jsonl(engine, write(tmp_path / "f", LINES))
    with engine.begin() as connection:
        import_list(connection, WARDS)
    return engine


def links(engine):
    """(ward, how, matched) by ward, with the physical version: a row that was written again differs."""
    with engine.connect() as connection:
        columns = (post_ward.c.ward_id, post_ward.c.how, post_ward.c.matched)
        rows = connection.execute(
            sa.select(*columns, sa.literal_column("post_ward.xmin::text")).order_by(columns[0], post_ward.c.post_id)
        )
        return [tuple(row) for row in rows]


def linker_of(engine):
    with engine.begin() as connection:
        return Linker.load(connection)


def test_backfill_links_each_post_once(archive):
    linker = linker_of(archive)

    first = backfill_mentions(archive, linker, batch=2)
    before = links(archive)
    second = backfill_mentions(archive, linker_of(archive), batch=2)

    assert (3, 2, 2) == (first.posts, first.mentioning, first.links)
    assert [("PUNE_001", "name", "Kothrud"), ("PUNE_002", "number", "ward 2")] == [row[:3] for row in before]
    assert 0 == second.posts
    assert before == links(archive)


def test_links_have_the_day_of_the_post(archive):
    backfill_mentions(archive, linker_of(archive))

    with archive.connect() as connection:
        days = connection.execute(sa.select(post_ward.c.published_on).order_by(post_ward.c.ward_id)).scalars().all()
    assert [date(2026, 5, 2), date(2026, 5, 3)] == days


def test_new_alias_is_found_in_old_posts_and_a_removed_one_is_unlinked(archive):
    backfill_mentions(archive, linker_of(archive))
    with archive.begin() as connection:
        add_alias(connection, Gazetteer.load(connection, PUNE.id), KOTHRUD, "Nothing")
    with archive.connect() as connection:
        waiting = count_unsearched(connection, linker_of(archive))
    added = backfill_mentions(archive, linker_of(archive))
    with_alias = {row[2] for row in links(archive)}
    with archive.begin() as connection:
        remove_alias(connection, KOTHRUD, "Nothing")
    backfill_mentions(archive, linker_of(archive))

    assert (3, 3, 3) == (waiting, added.posts, added.links)
    assert {"Kothrud", "ward 2", "Nothing"} == with_alias
    assert {"Kothrud", "ward 2"} == {row[2] for row in links(archive)}


def test_links_that_still_hold_are_not_written_again(archive):
    backfill_mentions(archive, linker_of(archive))
    before = links(archive)
    with archive.begin() as connection:
        add_alias(connection, Gazetteer.load(connection, PUNE.id), KOTHRUD, "Another Name")
    backfill_mentions(archive, linker_of(archive))

    assert before == links(archive)


def test_articles_are_linked_in_the_batch_s_own_transaction(archive):
    """A batch that is rolled back leaves no link, and the next try links it."""
    linker = linker_of(archive)
    articles = [decoder(date(2026, 6, 1)).decode(one)[0] for one in LINES]

    with archive.connect() as connection:
        with connection.begin() as transaction:
            rolled_back = linker.link_articles(connection, articles)
            transaction.rollback()
        none = links(archive)
        with connection.begin():
            linked = linker.link_articles(connection, articles)
        with connection.begin():
            again = linker.link_articles(connection, articles)

    assert [] == none
    assert (3, 2, 2) == (rolled_back.posts, rolled_back.mentioning, rolled_back.links)
    assert rolled_back == linked
    assert 0 == again.posts
    assert 2 == len(links(archive))


def test_posts_with_a_text_of_their_own_are_searched_too(connection):
    import_list(connection, WARDS)
    connection.execute(sa.insert(author).values(id=1, name="P"))
    values = {"text": "Flood in Hadapsar", "author_id": 1, "created_at": datetime(2020, 1, 1, tzinfo=UTC)}
    id = connection.execute(sa.insert(post).values(values).returning(post.c.id)).scalar_one()
    linker = Linker.load(connection)

    report = link_posts(connection, linker, [PostText(id, date(2020, 1, 1), "Flood in Hadapsar")])

    assert 1 == report.links
    assert 0 == count_unsearched(connection, linker)


def test_posts_that_are_gone_are_passed_over(connection):
    import_list(connection, WARDS)

    report = link_posts(connection, Linker.load(connection), [PostText(404, date(2020, 1, 1), "Kothrud")])

    assert (0, 0, 0) == (report.posts, report.mentioning, report.links)


def test_without_wards_there_is_no_linker(connection):
    assert None is Linker.load(connection)


def test_withdrawn_article_has_no_links(archive):
    backfill_mentions(archive, linker_of(archive))
    with archive.begin() as connection:
        sha256 = connection.execute(sa.text("SELECT sha256 FROM epaper WHERE title LIKE '%Kothrud'")).scalar_one()
        withdraw_article(connection, sha256, "court order")

    assert ["PUNE_002"] == [row[0] for row in links(archive)]


def test_two_backfills_at_once_do_the_work_once(archive):
    linker = linker_of(archive)

    reports = two_at_once(lambda: backfill_mentions(archive, linker, batch=1))

    assert 3 == sum(report.posts for report in reports)
    assert 2 == len(links(archive))


def test_ingestion_links_and_so_does_the_replay_of_a_reject(engine, tmp_path):
    """What comes in while wards are loaded is searched at once, and remembered as searched."""
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    text = "Water supply to Jubilee Hills in Hyderabad will be cut on Monday"
    good, undated = line(1, body=text), line(2, body=text, publication_date=None)
    report = ingest_jsonl(engine, write(tmp_path / "news.jsonl", [good, undated]))
    replay(engine, default_date=date(2025, 5, 1))

    with engine.connect() as connection:
        wards = connection.scalars(sa.select(post_ward.c.ward_id)).all()
        unsearched = connection.scalar(sa.select(sa.func.count()).where(post.c.searched_with.is_(None)))

    assert (1, 1) == (report.new, report.rejected)
    assert ["WARD_095", "WARD_095"] == wards
    assert 0 == unsearched
