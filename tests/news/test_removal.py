"""What came in can be taken out again, and what is withdrawn never comes back."""

import pytest
import sqlalchemy as sa
from articles import counts, digest, line, write

from lokdarpan_core import ConflictError, NotFoundError, find_article, ingest_jsonl, replay, undo_run, withdraw_article
from lokdarpan_core.news import runs
from lokdarpan_core.schema import author, epaper, ingest_reject, ingest_run, post


@pytest.fixture
def files(tmp_path):
    return [write(tmp_path / f"{low}", [line(n) for n in range(low, low + 10)]) for low in (0, 5)]


def undo(engine, run, **options):
    with engine.begin() as connection:
        return undo_run(connection, run.id, **options)


def test_undo_takes_what_the_run_first_delivered(engine, files):
    ingest_jsonl(engine, files[0])
    before = digest(engine)
    second = ingest_jsonl(engine, files[1])

    report = undo(engine, second)

    assert (5, 5, []) == (report.articles, report.posts, report.reopened)
    assert before == digest(engine)


def test_dry_run_says_the_same_and_changes_nothing(engine, files):
    ingest_jsonl(engine, files[0])
    second = ingest_jsonl(engine, files[1])
    before = digest(engine)

    tried = undo(engine, second, dry_run=True)
    unchanged = digest(engine)
    done = undo(engine, second)

    assert before == unchanged
    assert (False, True) == (tried.applied, done.applied)
    assert (tried.articles, tried.posts, tried.reopened) == (done.articles, done.posts, done.reopened)


def test_files_that_carried_the_same_are_reopened_and_bring_it_back(engine, files):
    first, second = (ingest_jsonl(engine, file) for file in files)

    report = undo(engine, first)
    left = counts(engine)[0]
    again = ingest_jsonl(engine, files[1])

    assert ([second.id], 10, 5) == (report.reopened, report.articles, left)
    assert (False, 5, 5) == (again.already_done, again.new, again.reused)
    assert (10, 10, 10, 0) == counts(engine)


def test_file_of_an_undone_run_can_be_ingested_again(engine, files):
    first = ingest_jsonl(engine, files[0])
    before = digest(engine)

    undo(engine, first)
    again = ingest_jsonl(engine, files[0])

    assert (False, 10) == (again.already_done, again.new)
    assert before == digest(engine)


def test_undo_takes_posts_that_the_run_made_on_others_articles(engine, files):
    ingest_jsonl(engine, files[0], also_create_posts=False)
    with_posts = ingest_jsonl(engine, files[0])

    report = undo(engine, with_posts)

    assert (0, 10) == (report.articles, report.posts)
    assert (10, 10, 0, 0) == counts(engine)


def test_post_of_an_older_archive_keeps_its_text(engine, files):
    ingest_jsonl(engine, files[0], also_create_posts=False)
    with engine.begin() as connection:
        run = connection.execute(sa.select(sa.func.max(ingest_run.c.id))).scalar_one()
        owner = connection.execute(sa.select(sa.func.min(epaper.c.id))).scalar_one()
        old = {"text": "its own", "epaper_id": owner, "created_at": sa.func.now()}
        connection.execute(sa.insert(post).values(old))
        report = undo_run(connection, run)
        kept = connection.execute(sa.select(post.c.text, post.c.epaper_id)).all()

    assert (10, 0, 1) == (report.articles, report.posts, report.posts_unlinked)
    assert [("its own", None)] == kept


def test_undo_twice_or_of_no_run_is_refused(engine, files):
    run = ingest_jsonl(engine, files[0])
    undo(engine, run)

    with pytest.raises(ConflictError, match="undone already"):
        undo(engine, run)
    with engine.begin() as connection, pytest.raises(NotFoundError, match="no ingest run 4711"):
        undo_run(connection, 4711)


def test_undo_of_a_run_at_work_is_refused(engine, files):
    run = ingest_jsonl(engine, files[0])

    with engine.connect() as worker:
        worker.execute(sa.select(sa.func.pg_advisory_lock(runs.lock_key(run.content_sha256))))
        with pytest.raises(ConflictError, match="being ingested right now"):
            undo(engine, run)


def some_article(engine):
    with engine.connect() as connection:
        return connection.execute(sa.select(epaper.c.sha256).order_by(epaper.c.sha256).limit(1)).scalar_one()


def withdraw(engine, sha256):
    with engine.begin() as connection:
        return withdraw_article(connection, sha256, "court order")


def test_withdrawal_removes_text_and_post_and_keeps_a_tombstone(engine, files):
    ingest_jsonl(engine, files[0])
    sha256 = some_article(engine)

    article = withdraw(engine, sha256[:12])

    assert (sha256, None, None, None, "court order") == (
        article.sha256, article.title, article.raw_text, article.url, article.withdrawn_reason,
    )  # fmt: skip
    assert (10, 10, 9, 0) == counts(engine)


def test_no_delivery_restores_a_withdrawn_article(engine, files):
    ingest_jsonl(engine, files[0])
    withdraw(engine, some_article(engine))
    before = digest(engine)

    report = ingest_jsonl(engine, files[0], force=True)
    updated = ingest_jsonl(engine, files[0], update_metadata=True)

    assert (0, 10, 0, 0) == (report.new, report.reused, report.posts, updated.updated)
    assert before == digest(engine)


def test_undo_leaves_the_tombstone(engine, files):
    run = ingest_jsonl(engine, files[0])
    withdraw(engine, some_article(engine))

    report = undo(engine, run)
    again = ingest_jsonl(engine, files[0])

    assert (9, 1) == (report.articles, report.tombstones)
    assert (9, 1, 9) == (again.new, again.reused, again.posts)


def test_withdrawal_twice_changes_nothing(engine, files):
    ingest_jsonl(engine, files[0])
    sha256 = some_article(engine)

    first = withdraw(engine, sha256)
    with engine.begin() as connection:
        second = withdraw_article(connection, sha256, "another reason")

    assert first == second


def test_withdrawal_removes_the_line_it_was_replayed_from(engine, tmp_path):
    from datetime import date

    run = ingest_jsonl(engine, write(tmp_path / "f", [line(1, publication_date=None)]))
    replay(engine, default_date=date(2026, 5, 1))
    withdraw(engine, some_article(engine))

    with engine.connect() as connection:
        kept = connection.execute(sa.select(ingest_reject.c.raw, ingest_reject.c.detail).filter_by(run_id=run.id)).one()
    assert (None, "withdrawn") == tuple(kept)


def test_withdrawal_removes_unlinked_posts_of_the_same_article(engine, files):
    ingest_jsonl(engine, files[0])
    sha256 = some_article(engine)
    with engine.begin() as connection:
        article = find_article(connection, sha256)
        who = connection.execute(sa.select(author.c.id).where(author.c.name == article.publication_name)).scalar_one()
        same = {"author_id": who, "created_at": article.publication_date}
        connection.execute(sa.insert(post), [same | {"text": article.raw_text.upper()}, same | {"text": "another"}])

    withdraw(engine, sha256)

    with engine.connect() as connection:
        assert ["another"] == connection.execute(sa.select(post.c.text).where(post.c.text.is_not(None))).scalars().all()


@pytest.mark.parametrize("sha256", ["", "abc", "x" * 12, "0" * 64])
def test_article_that_is_not_there_is_not_found(engine, files, sha256):
    ingest_jsonl(engine, files[0])

    with engine.connect() as connection, pytest.raises(NotFoundError):
        find_article(connection, sha256)


def test_beginning_that_fits_several_articles_is_refused(engine, connection):
    for digit in "12":
        row = {"publication_name": "P", "publication_date": "2026-05-01", "raw_text": "x"}
        connection.execute(sa.insert(epaper).values(sha256="abcdef" + digit * 58, **row))

    with pytest.raises(ConflictError, match="abcdef1111111111, abcdef2222222222"):
        find_article(connection, "ABCDEF")
