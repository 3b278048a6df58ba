"""The queue: PostgreSQL by default, Redis or Valkey where one is set. Its messages are JSON, signed where there is a
secret; never pickle, which runs whatever is in the queue."""

import json
from datetime import datetime
from typing import Any

import attrs
import psycopg
from huey import PostgresHuey, RedisHuey
from huey.api import Huey
from huey.registry import Message
from huey.serializer import Serializer, SignedSerializer
from huey.utils import Error
from sqlalchemy.engine import URL

QUEUE = "lokdarpan"
CREATING = 0x4C6F6B5175657565
KINDS = {"message": Message, "error": Error}


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


@attrs.frozen
class Storage:
    """Where the queue lies: the URL of a Redis, else of a PostgreSQL database."""

    database_url: URL | None
    redis_url: URL | None
    secret_key: str | None

    def huey(self) -> Huey:
        """The Huey on this storage."""
        secret = self.secret_key
        options = {"serializer": SignedJsonSerializer(secret=secret) if secret else JsonSerializer()}
        if self.redis_url:
            return RedisHuey(QUEUE, url=self.redis_url.render_as_string(hide_password=False), **options)
        assert self.database_url is not None  # noqa: S101
        dsn = self.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn) as alone:  # two that make the same tables at once would fail
            alone.execute("SELECT pg_advisory_xact_lock(%s)", [CREATING])
            return PostgresHuey(QUEUE, dsn=dsn, **options)
