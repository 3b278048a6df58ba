"""What an adoption remembers: how far it is, and what becomes of every row that is not simply copied.

The notes lie in a schema of their own, `adoption`, beside the views of `uniform`; a dry run keeps the same tables as
temporary ones and leaves nothing behind. Each step commits together with the note that it is done, so that a run that
was killed goes on where it stopped and comes to the same end.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.adoption.original import OTHER_TIMES, SHAPES, Original
from lokdarpan_core.adoption.uniform import uniform

SCHEMA = "adoption"
BEFORE_ALL = -(2**63)

TABLES = {
    "progress": "step text PRIMARY KEY, through bigint NOT NULL, done boolean NOT NULL",
    "fingerprint": "epaper_id bigint PRIMARY KEY, sha256 text NOT NULL, cut text, undated text",
    "post_fingerprint": "post_id bigint PRIMARY KEY, sha256 text, undated text",
    "ward_label": "label text PRIMARY KEY, ward_id text NOT NULL, delimitation_id text NOT NULL",
    "fate": "of_table text NOT NULL, id bigint NOT NULL, fate text NOT NULL, reason text NOT NULL, into_id bigint, "
    "PRIMARY KEY (of_table, id), CHECK (fate IN ('merged', 'set aside', 'recomputed'))",
    "post_home": "post_id bigint PRIMARY KEY, epaper_id bigint NOT NULL, how text NOT NULL, linked boolean NOT NULL",
    "candidate_number": "result_id bigint PRIMARY KEY, candidate_no integer NOT NULL",
}
FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION pg_temp.is_json(value text) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        RETURN CAST(value AS jsonb) IS NOT NULL;
    EXCEPTION WHEN others THEN
        RETURN false;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.as_jsonb(value text) RETURNS jsonb LANGUAGE sql AS $$
        SELECT CASE WHEN value IS NULL OR value !~ '[^[:space:]]' THEN NULL
                    WHEN pg_temp.is_json(value) THEN nullif(CAST(value AS jsonb), 'null')
                    ELSE jsonb_build_object('unparsed', value) END
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.as_time(value text) RETURNS timestamptz LANGUAGE plpgsql
    SET datestyle = 'ISO, DMY' SET timezone = 'UTC' AS $$
    BEGIN
        RETURN CASE WHEN isfinite(CAST(value AS timestamptz)) THEN CAST(value AS timestamptz) END;
    EXCEPTION WHEN others THEN
        RETURN NULL;
    END $$
    """,
)


@attrs.frozen
class AdoptionProgress:
    """Where an adoption is: the step in words, and rows done of how many."""

    step: str
    done: int
    total: int


OnProgress = Callable[[AdoptionProgress], None]
OnBatch = Callable[[Connection, dict[str, int]], object]


@attrs.frozen
class Work:
    """The one session that does the work. `schema` is where the notes lie, None for the temporary ones of a dry run,
    and `raw_schema` where the original's tables do."""

    connection: Connection
    schema: str | None
    raw_schema: str
    on_progress: OnProgress = lambda _progress: None

    @property
    def dry(self) -> bool:
        """Whether all of it is rolled back in the end."""
        return self.schema is None

    def transaction(self) -> AbstractContextManager[Any]:
        """One step's transaction; in a dry run a part of the only one."""
        return self.connection.begin_nested() if self.dry else self.connection.begin()

    def raw(self, table: str, *columns: str) -> sa.TableClause:
        """One of the original's tables as it is."""
        name = table if self.raw_schema != "pg_temp" else f"raw_{table}"
        return sa.table(name, *map(sa.column, columns), schema=self.raw_schema)

    def prepare(self) -> None:
        """Make the notes, unless they are there, and the functions of this session."""
        kind = "TEMP TABLE " if self.dry else f"TABLE IF NOT EXISTS {self.schema}."
        with self.transaction():
            for name, columns in TABLES.items():
                self.connection.exec_driver_sql(f"CREATE {kind}{name} ({columns})")
            for function in FUNCTIONS:
                self.connection.exec_driver_sql(function)

    def make_views(self, original: Original) -> None:
        """Make the views of the original's tables."""
        kind = "TEMP VIEW " if self.dry else f"VIEW {self.schema}."
        with self.transaction():
            for table, shape in SHAPES.items():
                query = uniform(original, table, self.raw(table, *shape.columns, *OTHER_TIMES))
                text = query.compile(self.connection, compile_kwargs={"literal_binds": True})
                self.connection.exec_driver_sql(f"CREATE OR REPLACE {kind}old_{table} AS {text}")

    def analyze(self) -> None:
        """Tell the planner what the notes hold now."""
        with self.transaction():
            for name in TABLES:
                self.connection.exec_driver_sql(f"ANALYZE {name}")

    def whole(self, step: str, run: Callable[[Connection], object]) -> None:
        """A step in one transaction, unless it is done."""
        with self.transaction():
            if self._at(step) is None:
                return
            self.on_progress(AdoptionProgress(step, 0, 1))
            run(self.connection)
            self._note(step, 0, done=True)
        self.on_progress(AdoptionProgress(step, 1, 1))

    def batches(self, step: str, table: str, rows: int, run: OnBatch) -> None:
        """A step over a table of the original in the order of ids, a transaction a batch. `run` gets the batch as
        `after` < id <= `upto`."""
        old = sa.table(f"old_{table}", sa.column("id"))
        with self.transaction():
            after = self._at(step)
            if after is None:
                return
            total = self.connection.execute(sa.select(sa.func.count()).select_from(old)).scalar_one()
            before = sa.select(sa.func.count()).select_from(old).where(old.c.id <= after)
            done = self.connection.execute(before).scalar_one()
        self.on_progress(AdoptionProgress(step, done, total))
        while after is not None:
            page = sa.select(old.c.id).where(old.c.id > after).order_by(old.c.id).limit(rows).subquery()
            with self.transaction():
                upto, count = self.connection.execute(sa.select(sa.func.max(page.c.id), sa.func.count())).one()
                if upto is not None:
                    run(self.connection, {"after": after, "upto": upto})
                self._note(step, after if upto is None else upto, done=upto is None)
            after = upto
            done += count
            self.on_progress(AdoptionProgress(step, done, total))

    def _at(self, step: str) -> int | None:
        """How far a step is, None when it is done."""
        row = self.connection.execute(
            sa.text("SELECT through, done FROM progress WHERE step = :step"), {"step": step}
        ).one_or_none()
        if row is None:
            return BEFORE_ALL
        return None if row.done else int(row.through)

    def _note(self, step: str, through: int, *, done: bool) -> None:
        self.connection.execute(
            sa.text("""
                INSERT INTO progress (step, through, done) VALUES (:step, :through, :done)
                ON CONFLICT (step) DO UPDATE SET through = excluded.through, done = excluded.done
            """),
            {"step": step, "through": through, "done": done},
        )
