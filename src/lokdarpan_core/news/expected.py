"""Articles that come over the network: their run is there before a line of them is read.

So whoever sends them is told a number at once, and asks with it what became of them; and whoever reads the file later,
a job or a command, goes on with that run, since it is of the same bytes. The run names the key that they came with.
"""

import time

import sqlalchemy as sa
from sqlalchemy import Engine

from lokdarpan_core.errors import ConflictError
from lokdarpan_core.news import runs
from lokdarpan_core.news.runs import IngestReport

PAUSE_S, PATIENCE_S = 0.05, 10.0


def expected_run(
    engine: Engine,
    source: str,
    sha256: str,
    size: int,
    *,
    api_key_id: int | None = None,
    also_create_posts: bool = True,
) -> IngestReport:
    """The run of a file of `size` bytes with this hash, which is to be ingested: the one that has done it already
    (`already_done`), one that is at it or was broken off, else a new one. `source` is its name for people.

    Safe to repeat, and by several at once. Raises ConflictError when the same bytes are being ingested in another way,
    and that takes long.
    """
    options = {"also_create_posts": also_create_posts, "update_metadata": False}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with engine.begin() as connection:
            lock = sa.func.pg_try_advisory_xact_lock(runs.lock_key(sha256))  # as who ingests the file holds it
            free = connection.execute(sa.select(lock)).scalar_one()
            found = runs.find_done(connection, sha256, also_create_posts)
            found = found or runs.find_unfinished(connection, sha256, options)
            if found is None and free:
                run_id = runs.begin(connection, source, sha256, size, options, api_key_id=api_key_id)
                found = runs.get(connection, run_id)
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise ConflictError("The same content is being ingested right now, with other options: try again later")
        time.sleep(PAUSE_S)
