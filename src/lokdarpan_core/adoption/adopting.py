"""Adopt an original database: say what it would do, do it, take it back.

In place, ours are made beside the original and take its place in the end; from another server, its tables are fetched
first, and ours are filled from them. Between that beginning and that end both are one: fingerprints, fates, copies,
report. Killed at any point, the same call goes on; when the original has changed meanwhile it starts anew.
"""

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from lokdarpan_core.adoption import conditions, fetch, fingerprints, record
from lokdarpan_core.adoption.copies import copy_all, load_wards
from lokdarpan_core.adoption.fates import judge
from lokdarpan_core.adoption.locks import KEY, alone, limit_waiting, waiting_briefly
from lokdarpan_core.adoption.notes import SCHEMA, AdoptionProgress, OnProgress, Work
from lokdarpan_core.adoption.original import HOME, Original, read_original
from lokdarpan_core.adoption.report import AdoptionReport, make_report
from lokdarpan_core.adoption.switch import BUILDING, LEGACY, is_ours, refuse_collisions, switch, switch_back
from lokdarpan_core.database import create_engine, display_url
from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.migration import LOCK_WAIT, upgrade
from lokdarpan_core.schema import alert, epaper, ingest_run, post, result_ps
from lokdarpan_core.timestamps import utc_now
from lokdarpan_core.wards.delimitations import DEFAULT


def _in_silence(_progress: AdoptionProgress) -> None: ...


@attrs.frozen
class UndoneReport:
    """A way back. `moved_to` is the schema where ours are now, None when nothing had been switched yet; `since` counts
    the rows that came after the adoption and went along."""

    moved_to: str | None
    since: dict[str, int]


def plan_adoption(
    engine: Engine, source: URL | None = None, *, delimitation: str = DEFAULT, on_progress: OnProgress = _in_silence
) -> AdoptionReport:
    """What `adopt` would do, as its report. Nothing is changed: all that it needs to know lies in temporary tables.

    Returns the report of the adoption itself when it is done already. Raises as `adopt`.
    """
    with waiting_briefly(engine), engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")  # the original may be at work
        limit_waiting(connection)
        if done := _finished(connection, source):
            return done
        conditions.require_server(connection)
        if source is None:
            original = read_original(connection)
            conditions.require_owner(connection, original)
            work = Work(connection, None, HOME, on_progress)
            odd = _count(connection, original.odd)
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(KEY)))
            conditions.require_room(connection)
            work = Work(connection, None, "pg_temp", on_progress)
            with fetch.reading(source) as giver:
                original = read_original(giver)
                odd = _count(giver, original.odd)
                fetch.fetch(giver, work, original)
        report = _work(work, original, display_url(source or engine.url), odd, delimitation, in_place=source is None)
        connection.rollback()
    return report


def adopt(
    engine: Engine, source: URL | None = None, *, delimitation: str = DEFAULT, on_progress: OnProgress = _in_silence
) -> AdoptionReport:
    """Adopt the original that is in this database, or copy the one at `source` into it; an adoption that is done is
    reported again. `delimitation` is the one in which a ward's label is looked up first.

    Raises NotFoundError when there is no original, ConflictError when something stands in the way and says what,
    LockTimeoutError when somebody writes to it.
    """
    with waiting_briefly(engine):
        with engine.connect() as connection:
            if done := _finished(connection, source):
                return done
            conditions.require_server(connection)
        if source is None:
            return _adopt_in_place(engine, delimitation, on_progress)
        return _adopt_copy(engine, source, delimitation, on_progress)


def _adopt_in_place(engine: Engine, delimitation: str, on_progress: OnProgress) -> AdoptionReport:
    with engine.connect() as connection:
        present = read_original(connection).present
    with alone(engine, present) as keeper:
        if done := _finished_meanwhile(engine, None):
            return done
        original = read_original(keeper)
        conditions.require_owner(keeper, original)
        name = display_url(engine.url)
        with engine.begin() as connection:
            limit_waiting(connection)
            record.begin(connection, name, fetch.marks(connection, original), in_place=True)
        upgrade(_engine_in(engine, BUILDING, HOME))
        refuse_collisions(keeper, original)
        with _engine_in(engine, SCHEMA, BUILDING, HOME).connect() as connection:
            work = Work(connection, SCHEMA, HOME, on_progress)
            report = _work(work, original, name, _count(keeper, original.odd), delimitation, in_place=True)
        conditions.refuse_unbalanced(report)
        record.finish(keeper, report, switch(keeper, original))
        keeper.commit()
    return report


def _adopt_copy(engine: Engine, source: URL, delimitation: str, on_progress: OnProgress) -> AdoptionReport:
    with engine.connect() as connection:
        if record.find(connection) is None:
            conditions.require_room(connection)
    upgrade(engine)
    name = display_url(source)
    with alone(engine, ()):
        if done := _finished_meanwhile(engine, source):
            return done
        with _engine_in(engine, SCHEMA, HOME).connect() as connection:
            work = Work(connection, SCHEMA, LEGACY, on_progress)
            with fetch.reading(source) as giver:
                original = read_original(giver)
                odd = _count(giver, original.odd)
                with connection.begin():
                    _begin_copy(connection, name, fetch.marks(giver, original))
                fetch.fetch(giver, work, original)
            report = _work(work, original, name, odd, delimitation, in_place=False)
            with connection.begin():
                record.finish(connection, report)
    return report


def _begin_copy(connection: Connection, name: str, marks: dict[str, str]) -> None:
    begun = record.find(connection)
    anew = record.begin(connection, name, marks, in_place=False)
    if begun is None:
        conditions.require_room(connection)
    else:
        conditions.refuse_ingested(connection)
        if anew:
            conditions.empty(connection)


def _work(
    work: Work, original: Original, name: str, odd: dict[str, int], delimitation: str, *, in_place: bool
) -> AdoptionReport:
    """All that is the same in place and from elsewhere, in a dry run and in earnest."""
    work.prepare()
    work.make_views(original)
    fingerprints.compute(work)
    judge(work, load_wards(work, delimitation))
    if not work.dry:
        copy_all(work)
    with work.transaction():
        report = make_report(work.connection, original, name, in_place=in_place, odd_rows=odd, arrived=not work.dry)
    return report if work.dry else attrs.evolve(report, finished_at=utc_now())


def rows_since(connection: Connection) -> dict[str, int]:
    """How many rows of each kind came after an adoption in place, by table; nothing before it is finished.

    Raises NotFoundError when there was none.
    """
    run = record.find(connection)
    if run is None:
        raise NotFoundError("Nothing was adopted in this database: there is nothing to go back to")
    if run.report is None or not run.in_place:
        return {}
    ingested = {table: table.c.ingest_run_id.is_not(None) for table in (epaper, post)}
    later = sa.select(record.run.c.finished_at).scalar_subquery()
    made = {table: table.c.created_at > later for table in (alert, result_ps)}
    return {
        table.name: int(connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one())
        for table, condition in (ingested | made | {ingest_run: sa.true()}).items()
    }


def undo_adoption(engine: Engine) -> UndoneReport:
    """Put the original back in its place; ours move into a schema `undone_1`. An adoption that is not finished is given
    up, and what it had made so far is dropped.

    Raises NotFoundError when nothing was adopted here, ConflictError when the original was copied from elsewhere.
    """
    with waiting_briefly(engine), alone(engine, ()) as connection:
        since = rows_since(connection)
        run = record.find(connection)
        assert run is not None  # noqa: S101
        if not run.in_place:
            raise ConflictError(
                f"This database was filled from {run.source}, which is as it was: use that again, and drop this one"
            )
        if run.report is None:
            record.forget(connection)
            connection.commit()
            return UndoneReport(None, {})
        if not is_ours(connection, LEGACY):
            raise ConflictError(f"The schema {LEGACY} is gone, and the original with it: only its backup leads back")
        connection.exec_driver_sql(f"DROP SCHEMA {SCHEMA} CASCADE")
        place = switch_back(connection, run.ours)
        connection.commit()
    return UndoneReport(place, since)


def _finished(connection: Connection, source: URL | None) -> AdoptionReport | None:
    """The report of the adoption that is done in this database, if it is the same one."""
    run = record.find(connection)
    if run is None or run.report is None:
        return None
    if source is None or run.source == display_url(source):
        return run.report
    raise ConflictError(f"This database has adopted {run.source} already: copy another one into a database of its own")


def _finished_meanwhile(engine: Engine, source: URL | None) -> AdoptionReport | None:
    """The same, read by a session of its own: the one that holds the locks must not hold those on the notes as well."""
    with engine.connect() as connection:
        return _finished(connection, source)


def _engine_in(engine: Engine, *schemas: str) -> Engine:
    """The same database, with names looked up in these schemas."""
    options = f"{engine.url.query.get('options', '')} -c search_path={','.join(schemas)} -c lock_timeout={LOCK_WAIT}"
    return create_engine(engine.url.update_query_dict({"options": options.strip()}), poolclass=sa.NullPool)


def _count(connection: Connection, tables: tuple[str, ...]) -> dict[str, int]:
    return {
        table: int(
            connection.execute(sa.select(sa.func.count()).select_from(sa.table(table, schema=HOME))).scalar_one()
        )
        for table in tables
    }
