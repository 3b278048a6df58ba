"""Results that were doubled are one again, and those that contradict each other are left out."""

import pytest
import sqlalchemy as sa
from changed import one, original_with
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from originals import make_original

from lokdarpan_core.adoption.fates import judge
from lokdarpan_core.adoption.notes import Work
from lokdarpan_core.adoption.original import read_original
from lokdarpan_core.wards.gazetteer import Gazetteer


def test_doubled_results_are_merged_and_contradicting_ones_left_out(engine):
    report = original_with(
        engine,
        """
        INSERT INTO result_ps (election_id, ps_id, party, candidate, votes, total_polled, rejected, created_at)
        SELECT election_id, ps_id, party, candidate, votes + (ps_id = '60-1' AND party = 'BRS')::int, 401, 3, created_at
        FROM result_ps WHERE election_id = 1
        """,
    )

    assert {("result_ps", 8, "merged"), ("result_ps", 2, "set aside")} == {
        (one.table, one.rows, one.fate) for one in report.fates if one.table == "result_ps"
    }
    assert (8,) == one(engine, "SELECT count(*) FROM result_ps WHERE election_id = 1")
    assert (110,) == one(engine, "SELECT votes FROM result_ward_agg WHERE election_id = 1 AND party = 'BRS'")
    assert report.needs_a_look


def test_doubled_elections_are_one(engine):
    original_with(
        engine,
        """
        INSERT INTO election (id, type, year, round, official_ref) VALUES (9, 'LokSabha ', 2024, NULL, 'gazette');
        UPDATE result_ps SET election_id = 9 WHERE election_id = 2 AND ps_id = '60-2'
        """,
    )

    assert [(1, "cli"), (2, "gazette"), (3, None)] == [
        one(engine, f"SELECT id, official_ref FROM election WHERE id = {id}") for id in (1, 2, 3)
    ]
    assert (9,) == one(engine, "SELECT count(*) FROM result_ps WHERE election_id = 2")


result_rows = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from(["BRS", "INC"]),
        st.sampled_from([None, "One"]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=12,
)


@pytest.fixture
def empty_original(engine):
    """A connection to an original without rows but for one election, in a transaction that is rolled back."""
    make_original(engine, "head")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "TRUNCATE author, epaper, post, alert, election, polling_station, result_ps, result_ward_agg"
        )
        connection.exec_driver_sql("INSERT INTO election (id, type, year) VALUES (1, 'GHMC', 2020)")
        yield connection
        connection.rollback()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(results=result_rows)
def test_of_each_key_one_result_stays_unless_two_contradict_each_other(empty_original, results):
    """All of a key's rows are accounted for: one kept and the rest merged into it, or all set aside."""
    connection = empty_original
    with connection.begin_nested() as savepoint:
        for station, party, candidate, votes in results:
            connection.execute(
                sa.text(
                    "INSERT INTO result_ps (election_id, ps_id, party, candidate, votes, created_at)"
                    " VALUES (1, :station, :party, :candidate, :votes, now())"
                ),
                {"station": station, "party": party, "candidate": candidate, "votes": votes},
            )
        work = Work(connection, None, "public")
        work.prepare()
        work.make_views(read_original(connection))
        judge(work, Gazetteer.packaged())
        kept = connection.execute(
            sa.text(
                "SELECT ps_id, party, candidate, votes FROM old_result_ps AS old"
                " WHERE NOT EXISTS (SELECT FROM fate WHERE of_table = 'result_ps' AND fate.id = old.id)"
            )
        ).all()
        savepoint.rollback()

    said = {}
    for *key, votes in results:
        said.setdefault(tuple(key), set()).update({votes} - {None})
    expected = sorted(((*key, next(iter(votes), None)) for key, votes in said.items() if len(votes) < 2), key=repr)
    assert expected == sorted(map(tuple, kept), key=repr)
