"""Bring the original's tables from another server, as they are, into a schema of their own.

The source is read in one transaction that sees it as of one moment and can write nothing. What the target has of a
table already is not fetched again, as long as the source's rows are still the same: their number and a sum over ids and
row versions (`xmin`) tell.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from lokdarpan_core.adoption.locks import refuse_same_database
from lokdarpan_core.adoption.notes import AdoptionProgress, Work
from lokdarpan_core.adoption.original import HOME, Original
from lokdarpan_core.database import create_engine, reachable

ROWS_IN_BATCH = 2_000
SETTINGS = (  # read only, and text that means the same at the other end
    "-c default_transaction_read_only=on -c client_encoding=UTF8 -c datestyle=ISO -c extra_float_digits=3"
)
MARK = "SELECT count(*) || ':' || coalesce(sum(hashtext(id::text || '/' || xmin::text)), 0) FROM {table}"
_COLUMNS = sa.text("""
    SELECT quote_ident(attname) || ' ' || CASE WHEN typnamespace = CAST('pg_catalog' AS regnamespace)
                                               THEN format_type(atttypid, atttypmod) ELSE 'text' END AS definition,
           quote_ident(attname) AS name
    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
""")


@contextmanager
def reading(url: URL) -> Iterator[Connection]:
    """A session on the source: one moment, read-only twice over.

    Raises DatabaseUnavailableError when it can't be reached, ConflictError when it is the target itself.
    """
    options = f"{url.query.get('options', '')} {SETTINGS}".strip()
    engine = create_engine(url.update_query_dict({"options": options}), poolclass=sa.NullPool)
    with reachable(engine):
        connection = engine.connect()
    with connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True):
        refuse_same_database(connection)
        yield connection


def marks(connection: Connection, original: Original) -> dict[str, str]:
    """What tells whether the rows of each table are still the same: it changes with every insert, update and delete."""
    return {
        table: str(connection.exec_driver_sql(MARK.format(table=f"{HOME}.{table}")).scalar_one())
        for table in original.tables
    }


def fetch(source: Connection, work: Work, original: Original) -> None:
    """Fetch every table of a known shape, in batches; each is committed by itself."""
    for table in original.tables:
        columns = source.execute(_COLUMNS, {"table": f"{HOME}.{table}"}).all()
        raw = work.raw(table)
        target = f"{raw.schema}.{raw.name}"
        kind = "TEMP TABLE" if work.dry else "TABLE IF NOT EXISTS"
        definitions = ", ".join(column.definition for column in columns)
        with work.transaction():
            work.connection.exec_driver_sql(f"CREATE {kind} {target} ({definitions}, PRIMARY KEY (id))")
        _fetch_table(source, work, table, target, ", ".join(column.name for column in columns))


def _fetch_table(source: Connection, work: Work, table: str, target: str, columns: str) -> None:
    theirs, mine = sa.table(table, schema=HOME), work.raw(table, "id")
    total = source.execute(sa.select(sa.func.count()).select_from(theirs)).scalar_one()
    with work.transaction():
        done, last = work.connection.execute(sa.select(sa.func.count(), sa.func.max(mine.c.id))).one()
    work.on_progress(AdoptionProgress(f"fetching {table}", done, total))
    while done < total:
        after = "" if last is None else f"WHERE id > {last}"
        rows = "SELECT", columns, f"FROM {HOME}.{table}", after, f"ORDER BY id LIMIT {ROWS_IN_BATCH}"
        with work.transaction():
            into = f"COPY {target} ({columns}) FROM STDIN"
            done += _copy(source, f"COPY ({' '.join(rows)}) TO STDOUT", work.connection, into)
            last = work.connection.execute(sa.select(sa.func.max(mine.c.id))).scalar_one()
        work.on_progress(AdoptionProgress(f"fetching {table}", done, total))
    with work.transaction():
        work.connection.exec_driver_sql(f"ANALYZE {target}")


def _copy(source: Connection, out: str, target: Connection, into: str) -> int:
    """Pass rows on as they come; returns how many."""
    giver: Any = source.connection.driver_connection
    taker: Any = target.connection.driver_connection
    try:
        with giver.cursor() as reader, taker.cursor() as writer:
            with reader.copy(out) as leaving, writer.copy(into) as coming:
                for data in leaving:
                    coming.write(data)
            return int(writer.rowcount)
    except psycopg.Error as error:
        raise sa.exc.DBAPIError.instance(into, None, error, psycopg.Error) from error
