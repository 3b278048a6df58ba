"""Send jobs: into the ledger first, then a wake-up to the workers. Used by the tasks that Python code calls, by the
commands, and, through the entry point `lokdarpan.jobs`, by programs that know nothing of Huey."""

import logging
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
from huey.api import Huey, TaskWrapper
from sqlalchemy import Engine

from lokdarpan_core import ConflictError, LokDarpanError, Settings, jobs
from lokdarpan_core.jobs import Job
from lokdarpan_jobs.inbox import Inbox, PathRefusedError
from lokdarpan_jobs.kinds import KINDS, OF_ONE_HOST, bind, described, unique_key
from lokdarpan_jobs.queue import Storage, wake_up_task

log = logging.getLogger(__name__)


class JobFailedError(LokDarpanError):
    """The job has failed, or was cancelled."""


class NoAnswerError(LokDarpanError):
    """The job is not done yet."""


class QueueUnavailableError(LokDarpanError):
    """The job queue can't be reached."""


def host_of(settings: Settings) -> str:
    """This machine's name in the ledger."""
    return settings.host or socket.gethostname()


@attrs.frozen
class Sender:
    """A way to the ledger and to the queue."""

    engine: Engine
    settings: Settings
    storage: Storage
    huey: Huey
    wake_up: TaskWrapper
    _of_hosts: dict[str, Any] = attrs.field(factory=dict, init=False)

    @classmethod
    def open(cls, engine: Engine, settings: Settings) -> "Sender":
        """Open the queue that goes with this database and these settings."""
        storage = Storage(engine.url, settings.redis_url, settings.secret_key)
        huey = storage.huey()
        return cls(engine, settings, storage, huey, wake_up_task(huey))

    def kinds(self) -> dict[str, str]:
        """The kinds of jobs there are, each with its arguments and what it does."""
        return {kind: f"({described(kind)}) {function.__doc__}" for kind, function in KINDS.items()}

    def submit(self, kind: str, *arguments: object, **named: object) -> Job:
        """Queue a job and wake a worker.

        Raises UnknownKindError, ArgumentsError, and PathRefusedError for a path outside the inbox.
        """
        bound = bind(kind, arguments, named)
        host = host_of(self.settings) if kind in OF_ONE_HOST else None
        if "path" in bound:
            bound["path"] = str(self._confined(bound["path"]))
        with self.engine.begin() as connection:
            queued = jobs.enqueue(connection, kind, bound, unique_key=unique_key(kind, bound, host), host=host)
        if not queued.already_queued:
            self.wake(queued)
        return queued

    def _confined(self, path: str) -> Path:
        try:
            return Inbox.of(self.settings).confined(path)
        except PathRefusedError as error:
            log.warning("Refused: %s", error)
            raise

    def wake(self, queued: Job) -> None:
        """Wake a worker for a committed job; the sweep does it if the queue can't."""
        try:
            if queued.host is None:
                self.huey.enqueue(self.wake_up.s(queued.id))
            else:
                self._of_host(queued.host).enqueue(self._message(queued.id))
        except Exception as error:  # noqa: BLE001 (each storage has its own)
            log.warning("Nobody was woken for job %s, the next sweep will find it: %s", queued.id, error)

    def wake_here(self, job_id: int) -> None:
        """Wake a worker of this machine. Raises the storage's error."""
        self.own.enqueue(self._message(job_id))

    @property
    def own(self) -> Any:
        """The storage of this machine's messages."""
        return self._of_host(host_of(self.settings))

    def pending(self) -> int:
        """How many messages wait, for all machines and for this one. Raises QueueUnavailableError."""
        try:
            return int(self.huey.pending_count()) + int(self.own.queue_size())
        except Exception as error:
            raise QueueUnavailableError(f"The job queue can't be reached: {error}") from error

    def close(self) -> None:
        """Close the queue's connections; they open again when they are needed."""
        for storage in (self.huey.storage, *self._of_hosts.values()):
            storage.close()

    def _message(self, job_id: int) -> Any:
        return self.huey.serialize_task(self.wake_up.s(job_id))

    def _of_host(self, host: str) -> Any:
        if host not in self._of_hosts:
            self._of_hosts[host] = self.storage.of_host(host)
        return self._of_hosts[host]


@attrs.frozen
class Sent:
    """A job that was sent; `get` is what Huey's results have."""

    job: Job
    engine: Engine

    def get(self, blocking: bool = False, timeout: float | None = None) -> Any:
        """Its result; None while it is not done, unless `blocking`.

        Raises JobFailedError, and NoAnswerError after `timeout` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = 0.02
        while True:
            with self.engine.connect() as connection:
                found = jobs.get(connection, self.job.id)
            if found.state in ("failed", "cancelled"):
                raise JobFailedError(f"Job {found.id} ({found.kind}) {found.state}: {found.error or 'no reason given'}")
            if found.state == "done" or not blocking:
                return found.result if found.state == "done" else None
            if deadline is not None and time.monotonic() >= deadline:
                raise NoAnswerError(f"Job {found.id} ({found.kind}) is still {found.state} after {timeout:g} s")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)

    def cancel(self) -> None:
        """Take it out, if nobody has begun it."""
        with suppress(ConflictError), self.engine.begin() as connection:
            jobs.cancel(connection, self.job.id)


@attrs.frozen
class Task:
    """A kind of job as a function: to call it queues a job."""

    kind: str
    sender: Sender

    def __call__(self, *arguments: object, **named: object) -> Sent:
        """Queue it."""
        return Sent(self.sender.submit(self.kind, *arguments, **named), self.sender.engine)
