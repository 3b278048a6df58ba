"""The sweep: what nobody was woken for is found in the ledger. It queues the ticks of the schedules, and wakes workers
for jobs that wait, and for those that are marked as running while nobody holds their lock."""

import logging
from datetime import datetime

import attrs

from lokdarpan_core import jobs
from lokdarpan_jobs.schedules import Schedule, enqueue_ticks
from lokdarpan_jobs.sending import Sender
from lokdarpan_jobs.work import Workshop

log = logging.getLogger(__name__)


@attrs.frozen
class Sweep:
    """One consumer's sweep. It wakes its own machine's workers and never more than it has: each of them goes on as
    long as there is work."""

    workshop: Workshop
    sender: Sender
    due: list[Schedule]
    workers: int

    def __call__(self, now: datetime) -> None:
        """Look at the clock and at the ledger once. Raises SQLAlchemyError when the database is away."""
        for job in enqueue_ticks(self.workshop.engine, self.due, now):
            log.info("It is time for %s: job %s", job.kind, job.id)
        with self.workshop.engine.connect() as connection:
            ready = jobs.ready(connection, self.workshop.host, self.workers)
        if ready:  # those that have a message already may be woken for another job, but they are woken
            for job_id in ready[: max(self.workers - self.sender.own.queue_size(), 0)]:
                self.sender.wake_here(job_id)
