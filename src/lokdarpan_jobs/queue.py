"""The queue: PostgreSQL by default, Redis or Valkey where one is set. Its messages are JSON, signed where there is a
secret; never pickle, which runs whatever is in the queue."""

import json
from typing import Any

import attrs
from huey import PostgresHuey, RedisHuey
from huey.api import Huey
from huey.registry import Message
from huey.serializer import Serializer, SignedSerializer
from huey.utils import Error
from sqlalchemy.engine import URL

QUEUE = "lokdarpan"
KINDS = {"message": Message, "error": Error}


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Messages, results and errors as JSON; a task's arguments and result must be JSON too."""

    def _serialize(self, data: Any) -> bytes:
        kind = next((kind for kind, cls in KINDS.items() if isinstance(data, cls)), "value")
        return json.dumps({kind: data}).encode()

    def _deserialize(self, data: bytes) -> Any:
        ((kind, value),) = json.loads(data).items()
        return KINDS[kind](*value) if kind in KINDS else value


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
        return PostgresHuey(QUEUE, dsn=dsn, **options)
