"""What must hold before anything is done, each refused with what would be right."""

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.adoption.original import HOME, SHAPES, Original
from lokdarpan_core.adoption.report import AdoptionReport
from lokdarpan_core.errors import ConflictError
from lokdarpan_core.migration import current_revision
from lokdarpan_core.schema import metadata

NEEDS_VERSION = 15

_SERVER = sa.text("""
    SELECT CAST(current_setting('server_version_num') AS integer) / 10000 AS version,
           current_setting('server_encoding') AS encoding, current_user AS role, current_database() AS database,
           has_database_privilege(current_database(), 'CREATE') AND has_schema_privilege(:home, 'CREATE') AS may_create
""")
_NOT_OWNED = sa.text("""
    SELECT relname FROM pg_class WHERE relnamespace = CAST(:home AS regnamespace) AND relname = ANY(:names)
      AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname
""")
_CLASHING = sa.text("""
    SELECT relname FROM pg_class WHERE relnamespace = CAST(:home AS regnamespace) AND relname = ANY(:names) ORDER BY 1
""")


def require_server(connection: Connection) -> None:
    """Raise ConflictError unless ours can be made in this database."""
    server = connection.execute(_SERVER, {"home": HOME}).one()
    if server.version < NEEDS_VERSION:
        raise ConflictError(
            f"This is PostgreSQL {server.version}; LokDarpan needs {NEEDS_VERSION} or newer. Copy the original into a "
            "newer server: `lokdarpan db adopt --from URL`, with LOKDARPAN_DATABASE_URL naming the new one"
        )
    if server.encoding != "UTF8":
        raise ConflictError(f"The database's encoding is {server.encoding}; copy it with --from into one of UTF8")
    if not server.may_create:
        raise ConflictError(
            f"The role {server.role} may not create schemas in {server.database} and tables in {HOME}: "
            "give the command as the database's owner"
        )


def require_owner(connection: Connection, original: Original) -> None:
    """Raise ConflictError unless the original's tables may be moved."""
    names = {"home": HOME, "names": list(original.present)}
    foreign = connection.execute(_NOT_OWNED, names).scalars().all()
    if foreign:
        raise ConflictError(f"Not owned by this role: {', '.join(foreign)}. Give the command as their owner")
    others = [name for name in metadata.tables if name not in original.present]
    clashing = connection.execute(_CLASHING, {"home": HOME, "names": others}).scalars().all()
    if clashing:
        raise ConflictError(
            f"{', '.join(clashing)} in the schema {HOME} is not the original's, but LokDarpan has a table of that "
            "name: rename it, or copy the original into another database with --from"
        )


def require_room(connection: Connection) -> None:
    """Raise ConflictError unless ours can be filled: a database of ours without articles and results, or an empty
    one."""
    present = connection.execute(_CLASHING, {"home": HOME, "names": list(metadata.tables)}).scalars().all()
    if current_revision(connection) is None and present:
        raise ConflictError(
            f"The database to fill has tables of its own: {', '.join(present[:5])}. Is it an original? Then leave "
            "--from out; else name an empty database"
        )
    filled = [table for table in SHAPES if table in present and _has_rows(connection, table)]
    if filled:
        raise ConflictError(
            f"The database to fill has rows in {', '.join(filled)}: copy into an empty database, and ingest afterwards "
            "(example rows go with `lokdarpan seed --remove`)"
        )


def refuse_ingested(connection: Connection) -> None:
    """Raise ConflictError if articles came in while an adoption was broken off."""
    found = connection.exec_driver_sql("SELECT id FROM ingest_run WHERE new > 0 AND state <> 'undone' ORDER BY id")
    runs = [str(id) for id in found.scalars()]
    if runs:
        raise ConflictError(
            f"Articles were ingested before the adoption was complete (run {', '.join(runs)}): take them back with "
            "`lokdarpan ingest undo`, adopt, and ingest them again"
        )


def refuse_unbalanced(report: AdoptionReport) -> None:
    """Raise ConflictError if a row has not arrived as it was."""
    if not report.balanced:
        wrong = [one for one in report.accounts if one.missing or one.differing]
        told = ", ".join(f"{one.table}: {one.missing} missing, {one.differing} differing" for one in wrong)
        raise ConflictError(f"The accounts do not balance ({told}), so nothing was switched: the original is as it was")


def empty(connection: Connection) -> None:
    """Take out what a copy that was broken off had brought in, to begin it anew."""
    for table in ("station_ward", *reversed(SHAPES)):
        connection.execute(sa.delete(metadata.tables[table]))


def _has_rows(connection: Connection, table: str) -> bool:
    return bool(connection.execute(sa.select(sa.exists().select_from(sa.table(table, schema=HOME)))).scalar_one())
