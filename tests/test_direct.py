"""Rows from the driver itself: the same answers and the same errors as through SQLAlchemy."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError

from lokdarpan_core.direct import all_rows, one_row, one_text_row

ADD = "SELECT CAST(%(a)s AS int) + 1, NULL WHERE %(a)s < 10"
TEXT = "SELECT CAST($1 AS int) + 1, NULL WHERE CAST($1 AS int) < 10"


def end(engine, connection):
    """Cut a connection's session off, as a restart of the server does."""
    pid = connection.connection.driver_connection.info.backend_pid
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        other.execute(sa.text("SELECT pg_sleep(0.2)"))


def test_first_row_or_none(connection):
    assert [(2, None), None] == [one_row(connection, ADD, {"a": a}) for a in (1, 10)]
    assert [("2", None), None, ("3", None)] == [one_text_row(connection, "t", TEXT, (a,)) for a in ("1", "10", "2")]


def test_all_rows_have_their_columns_as_attributes(connection):
    found = all_rows(connection, "SELECT n, n %% 2 AS odd FROM generate_series(1, %(most)s) AS n", {"most": 3})

    assert [(1, 1), (2, 0), (3, 1)] == [(row.n, row.odd) for row in found]
    assert [] == all_rows(connection, "SELECT 1 AS n WHERE false", {})


def test_they_see_what_the_transaction_has_written(connection):
    connection.execute(sa.text("INSERT INTO ward_version (ward_id, version, changed_at) VALUES ('X', 7, now())"))

    assert (7,) == one_row(connection, "SELECT version FROM ward_version WHERE ward_id = %(w)s", {"w": "X"})
    assert ("7",) == one_text_row(connection, "v", "SELECT version FROM ward_version WHERE ward_id = $1", ("X",))


def test_errors_are_sqlalchemys(engine):
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="nowhere"):
        one_row(connection, "SELECT 1 FROM nowhere", {})
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="nowhere"):
        one_text_row(connection, "n", "SELECT 1 FROM nowhere", ())


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: one_row(c, ADD, {"a": 1}),
        lambda c: all_rows(c, "SELECT 1 AS n", {}),
        lambda c: one_text_row(c, "t", TEXT, ("1",)),
    ],
    ids=["row", "rows", "text"],
)
def test_a_lost_session_is_said_and_the_connection_let_go(engine, ask):
    with engine.connect() as connection:
        ask(connection)
        end(engine, connection)
        with pytest.raises(DBAPIError) as caught:
            ask(connection)
        assert caught.value.connection_invalidated
        assert connection.invalidated


FORGETTING = {
    "a pooler's other session": lambda connection: connection.execute(sa.text("DEALLOCATE ALL")),
    "a rollback": lambda connection: connection.execute(sa.text("SELECT 1")) and connection.rollback(),
}


@pytest.mark.parametrize("forget", FORGETTING.values(), ids=FORGETTING)
@pytest.mark.parametrize("begun", [False, True], ids=["idle", "in a transaction"])
def test_a_session_that_forgot_its_statements_is_asked_all_the_same(engine, forget, begun):
    with engine.connect() as connection:
        one_text_row(connection, "t", TEXT, ("1",))
        forget(connection)
        connection.commit()
        if begun:
            connection.execute(sa.text("SELECT 1"))

        assert [("2", None)] * 2 == [one_text_row(connection, "t", TEXT, ("1",)) for _ in range(2)]


def test_a_session_that_knows_the_statement_from_somebody_else_is_asked_all_the_same(engine):
    with engine.connect() as connection:
        connection.connection.driver_connection.pgconn.prepare(b"t", TEXT.encode())

        assert ("2", None) == one_text_row(connection, "t", TEXT, ("1",))
