"""The entry point of a consumer: `huey_consumer lokdarpan_jobs.app.huey`. Importing it reads the environment and opens
the queue; nothing else in this package does."""

import atexit
import os
from contextlib import ExitStack

from huey.api import Huey

from lokdarpan_core import Settings, open_engine
from lokdarpan_jobs.queue import Storage


def _open() -> Huey:
    settings = Settings.from_environment(os.environ)
    if settings.redis_url:
        return Storage(None, settings.redis_url, settings.secret_key).huey()
    lifetime = ExitStack()  # an embedded server stays as long as this process
    engine = lifetime.enter_context(open_engine(settings))
    atexit.register(lifetime.close)
    return Storage(engine.url, None, settings.secret_key).huey()


huey = _open()


@huey.task()  # type: ignore[untyped-decorator]
def ping() -> str:
    """Answer "pong": the queue works, and a consumer is alive."""
    return "pong"
