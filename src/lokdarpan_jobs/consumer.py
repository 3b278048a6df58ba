"""The consumer: Huey's, with three things more.

Its scheduler sweeps the ledger, shows in the database that the consumer is alive, and may watch the inbox; its worker
processes end when they are orphaned; and what its workers have in hand when it is told to stop is given back.
"""

import logging
import multiprocessing
import os
import threading
import time
from contextlib import suppress
from typing import Any

import attrs
import huey.consumer
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from lokdarpan_core import announce, consumer_name, create_engine, utc_now
from lokdarpan_jobs.inbox import Inbox
from lokdarpan_jobs.queue import LedgerHuey, kept_alive
from lokdarpan_jobs.schedules import schedules
from lokdarpan_jobs.sweep import Sweep
from lokdarpan_jobs.watch import watch_inbox
from lokdarpan_jobs.work import Workshop

log = logging.getLogger(__name__)


@attrs.define
class Presence:
    """A session by which a consumer shows that it is alive, with as many workers as it has."""

    workshop: Workshop
    workers: int
    pid: int = attrs.field(factory=os.getpid)
    _session: Connection | None = attrs.field(default=None, init=False)

    def keep(self) -> None:
        """Make sure that it shows. Raises SQLAlchemyError when the database is away."""
        if self._session is not None:
            try:
                self._session.execute(sa.select(1))
            except SQLAlchemyError:
                self.end()
        if self._session is None:
            name = consumer_name(self.workshop.host, self.pid)
            url = kept_alive(self.workshop.engine.url, name)
            engine = create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
            self._session = engine.connect()
            announce(self._session, self.workers)

    def end(self) -> None:
        """Show no longer."""
        if self._session is not None:
            with suppress(SQLAlchemyError):
                self._session.close()
        self._session = None


class Worker(huey.consumer.Worker):  # type: ignore[misc]
    """A worker that does not outlive its consumer: a child process whose parent was killed would go on for ever."""

    def loop(self, now: Any = None) -> None:
        """Take one message."""
        end_if_orphaned()
        super().loop(now)


class Scheduler(huey.consumer.Scheduler):  # type: ignore[misc]
    """A scheduler that sweeps the ledger where Huey's would queue periodic tasks."""

    def __init__(self, consumer: "Consumer") -> None:
        super().__init__(consumer.huey, consumer.stop_flag, consumer.scheduler_interval, consumer.periodic)
        workshop, sender = consumer.huey.workshop, consumer.huey.sender
        self.periodic_task_seconds = workshop.settings.sweep_seconds
        self._workshop, self._sender, self._watches = workshop, sender, consumer.watch
        self.sweep = Sweep(workshop, sender, list(schedules(workshop.settings, workshop.host)), consumer.workers)
        self._presence, self._shows_at = Presence(workshop, consumer.workers), 0.0
        self._over = threading.Event()

    def initialize(self) -> None:
        """In its own process, if it has one."""
        if self._watches:
            arguments = (Inbox.of(self._workshop.settings), self._sender, self._over)
            threading.Thread(target=watch_inbox, args=arguments, name="Inbox", daemon=True).start()

    def loop(self, now: Any = None) -> None:
        """Once a second."""
        end_if_orphaned()
        if time.monotonic() >= self._shows_at:
            self._shows_at = time.monotonic() + self._workshop.settings.sweep_seconds
            try:
                self._presence.keep()
            except SQLAlchemyError as error:
                self._shows_at = 0.0
                log.warning("The database is away: %s", str(getattr(error, "orig", None) or error).strip())
        super().loop(now)

    def enqueue_periodic_tasks(self, now: Any) -> None:  # noqa: ARG002 (Huey's clock has no zone)
        """At the start, and then as often as the settings say."""
        try:
            self.sweep(utc_now())
        except Exception as error:  # noqa: BLE001 (database and queue may be away; the next sweep comes)
            log.warning("The sweep has to wait: %s", str(getattr(error, "orig", None) or error).strip())

    def shutdown(self) -> None:
        """Stop watching, and show no longer."""
        self._over.set()
        self._presence.end()


class Consumer(huey.consumer.Consumer):  # type: ignore[misc]
    """Workers and a scheduler. `watch`: take files of the inbox as they arrive."""

    worker_class = Worker

    def __init__(self, huey: LedgerHuey, *, watch: bool = False, **options: Any) -> None:
        self.watch = watch
        super().__init__(huey, **options)
        huey.workshop.stopping = lambda: self.stop_flag.is_set() or is_orphaned()

    def _create_scheduler(self) -> Scheduler:
        return Scheduler(self)

    def start(self) -> None:
        """Start all; what is open must not be shared with child processes."""
        if self.environment.forks:
            self.huey.sender.close()
        super().start()

    def run(self) -> None:
        """Work until told to stop."""
        super().run()
        self.huey.workshop.release()


def is_orphaned() -> bool:
    """Whether this is a child process of a consumer that is no more."""
    parent = multiprocessing.parent_process()
    return parent is not None and os.getppid() != parent.pid


def end_if_orphaned() -> None:
    """End this worker, or scheduler, in the way that Huey knows."""
    if is_orphaned():
        raise KeyboardInterrupt
