"""Do the jobs: what a worker does when it is woken.

It takes the job that it was woken for, and then, as long as there are any, those that wait in the ledger: a sweep wakes
no more workers than there are, and each of them works until nothing is left.
"""

import logging
from collections.abc import Callable
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lokdarpan_core import AmbiguousWardError, LokDarpanError, NotFoundError, Settings, create_engine, jobs
from lokdarpan_core.jobs import Job, JobQueue
from lokdarpan_jobs.inbox import PathRefusedError
from lokdarpan_jobs.kinds import ArgumentsError, AtHand, UnknownKindError, bind, function_of
from lokdarpan_jobs.queue import kept_alive
from lokdarpan_jobs.sending import host_of
from lokdarpan_jobs.taking import as_json

IN_VAIN = (  # another attempt would end like the first
    PathRefusedError,
    ArgumentsError,
    UnknownKindError,
    NotFoundError,
    AmbiguousWardError,
)
LOOK_AT_ONCE = 64  # ready jobs; other workers may be faster with some of them

log = logging.getLogger(__name__)


@attrs.define
class Workshop:
    """Where jobs are done. `stopping` says whether workers were asked to stop; `in_hand` are the jobs that this process
    works on now."""

    engine: Engine
    settings: Settings
    queue: JobQueue
    host: str
    stopping: Callable[[], bool] = lambda: False
    in_hand: set[int] = attrs.field(factory=set)

    @classmethod
    def open(cls, url: sa.URL, settings: Settings, queue: JobQueue) -> "Workshop":
        """On a database; its sessions are never pooled, so that a lock ends with what it was for."""
        engine = create_engine(kept_alive(url, "lokdarpan job"), poolclass=sa.NullPool)
        return cls(engine, settings, queue, host_of(settings))

    def work(self, job_id: int) -> None:
        """Do this job, and then others that are ready, until there are none or the worker is to stop.

        A database that breaks off raises nothing here: what was not finished is left to the sweep.
        """
        try:
            if not self.stopping():
                self._do_first_of(lambda _session: [job_id])
            while not self.stopping() and self._do_first_of(self._ready):
                pass
        except SQLAlchemyError as error:
            log.warning("The database broke off; what is unfinished is left to the sweep: %s", _first_line(error))

    def release(self) -> None:
        """Give back what this process works on, because it ends."""
        given_back = list(self.in_hand)
        self.in_hand.difference_update(given_back)
        if not given_back:
            return
        try:
            with self._session() as session:
                jobs.release(session, given_back)
            log.info("Given back: jobs %s", given_back)
        except SQLAlchemyError as error:
            log.warning("Jobs %s are left to the sweep: %s", given_back, _first_line(error))

    def _session(self) -> Connection:
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _ready(self, session: Connection) -> list[int]:
        return jobs.ready(session, self.host, LOOK_AT_ONCE)

    def _do_first_of(self, find: Callable[[Connection], list[int]]) -> bool:
        """Do the first of some jobs that nobody else has taken; whether there was one."""
        with self._session() as session:
            for job_id in find(session):
                if jobs.lock(session, job_id):
                    if job := jobs.take(session, job_id, self.host, self.settings.job_attempts):
                        self.in_hand.add(job_id)
                        self._do(session, job)
                        self.in_hand.discard(job_id)  # not when it is interrupted: then it is to be given back
                        return True
                    jobs.unlock(session, job_id)
        return False

    def _do(self, session: Connection, job: Job) -> None:
        at = AtHand(
            engine=self.engine,
            settings=self.settings,
            job=job,
            queue=self.queue,
            note=lambda result: jobs.note(session, job.id, result),
            noted=lambda: jobs.get(session, job.id).result,
        )
        log.info("Job %s, attempt %s: %s %s", job.id, job.attempts, job.kind, job.arguments)
        try:
            result = as_json(function_of(job.kind)(at, **bind(job.kind, (), job.arguments)))
            jobs.finish(session, job.id, result)
        except Exception as error:  # noqa: BLE001 (a job may fail in any way; the worker goes on)
            self._failed(session, job, error)
        else:
            log.info("Job %s is done", job.id)

    def _failed(self, session: Connection, job: Job, error: Exception) -> None:
        most = 0 if isinstance(error, IN_VAIN) else self.settings.job_attempts
        try:
            after = jobs.fail(session, job.id, told(error), most)
        except (SQLAlchemyError, LokDarpanError) as lost:  # the session broke, or the job was given back or taken over
            log.warning("Job %s is left to the sweep: %s (%s)", job.id, told(error), _first_line(lost))
            return
        again = f"again after {after.run_after:%H:%M:%S}Z" if after.run_after else "for good"
        expected = isinstance(error, LokDarpanError | DBAPIError | OSError)
        log.warning("Job %s failed, %s: %s", job.id, again, told(error), exc_info=None if expected else error)


def told(error: Exception) -> str:
    """An error as the ledger keeps it: for people, without statements and their parameters."""
    if isinstance(error, LokDarpanError):
        return str(error)
    return f"{type(error).__name__}: {_first_line(error)}"


def _first_line(error: Any) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
