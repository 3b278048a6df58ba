"""Ingest a file of articles, or a folder of them: resumable, repeatable, by any number of processes at once.

Each batch commits its articles, its rejects and its progress in one transaction, so that a run that was killed goes on
at the line where it stopped, and a run that is repeated finds all its articles there.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from lokdarpan_core.errors import LokDarpanError, SourceError
from lokdarpan_core.news import runs, store
from lokdarpan_core.news.articles import decoder
from lokdarpan_core.news.batches import LINES_IN_BATCH, Batch, in_batches
from lokdarpan_core.news.mentions.linking import FreshLinks, Linker
from lokdarpan_core.news.runs import IngestReport
from lokdarpan_core.news.source import Source, open_source
from lokdarpan_core.timestamps import utc_now

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst")


@attrs.frozen
class IngestProgress:
    """Where a run is: bytes of the file on disk, and lines counted since this call began. `waiting` while another
    process has the same file."""

    source: str
    bytes_read: int
    bytes_total: int
    lines: int = 0
    new: int = 0
    rejected: int = 0
    waiting: bool = False


OnProgress = Callable[[IngestProgress], None]


def ingest_jsonl(
    engine: Engine,
    source: Path | str,
    *,
    also_create_posts: bool = True,
    update_metadata: bool = False,
    force: bool = False,
    today: date | None = None,
    lines_in_batch: int = LINES_IN_BATCH,
    on_progress: OnProgress | None = None,
) -> IngestReport:
    """Ingest one file (`.jsonl`, gzip or Zstandard; `-` is standard input), and return what became of it.

    A file that is done already is not read again, unless `force` or `update_metadata` says so; one that was broken off
    goes on. `update_metadata` overwrites city, party, language, url and emotion of articles that are there with what
    the file says. `today` is the day in the operator's zone (default: UTC's); dates later than tomorrow are rejects.

    Raises SourceError when the file can't be read (what could be is kept), ConflictError when the run was undone
    meanwhile, and SQLAlchemy's errors when the database breaks off; the same call goes on where it stopped.
    """
    report = on_progress or (lambda _progress: None)
    options = {"also_create_posts": also_create_posts, "update_metadata": update_metadata}
    with open_source(source) as opened, store.session(engine) as connection, _sole_owner(connection, opened, report):
        again = force or update_metadata
        with connection.begin():
            done = None if again else runs.find_done(connection, opened.sha256, also_create_posts)
            unfinished = None if done else runs.find_unfinished(connection, opened.sha256, options)
        if done:
            return done
        with connection.begin():
            if unfinished:
                run_id, offset, number = unfinished.id, unfinished.bytes_done, unfinished.line_number
                runs.resume(connection, run_id)
            else:
                run_id = runs.begin(connection, opened.name, opened.sha256, opened.size, options)
                offset = number = 0
        lines = opened.lines(offset, number)
        batches = in_batches(lines, decoder(today or utc_now().date()), max_lines=lines_in_batch)
        try:
            _work(connection, run_id, opened, batches, options, report=report)
        except SourceError as error:
            with connection.begin():
                runs.finish(connection, run_id, "failed", str(error))
            raise
        with connection.begin():
            runs.finish(connection, run_id, "done")
        with connection.begin():
            return runs.get(connection, run_id)


def ingest_directory(
    engine: Engine, folder: Path | str, *, on_progress: OnProgress | None = None, **options: Any
) -> Iterator[IngestReport | LokDarpanError]:
    """Ingest every `.jsonl`, `.jsonl.gz` and `.jsonl.zst` of a folder (not of folders in it), in the order of names.

    Yields a report for each file, or the error of a file that can't be read; the others go on. `options` are those of
    `ingest_jsonl`. Raises SourceError when there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder")
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.endswith(SUFFIXES):
            try:
                yield ingest_jsonl(engine, path, on_progress=on_progress, **options)
            except SourceError as error:
                yield error


@contextmanager
def _sole_owner(connection: Connection, source: Source, report: OnProgress) -> Iterator[None]:
    """Hold the file's advisory lock; wait while another process has it."""
    key = runs.lock_key(source.sha256)
    pause = 0.05
    while True:
        with connection.begin():
            if connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar_one():
                break
        report(IngestProgress(source.name, 0, source.size, waiting=True))
        time.sleep(pause)
        pause = min(pause * 2, 1.0)
    yield  # the session's end lets it go


def _work(
    connection: Connection,
    run_id: int,
    source: Source,
    batches: Iterator[Batch],
    options: dict[str, Any],
    *,
    report: OnProgress,
) -> None:
    authors = store.Authors() if options["also_create_posts"] else None
    linker = _linker(connection) if authors else None
    total: Counter[str] = Counter()
    with ThreadPoolExecutor(1, "decode") as pool:
        ahead, links = _Ahead(pool, batches), FreshLinks(linker, pool) if linker else None
        while batch := ahead.take():
            if authors:
                authors.learn(connection, batch.articles)
            with connection.begin():
                runs.pass_gate(connection)
                stored = store.store(connection, batch.articles, run_id, authors, links=links, meanwhile=ahead.start)
                updated = store.update_metadata(connection, batch.articles) if options["update_metadata"] else 0
                counts = stored.counts(batch.lines, len(batch.rejects), with_posts=authors is not None)
                counts["updated"] = updated
                runs.advance(connection, run_id, batch, counts)
            total += counts
            position = source.position()
            report(IngestProgress(source.name, position, source.size, total["lines"], total["new"], total["rejected"]))


def _linker(connection: Connection) -> Linker | None:
    with connection.begin():
        return Linker.load(connection)


class _Ahead:
    """Decode the next batch in a thread, from the moment on when the database has its work with this one. Earlier, the
    two threads would only take the interpreter from each other."""

    def __init__(self, pool: ThreadPoolExecutor, batches: Iterator[Batch]) -> None:
        self._pool, self._batches = pool, batches
        self._next: Future[Batch | None] | None = None

    def start(self) -> None:
        if self._next is None:
            self._next = self._pool.submit(next, self._batches, None)

    def take(self) -> Batch | None:
        self.start()
        assert self._next is not None  # noqa: S101
        ready, self._next = self._next.result(), None
        return ready
