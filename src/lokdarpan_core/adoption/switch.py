"""Put ours in the original's place, and back: tables move between schemas, no row is touched.

While an adoption works, ours lie in the schema `adopting` and the original in `public`, where its programs still read
it. In the end one short transaction moves the original to `legacy` and ours to `public`. Going back moves ours out to
`undone_1` (or the next free number) and the original in again. Whatever depends on a moved table, such as an index, a
sequence, a foreign key of some other table or a view, moves along or keeps pointing at it.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.adoption.original import HOME, Original
from lokdarpan_core.errors import ConflictError
from lokdarpan_core.migration import VERSION_TABLE
from lokdarpan_core.schema import metadata

BUILDING, LEGACY, UNDONE = "adopting", "legacy", "undone"
MARK = "made by lokdarpan db adopt"

_OBJECTS = sa.text("""
    SELECT relname AS name, format('ALTER %s %I.%I', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                                   CAST(:place AS text), relname) AS alter
    FROM pg_class
    WHERE relnamespace = CAST(:place AS regnamespace) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = CAST('pg_class' AS regclass) AND objid = pg_class.oid
                      AND (deptype = 'e' OR relkind = 'S' AND deptype IN ('a', 'i')))
    UNION ALL
    SELECT proname, format('ALTER ROUTINE %s', CAST(oid AS regprocedure)) FROM pg_proc
    WHERE pronamespace = CAST(:place AS regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT extname, format('ALTER EXTENSION %I', extname) FROM pg_extension
    WHERE extnamespace = CAST(:place AS regnamespace)
    ORDER BY 1
""")
_COLLISIONS = sa.text("""
    WITH original AS (
        SELECT oid FROM pg_class WHERE relnamespace = CAST(:home AS regnamespace) AND relname = ANY(:tables)
    )
    SELECT theirs.relname FROM pg_class AS theirs JOIN pg_class AS ours USING (relname)
    WHERE theirs.relnamespace = CAST(:home AS regnamespace) AND ours.relnamespace = CAST(:building AS regnamespace)
      AND theirs.oid NOT IN (
        SELECT oid FROM original
        UNION SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM original)
        UNION SELECT objid FROM pg_depend WHERE refobjid IN (SELECT oid FROM original) AND deptype IN ('a', 'i')
      )
    ORDER BY 1
""")


def make_schema(connection: Connection, name: str) -> None:
    """Make one of our schemas, unless it is there; one of that name that is somebody else's is left alone.

    Raises ConflictError for such a one.
    """
    found = connection.execute(
        sa.text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"), {"name": name}
    ).all()
    if found and found[0][0] != MARK:
        raise ConflictError(f"There is a schema {name} that is not an adoption's: rename it first")
    if not found:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        connection.exec_driver_sql(f"COMMENT ON SCHEMA {name} IS '{MARK}'")


def is_ours(connection: Connection, name: str) -> bool:
    """Whether there is a schema of this name that an adoption made."""
    query = "SELECT coalesce(obj_description(to_regnamespace(:name), 'pg_namespace') = :mark, false)"
    return bool(connection.execute(sa.text(query), {"name": name, "mark": MARK}).scalar_one())


def refuse_collisions(connection: Connection, original: Original) -> None:
    """Raise ConflictError if some other program's table has the name of one of ours."""
    names = {"home": HOME, "building": BUILDING, "tables": list(original.present)}
    found = connection.execute(_COLLISIONS, names).scalars().all()
    if found:
        raise ConflictError(
            f"{', '.join(found)} in the schema {HOME} is not the original's, but LokDarpan has something of that name: "
            "rename it, or copy the original into another database with --from"
        )


def switch(connection: Connection, original: Original) -> list[str]:
    """Move the original to `legacy` and ours to `public`, in the caller's transaction. Returns the names of ours."""
    make_schema(connection, LEGACY)
    _move(connection, HOME, LEGACY, original.present)
    names = _move(connection, BUILDING, HOME)
    connection.exec_driver_sql(f"DROP SCHEMA {BUILDING}")
    return names


def switch_back(connection: Connection, ours: Iterable[str]) -> str:
    """Move ours away and the original back, in the caller's transaction. Returns where ours are now."""
    number = 1
    taken = set(connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars())
    while (place := f"{UNDONE}_{number}") in taken:
        number += 1
    make_schema(connection, place)
    _move(connection, HOME, place, {*ours, *metadata.tables, VERSION_TABLE})
    _move(connection, LEGACY, HOME)
    connection.exec_driver_sql(f"DROP SCHEMA {LEGACY}")
    return place


def _move(connection: Connection, place: str, to: str, names: Iterable[str] | None = None) -> list[str]:
    """Move what lies in a schema, or what of it has one of these names."""
    wanted = None if names is None else set(names)
    found = connection.execute(_OBJECTS, {"place": place}).all()
    moving = [row for row in found if wanted is None or row.name in wanted]
    for row in moving:
        connection.exec_driver_sql(f"{row.alter} SET SCHEMA {to}")
    return [row.name for row in moving]
