"""The schema's versions: upgrade a database, and say where it is.

Migrations are Alembic's, one linear history, in a version table of their own (`lokdarpan_version`), because a database
of the Flask backend carries an `alembic_version` that is not ours. They are shipped inside the package and lie at the
top of the workspace in a checkout.

A schema may be newer than the code: an update upgrades it first, while the version before still runs. That version
can't know what the new migrations do, so whoever upgrades leaves a note in the database (the comment of the version
table): the oldest schema whose code works on this one, too. Without that note a newer schema is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import SchemaItem

from lokdarpan_core.errors import LockTimeoutError, SchemaError
from lokdarpan_core.schema import metadata

VERSION_TABLE = "lokdarpan_version"
COMPATIBLE_FROM = "0005"  # the oldest schema whose code works on the newest one: `nox -s skew` runs that code's tests
NOTE = "compatible from "
LOCK_WAIT = "4s"
LOCK_KEY = 0x4C6F6B4461727061  # "LokDarpa": one upgrade at a time

LOCK_HOLDERS = sa.text("""
    SELECT DISTINCT activity.pid, activity.application_name, activity.state,
           date_trunc('second', now() - activity.xact_start) AS since
    FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
    LEFT JOIN pg_class ON pg_class.oid = pg_locks.relation
    WHERE pg_locks.granted AND activity.pid <> pg_backend_pid() AND activity.datname = current_database()
      AND (pg_class.relname = ANY(:tables) OR pg_locks.locktype = 'advisory')
    ORDER BY activity.pid
""")


def migrations_folder() -> Path:
    """Where the migrations are: in the package, else in the checkout."""
    packaged = Path(__file__).parent / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "migrations"


def alembic_config(connection: Connection | Engine | None = None, output: StringIO | None = None) -> Config:
    """Alembic's configuration, made in code: there is no alembic.ini to get out of step."""
    config = Config(stdout=output or StringIO())
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_ours(_item: SchemaItem, name: str | None, kind: str, reflected: bool, _compared: SchemaItem | None) -> bool:
    """Whether autogenerate looks at it: tables that other programs keep in the same database are left alone."""
    return not (kind == "table" and reflected and name not in metadata.tables)


def head_revision() -> str:
    """The newest revision that this version of the package knows."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def current_revision(connection: Connection) -> str | None:
    """The database's revision, None before the first upgrade."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def require_head(connection: Connection) -> None:
    """Raise SchemaError unless the database is at this version's schema, or at a newer one that goes with it."""
    found, wanted = current_revision(connection), head_revision()
    if found == wanted:
        return
    if found is None or found in known_revisions():
        raise SchemaError(
            f"The database is at schema {found or 'none'}, this version needs {wanted}: run `lokdarpan db upgrade`"
        )
    if compatible_from(connection) not in known_revisions():
        raise SchemaError(
            f"The database is at schema {found}, newer than this version's ({wanted}), and does not go with it: "
            "install the version that upgraded it"
        )


def known_revisions() -> set[str]:
    """The revisions that this version of the package has migrations for."""
    return {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}


def compatible_from(connection: Connection) -> str | None:
    """The oldest schema whose code works on this database, as its last upgrade has noted it; None without a note."""
    query = sa.select(sa.func.obj_description(sa.func.to_regclass(VERSION_TABLE), "pg_class"))
    note: str = connection.execute(query).scalar() or ""
    return note.removeprefix(NOTE) if note.startswith(NOTE) else None


def _note_compatibility(connection: Connection) -> None:
    """Renew the note; a schema that is not the newest gets none, since nobody has tested older code on it."""
    note = f"'{NOTE}{COMPATIBLE_FROM}'" if current_revision(connection) == head_revision() else "NULL"
    connection.execute(sa.text(f"COMMENT ON TABLE {VERSION_TABLE} IS {note}"))


def upgrade(engine: Engine, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the database to a revision, in one transaction; two at once are safe. Returns (before, after).

    A newer schema that goes with this version is left as it is. Waits at most 4 s for any lock, so that it never queues
    everybody else behind itself. Raises LockTimeoutError, which names the sessions in the way, and SchemaError when the
    tables are those of another program, as the Flask backend's are, or newer and do not go with it; nothing is changed
    then.
    """
    with engine.connect() as connection:
        try:
            connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_KEY)))
            before = current_revision(connection)
            if before is None and (theirs := _tables_of_ours(connection)):
                raise SchemaError(
                    f"This database has tables of another program: {', '.join(theirs)}. The Flask backend's come along "
                    "with `lokdarpan db adopt`; else use a database of its own"
                )
            if before is not None and before not in known_revisions():
                require_head(connection)
            elif before != revision and not (revision == "head" and before == head_revision()):
                command.upgrade(alembic_config(connection), revision)
                _note_compatibility(connection)
            after = current_revision(connection)
            connection.commit()
        except OperationalError as error:
            connection.rollback()
            if getattr(error.orig, "sqlstate", None) != "55P03":
                raise
            raise LockTimeoutError(_lock_message(connection)) from error
    return before, after


def _tables_of_ours(connection: Connection) -> list[str]:
    """The tables that have a name that ours have, where ours would be made."""
    there = connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
    return sorted(set(there) & set(metadata.tables))


def _lock_message(connection: Connection) -> str:
    holders = connection.execute(LOCK_HOLDERS, {"tables": [*metadata.tables, VERSION_TABLE]}).all()
    listed = "; ".join(
        f"pid {pid} ({name or 'unnamed'}, {state}, transaction open for {since})" for pid, name, state, since in holders
    )
    return (
        f"Waited {LOCK_WAIT} for a lock and gave up, so that nobody queues behind the upgrade. Nothing was changed. "
        f"In the way: {listed or 'a session that has ended since'}. Try again when it is gone."
    )


def differences(connection: Connection) -> list[str]:
    """What the database's tables have that the package's do not, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 (only `db check` needs it)

    options = {"version_table": VERSION_TABLE, "include_object": is_ours, "compare_type": True}
    context = MigrationContext.configure(connection, opts=options)
    return [_told(change) for change in compare_metadata(context, metadata)]


def _told(change: Any) -> str:
    if isinstance(change, list):
        return "; ".join(_told(part) for part in change)
    kind, *parts = change
    return (
        f"{kind.replace('_', ' ')}: {', '.join(str(getattr(part, 'name', part)) for part in parts if part is not None)}"
    )


@contextmanager
def _captured() -> Iterator[tuple[Config, StringIO]]:
    output = StringIO()
    yield alembic_config(output=output), output


def history() -> str:
    """Every revision, newest first, one a line."""
    with _captured() as (config, output):
        command.history(config)
        return output.getvalue()


def heads() -> str:
    """The head revisions; one, unless two developers' migrations have met."""
    with _captured() as (config, output):
        command.heads(config)
        return output.getvalue()


def revision(engine: Engine, message: str) -> list[Path]:
    """Write a new migration with what the schema has and the database has not (developers, in a checkout)."""
    number = f"{len(list(ScriptDirectory.from_config(alembic_config()).walk_revisions())) + 1:04}"
    with engine.connect() as connection:
        made = command.revision(alembic_config(connection), message=message, autogenerate=True, rev_id=number)
    return [Path(script.path) for script in (made if isinstance(made, list) else [made]) if script]


def merge(message: str) -> Path | None:
    """Write a migration that joins several heads into one (developers, in a checkout)."""
    made = command.merge(alembic_config(), revisions="heads", message=message)
    return Path(made.path) if made else None
