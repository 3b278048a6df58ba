"""An older archive is put in order, in batches that can be stopped and repeated."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from lokdarpan_core import backfill_post_links, backfill_sha256, dedupe_posts
from lokdarpan_core.news.backfill import Sha256Report
from lokdarpan_core.news.fingerprint import fingerprint
from lokdarpan_core.schema import author, epaper, post

DAY = date(2026, 5, 1)
MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def legacy(engine):
    """An older archive: no fingerprint was asked for."""
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE epaper ALTER sha256 DROP NOT NULL"))
        connection.execute(sa.insert(author), [{"id": 1, "name": "Paper"}, {"id": 2, "name": "Other"}])
    return engine


def add(engine, table, *rows):
    with engine.begin() as connection:
        for row in rows:
            connection.execute(sa.insert(table).values(row))


def paper(id, text, sha256=None, **more):
    return {"id": id, "publication_name": "Paper", "publication_date": DAY, "raw_text": text, "sha256": sha256, **more}


def old_post(id, text, author_id=1, **more):
    return {"id": id, "text": text, "author_id": author_id, "created_at": MIDNIGHT, **more}


def posts(engine):
    with engine.connect() as connection:
        return {
            row.id: (row.epaper_id, row.text) for row in connection.execute(sa.select(post).order_by(post.c.id)).all()
        }


def hashes(engine):
    with engine.connect() as connection:
        return dict(connection.execute(sa.select(epaper.c.id, epaper.c.sha256)).all())


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_every_epaper_gets_its_fingerprint(legacy, batch):
    good = fingerprint("Paper", DAY, "three")
    add(legacy, epaper, paper(1, "one"), paper(2, "two", ""), paper(3, "three", good), paper(4, "four", "F" * 64))

    report = backfill_sha256(legacy, batch=batch)
    again = backfill_sha256(legacy, batch=batch)

    wanted = {n: fingerprint("Paper", DAY, text) for n, text in enumerate(["one", "two", "three", "four"], 1)}
    assert wanted == hashes(legacy)
    assert (Sha256Report(3, 3, 0), Sha256Report(0, 0, 0)) == (report, again)


@pytest.mark.parametrize("batch", [1, 100])
def test_doubled_epapers_are_merged_and_no_post_is_lost(legacy, batch):
    add(legacy, epaper, paper(1, "one"), paper(2, "ONE "), paper(3, "one"), paper(4, "two"))
    add(legacy, post, old_post(1, "one", epaper_id=2), {"id": 2, "created_at": MIDNIGHT, "epaper_id": 3})

    report = backfill_sha256(legacy, batch=batch)

    assert Sha256Report(4, 2, 2) == report
    assert {1, 4} == hashes(legacy).keys()
    assert {1: (1, "one"), 2: (None, "one")} == posts(legacy)


def test_dry_run_of_fingerprints_says_the_same_and_changes_nothing(legacy):
    add(legacy, epaper, paper(1, "one"), paper(2, "one"), paper(3, "two"))

    tried = backfill_sha256(legacy, dry_run=True, batch=1)

    assert {1: None, 2: None, 3: None} == hashes(legacy)
    assert tried == backfill_sha256(legacy, batch=1)


@pytest.mark.parametrize("batch", [1, 100])
def test_posts_are_linked_by_the_fingerprint_of_author_date_and_text(legacy, batch):
    add(legacy, epaper, paper(1, "The text"), paper(2, "taken"), paper(3, "another day", publication_date="2026-05-02"))
    add(
        legacy,
        post,
        {"id": 1, "created_at": MIDNIGHT, "epaper_id": 2},
        old_post(2, "THE  text"),
        old_post(3, "the text"),
        old_post(4, "taken"),
        old_post(5, "The text", author_id=2),
        old_post(6, "another day"),
        old_post(7, "No author", author_id=None),
    )
    backfill_sha256(legacy)

    tried = backfill_post_links(legacy, dry_run=True, batch=batch)
    unchanged = posts(legacy)
    report = backfill_post_links(legacy, batch=batch)
    again = backfill_post_links(legacy, batch=batch)

    assert (5, 1, 2) == (report.scanned, report.linked, report.skipped_due_to_unique)
    assert tried == report
    assert None is unchanged[2][0]
    assert {1: 2, 2: 1} == {id: owner for id, (owner, _) in posts(legacy).items() if owner}
    assert (4, 0, 2) == (again.scanned, again.linked, again.skipped_due_to_unique)


@pytest.mark.parametrize("cut", [10_000, 9_995])
def test_post_whose_text_was_cut_finds_its_epaper(legacy, cut):
    text = "అక్షరం word\n" * 1_000
    add(legacy, epaper, paper(1, text), paper(2, "x" + text), paper(3, text, publication_name="Elsewhere"))
    add(legacy, post, old_post(1, text[:cut].strip()), old_post(2, text[:8_000]))
    backfill_sha256(legacy)

    report = backfill_post_links(legacy)

    assert (2, 1) == (report.scanned, report.linked)
    assert 1 == posts(legacy)[1][0]


def test_links_skip_withdrawn_articles(legacy):
    gone = paper(1, None, fingerprint("Paper", DAY, "text"), withdrawn_at=MIDNIGHT)
    add(legacy, epaper, gone)
    add(legacy, post, old_post(1, "text"))

    report = backfill_post_links(legacy)

    assert (1, 0, 0) == (report.scanned, report.linked, report.skipped_due_to_unique)


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_doubled_posts_are_deleted_when_asked(legacy, batch):
    add(legacy, epaper, paper(1, "linked"))
    add(
        legacy,
        post,
        {"id": 1, "created_at": MIDNIGHT, "epaper_id": 1},
        old_post(2, "Linked", emotion="hope"),
        old_post(3, "first", city="Hyderabad"),
        old_post(4, "FIRST", city="Elsewhere", party="INC"),
        old_post(5, "first", author_id=2),
        old_post(6, "first", created_at=datetime(2026, 5, 2, tzinfo=UTC)),
    )
    backfill_sha256(legacy)

    tried = dedupe_posts(legacy, batch=batch)
    before = posts(legacy).keys()
    done = dedupe_posts(legacy, apply=True, batch=batch)
    again = dedupe_posts(legacy, apply=True, batch=batch)

    assert ((2, False), (2, True), (0, True)) == tuple((r.doubles, r.applied) for r in (tried, done, again))
    assert {1, 2, 3, 4, 5, 6} == before
    assert {1, 3, 5, 6} == posts(legacy).keys()
    with legacy.connect() as connection:
        kept = connection.execute(sa.select(post.c.emotion, post.c.city, post.c.party).order_by(post.c.id)).all()
    assert [("hope", None, None), (None, "Hyderabad", "INC")] == [tuple(row) for row in kept[:2]]
