"""What all tables have in common: their metadata, the names of constraints, and columns that stand in many."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Column = sa.Column
TIME = sa.DateTime(timezone=True)


def id_column() -> Column[int]:
    return Column("id", BigInteger, sa.Identity(always=False), primary_key=True)


def created_at() -> Column[Any]:
    return Column("created_at", TIME, nullable=False, server_default=sa.func.now())


def updated_at() -> Column[Any]:
    return Column("updated_at", TIME, nullable=False, server_default=sa.func.now())


def table(name: str, *parts: Any, comment: str) -> sa.Table:
    return sa.Table(name, metadata, *parts, comment=comment)


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
