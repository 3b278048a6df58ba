"""Take articles out again: undo a run, or withdraw one article for good.

An undo restores what was before the run, as far as other files allow it: a later file that carried the same articles
found them there and was counted as done, so its mark is cleared and reading it again brings them back.

A withdrawal is for ever: the text goes, the fingerprint stays as a tombstone, and no delivery restores it.
"""

from datetime import date, datetime

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.news import posts, runs
from lokdarpan_core.news.stories.assign import changing
from lokdarpan_core.schema import epaper, ingest_reject, ingest_run, post


@attrs.frozen
class UndoReport:
    """What an undo took away, or would. `posts_unlinked` are posts of an older archive that keep their own text,
    `tombstones` withdrawn articles, which stay, `reopened` the runs whose files are to be read again, and
    `metadata_kept` articles that the run had overwritten, which can't be restored."""

    run_id: int
    applied: bool
    articles: int
    posts: int
    posts_unlinked: int
    tombstones: int
    rejects_open_again: int
    metadata_kept: int
    reopened: list[int]


def undo_run(connection: Connection, run_id: int, *, dry_run: bool = False) -> UndoReport:
    """Take back what a run first delivered, and the posts that it made. A dry run does it all and rolls it back.

    Raises NotFoundError for an unknown run, ConflictError for one that was undone already or is at work right now.
    """
    with connection.begin_nested() as savepoint:
        runs.shut_gate(connection)
        run = runs.get(connection, run_id)
        _refuse_unless_idle(connection, run)
        report = _undo(connection, run, applied=not dry_run)
        if dry_run:
            savepoint.rollback()
    return report


def _refuse_unless_idle(connection: Connection, run: runs.IngestReport) -> None:
    if run.state == "undone":
        raise ConflictError(f"Run {run.id} was undone already")
    if run.content_sha256 is not None:
        key = runs.lock_key(run.content_sha256)
        if not connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(key))).scalar_one():
            raise ConflictError(f"{run.source} is being ingested right now: stop that first, or wait for its end")


def _undo(connection: Connection, run: runs.IngestReport, applied: bool) -> UndoReport:
    delivered = sa.and_(epaper.c.ingest_run_id == run.id, epaper.c.withdrawn_at.is_(None))
    going = sa.select(epaper.c.id).where(delivered)
    hashes = sa.select(epaper.c.sha256).where(delivered)
    open_again = connection.execute(
        sa.update(ingest_reject)
        .where(sa.or_(ingest_reject.c.resolved_run_id == run.id, ingest_reject.c.sha256.in_(hashes)))
        .values(resolved_at=None, resolved_run_id=None, sha256=None)
    ).rowcount
    legacy = post.c.text.is_not(None), post.c.ingest_run_id.is_(None)
    unlinked = connection.execute(
        sa.update(post).where(post.c.epaper_id.in_(going), *legacy).values(epaper_id=None)
    ).rowcount
    posts_gone = connection.execute(
        sa.delete(post).where(sa.or_(post.c.epaper_id.in_(going), post.c.ingest_run_id == run.id))
    ).rowcount
    with changing(connection, delivered):
        articles = connection.execute(sa.delete(epaper).where(delivered)).rowcount
    tombstones = connection.execute(
        sa.select(sa.func.count()).select_from(epaper).where(epaper.c.ingest_run_id == run.id)
    ).scalar_one()
    reopened = _reopen(connection, run) if articles or posts_gone else []
    connection.execute(
        sa.update(ingest_run)
        .where(ingest_run.c.id == run.id)
        .values(state="undone", updated_at=sa.func.now(), finished_at=sa.func.now())
    )
    return UndoReport(run.id, applied, articles, posts_gone, unlinked, tombstones, open_again, run.updated, reopened)


def _reopen(connection: Connection, run: runs.IngestReport) -> list[int]:
    """Clear the marks of every run that was at work after this one began and found an article or a post there."""
    relied = sa.or_(ingest_run.c.reused > 0, ingest_run.c.posts_skipped > 0)
    since = sa.or_(ingest_run.c.finished_at.is_(None), ingest_run.c.finished_at >= run.started_at)
    statement = (
        sa.update(ingest_run)
        .where(ingest_run.c.id != run.id, ingest_run.c.content_sha256.is_not(None), relied, since)
        .where(ingest_run.c.state.in_(("done", "running", "failed")))
        .values(state="reopened", updated_at=sa.func.now())
        .returning(ingest_run.c.id)
    )
    return sorted(connection.execute(statement).scalars())


@attrs.frozen
class ArticleRecord:
    """An article as the archive has it; text, title and url are None once it is withdrawn."""

    id: int
    sha256: str
    publication_name: str
    publication_date: date
    title: str | None
    raw_text: str | None
    city: str | None
    party: str | None
    language: str | None
    url: str | None
    date_guessed: bool
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    created_at: datetime
    ingest_run_id: int | None


def find_article(connection: Connection, sha256: str) -> ArticleRecord:
    """One article by its fingerprint, or by the beginning of it (six digits or more).

    Raises NotFoundError when there is none, ConflictError when there are several that begin so.
    """
    wanted = sha256.strip().lower()
    if len(wanted) < 6 or set(wanted) - set("0123456789abcdef"):
        raise NotFoundError(f"{sha256!r} is no fingerprint: give six or more of its 64 hex digits")
    columns = [epaper.c[field.name] for field in attrs.fields(ArticleRecord)]
    begins = epaper.c.sha256.between(wanted.ljust(64, "0"), wanted.ljust(64, "f"))
    rows = connection.execute(sa.select(*columns).where(begins).limit(6)).mappings().all()
    if not rows:
        raise NotFoundError(f"There is no article {wanted}")
    if len(rows) > 1:
        listed = ", ".join(row["sha256"][:16] for row in rows[:5])
        raise ConflictError(f"Several articles begin with {wanted}: {listed}{', …' if len(rows) > 5 else ''}")
    return ArticleRecord(**rows[0])


def withdraw_article(connection: Connection, sha256: str, reason: str) -> ArticleRecord:
    """Remove an article's text, title, link and posts for good, and the line that it once came from as a reject.

    Withdrawing it again changes nothing. Raises as `find_article`.
    """
    runs.shut_gate(connection)
    article = find_article(connection, sha256)
    if article.withdrawn_at is not None:
        return article
    with changing(connection, epaper.c.id == article.id):
        connection.execute(sa.delete(post).where(post.c.epaper_id == article.id))
        posts.delete_unlinked(connection, article.publication_date, {article.sha256})
        connection.execute(
            sa.update(ingest_reject)
            .where(ingest_reject.c.sha256 == article.sha256)
            .values(raw=None, detail="withdrawn")
        )
        connection.execute(
            sa.update(epaper)
            .where(epaper.c.id == article.id)
            .values(title=None, raw_text=None, url=None, withdrawn_at=sa.func.now(), withdrawn_reason=reason)
        )
    return find_article(connection, article.sha256)
