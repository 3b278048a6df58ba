"""Each repair does what the report says, and what can't be repaired is set aside with its reason."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from changed import one, original_with, repaired, set_aside, values
from originals import make_original

from lokdarpan_core.adoption.adopting import adopt
from lokdarpan_core.errors import NotFoundError
from lokdarpan_core.news.fingerprint import fingerprint

UNIQUE_GONE = "DROP INDEX uq_epaper_sha256, uq_post_epaper_id;"


@pytest.mark.parametrize("stored", ["NULL", "''", "'abc'", "repeat('x', 64)"])
def test_fingerprint_that_is_none_is_computed(engine, stored):
    report = original_with(
        engine, f"ALTER TABLE epaper ALTER sha256 DROP NOT NULL; UPDATE epaper SET sha256 = {stored} WHERE id = 1"
    )

    assert [("epaper", 1, False)] == repaired(report, "sha256 missing or none")
    assert ("29364b03a023ca8f16fda03da59d47e8b7c2972b46c88045f2fbb2ecd6d27abe",) == one(
        engine, "SELECT sha256 FROM epaper WHERE id = 1"
    )


def test_fingerprint_of_another_text_is_computed_and_the_old_one_kept_as_a_tombstone(engine):
    """Somebody had cut a name out of the text by hand: no delivery may bring it back."""
    was = fingerprint("Eenadu", date(2025, 8, 10), "GHMC sanitation drive\n\nResidents report mixed results in ...")

    report = original_with(engine, "UPDATE epaper SET raw_text = 'Removed by order' WHERE id = 1")

    assert [("epaper", 1, True)] == repaired(report, "is not its text's")
    assert report.needs_a_look
    assert (fingerprint("Eenadu", date(2025, 8, 10), "Removed by order"),) == one(
        engine, "SELECT sha256 FROM epaper WHERE id = 1"
    )
    assert (None, True) == one(
        engine, f"SELECT raw_text, withdrawn_reason LIKE '%epaper 1' FROM epaper WHERE sha256 = '{was}'"
    )


def test_equal_epapers_are_merged_into_the_first_and_posts_keep_their_text(engine):
    report = original_with(
        engine,
        UNIQUE_GONE + "INSERT INTO epaper (id, publication_name, publication_date, raw_text, sha256)"
        " SELECT id + 100, upper(publication_name), publication_date, raw_text || '  ', ''"
        " FROM epaper WHERE id IN (1, 4);"
        "INSERT INTO post (id, text, author_id, created_at, epaper_id)"
        " VALUES (101, 'second text', 1, '2025-08-10', 101), (104, 'only text', 2, '2025-08-12', 104)",
    )

    assert [("epaper", 2, "merged")] == [
        (one.table, one.rows, one.fate) for one in report.fates if one.table == "epaper"
    ]
    assert [("post", 1, False)] == repaired(report, "moved to the epaper")
    assert [("post", 1, False)] == repaired(report, "another post has the epaper")
    assert (4, "only text") == one(engine, "SELECT epaper_id, text FROM post WHERE id = 104")
    assert (None, "second text") == one(engine, "SELECT epaper_id, text FROM post WHERE id = 101")
    assert (1,) == one(engine, "SELECT epaper_id FROM post WHERE id = 1")


def test_post_without_a_time_has_that_of_its_epaper_or_of_what_was_written_or_is_set_aside(engine):
    report = original_with(
        engine,
        """
        ALTER TABLE post ALTER created_at DROP NOT NULL, ADD "timestamp" varchar(50);
        UPDATE post SET created_at = NULL WHERE id IN (1, 4);
        INSERT INTO post (id, text, author_id, "timestamp") VALUES
            (11, 'a', 3, '2025-08-02T10:00:00Z'), (12, 'b', 3, '03-08-2025 10:00'), (13, 'c', 3, 'yesterday, maybe')
        """,
    )

    times = dict(
        zip((1, 11, 12), values(engine, "SELECT created_at FROM post WHERE id IN (1, 11, 12) ORDER BY id"), strict=True)
    )
    assert {
        1: datetime(2025, 8, 10, tzinfo=UTC),
        11: datetime(2025, 8, 2, 10, tzinfo=UTC),
        12: datetime(2025, 8, 3, 10, tzinfo=UTC),
    } == times
    assert {("post", 2, "no time, and no epaper that would tell it")} == set_aside(report)
    assert [4, 13] == values(engine, "SELECT id FROM adoption.fate WHERE of_table = 'post' ORDER BY id")


def test_party_is_the_authors_only_where_posts_have_none_of_their_own(engine):
    make_original(engine, "without_party")
    adopt(engine)
    assert [None, None, None, "BRS", None] == values(engine, "SELECT party FROM post ORDER BY id")


def test_party_of_a_post_stays_as_it_is_where_there_is_one(engine):
    make_original(engine, "head")
    adopt(engine)
    assert [None, "INC", None, None, None] == values(engine, "SELECT party FROM post ORDER BY id")


def test_times_are_utc_whatever_zone_the_database_is_in(engine):
    make_original(engine, "head")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {engine.url.database} SET timezone = 'Asia/Kolkata'")
    adopt(engine)

    assert (datetime(2025, 8, 10, 17, 45, 12, tzinfo=UTC),) == one(engine, "SELECT created_at FROM post WHERE id = 4")


def test_json_that_can_not_be_parsed_is_kept_as_text(engine):
    report = original_with(
        engine,
        r"""
        UPDATE alert SET opportunities = 'Mend the roads [', threats = '["\u0000"]', actionable_alerts = E' \n',
                         source_articles = '{"b": 1, "a": [2.50, "x"]}' WHERE id = 1
        """,
    )

    assert ({"unparsed": "Mend the roads ["}, {"unparsed": '["\\u0000"]'}, None, {"b": 1, "a": [2.5, "x"]}) == one(
        engine, "SELECT opportunities, threats, actionable_alerts, source_articles FROM alert WHERE id = 1"
    )
    assert [("alert", 1, True)] * 2 == repaired(report, "is no JSON")
    assert report.needs_a_look


def test_alerts_find_their_ward_by_any_label(engine):
    original_with(engine, "UPDATE alert SET ward = 'Ward 95 Jubilee Hills' WHERE id = 2")

    assert [("Jubilee Hills", "WARD_095"), ("Ward 95 Jubilee Hills", "WARD_095")] == [
        one(engine, f"SELECT ward, ward_id FROM alert WHERE id = {id}") for id in (1, 2)
    ]


def test_rows_that_mean_nothing_are_set_aside_and_named(engine):
    report = original_with(
        engine,
        UNIQUE_GONE
        + """
        ALTER TABLE epaper ALTER raw_text DROP NOT NULL;
        UPDATE epaper SET raw_text = NULL WHERE id = 4;
        ALTER TABLE alert ALTER created_at DROP NOT NULL, ALTER updated_at DROP NOT NULL;
        UPDATE alert SET created_at = NULL, updated_at = NULL WHERE id = 2;
        ALTER TABLE result_ps DROP CONSTRAINT result_ps_election_id_fkey;
        UPDATE result_ps SET election_id = 77 WHERE id = 1;
        UPDATE ward_profile SET ward_id = ' ' WHERE id = 2;
        """,
    )

    assert {
        ("epaper", 1, "no text"),
        ("alert", 1, "no time, and no epaper that would tell it"),
        ("result_ps", 1, "no such election"),
        ("ward_profile", 1, "no ward"),
    } == set_aside(report)


def test_of_several_rows_of_a_ward_the_newest_stays(engine):
    make_original(engine, "dirty", 400)
    adopt(engine)

    assert ("WARD_002", 3) == one(engine, "SELECT ward_id, electors FROM ward_profile")


def test_rows_of_the_originals_seed_script_are_marked_as_an_example(engine):
    make_original(engine, "head")
    adopt(engine)

    for table in ("ward_profile", "ward_demographics", "ward_features"):
        assert ["example", "adopted"] == values(engine, f"SELECT source FROM {table} ORDER BY ward_id")


def test_turnout_volatility_that_was_never_computed_is_kept_and_pointed_out(engine):
    report = original_with(engine, "UPDATE ward_features SET turnout_volatility = 0.0 WHERE id = 2")

    assert [("ward_features", 1, True)] == repaired(report, "turnout_volatility is 0")
    assert (0.0,) == one(engine, "SELECT turnout_volatility FROM ward_features WHERE id = 2")


def test_table_of_another_shape_is_set_aside_whole(engine):
    report = original_with(
        engine,
        "DROP TABLE alert; CREATE TABLE alert (id serial PRIMARY KEY, metric text); INSERT INTO alert VALUES (1, 'x')",
    )

    assert {("alert", 1, "the table has another shape than the original's")} == set_aside(report)
    assert [(1, "x")] == [one(engine, "SELECT id, metric FROM legacy.alert")]


def test_new_ids_begin_after_the_originals(engine):
    original_with(engine, "UPDATE alert SET id = 900 WHERE id = 2; SELECT setval('alert_id_seq', 900)")

    with engine.begin() as connection:
        for table, columns, row in (
            ("alert", "ward", "'x'"),
            (
                "epaper",
                "publication_name, publication_date, raw_text, sha256",
                "'P', '2026-01-01', 'x', repeat('e', 64)",
            ),
        ):
            new = connection.exec_driver_sql(
                f"INSERT INTO {table} ({columns}) VALUES ({row}) RETURNING id"
            ).scalar_one()
            assert (table, {"alert": 901, "epaper": 6}[table]) == (table, new)


def test_database_of_something_else_is_refused(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE post (slug text)")

    with pytest.raises(NotFoundError, match="neither a table post nor a table epaper"):
        adopt(engine)


def test_the_fixtures_fingerprint_is_the_rule(engine):
    """The SQL of the fixtures and our Python agree, so that the stages are what they claim to be."""
    make_original(engine, "head")

    assert (
        hashlib.sha256(b"eenadu|2025-08-10|a b").hexdigest()
        == one(engine, r"SELECT fingerprint(E' Eenadu\n', '2025-08-10', E'A\t\n b ')")[0]
    )
