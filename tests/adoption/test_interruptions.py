"""An adoption that is killed, disturbed or started twice ends as one that was left in peace."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import line, write
from originals import digest, make_original
from processes import patiently, two_at_once

from lokdarpan_core import ConflictError, LockTimeoutError, create_engine, ingest_jsonl
from lokdarpan_core.adoption.adopting import adopt, plan_adoption

POSTS = 2_000


def text_of(url):
    return url.render_as_string(hide_password=False)


def work(target, source=None, dies_at=0, later_ms=0):
    """Adopt in another process, which dies so many milliseconds after a call of the progress report."""
    words = [sys.executable, Path(__file__).with_name("worker.py"), text_of(target)]
    words += [text_of(source) if source else "-", str(dies_at), str(later_ms)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


def kill_at_many_points(target, source, total):
    """Kill it again and again, each time further on, between two steps or in the midst of one, until it ends."""
    dice = random.Random(total)
    killed = 0
    while (
        process := work(target, source, dice.randint(total // 20, total // 7), dice.randint(0, 40))
    ).returncode == -9:
        killed += 1
        assert killed < 60
    assert (0, "") == (process.returncode, process.stderr)
    return killed


@pytest.mark.slow
@pytest.mark.parametrize("by_copy", [False, True], ids=["in place", "by copy"])
def test_killed_at_many_points_it_ends_the_same(url, engine, source_url, source, by_copy):
    make_original(source, "dirty", POSTS)
    total = int(work(url, source_url).stdout)
    undisturbed = digest(engine)
    if by_copy:
        with engine.begin() as connection:
            for schema in ("public", "legacy", "adoption"):
                connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        assert 3 < kill_at_many_points(url, source_url, total)
        assert undisturbed == digest(engine)
    else:
        assert 3 < kill_at_many_points(source_url, None, total)
        assert undisturbed == digest(source)


def test_original_that_changed_after_a_kill_is_adopted_as_it_is_now(url, engine):
    make_original(engine, "dirty", POSTS)
    assert -9 == work(url, dies_at=60).returncode
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE epaper SET raw_text = 'changed' WHERE id = 7; DELETE FROM post WHERE id = 8")
        connection.exec_driver_sql("INSERT INTO author (name) VALUES ('New')")

    report = adopt(engine)

    with engine.connect() as connection:
        texts = connection.execute(sa.text("SELECT raw_text FROM epaper WHERE id = 7")).scalars().all()
        assert ["changed"] == texts
        assert 0 == connection.execute(sa.text("SELECT count(*) FROM post WHERE id = 8")).scalar_one()
        assert 21 == connection.execute(sa.text("SELECT count(*) FROM author")).scalar_one()
    assert report.balanced


def test_source_that_changed_after_a_kill_is_copied_as_it_is_now(url, engine, source, source_url):
    make_original(source, "dirty", POSTS)
    assert -9 == work(url, source_url, dies_at=100).returncode
    with source.begin() as connection:
        connection.exec_driver_sql("UPDATE post SET text = 'changed' WHERE id = 8")

    report = adopt(engine, source_url)

    with engine.connect() as connection:
        assert "changed" == connection.execute(sa.text("SELECT text FROM post WHERE id = 8")).scalar_one()
    assert report.balanced


def test_articles_that_came_in_between_are_refused(url, engine, source, source_url, tmp_path):
    make_original(source, "dirty", POSTS)
    assert -9 == work(url, source_url, dies_at=100).returncode
    ingest_jsonl(engine, write(tmp_path / "f", [line(1)]))

    with pytest.raises(ConflictError, match="ingested before the adoption was complete"):
        adopt(engine, source_url)


def test_two_at_once_are_one_adoption(engine, url):
    make_original(engine, "head")
    reports = two_at_once(lambda: patiently(lambda: adopt(create_engine(url, poolclass=sa.NullPool))))

    first, second = reports
    assert first == second


def test_second_one_gives_up_after_four_seconds_and_names_the_first(engine, url):
    make_original(engine, "head")
    refused = []

    def start_another(_progress) -> None:
        if not refused:
            with pytest.raises(LockTimeoutError, match=r"In the way: pid \d+ .* other adoption end") as caught:
                adopt(create_engine(url, poolclass=sa.NullPool))
            refused.append(caught.value)

    assert adopt(engine, on_progress=start_another).balanced
    assert 1 == len(refused)


def test_again_reports_the_same_and_changes_nothing(engine):
    make_original(engine, "head")
    first = adopt(engine)
    before = digest(engine)

    assert first == adopt(engine) == plan_adoption(engine)
    assert before == digest(engine)


def test_writer_in_the_way_is_named_after_four_seconds(engine, url):
    make_original(engine, "head")
    writer = create_engine(url, poolclass=sa.NullPool, connect_args={"application_name": "celery worker"})
    with writer.connect() as connection:
        connection.exec_driver_sql("INSERT INTO author (name) VALUES ('somebody new')")
        began = time.monotonic()
        with pytest.raises(LockTimeoutError, match=r"Waited 4s .* \(celery worker, idle in transaction"):
            adopt(engine)
        assert 3.9 < time.monotonic() - began < 10
        connection.rollback()

    assert adopt(engine).balanced


def test_reader_is_in_the_way_of_the_switch_alone(engine, url):
    """What was copied stays; once the reader is gone, the same call takes the last step."""
    make_original(engine, "head")
    reader = create_engine(url, poolclass=sa.NullPool, connect_args={"application_name": "a long report"})
    with reader.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM post")
        with pytest.raises(LockTimeoutError, match="a long report"):
            adopt(engine)
        assert 5 == connection.exec_driver_sql("SELECT count(*) FROM post").scalar_one()
        connection.rollback()

    assert adopt(engine).applied


def test_original_can_be_read_and_not_written_while_it_is_adopted(engine, url):
    make_original(engine, "head")
    seen = []

    def look(progress) -> None:
        if progress.step == "post" and not seen:
            with create_engine(url, poolclass=sa.NullPool).connect() as connection:
                seen.append(connection.exec_driver_sql("SELECT count(*) FROM post").scalar_one())
                connection.exec_driver_sql("SET lock_timeout = '100ms'")
                with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
                    connection.exec_driver_sql("DELETE FROM post")

    adopt(engine, on_progress=look)

    assert [5] == seen
