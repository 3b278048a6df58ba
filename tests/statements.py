"""What a database is asked, through SQLAlchemy and past it."""

import psycopg
import pytest

from lokdarpan_core import direct


def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements from now on, in order."""
    told: list[str] = []
    execute, below = psycopg.Cursor.execute, direct._asked

    def through_the_driver(self, query, *arguments, **options):
        told.append(str(query))
        return execute(self, query, *arguments, **options)

    def below_the_driver(pgconn, known, name, statement, values):
        told.append(statement)
        return below(pgconn, known, name, statement, values)

    monkeypatch.setattr(psycopg.Cursor, "execute", through_the_driver)
    monkeypatch.setattr(direct, "_asked", below_the_driver)
    return told
