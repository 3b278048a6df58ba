"""Several who write the same articles at the same time: each is stored once, and nobody loses what is its own."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from articles import counts, digest, line, write
from ingests import clear, edition, everything, insert, is_waiting, read, reports_of
from processes import eventually

from lokdarpan_core import ConflictError, ingest_jsonl, undo_run, withdraw_article
from lokdarpan_core.schema import author, epaper, post

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("processes", [2, 8])
def test_processes_on_one_file_agree_that_one_of_them_did_it(engine, tmp_path, started, processes):
    path = write(tmp_path / "news.jsonl", edition(400))
    ingest_jsonl(engine, path, lines_in_batch=20)
    expected = everything(engine)
    clear(engine)

    reports = reports_of([started(engine.url, path, lines_in_batch=20) for _ in range(processes)])

    assert expected == everything(engine)
    assert sorted(report["already_done"] for report in reports) == [False] + [True] * (processes - 1)
    assert sum(report["new"] for report in reports) == counts(engine)[0]


@pytest.mark.parametrize("case", ["all new", "update metadata", "only posts new"])
def test_eight_processes_on_overlapping_files_in_any_order_store_each_article_once(engine, tmp_path, started, case):
    """Reversed, shuffled and partial copies: no deadlock, no error, and each article and each post is new to exactly
    one of them."""
    all_lines, chance = [line(n) for n in range(500)], random.Random(3)
    several = [all_lines, all_lines[::-1]] + [chance.sample(all_lines, 350 + 15 * n) for n in range(6)]
    paths = [write(tmp_path / f"{n}.jsonl", lines) for n, lines in enumerate(several)]
    ingest_jsonl(engine, paths[0])
    expected = digest(engine), counts(engine)
    clear(engine)
    if case == "only posts new":
        ingest_jsonl(engine, paths[0], also_create_posts=False)

    options = {"lines_in_batch": 25, "update_metadata": case == "update metadata"}
    reports = reports_of([started(engine.url, path, **options) for path in paths])

    assert expected == (digest(engine), counts(engine))
    assert [report["lines"] for report in reports] == [len(lines) for lines in several]
    assert sum(report["new"] for report in reports) == (0 if case == "only posts new" else 500)
    assert sum(report["posts"] for report in reports) == 500
    assert sum(report["posts"] > 0 for report in reports) > 1, "they were not at work at the same time"


@pytest.mark.parametrize("with_post", [True, False], ids=["with a post", "without a post"])
@pytest.mark.parametrize("commits", [True, False], ids=["commit", "rollback"])
def test_private_rows_beside_a_contended_one_are_never_lost(engine, tmp_path, commits, with_post):
    """Another session has inserted the middle one of three articles and has not committed. The ingest must wait for
    it, and however it ends, all three articles and their posts are there."""
    lines = sorted((line(n) for n in range(3)), key=lambda raw: read(raw).sha256)
    path = write(tmp_path / "news.jsonl", lines)
    ingest_jsonl(engine, path)
    expected = digest(engine)
    clear(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(author).values(name=read(lines[1]).publication_name))

    with ThreadPoolExecutor() as pool, engine.connect() as holder, holder.begin() as transaction:
        insert(holder, read(lines[1]), with_post)
        ingest = pool.submit(ingest_jsonl, engine, path)
        eventually(lambda: is_waiting(engine))
        assert not ingest.done()
        transaction.commit() if commits else transaction.rollback()
        report = ingest.result(30)

    assert expected == digest(engine)
    assert (3, 3, 3, 0) == counts(engine)
    assert (3 - commits, int(commits)) == (report.new, report.reused)
    assert report.posts == (2 if commits and with_post else 3)


def test_undo_while_another_process_ingests_the_same_articles_loses_none_of_its_own(engine, tmp_path, started):
    """What the undo took from under the other run comes back when its file is ingested again, which is asked for."""
    lines = [line(n) for n in range(900)]
    first = write(tmp_path / "first.jsonl", lines[:600])
    second = write(tmp_path / "second.jsonl", lines[300:])
    ingest_jsonl(engine, second)
    own = digest(engine)
    ingest_jsonl(engine, first)
    both, chance, moments = digest(engine), random.Random(), Counter()

    worker = started(engine.url, second, lines_in_batch=20)
    with ThreadPoolExecutor() as pool:
        for _ in range(6):
            clear(engine)
            run = ingest_jsonl(engine, first)
            worker.go()
            answer = pool.submit(worker.answer)
            time.sleep(chance.random() * 0.4)
            with engine.begin() as connection:
                reopened = undo_run(connection, run.id).reopened
            said = answer.result(60)
            if "classes" in said:
                assert reopened
                assert f"{ConflictError.__module__}.ConflictError" in said["classes"]
            moments["broke off" if "classes" in said else "was reopened" if reopened else "was done"] += 1
            if not reopened:
                assert own == digest(engine)
            ingest_jsonl(engine, second)
            assert own == digest(engine)
            ingest_jsonl(engine, first)
            assert both == digest(engine)
            assert (900, 900, 900, 0) == counts(engine)
    print(moments)


@pytest.mark.parametrize("update", [False, True], ids=["", "update-metadata"])
def test_withdrawal_while_the_article_is_ingested_never_leaves_a_post_on_a_tombstone(engine, tmp_path, started, update):
    lines = [line(n) for n in range(400)]
    path = write(tmp_path / "news.jsonl", lines)
    ingest_jsonl(engine, path, also_create_posts=False)
    withdrawn = [read(raw).sha256 for raw in random.Random(2).sample(lines, 60)]

    worker = started(engine.url, path, lines_in_batch=5, update_metadata=update)
    worker.go()
    for sha256 in withdrawn:
        with engine.begin() as connection:
            withdraw_article(connection, sha256, "order of a court")
    report = worker.answer()

    assert report["state"] == "done"
    assert report["lines"] == report["reused"] == 400
    with engine.connect() as connection:
        tombstones = connection.execute(
            sa.select(epaper.c.sha256, epaper.c.raw_text, epaper.c.title, epaper.c.url, post.c.id)
            .join(post, post.c.epaper_id == epaper.c.id, isouter=True)
            .where(epaper.c.withdrawn_at.is_not(None))
        ).all()
    assert {(sha256, None, None, None, None) for sha256 in withdrawn} == {tuple(row) for row in tombstones}
    assert (400, 400, 340, 0) == counts(engine)
