"""Ingests to be disturbed: what goes in, how they are started, what must be there whatever happened to them."""

import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from articles import counts, digest, line
from processes import HEEDING_CTRL_C, eventually
from sqlalchemy import Engine
from worker import Worker

from lokdarpan_core.news.articles import Article, decoder
from lokdarpan_core.schema import author, epaper, ingest_reject, ingest_run, post

TODAY = date(2026, 11, 24)
COUNTED = [
    ingest_run.c[name]
    for name in (
        *("state", "error", "lines", "line_number", "bytes_done", "new", "reused"),
        *("posts", "posts_skipped", "rejected", "updated", "unknown_keys"),
    )
]
KEPT = [ingest_reject.c[name] for name in ("line", "byte_offset", "byte_length", "reason", "raw")]


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


def is_a_database_error(answer: dict) -> bool:
    return "sqlalchemy.exc.DBAPIError" in answer.get("classes", ())


def assert_broken_off_with_one_message(process: subprocess.Popen) -> None:
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "Traceback" not in said
    errors = [one for one in said.splitlines() if one.startswith("Error: ")]
    assert len(errors) == 1, said
    assert "broke off" in errors[0]


def goes_on_from(engine: Engine, lines: int) -> None:
    eventually(lambda: lines_done(engine) > lines)
