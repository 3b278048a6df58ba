"""An original comes along whole from every stage, in place and by copy, with every row accounted for."""

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from originals import STAGES, TABLES, digest, make_original, rows

from lokdarpan_core import migration
from lokdarpan_core.adoption.adopting import adopt, plan_adoption


def accounts(report):
    return {one.table: (one.rows, one.copied, one.merged, one.recomputed, one.set_aside) for one in report.accounts}


def fates(report):
    return {(one.table, one.fate): one.rows for one in report.fates}


@pytest.mark.parametrize("stage", STAGES)
def test_every_row_is_accounted_for_and_the_dry_run_says_the_same(engine, stage):
    make_original(engine, stage)

    plan = plan_adoption(engine)
    report = adopt(engine)

    for table, (there, *parts) in accounts(report).items():
        assert (table, there) == (table, sum(parts))
    assert [0] * 2 * len(report.accounts) == [
        count for one in report.accounts for count in (one.missing, one.differing)
    ]
    assert (False, True) == (plan.applied, report.applied)
    assert (accounts(plan), plan.fates, plan.repairs, plan.found, plan.bytes) == (
        accounts(report), report.fates, report.repairs, report.found, report.bytes,
    )  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_in_place_and_by_copy_come_to_the_same(engine, source, source_url, stage):
    """The target of the copy is an empty database of ours; the source is adopted in place after it was copied."""
    make_original(source, stage)

    copied = adopt(engine, source_url)
    in_place = adopt(source)

    assert (False, True) == (copied.in_place, in_place.in_place)
    assert (accounts(copied), copied.fates, copied.repairs) == (accounts(in_place), in_place.fates, in_place.repairs)
    assert digest(engine) == digest(source)


@pytest.mark.parametrize("stage", STAGES)
def test_schema_is_this_versions_and_the_originals_rows_are_kept(engine, stage):
    make_original(engine, stage)
    with engine.connect() as connection:
        before = {table: rows(connection, table) for table in TABLES}
        heads = connection.execute(sa.text("SELECT version_num FROM alembic_version ORDER BY 1")).scalars().all()

    adopt(engine)

    with engine.connect() as connection:
        migration.require_head(connection)
        assert [] == migration.differences(connection)
        assert before == {table: rows(connection, table, "legacy") for table in TABLES}
        kept = connection.execute(sa.text("SELECT version_num FROM alembic_version ORDER BY 1")).scalars().all()
        assert heads == kept


def test_clean_head_comes_along_row_by_row(engine):
    make_original(engine, "head")
    adopt(engine)

    with engine.connect() as connection:
        old = {table: rows(connection, table, "legacy") for table in TABLES}
        new = {table: rows(connection, table) for table in TABLES}
    for table in set(TABLES) - {"result_ward_agg"}:
        assert (table, list(old[table])) == (table, list(new[table]))
        for id, row in old[table].items():
            expected = {name: translated(table, name, value) for name, value in row.items()}
            if (table, id) == ("post", 5):
                expected["epaper_id"] = 5  # found by its beginning: the original had cut its text
            assert (table, expected) == (table, {name: new[table][id][name] for name in row})


def translated(table, name, value):
    """What a value of the original is in ours."""
    if name in {"created_at", "updated_at"}:
        return value.replace(tzinfo=UTC)
    if table == "alert" and name in {"opportunities", "threats", "actionable_alerts", "source_articles"}:
        return json.loads(value) if value else None
    return value


def test_results_get_candidate_numbers_and_aggregates_are_computed_from_them(engine):
    make_original(engine, "head")
    adopt(engine)

    with engine.connect() as connection:
        numbers = connection.execute(
            sa.text("SELECT DISTINCT party, candidate_no FROM result_ps WHERE election_id = 1 ORDER BY 2")
        ).all()
        shares = connection.execute(
            sa.text(
                "SELECT party, votes, round(vote_share), turnout_pct FROM result_ward_agg"
                " WHERE election_id = 1 ORDER BY party"
            )
        ).all()
    assert [("BRS", 1), ("INC", 2), ("BJP", 3)] == [tuple(row) for row in numbers]
    # stations 60-1 and 60-2 are in WARD_095; Form 20 without electors gives no turnout
    assert [("BJP", 14, 4, None), ("BRS", 210, 63, None), ("INC", 110, 33, None)] == [tuple(row) for row in shares]


def test_aggregates_without_stations_are_kept_without_their_turnout(engine):
    make_original(engine, "head")
    adopt(engine)

    with engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT id, party, votes, vote_share, turnout_pct FROM result_ward_agg WHERE election_id = 3 ORDER BY 1"
            )
        ).all()
    assert [(2, "BRS", 600, 60.0, None), (3, "INC", 400, 40.0, None)] == [tuple(row) for row in found]


@pytest.mark.parametrize("by_copy", [False, True], ids=["in place", "by copy"])
def test_first_stage_without_an_archive_and_results(engine, source, source_url, by_copy):
    """Before there was an epaper, with the time of a post in a column of text."""
    make_original(source, "head")
    with source.begin() as connection:
        connection.exec_driver_sql(
            "DROP TABLE epaper, election, polling_station, result_ps, result_ward_agg, ward_profile, ward_demographics,"
            " ward_features, alembic_version CASCADE;"
            'ALTER TABLE post DROP COLUMN epaper_id, DROP COLUMN party, ADD "timestamp" varchar(50);'
            "UPDATE post SET timestamp = to_char(created_at, 'DD-MM-YYYY HH24:MI:SS');"
            "ALTER TABLE post DROP COLUMN created_at"
        )

    report = adopt(engine, source_url) if by_copy else adopt(source)

    assert {"author": (3, 3, 0, 0, 0), "post": (5, 5, 0, 0, 0), "alert": (2, 2, 0, 0, 0)} == accounts(report)
    assert "no Alembic revision is recorded; the columns tell the stage" in report.found
    with (engine if by_copy else source).connect() as connection:
        times = connection.execute(sa.text("SELECT created_at FROM post ORDER BY id")).scalars().all()
    assert datetime(2025, 8, 10, 17, 45, 12, tzinfo=UTC) == times[3]


@pytest.mark.slow
def test_two_hundred_thousand_posts_in_place_and_by_copy(engine, source, source_url):
    make_original(source, "dirty", 200_000)

    copied = adopt(engine, source_url)
    in_place = adopt(source)

    assert accounts(copied) == accounts(in_place)
    assert (200_000, 199_855, 0, 0, 145) == accounts(copied)["post"]  # of 145,000 that people said, each 1,000th
    assert (55_000, 50_000, 5_000, 0, 0) == accounts(copied)["epaper"]
    assert digest(engine) == digest(source)
