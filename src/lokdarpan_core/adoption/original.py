"""What a database of the original (the Flask backend) looks like, at every stage that there has been.

The original grew by Alembic revisions, and not every installation took all of them: `post` may lack `party`,
`epaper_id` or `created_at`, `epaper` its `sha256`. A table is known by its name and by the columns without which its
rows would mean nothing; any other column may be absent. What stands in the database besides is named and left alone.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import ConflictError, NotFoundError
from lokdarpan_core.migration import VERSION_TABLE

HEAD = "a6b6e1cd81e2"
HOME = "public"
STANDING = {"alembic_version", "user"}  # the original's own, of which nothing is taken


@attrs.frozen
class Shape:
    """A table of the original: the columns that it must have besides `id`, and what is in each column that counts
    here (`key` is an id, taken as it is; `json` may be stored as text)."""

    required: frozenset[str]
    columns: dict[str, str]


def _shape(required: str, **columns: str) -> Shape:
    kinds = {name: kind for kind, names in columns.items() for name in names.split()}
    return Shape(frozenset({"id", *required.split()}), {"id": "key"} | kinds)


SHAPES: dict[str, Shape] = {
    "author": _shape("name", text="name party"),
    "epaper": _shape(
        "publication_name publication_date raw_text",
        text="publication_name raw_text sha256",
        date="publication_date",
        time="created_at",
    ),
    "post": _shape("text", text="text city emotion party", key="author_id epaper_id", time="created_at"),
    "alert": _shape(
        "ward",
        text="ward description severity",
        json="opportunities threats actionable_alerts source_articles",
        time="created_at updated_at",
    ),
    "election": _shape("type year", text="type round official_ref", number="year"),
    "polling_station": _shape(
        "ps_id",
        text="ps_id name address ac_id pc_id ward_id ward_name",
        real="lat lon",
        json="source_meta",
    ),
    "result_ps": _shape(
        "election_id ps_id party votes",
        key="election_id",
        text="ps_id party candidate",
        number="votes total_polled rejected",
        time="created_at",
    ),
    "result_ward_agg": _shape(
        "election_id ward_id party votes",
        key="election_id",
        text="ward_id party",
        number="votes",
        real="vote_share turnout_pct",
        time="computed_at",
    ),
    "ward_profile": _shape(
        "ward_id",
        text="ward_id last_winner_party",
        number="electors votes_cast last_winner_year",
        real="turnout_pct",
        time="updated_at",
    ),
    "ward_demographics": _shape(
        "ward_id",
        text="ward_id",
        real="literacy_idx muslim_idx scst_idx secc_deprivation_idx",
        time="updated_at",
    ),
    "ward_features": _shape(
        "ward_id",
        text="ward_id",
        json="as23_party_shares ls24_party_shares dvi incumbency_weakness",
        real="aci_23 turnout_volatility",
        time="updated_at",
    ),
}
OTHER_TIMES = (
    "timestamp",
    "published_at",
    "post_date",
    "epaper_date",
    "date",
    "date_str",
)  # a post's, before created_at


@attrs.frozen
class Original:
    """An original database: its tables with the types of their columns, the Alembic revisions that it names, tables of
    the right name but another shape, those that nobody here knows, and what refers to the known ones from outside."""

    tables: dict[str, dict[str, str]]
    revisions: tuple[str, ...]
    odd: tuple[str, ...]
    unknown: tuple[str, ...]
    referring: tuple[str, ...]
    bytes: int

    def has(self, table: str, column: str) -> bool:
        """Whether a table of the known shape has this column."""
        return table in self.tables and column in self.tables[table]

    @property
    def present(self) -> tuple[str, ...]:
        """All tables that carry a known name, whatever their shape."""
        return (*self.tables, *self.odd)


_COLUMNS = sa.text("""
    SELECT pg_class.relname AS name, attname AS field, pg_type.typname AS kind
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid JOIN pg_type ON pg_type.oid = atttypid
    WHERE relnamespace = CAST(:home AS regnamespace) AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    ORDER BY relname, attnum
""")
_BYTES = sa.text("""
    SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
    WHERE relnamespace = CAST(:home AS regnamespace) AND relkind IN ('r', 'p') AND relname = ANY(:names)
""")
_REFERRING = sa.text("""
    WITH known AS (
        SELECT oid FROM pg_class WHERE relnamespace = CAST(:home AS regnamespace) AND relname = ANY(:names)
    ), referring AS (
        SELECT 'table' AS kind, conrelid AS who, confrelid AS known FROM pg_constraint WHERE contype = 'f'
        UNION
        SELECT 'view', ev_class, refobjid
        FROM pg_rewrite JOIN pg_depend ON objid = pg_rewrite.oid AND classid = CAST('pg_rewrite' AS regclass)
        WHERE refclassid = CAST('pg_class' AS regclass)
    )
    SELECT kind || ' ' || who.relname || ' (to ' || string_agg(was.relname, ', ' ORDER BY was.relname) || ')'
    FROM referring JOIN pg_class AS who ON who.oid = referring.who JOIN pg_class AS was ON was.oid = referring.known
    WHERE referring.known IN (SELECT oid FROM known) AND referring.who NOT IN (SELECT oid FROM known)
    GROUP BY kind, who.relname ORDER BY 1
""")


def read_original(connection: Connection, home: str = HOME) -> Original:
    """What this database has of the original.

    Raises NotFoundError when it has neither articles nor posts, ConflictError when it is LokDarpan's own already.
    """
    columns: dict[str, dict[str, str]] = {}
    for name, field, kind in connection.execute(_COLUMNS, {"home": home}):
        columns.setdefault(name, {})[field] = kind
    if VERSION_TABLE in columns:
        raise ConflictError("This database has LokDarpan's schema already: there is nothing to adopt in it")
    known = {name: columns[name] for name in SHAPES if name in columns}
    tables = {name: found for name, found in known.items() if SHAPES[name].required <= found.keys()}
    if not tables.keys() & {"post", "epaper"}:
        raise NotFoundError(
            f"This is no LokDarpan database: there is neither a table post nor a table epaper in its schema {home} "
            "that has the columns of one. Is it the right database?"
        )
    names = {"home": home, "names": list(known)}
    return Original(
        tables=tables,
        revisions=_revisions(connection, columns, home),
        odd=tuple(name for name in known if name not in tables),
        unknown=tuple(name for name in columns if name not in SHAPES and name not in STANDING),
        referring=tuple(connection.execute(_REFERRING, names).scalars()),
        bytes=int(connection.execute(_BYTES, names).scalar_one()),
    )


def _revisions(connection: Connection, columns: dict[str, Any], home: str) -> tuple[str, ...]:
    if "version_num" not in columns.get("alembic_version", {}):
        return ()
    version = sa.table("alembic_version", sa.column("version_num"), schema=home)
    return tuple(connection.execute(sa.select(version.c.version_num).order_by(version.c.version_num)).scalars())


def stage(original: Original) -> list[str]:
    """What was found, in words, a line each."""
    lines = [_revision(original.revisions)]
    for table, shape in SHAPES.items():
        if table in original.odd:
            lines.append(f"{table} has another shape than the original's: it stays as it is, none of its rows is taken")
        elif table not in original.tables:
            lines.append(f"{table}: there is no such table yet")
        elif absent := [name for name in shape.columns if name not in original.tables[table]]:
            lines.append(f"{table} lacks {_listed(absent)}")
    for table, found in original.tables.items():
        taken = {*SHAPES[table].columns, *(OTHER_TIMES if table == "post" else ())}
        if extra := [name for name in found if name not in taken]:
            lines.append(f"{table} has columns that are not taken along: {_listed(extra)}")
    if original.unknown:
        lines.append(f"left alone: {_listed(original.unknown)}")
    if original.referring:
        lines.append(f"keeps referring to the original's rows: {_listed(original.referring)}")
    lines.append("times without a zone are taken as UTC, as the original meant them")
    return lines


def _revision(revisions: Sequence[str]) -> str:
    if not revisions:
        return "no Alembic revision is recorded; the columns tell the stage"
    if len(revisions) > 1:
        return f"several Alembic heads: {_listed(revisions)}; they need no merge, the columns tell the stage"
    known = f"Alembic revision {revisions[0]}"
    return f"{known}, the original's head" if revisions[0] == HEAD else f"{known}, another than its head {HEAD}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
