"""What changes for all wards at once: a spelling of one is a place's name in what is said of every other.

`ward_touch` takes `*` for all wards, so that a list of a thousand spellings notes one row, and not each ward for each.

And what a pulse asks of each term stands in the index of `city_term`, so that it reads no page of the table.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("ward", "ward_alias")

NOTE_ALL_WARDS = """
CREATE FUNCTION note_all_wards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ward_touch (ward_id) SELECT '*' WHERE EXISTS (SELECT FROM changed) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
RAISE_VERSIONS = """
CREATE OR REPLACE FUNCTION raise_ward_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH touched AS (
        DELETE FROM ward_touch WHERE transaction = (pg_current_xact_id()::text)::bigint RETURNING ward_id
    ), named AS ({named})
    INSERT INTO ward_version (ward_id, version, changed_at)
    SELECT ward_id, 1, clock_timestamp() FROM named ORDER BY ward_id
    ON CONFLICT (ward_id) DO UPDATE
    SET version = ward_version.version + 1, changed_at = greatest(clock_timestamp(), ward_version.changed_at);
    RETURN NULL;
END $$
"""
EACH = "SELECT ward_id FROM touched"
EACH_AND_ALL = """
        SELECT ward_id FROM touched WHERE ward_id <> '*'
        UNION SELECT ward_id FROM ward WHERE EXISTS (SELECT FROM touched WHERE ward_id = '*')
"""
EMPTY = "empty between transactions"
SEEN = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


REMAKE_KEY = """
ALTER TABLE city_term DROP CONSTRAINT pk_city_term,
ADD CONSTRAINT pk_city_term PRIMARY KEY (delimitation_id, term, published_on) {}
"""


def upgrade() -> None:
    op.execute(REMAKE_KEY.format("INCLUDE (stories)"))
    op.create_table_comment("ward_touch", f"The wards that a transaction has changed so far, `*` for all; {EMPTY}")
    op.execute(NOTE_ALL_WARDS)
    op.execute(RAISE_VERSIONS.format(named=EACH_AND_ALL))
    for table in TABLES:
        for event, rows in SEEN.items():
            op.execute(
                f"CREATE TRIGGER note_all_wards_{event} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
                f"FOR EACH STATEMENT EXECUTE FUNCTION note_all_wards()"
            )


def downgrade() -> None:
    op.execute(REMAKE_KEY.format(""))
    for table in TABLES:
        for event in SEEN:
            op.execute(f"DROP TRIGGER note_all_wards_{event} ON {table}")
    op.execute(RAISE_VERSIONS.format(named=EACH))
    op.execute("DROP FUNCTION note_all_wards()")
    op.create_table_comment("ward_touch", f"The wards that a transaction has changed so far; {EMPTY}")
