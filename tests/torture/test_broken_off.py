"""An ingest that is broken off, by the server, a limit or a person, says so in one message, and the rerun completes."""

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from articles import counts, line, write
from ingests import (
    assert_broken_off_with_one_message,
    clear,
    edition,
    everything,
    ingest_of,
    insert,
    is_a_database_error,
    is_waiting,
    lines_done,
    read,
    value,
)
from processes import eventually

from lokdarpan_core import ingest_jsonl

pytestmark = pytest.mark.timeout(120)


def test_a_session_that_is_terminated_at_any_moment_is_a_clear_error_and_the_rerun_completes(engine, tmp_path, started):
    path = write(tmp_path / "news.jsonl", edition(800))
    begun = time.monotonic()
    ingest_jsonl(engine, path, lines_in_batch=20)
    duration = time.monotonic() - begun
    expected, chance, broken = everything(engine), random.Random(), 0
    terminate = sa.text("""SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                           WHERE datname = current_database() AND pid <> pg_backend_pid()""")

    worker = started(engine.url, path, lines_in_batch=20)
    with ThreadPoolExecutor() as pool:
        for _ in range(4):
            clear(engine)
            for _ in range(3):
                worker.go()
                answer = pool.submit(worker.answer)
                time.sleep(chance.random() * duration * 0.7)
                with engine.begin() as connection:
                    connection.execute(terminate)
                if "classes" in (said := answer.result(60)):
                    assert is_a_database_error(said), said
                    broken += 1
            worker.go()
            assert worker.answer()["state"] == "done"
            assert expected == everything(engine)
    assert broken > 3


def test_a_terminated_session_is_one_message_and_exit_code_2(engine, tmp_path):
    """It is in mid-file for certain: it waits for a row that another session holds."""
    lines = [line(n) for n in range(5_000)]
    path = write(tmp_path / "news.jsonl", lines)
    ingest_jsonl(engine, path)
    expected = everything(engine)
    clear(engine)

    with engine.connect() as holder, holder.begin() as transaction:
        insert(holder, read(lines[-1]), with_post=False)
        process = ingest_of(engine.url, path)
        eventually(lambda: lines_done(engine) and is_waiting(engine))
        value(engine, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        assert_broken_off_with_one_message(process)
        transaction.rollback()
    again = ingest_of(engine.url, path)

    assert (again.communicate(timeout=60)[1].count("\n"), again.returncode) == (1, 0)
    assert expected == everything(engine)


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_a_time_out_in_mid_file_is_a_clear_error_and_the_rerun_completes(engine, tmp_path, limit):
    """Another session holds a row of the second batch for longer than the server lets anybody wait."""
    lines = [line(n) for n in range(3_000)]
    path = write(tmp_path / "news.jsonl", lines)

    with engine.connect() as holder, holder.begin() as transaction:
        insert(holder, read(lines[-1]), with_post=False)
        process = ingest_of(engine.url.update_query_dict({"options": f"-c {limit}=2s"}), path)
        assert_broken_off_with_one_message(process)
        transaction.rollback()

    assert lines_done(engine) == 2_000
    ingest_jsonl(engine, path)
    assert (3_000, 3_000, 3_000, 0) == counts(engine)


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend", "Ctrl-C"])
def test_a_break_in_the_middle_of_copy_is_as_clear_as_any_other(engine, tmp_path, how):
    """COPY is spoken with the driver, past SQLAlchemy. The process is held up while it sends rows of a later batch."""
    path = write(tmp_path / "news.jsonl", [line(n, body=f"{n} " * 500) for n in range(8_000)])
    copying = """SELECT {} FROM pg_stat_activity
                 WHERE state = 'active' AND pid <> pg_backend_pid() AND query ~ 'COPY epaper'"""
    process = ingest_of(engine.url, path)

    def is_held_in_copy() -> bool:
        if lines_done(engine) == 0 or not value(engine, copying.format("count(*)")):
            return False
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.05)  # what it has sent already may be the end of the COPY
        if value(engine, copying.format("count(*)")):
            return True
        process.send_signal(signal.SIGCONT)
        return False

    eventually(is_held_in_copy)
    if how == "Ctrl-C":
        process.send_signal(signal.SIGINT)
    else:
        value(engine, copying.format(f"{how}(pid)"))
    process.send_signal(signal.SIGCONT)

    if how == "Ctrl-C":
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "the same command goes on from there" in said
        assert "Traceback" not in said
    else:
        assert_broken_off_with_one_message(process)
    assert 0 < ingest_jsonl(engine, path).new == counts(engine)[0] == 8_000


def test_ctrl_c_in_mid_file_says_that_it_goes_on_and_the_rerun_does(engine, tmp_path):
    path = write(tmp_path / "news.jsonl", edition(14_000))
    ingest_jsonl(engine, path)
    expected = everything(engine)
    clear(engine)

    for _ in range(3):
        before = lines_done(engine)
        process = ingest_of(engine.url, path)
        eventually(lambda before=before: lines_done(engine) > before)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "the same command goes on from there" in said
        assert "Traceback" not in said
    process = ingest_of(engine.url, path)

    assert (process.communicate(timeout=60)[1].count("\n"), process.returncode) == (1, 1)
    assert expected == everything(engine)


def test_ctrl_c_while_the_database_makes_it_wait(engine, tmp_path):
    """Another session holds a row of the second batch."""
    lines = [line(n) for n in range(3_000)]
    path = write(tmp_path / "news.jsonl", lines)

    with engine.connect() as holder, holder.begin() as transaction:
        insert(holder, read(lines[-1]), with_post=False)
        process = ingest_of(engine.url, path)
        eventually(lambda: lines_done(engine) and is_waiting(engine))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        transaction.rollback()

    assert process.returncode == 130, said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    assert lines_done(engine) == 2_000
