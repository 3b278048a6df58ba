"""A server that dies, whose disk is full or whose clock is set back in the middle of a file."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import counts, digest, line, write
from ingests import (
    assert_broken_off_with_one_message,
    edition,
    everything,
    goes_on_from,
    ingest_of,
    is_a_database_error,
    lines_done,
    rows,
    value,
)
from sqlalchemy import Engine

from lokdarpan_core import EmbeddedServer, create_engine, ingest_jsonl, upgrade
from lokdarpan_core.embedded.folder import ENVIRONMENT
from lokdarpan_core.schema import ingest_run

PG_BIN = Path(os.environ["LOKDARPAN_PG_BIN"]) if "LOKDARPAN_PG_BIN" in os.environ else None
pytestmark = pytest.mark.timeout(120)


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


@pytest.fixture
def clock(monkeypatch) -> Iterator[Callable[[str], object]]:
    """Sets the clock of servers that are started from here: "-3d" is three days before the true time."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("needs libfaketime: apt-get install faketime")
    with tempfile.TemporaryDirectory(prefix="lkd-", dir="/tmp") as folder:
        said = Path(folder) / "clock"
        said.write_text("+0")
        Path(folder).chmod(0o755)
        faked = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": said,
            "FAKETIME_NO_CACHE": 1,
            "DONT_FAKE_MONOTONIC": 1,
        }
        for name, value in faked.items():
            monkeypatch.setitem(ENVIRONMENT, name, str(value))
        yield said.write_text


def test_a_clock_that_is_set_back_in_mid_file_loses_and_doubles_nothing(engine, home, clock, tmp_path, started):
    """By three days, while one process is at work; it is killed, and another one goes on."""
    path = write(tmp_path / "news.jsonl", edition(6_000))
    ingest_jsonl(engine, path)
    expected = digest(engine), counts(engine)

    with used(EmbeddedServer(home, PG_BIN)) as private:
        worker = started(private.url, path, lines_in_batch=50)
        worker.go()
        goes_on_from(private, 0)
        clock("-3d")
        assert value(private, "SELECT now()") < datetime.now(UTC) - timedelta(days=2)
        goes_on_from(private, lines_done(private))
        worker.kill()
        assert lines_done(private) < 6_000
        ingest_jsonl(private, path)
        assert expected == (digest(private), counts(private))
        assert {"done": 1} == Counter(state for (state,) in rows(private, ingest_run.c.state))


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
