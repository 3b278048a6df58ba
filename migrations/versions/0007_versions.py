"""Which ward changed, and which day is to be counted again: triggers write it, so that no way of writing is forgotten.

A transaction notes the wards that it changes in `ward_touch`, and at its commit, when nothing else is left to be
locked, their versions go up in one statement, in order of their ids: two transactions can't wait for each other, and
none waits for longer than another's commit.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("ward", "ward_profile", "ward_demographics", "ward_features", "ward_winner", "result_ward_agg", "alert")

NOTE_WARDS = """
CREATE FUNCTION note_wards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO ward_touch (ward_id) SELECT DISTINCT ward_id FROM come WHERE ward_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO ward_touch (ward_id) SELECT DISTINCT ward_id FROM gone WHERE ward_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""
NOTE_DAYS = """
CREATE FUNCTION note_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO stale_day (published_on) SELECT DISTINCT published_on FROM come;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO stale_day (published_on) SELECT DISTINCT published_on FROM gone;
    END IF;
    RETURN NULL;
END $$
"""
RAISE_VERSIONS = """
CREATE FUNCTION raise_ward_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH touched AS (
        DELETE FROM ward_touch WHERE transaction = (pg_current_xact_id()::text)::bigint RETURNING ward_id
    )
    INSERT INTO ward_version (ward_id, version, changed_at)
    SELECT ward_id, 1, clock_timestamp() FROM touched ORDER BY ward_id
    ON CONFLICT (ward_id) DO UPDATE
    SET version = ward_version.version + 1, changed_at = greatest(clock_timestamp(), ward_version.changed_at);
    RETURN NULL;
END $$
"""
AT_COMMIT = """
CREATE CONSTRAINT TRIGGER raise_ward_versions AFTER INSERT ON ward_touch
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_ward_versions()
"""
SEEN = {
    "insert": "REFERENCING NEW TABLE AS come",
    "update": "REFERENCING OLD TABLE AS gone NEW TABLE AS come",
    "delete": "REFERENCING OLD TABLE AS gone",
}


def upgrade() -> None:
    op.create_table(
        "stale_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_day")),
        comment="Days whose totals are to be counted again; written by triggers",
    )
    op.create_table(
        "ward_version",
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_ward_version")),
        comment="Goes up with every transaction that changes what is said of a ward: what caches are validated by",
    )
    op.create_table(
        "ward_touch",
        sa.Column(
            "transaction",
            sa.BigInteger(),
            autoincrement=False,
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("transaction", "ward_id", name=op.f("pk_ward_touch")),
        comment="The wards that a transaction has changed so far; empty between transactions",
    )
    for statement in (NOTE_WARDS, NOTE_DAYS, RAISE_VERSIONS, AT_COMMIT):
        op.execute(statement)
    for table in (*TABLES, "post_ward"):
        _watch(table, "note_wards")
    _watch("post_ward", "note_days")
    op.execute("INSERT INTO stale_day (published_on) SELECT DISTINCT published_on FROM post_ward")


def _watch(table: str, function: str) -> None:
    for event, seen in SEEN.items():
        op.execute(
            f"CREATE TRIGGER {function}_{event} AFTER {event} ON {table} {seen} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for table, function in (*((table, "note_wards") for table in (*TABLES, "post_ward")), ("post_ward", "note_days")):
        for event in SEEN:
            op.execute(f"DROP TRIGGER {function}_{event} ON {table}")
    for name in ("ward_touch", "ward_version", "stale_day"):
        op.drop_table(name)
    for function in ("raise_ward_versions", "note_days", "note_wards"):
        op.execute(f"DROP FUNCTION {function}()")
