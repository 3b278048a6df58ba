"""Who does jobs: a consumer shows itself by an advisory lock, in a session named after it, for as long as it lives.

So nobody has to write down that it is alive, and nobody has to guess when it is not any more.
"""

from datetime import datetime

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

CONSUMER_LOCKS = 0x4C6B436F  # the first half of the lock, which all share; the second is how many workers one has
NAME = "lokdarpan consumer "
NAME_BYTES = 63  # as much as PostgreSQL keeps of a session's name
ALIVE = sa.text(f"""
    SELECT application_name, CAST(objid AS bigint) AS workers, backend_start
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND classid = {CONSUMER_LOCKS} AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND application_name LIKE '{NAME}%@%'
    ORDER BY application_name
""")  # noqa: S608


@attrs.frozen
class Consumer:
    """A consumer that is alive. `host` may be cut off at its end; `since` is None for an account that may not see other
    accounts' sessions."""

    host: str
    pid: int
    workers: int
    since: datetime | None

    def is_on(self, host: str) -> bool:
        """Whether it does the jobs of this host."""
        return bool(self.host) and host.startswith(self.host)


def consumer_name(host: str, pid: int) -> str:
    """What the session of a consumer is to be named."""
    return f"{NAME}{pid}@{host}".encode()[:NAME_BYTES].decode(errors="ignore")


def announce(connection: Connection, workers: int) -> None:
    """Show a consumer for as long as this session lives."""
    connection.execute(sa.select(sa.func.pg_advisory_lock_shared(CONSUMER_LOCKS, workers)))


def consumers(connection: Connection) -> list[Consumer]:
    """The consumers that are alive, on every machine."""
    found = []
    for name, workers, since in connection.execute(ALIVE):
        pid, _, host = name.removeprefix(NAME).partition("@")
        found.append(Consumer(host, int(pid), workers, since))
    return found
