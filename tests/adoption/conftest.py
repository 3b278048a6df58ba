"""Two databases: one that is adopted or filled, and one that is copied from."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from pytest_postgresql import factories
from sqlalchemy import Engine

from lokdarpan_core import create_engine

second_clone = factories.postgresql("pg_template", dbname="second")


@pytest.fixture
def source_url(second_clone, url) -> sa.URL:
    """Another database of the test's own."""
    return url.set(database=second_clone.info.dbname)


@pytest.fixture
def source(source_url: sa.URL) -> Iterator[Engine]:
    engine = create_engine(source_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()
