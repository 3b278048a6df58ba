"""The disk fails at each file operation of a job of the inbox in turn: no file is lost, and none counts twice."""

import errno
import itertools
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import counts, line, write

from lokdarpan_jobs import moves

OPERATIONS = ("open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.scandir", "os.listdir")


FULL = errno.ENOSPC


class FileFault:
    """Lets the operation of a given number fail, of those that touch a folder. An audit hook is never taken away."""

    def __init__(self) -> None:
        self.folder, self.at, self.seen = "", 0, 0
        sys.addaudithook(self._heard)

    def _heard(self, event: str, args: tuple) -> None:
        if self.at and event in OPERATIONS and str(args[0]).startswith(self.folder) and self.strikes():
            raise OSError(FULL, os.strerror(FULL), str(args[0]))

    def strikes(self) -> bool:
        """Whether the operation that is about to be done is the one that fails."""
        self.seen += bool(self.at)
        return bool(self.at) and self.seen == self.at

    @contextmanager
    def armed(self, folder: Path, at: int) -> Iterator[None]:
        self.folder, self.at, self.seen = str(folder), at, 0
        try:
            yield
        finally:
            self.at = 0


@pytest.fixture(scope="module")
def file_fault() -> FileFault:
    return FileFault()


def deliver(sender, workshop) -> None:
    """Queue what lies in the inbox as the schedule does, and do it."""
    queued = sender.submit("ingest_epaper_dir", ".")
    workshop.work(queued.id)
    with sender.engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET run_after = now() - interval '1 second' WHERE state = 'waiting'"))
        waiting = connection.scalars(sa.text("SELECT id FROM job WHERE state = 'waiting'")).all()
    for id in waiting:
        workshop.work(id)


def contents(inbox: Path) -> Counter[bytes]:
    """What the files hold, wherever they are."""
    return Counter(path.read_bytes() for path in inbox.rglob("*.jsonl"))


def test_a_disk_that_fails_at_any_operation_loses_no_file_and_counts_none_twice(
    engine, sender, workshop, inbox, file_fault, monkeypatch
):
    rename = moves._rename  # a call of the system's library, which no audit hook hears
    monkeypatch.setattr(moves, "_rename", lambda *names: FULL if file_fault.strikes() else rename(*names))
    failed = 0
    for place in itertools.count(1):
        before = counts(engine)
        write(inbox / "news.jsonl", [line(10 * place + n) for n in range(5)])
        there = contents(inbox)
        with file_fault.armed(inbox, place):
            deliver(sender, workshop)
            struck = file_fault.seen >= place
        assert there == contents(inbox), f"the file of operation {place}"
        for path in (inbox / "failed").glob("*.jsonl") if (inbox / "failed").is_dir() else ():
            path.rename(inbox / path.name)
        deliver(sender, workshop)
        deliver(sender, workshop)

        assert there == contents(inbox), f"the file of operation {place}"
        assert [] == [path for path in inbox.iterdir() if path.is_file() and path.suffix == ".jsonl"]
        assert tuple(count + more for count, more in zip(before, (5, 5, 5, 0), strict=True)) == counts(engine)
        failed += struck
        if not struck:
            break
    assert failed > 2
