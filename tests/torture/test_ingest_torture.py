"""Nothing is lost, doubled or miscounted, whatever happens to an ingest: with real servers and real processes.

`TORTURE_KILLS=100 pytest tests/torture` is the long form.
"""

import contextlib
import gzip
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import worker
from articles import counts, digest, line, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nurseries import nursery
from processes import HEEDING_CTRL_C, eventually
from sqlalchemy import Engine
from worker import Worker

from lokdarpan_core import (
    ConflictError,
    EmbeddedServer,
    create_engine,
    ingest_jsonl,
    undo_run,
    upgrade,
    withdraw_article,
)
from lokdarpan_core.news.articles import Article, decoder
from lokdarpan_core.news.source import zstd
from lokdarpan_core.schema import author, epaper, ingest_reject, ingest_run, post

SHORT = 10
KILLS = int(os.environ.get("TORTURE_KILLS", SHORT))
PG_BIN = Path(os.environ["LOKDARPAN_PG_BIN"]) if "LOKDARPAN_PG_BIN" in os.environ else None
TODAY = date(2026, 11, 24)
COUNTED = [
    ingest_run.c[name]
    for name in (
        *("state", "error", "lines", "line_number", "bytes_done", "new", "reused"),
        *("posts", "posts_skipped", "rejected", "updated", "unknown_keys"),
    )
]
KEPT = [ingest_reject.c[name] for name in ("line", "byte_offset", "byte_length", "reason", "raw")]

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills processes as Unix does"),
    pytest.mark.timeout(120),
]


# What goes in, and what is there


def edition(size: int, start: int = 0) -> list[bytes]:
    """Lines of all sorts: articles, one in seven a second time, one line in eleven unusable, some blank, some with an
    unknown key."""
    lines = []
    for n in range(start, start + size):
        lines.append(line(n, section="city" if n % 5 == 0 else None, author=f"Writer {n % 40}" if n % 2 else None))
        if n % 7 == 0:
            lines.append(line(max(n - 20, start)))
        if n % 11 == 0:
            lines.append(line(n, publication_date=f"2026-02-{n % 60 + 30}"))
        if n % 50 == 0:
            lines.append(b"")
    return lines


def read(raw: bytes) -> Article:
    return decoder(TODAY).decode(raw)[0]


def clear(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE post, epaper, author, ingest_reject, ingest_run CASCADE"))


def value(engine: Engine, query: str | sa.Select, **values: object) -> object:
    with engine.connect() as connection:
        return connection.execute(sa.text(query) if isinstance(query, str) else query, values).scalar_one()


def rows(engine: Engine, *columns: sa.ColumnElement) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(columns[0].table.c.id))]


def lines_done(engine: Engine) -> int:
    return int(value(engine, "SELECT coalesce(sum(lines), 0) FROM ingest_run"))


def everything(engine: Engine) -> dict[str, object]:
    """All that must not depend on what happened on the way: contents, links, counts of runs, rejects."""
    runs = rows(engine, *COUNTED)
    assert [one[COUNTED.index(ingest_run.c.state)] for one in runs] == ["done"] * len(runs)
    for lines, *parts in rows(engine, *(ingest_run.c[n] for n in ("lines", "new", "reused", "rejected"))):
        assert lines == sum(parts)
    return {
        "digest": digest(engine), "counts": counts(engine), "runs": runs, "rejects": rows(engine, *KEPT),
    }  # fmt: skip


def is_waiting(engine: Engine) -> bool:
    """Whether a session of this database waits for another one's lock."""
    query = """SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""
    return value(engine, query) > 0


def ingest_of(url: sa.URL, source: Path | str, **options) -> subprocess.Popen:
    """The CLI's ingest as a process; pass `stdin` for the source `-`."""
    return subprocess.Popen(
        [sys.executable, "-c", "from lokdarpan_core.cli import main; main()", "ingest", "--json", str(source)],
        **HEEDING_CTRL_C,
        env=os.environ | {"LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture(scope="module")
def nursery_socket() -> Iterator[Path]:
    with nursery(worker.__file__) as path:
        yield path


@pytest.fixture
def started(nursery_socket) -> Iterator[Callable[..., Worker]]:
    """Start a worker for (url, path, **options of ingest_jsonl); it waits for `go()`."""
    with contextlib.ExitStack() as stack:
        yield lambda *order, **options: stack.enter_context(Worker(nursery_socket, *order, **options))


def reports_of(several: Iterable[Worker]) -> list[dict]:
    """Set them off at one moment; what came of it."""
    several = list(several)
    for one in several:
        one.go()
    reports = [one.answer() for one in several]
    for report in reports:
        assert "classes" not in report, report
        assert report["state"] == "done"
        assert report["lines"] == report["new"] + report["reused"] + report["rejected"]
    return reports


# kill -9


@pytest.mark.timeout(60 + 5 * KILLS)
def test_kill_9_at_any_moment_changes_nothing(engine, tmp_path, started, record_property):
    """Killed and started again until it gets through, as often as it takes for all the kills. Killed moments are
    spread from the first connection to the last commit: the file is in many small batches."""
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(edition(1_200)), 1))

    def start() -> Worker:
        worker = started(engine.url, path, lines_in_batch=20)
        worker.go()
        return worker

    begun = time.monotonic()
    with start() as undisturbed:
        assert undisturbed.answer()["state"] == "done"
    duration = time.monotonic() - begun
    expected = everything(engine)
    ((bytes_done,),) = rows(engine, ingest_run.c.bytes_done)

    chance, kills, passes, moments = random.Random(), 0, 0, Counter()
    while kills < KILLS:
        clear(engine)
        passes += 1
        for attempt in itertools.count():
            # One kill in three falls into the first part of a run, where it begins or goes on.
            patience = chance.random() * duration * (1 + attempt / 10) * chance.choice([1, 1, 0.1])
            with start() as worker:
                if worker.answers_within(patience):
                    assert worker.answer()["state"] == "done"
                    break
                worker.kill()
            kills += 1
            run = rows(engine, ingest_run.c.state, ingest_run.c.bytes_done)
            moments[moment(run, bytes_done)] += 1
        assert expected == everything(engine)
    figures = f"{kills} kills in {passes} passes of {duration:.2f} s each: {dict(sorted(moments.items()))}"
    record_property("kills", figures)
    print(figures)


def moment(run: list[tuple], bytes_done: int) -> str:
    if not run:
        return "before the run's row"
    ((state, done),) = run
    return "after the end" if state == "done" else f"at {10 * done // bytes_done * 10:02} %"


# Several at once


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


def insert(connection: sa.Connection, article: Article, with_post: bool) -> None:
    values = {"raw_text": article.text} | {
        name: getattr(article, name)
        for name in ("sha256", "publication_name", "publication_date", "title", "city", "party", "language", "url")
    }
    id = connection.execute(sa.insert(epaper).values(values).returning(epaper.c.id)).scalar_one()
    if with_post:
        by = sa.select(author.c.id).where(author.c.name == article.publication_name).scalar_subquery()
        day = article.publication_date
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        connection.execute(sa.insert(post).values(epaper_id=id, author_id=by, city=article.city, created_at=at))


# The database goes away


def is_a_database_error(answer: dict) -> bool:
    return "sqlalchemy.exc.DBAPIError" in answer.get("classes", ())


def assert_broken_off_with_one_message(process: subprocess.Popen) -> None:
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "Traceback" not in said
    errors = [one for one in said.splitlines() if one.startswith("Error: ")]
    assert len(errors) == 1, said
    assert "broke off" in errors[0]


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


@pytest.fixture
def home() -> Iterator[Path]:
    """Short, and reachable by the server's account, which pytest's tmp_path is not."""
    path = Path(tempfile.mkdtemp(prefix="lkd-", dir="/tmp"))
    yield path
    EmbeddedServer(path).stop()
    shutil.rmtree(path)


@contextlib.contextmanager
def used(server: EmbeddedServer) -> Iterator[Engine]:
    """An engine on this server, at the newest schema. Entered again it starts a server that has died."""
    with server.use() as url:
        engine = create_engine(url, poolclass=sa.NullPool)
        upgrade(engine)
        yield engine
        engine.dispose()


def test_a_server_that_stops_in_mid_file_is_a_clear_error_and_the_rerun_completes(engine, home, tmp_path, started):
    """For a caller of the function and for one of the command, at the same time with a file each; the server is killed,
    and then shut down immediately."""
    ours = write(tmp_path / "ours.jsonl", edition(6_000))
    theirs = write(tmp_path / "theirs.jsonl", edition(10_000, start=10_000))
    for path in (theirs, ours):
        ingest_jsonl(engine, path)
    expected = digest(engine), counts(engine)

    server = EmbeddedServer(home, PG_BIN)
    for how in (signal.SIGKILL, signal.SIGQUIT):
        with used(server) as private, ThreadPoolExecutor() as pool:
            process, worker = ingest_of(private.url, theirs), started(private.url, ours, lines_in_batch=50)
            goes_on_from(private, lines_done(private))
            worker.go()
            answer = pool.submit(worker.answer)
            goes_on_from(private, lines_done(private))
            os.kill(server.status().pid, how)
            assert is_a_database_error(said := answer.result(60)), said
            assert_broken_off_with_one_message(process)
    with used(server) as private:
        for path in (theirs, ours):
            ingest_jsonl(private, path)
        assert expected == (digest(private), counts(private))
        assert len(everything(private)["runs"]) == 2


def goes_on_from(engine: Engine, lines: int) -> None:
    eventually(lambda: lines_done(engine) > lines)


@pytest.fixture
def small_disk(home) -> Iterator[Callable[[str], None]]:
    """The home is a disk of its own; call this with its new size."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux, to mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600m,mode=0700", "tmpfs", home], check=False)
    if mounted.returncode != 0:
        pytest.skip("may not mount a disk here")

    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", home], check=True)

    yield resize
    resize("600m")
    EmbeddedServer(home).stop()
    subprocess.run(["umount", home], check=True)


def test_a_full_disk_is_a_clear_error_and_with_more_room_the_rerun_completes(
    engine, home, small_disk, tmp_path, started
):
    chance = random.Random(5)
    path = write(tmp_path / "news.jsonl", [line(n, body=chance.randbytes(1_200).hex()) for n in range(8_000)])
    ingest_jsonl(engine, path)
    expected = everything(engine)

    little = {"min_wal_size": "32MB", "max_wal_size": "48MB", "shared_buffers": "16MB", "checkpoint_timeout": "30s"}
    server = EmbeddedServer(home, PG_BIN, server_settings=little)
    with used(server) as private:
        worker = started(private.url, path, lines_in_batch=500)
        small_disk(str(shutil.disk_usage(home).used + 22_000_000))
        worker.go()
        assert is_a_database_error(said := worker.answer()), said
        assert "No space left on device" in said["message"] + server.status().log.read_text()
    small_disk("600m")
    with used(server) as private:
        assert 0 < lines_done(private) < 8_000
        ingest_jsonl(private, path, lines_in_batch=500)
        assert expected == everything(private)


# One content, whichever way it comes


def test_plain_gzip_zstandard_and_standard_input_are_the_same_archive(engine, tmp_path):
    path = write(tmp_path / "news.jsonl", edition(700))
    content = path.read_bytes()
    packed = {".gz": gzip.compress(content), ".zst": zstd.compress(content[:9_999]) + zstd.compress(content[9_999:])}
    found = []

    def note() -> None:
        found.append(everything(engine))
        clear(engine)

    for suffix, form in ({"": content} | packed).items():
        file = tmp_path / f"again.jsonl{suffix}"
        file.write_bytes(form)
        ingest_jsonl(engine, file, lines_in_batch=64)
        note()
        with file.open("rb") as stdin:
            process = ingest_of(engine.url, "-", stdin=stdin)
            out, said = process.communicate(timeout=60)
        assert process.returncode == 1, said  # there are rejects
        assert json.loads(out)["source"] == "standard input"
        note()

    assert len(found) == 6
    assert found == [found[0]] * 6


def bad_lines() -> list[tuple[bytes, str]]:
    """One of each kind of line that can't be used, and the reason that must be given."""

    return [
        (line(1)[:-20], "bad-json"),
        (b"not JSON at all", "bad-json"),
        (b"{'publication_name': 'Paper'}", "bad-json"),
        (line(2) + b" trailing", "bad-json"),
        (line(2)[:-1] + b', "x": NaN}', "bad-json"),
        (line(3)[:-1] + b', "city": "Warangal"}', "bad-json"),
        (line(3)[:-1] + b', "x": {"y": 1, "y": 2}}', "bad-json"),
        (b'{"x": ' * 100_000 + b"1" + b"}" * 100_000, "bad-json"),
        (b"[" * 200_000, "bad-json"),
        (b"[" + line(4) + b"]", "not-an-object"),
        (b"42", "not-an-object"),
        (b'"Eenadu"', "not-an-object"),
        (b"null", "not-an-object"),
        (line(5, publication_name=None), "missing-field"),
        (line(5, publication_name=" \t"), "missing-field"),
        (line(6, publication_date=None), "missing-date"),
        (line(6, publication_date="  "), "missing-date"),
        (line(6, publication_date="2026-02-30"), "bad-date"),
        (line(6, publication_date="31/04/2026"), "bad-date"),
        (line(6, publication_date="yesterday"), "bad-date"),
        (line(6, publication_date="1700-01-01"), "bad-date"),
        (line(6, publication_date="2999-01-01"), "bad-date"),
        (line(6, publication_date="0000-00-00"), "bad-date"),
        (line(6, publication_date=20260501), "bad-type"),
        (line(7, body=["a", "b"]), "bad-type"),
        (line(8, title=None, body=None), "empty-text"),
        (line(8, title=" ", body="\n\t\u00a0"), "empty-text"),
        (line(9, body="a\0b"), "nul-character"),
        (line(9, body="a b").replace(b"a b", b"a\0b"), "nul-character"),
        (line(10, body="half X").replace(b"half X", rb"half \ud800"), "bad-encoding"),
        (line(11, body="a-b").replace(b"a-b", b"a\xffb"), "bad-encoding"),
        (line(11, body="a-b").replace(b"a-b", b"a\xed\xa0\x80b"), "bad-encoding"),
        (line(11, body="రోడ్లు").decode().encode("utf-16"), "bad-encoding"),
        (line(12, publication_name="x" * 3_000), "field-too-long"),
        (line(13, body="x" * 20_000_000), "line-too-long"),
        (line(6, publication_date="2026-02-30") + b"\r", "bad-date"),
    ]


ODD_BUT_GOOD = [
    b"\xef\xbb\xbf" + line(100),  # a byte order mark
    line(101) + b"\r",
    line(102, body="\u200f\u0627\u0644\u0623\u062e\u0628\u0627\u0631 \u202bright to left\u202c"),
    line(103, body="zero\u200bwidth\u200djoined\ufeff"),
    line(104, body=r"\u0000 written with two backslashes"),
    line(105, body="\U0001f5f3 \U0010ffff \ufffe"),
    line(106, extra={"deep": [[[1, 2.5e3, None, True]]]}, number=10**30),
    line(107, publication_date="2026-11-25"),  # tomorrow
    line(108, publication_date="1780-01-29"),
    line(109, body="x" * 3_000_000),
    line(110, body='a\\b"c\td'),
]


@pytest.mark.parametrize("lines_in_batch", [3, 2_000])
@pytest.mark.parametrize("last", [line(200), line(200)[:-1]], ids=["good last line", "bad last line"])
def test_poisoned_file_gives_every_good_line_and_keeps_every_bad_one(engine, tmp_path, lines_in_batch, last):
    """A reject's place and bytes are exact: the file's content there is what was kept. The last line has no end."""
    bad = bad_lines()
    good = [*ODD_BUT_GOOD, *(line(n) for n in range(20, 60))]
    mixed = [(raw, None) for raw in good] + bad + [(b"", "blank"), (b" \t\r", "blank")] * 3
    random.Random(1).shuffle(mixed)
    is_bad = last != line(200)
    mixed.append((last, "bad-json" if is_bad else None))
    path, content = tmp_path / "poison.jsonl", b"\n".join(raw for raw, _ in mixed)
    path.write_bytes(content)

    report = ingest_jsonl(engine, path, lines_in_batch=lines_in_batch, today=TODAY)

    expected = [(number, raw, why) for number, (raw, why) in enumerate(mixed, 1) if why not in (None, "blank")]
    kept = rows(engine, *KEPT)
    assert [(number, why) for number, _, why in expected] == [(number, why) for number, _, _, why, _ in kept]
    for (_, raw, why), (_, offset, length, _, bytes_kept) in zip(expected, kept, strict=True):
        assert content[offset : offset + length] == raw
        assert bytes_kept == (None if why == "line-too-long" else raw)
    articles = {read(raw).sha256: read(raw) for raw, why in mixed if why is None}
    stored = rows(engine, epaper.c.sha256, epaper.c.title, epaper.c.raw_text, epaper.c.publication_date)
    assert {(one.sha256, one.title, one.text, one.publication_date) for one in articles.values()} == {*stored}
    assert (len(articles), len(articles), len(articles), 0) == counts(engine)
    assert (len(good) + len(kept) + (not is_bad), len(articles), 0, len(kept)) == (
        report.lines, report.new, report.reused, report.rejected,
    )  # fmt: skip


# Any order, any batches, any runs

BAD = [b"[]", line(1, publication_date="never"), line(2, title=None, body=None), b"{"]
LINES = st.lists(
    st.one_of(
        st.integers(0, 11).map(line),
        st.integers(0, 11).map(lambda n: line(n, title=f"TITLE  {n}", city="Secunderabad")),  # the same fingerprint
        st.sampled_from([*BAD, b"", b"  "]),
    ),
    max_size=30,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=LINES, cuts=st.lists(st.integers(0, 30), max_size=3), batches=st.lists(st.integers(1, 40), min_size=4))
def test_order_batches_and_runs_never_change_what_is_there(engine, tmp_path, lines, cuts, batches):
    clear(engine)
    places = [0, *sorted(cuts), len(lines)]
    parts = [lines[start:end] for start, end in itertools.pairwise(places)]

    reports = [
        ingest_jsonl(engine, write(tmp_path / "part.jsonl", part), lines_in_batch=size)
        for part, size in zip(parts, batches, strict=False)
    ]

    good = {read(raw).sha256 for raw in lines if raw.strip() and raw not in BAD}
    assert {sha256 for (sha256,) in rows(engine, epaper.c.sha256)} == good
    assert (len(good), len(good), len(good), 0) == counts(engine)
    assert sum(report.new for report in reports) == sum(report.posts for report in reports) == len(good)
    for part, report in zip(parts, reports, strict=True):
        assert report.lines == sum(bool(raw.strip()) for raw in part)
        assert report.rejected == sum(raw in BAD for raw in part)
        assert report.lines == report.new + report.reused + report.rejected
    fresh = [report for report in reports if not report.already_done]
    assert value(engine, "SELECT count(*) FROM ingest_reject") == sum(report.rejected for report in fresh)


# People


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
