"""An original that is changed by SQL before it is adopted, and what can be asked of it afterwards."""

import sqlalchemy as sa
from originals import make_original

from lokdarpan_core.adoption.adopting import adopt


def original_with(engine, statements, stage="head"):
    """An original of a stage, changed by SQL, and its adoption."""
    make_original(engine, stage, 400)
    with engine.begin() as connection:
        connection.exec_driver_sql(statements)
    return adopt(engine)


def one(engine, query):
    with engine.connect() as connection:
        return tuple(connection.execute(sa.text(query)).one())


def values(engine, query):
    with engine.connect() as connection:
        return list(connection.execute(sa.text(query)).scalars())


def repaired(report, what):
    return [(one.table, one.rows, one.look) for one in report.repairs if what in one.what]


def set_aside(report):
    return {(one.table, one.rows, one.reason) for one in report.fates if one.fate == "set aside"}
