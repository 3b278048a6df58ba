"""Where the benchmarks run: a database of their own, which is dropped at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine

from lokdarpan_core.database import create_engine
from lokdarpan_core.embedded import EmbeddedServer
from lokdarpan_core.migration import upgrade


@contextmanager
def temporary_database(url: str | None) -> Iterator[Engine]:
    """A new database on this server, or on one in a temporary home; nothing that exists is touched."""
    with ExitStack() as stack:
        if url is None:
            home = Path(tempfile.mkdtemp(prefix="lokdarpan-benchmark-", dir="/tmp"))
            stack.callback(shutil.rmtree, home)
            url = stack.enter_context(EmbeddedServer(home).use())
        server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        name = f"lokdarpan_benchmark_{os.getpid()}"
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine = create_engine(server.url.set(database=name))
        try:
            upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            with server.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
