"""The queue: PostgreSQL by default, Redis or Valkey where one is set. Its messages are JSON, signed where there is a
secret; never pickle, which runs whatever is in the queue.

A message of ours holds the id of a job; the rest is in the ledger. So a message that is lost costs a minute, until the
sweep comes by. A job that one machine alone can do (its file lies there) is announced in that machine's own queue, into
which its workers look first.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs
import psycopg
from huey.api import Huey, PostgresHuey, RedisHuey, TaskWrapper
from huey.registry import Message
from huey.serializer import Serializer, SignedSerializer
from huey.utils import Error
from psycopg.conninfo import make_conninfo
from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import URL

from lokdarpan_core.database import unavailable

QUEUE = "lokdarpan"
AWAY, AWAY_SECONDS = (psycopg.OperationalError, RedisError, OSError), 1.0
CREATING = 0x4C6F6B5175657565
TABLES = "SELECT count(to_regclass('huey_' || name)) FROM unnest(ARRAY['kv', 'schedule', 'task', 'counter']) AS name"
KINDS = {"message": Message, "error": Error}
# A server or a worker that loses its power says no goodbye: after 30 s without an answer the other side gives it up.
# Both sides need to be told, or the server would keep the lock of a job for hours.
CLIENT_KEEPALIVE = {
    "keepalives_idle": "10", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "30000",
    "connect_timeout": "10",
}  # fmt: skip
SERVER_KEEPALIVE = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000 "
    "-c idle_session_timeout=0"  # the session that holds a job's lock has nothing else to do
)
REDIS_PATIENCE: dict[str, Any] = {"socket_timeout": 15, "socket_connect_timeout": 3, "socket_keepalive": True}

log = logging.getLogger(__name__)


def kept_alive(url: URL, application_name: str) -> URL:
    """The database's URL for sessions whose end is noticed, by either side, in half a minute."""
    options = f"{url.query.get('options', '')} {SERVER_KEEPALIVE}".strip()
    return url.set(query={**CLIENT_KEEPALIVE, **url.query, "options": options, "application_name": application_name})


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Messages, results and errors as JSON; a task's arguments and result must be JSON too."""

    def _serialize(self, data: Any) -> bytes:
        kind = next((kind for kind, cls in KINDS.items() if isinstance(data, cls)), "value")
        return json.dumps({kind: data}, default=_time).encode()

    def _deserialize(self, data: bytes) -> Any:
        ((kind, value),) = json.loads(data).items()
        if kind == "message":
            message = Message(*value)
            return message._replace(eta=_read(message.eta), expires_resolved=_read(message.expires_resolved))
        return Error(*value) if kind == "error" else value


def _time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} can't stand in a job's message: give JSON values")
    return value.isoformat()


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class SignedJsonSerializer(SignedSerializer, JsonSerializer):  # type: ignore[misc]
    """The same, signed: a message that was not written with the secret is refused."""


class LedgerHuey(Huey):  # type: ignore[misc]
    """A Huey that wakes workers for the ledger's jobs. `workshop` is where they do them, `own` the storage of this
    machine's own messages, `sender` what queues further jobs; a program that only sends needs none of them."""

    workshop: Any = None
    own: Any = None
    sender: Any = None
    _away = False

    def dequeue(self) -> Any:
        """The next message for this machine, else the next one for all; None when there is none, or none of ours."""
        data = self._from_storage(self._next_message)
        try:
            return None if data is None else self.deserialize_task(data)
        except Exception as error:  # noqa: BLE001 (whatever it was, it is not run)
            log.warning("Refused a message that is none of ours: %s: %s", type(error).__name__, str(error)[:200])
            return None

    def read_schedule(self, timestamp: datetime | None = None) -> Any:
        """Messages for later, of which we send none."""
        return self._from_storage(lambda: super(LedgerHuey, self).read_schedule(timestamp)) or []

    def _next_message(self) -> Any:
        own = self.own.dequeue() if self.own is not None else None
        return self.storage.dequeue() if own is None else own

    def _from_storage(self, read: Callable[[], Any]) -> Any:
        """What the storage says; None, after a while, when it is away, which is told once."""
        try:
            answer = read()
            self._away = False
            return answer
        except AWAY as error:
            if not self._away:
                log.warning("The queue is away: %s", str(error).strip().splitlines()[0])
            self._away = True
            time.sleep(AWAY_SECONDS)
            return None

    def create_consumer(self, **options: Any) -> Any:
        """Ours, so that a plain `huey_consumer` sweeps the ledger too."""
        if self.workshop is None:
            return super().create_consumer(**options)
        from lokdarpan_jobs.consumer import Consumer  # noqa: PLC0415 (which a program that only sends never needs)

        return Consumer(self, **options)


def wake_up_task(huey: Huey) -> TaskWrapper:
    """The one task that this Huey has: its message is what wakes a worker."""

    @huey.task(name="wake_up")  # type: ignore[untyped-decorator]
    def wake_up(job_id: int) -> None:
        huey.workshop.work(job_id)

    return wake_up


@attrs.frozen
class Storage:
    """Where the queue lies: the URL of a Redis, else of a PostgreSQL database."""

    database_url: URL | None
    redis_url: URL | None
    secret_key: str | None

    def huey(self) -> LedgerHuey:
        """The Huey on this storage; PostgreSQL's tables are made when they are missing."""
        secret = self.secret_key
        options: dict[str, Any] = {
            "serializer": SignedJsonSerializer(secret=secret) if secret else JsonSerializer(),
        }
        if self.redis_url:
            storage = RedisHuey.storage_class
            return LedgerHuey(QUEUE, storage_class=storage, connection_pool=self._redis(), **options)
        storage = PostgresHuey.storage_class
        try:
            with psycopg.connect(self._dsn()) as alone:  # two that make the same tables at once would fail
                alone.execute("SELECT pg_advisory_xact_lock(%s)", [CREATING])
                make = alone.execute(TABLES).fetchone() != (4,)  # an account that may make none can use those there are
                return LedgerHuey(QUEUE, storage_class=storage, dsn=self._dsn(), create_tables=make, **options)
        except psycopg.OperationalError as error:
            assert self.database_url is not None  # noqa: S101
            raise unavailable(self.database_url, error) from error

    def of_host(self, host: str) -> Any:
        """The storage of one machine's own messages. Its reader does not wait there: it waits at the other one."""
        name = f"{QUEUE}@{host}"
        if self.redis_url:
            storage = RedisHuey.storage_class
            return storage(name, connection_pool=self._redis(), blocking=False, clean_name=False)
        return PostgresHuey.storage_class(name, dsn=self._dsn(), blocking=False, create_tables=False)

    def _redis(self) -> ConnectionPool:
        assert self.redis_url is not None  # noqa: S101
        url, once = self.redis_url.render_as_string(hide_password=False), Retry(NoBackoff(), 1)
        return ConnectionPool.from_url(url, retry=once, **REDIS_PATIENCE)  # who waits for us must not wait for long

    def _dsn(self) -> str:
        assert self.database_url is not None  # noqa: S101
        dialect: Any = PGDialect_psycopg
        _, parameters = dialect().create_connect_args(kept_alive(self.database_url, "lokdarpan queue"))
        return make_conninfo("", **parameters)  # a URL would write the blanks of `options` as + for libpq
