"""During an update the version before runs on a schema that it does not know, where the database says that it may."""

import pytest
import sqlalchemy as sa

from lokdarpan_core import SchemaError, head_revision, migration, require_head, upgrade
from lokdarpan_core.migration import COMPATIBLE_FROM, VERSION_TABLE

NEWER = "9999"  # a revision that only a later version has


def later_version_has_been_here(connection, note):
    """The traces of an upgrade by a later version; tables that it added do not matter here."""
    connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '{NEWER}'"))
    connection.execute(sa.text(f"COMMENT ON TABLE {VERSION_TABLE} IS {note}"))


def test_an_upgrade_notes_the_oldest_schema_whose_code_still_works(connection):
    assert COMPATIBLE_FROM == migration.compatible_from(connection)


def test_the_note_names_a_revision_that_there_was_before_the_newest():
    assert COMPATIBLE_FROM in migration.known_revisions() - {head_revision()}


def test_a_schema_that_is_not_the_newest_gets_no_note(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    upgrade(engine, COMPATIBLE_FROM)

    with engine.connect() as connection:
        assert migration.compatible_from(connection) is None
    upgrade(engine)
    with engine.connect() as connection:
        assert COMPATIBLE_FROM == migration.compatible_from(connection)


def test_a_newer_schema_that_goes_with_this_version_is_accepted(connection):
    later_version_has_been_here(connection, f"'compatible from {head_revision()}'")

    require_head(connection)


@pytest.mark.parametrize("note", ["NULL", "'compatible from 9998'", "'a note of somebody else'"])
def test_a_newer_schema_that_does_not_go_with_this_version_is_refused(connection, note):
    later_version_has_been_here(connection, note)

    with pytest.raises(SchemaError, match=rf"schema {NEWER}, newer than this version's.*install the version"):
        require_head(connection)


def test_an_upgrade_leaves_a_newer_schema_as_it_is(engine):
    with engine.begin() as connection:
        later_version_has_been_here(connection, f"'compatible from {head_revision()}'")

    assert (NEWER, NEWER) == upgrade(engine)
    with engine.begin() as connection:
        later_version_has_been_here(connection, "NULL")
    with pytest.raises(SchemaError, match="install the version"):
        upgrade(engine)


def test_an_older_schema_is_refused_whatever_its_note(connection):
    connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))

    with pytest.raises(SchemaError, match="run `lokdarpan db upgrade`"):
        require_head(connection)
