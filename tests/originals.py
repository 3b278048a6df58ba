"""Databases of the original (Flask, Alembic) for tests: its stages, and what a database holds."""

import hashlib
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

SQL = Path(__file__).parent / "adoption" / "sql"
STAGES = {
    "head": ("schema", "head"),
    "without_party": ("schema", "head", "without_party"),
    "before_sha256": ("schema", "head", "before_sha256"),
    "dirty": ("schema", "dirty"),
}
TABLES = (
    "author", "epaper", "post", "alert", "election", "polling_station", "result_ps", "result_ward_agg", "ward_profile",
    "ward_demographics", "ward_features",
)  # fmt: skip
NOT_COMPARED = {"withdrawn_at", "computed_at", "searched_with", "story_id"}


def make_original(engine: Engine, stage: str, posts: int = 4_000) -> None:
    """Turn a database into an original of that stage; `posts` is how many a dirty one has, a multiple of 40."""
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.exec_driver_sql(f"SET LOCAL fixture.posts = {posts}")
        for name in STAGES[stage]:
            connection.connection.driver_connection.execute((SQL / f"{name}.sql").read_text("utf-8"))


def rows(connection: Connection, table: str, schema: str = "public") -> dict[int, dict[str, object]]:
    """A table's rows by id."""
    found = connection.execute(sa.text(f"SELECT * FROM {schema}.{table} ORDER BY id")).mappings()
    return {row["id"]: dict(row) for row in found}


def digest(engine: Engine) -> str:
    """What ours hold of an adoption, as a hash: all but ids of rows that it made, when it made them, and what a later
    search finds."""
    total = hashlib.sha256()
    with engine.connect() as connection:
        for table in (*TABLES, "station_ward", "ward"):
            made = {"id"} if table == "result_ward_agg" else set()
            columns = [one["name"] for one in sa.inspect(connection).get_columns(table)]
            listed = ", ".join(f'"{name}"' for name in columns if name not in NOT_COMPARED | made)
            query = (
                "SELECT md5(string_agg(row, '' ORDER BY row)) FROM (SELECT md5(ROW({})::text) AS row FROM {}) AS hashed"
            )
            total.update(f"{table} {connection.exec_driver_sql(query.format(listed, table)).scalar_one()}".encode())
    return total.hexdigest()
