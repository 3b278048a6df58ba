"""What is done at what time. A tick of a schedule is a job with a key of its own: however many consumers look at the
clock, it is done once, and a tick that all of them have missed is made up for."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from huey.api import crontab
from sqlalchemy import Engine

from lokdarpan_core import Settings, SettingsError, jobs
from lokdarpan_core.jobs import TICK, Job

MISSED_FOR = timedelta(days=1)  # a tick that is older than this is let go


@attrs.frozen
class Schedule:
    """Do a kind of job at these minutes, by the clock of a time zone; `host` when each machine has its own to do."""

    name: str
    kind: str
    is_due: Callable[[datetime], bool]
    timezone: ZoneInfo
    host: str | None = None

    def last_tick(self, now: datetime) -> str | None:
        """The key of the newest tick up to now, or None if there was none within a day.

        It is the time on the wall, so that a tick comes once when the clock is set back. One that the clock jumps over
        when it is set forward does not come that day.
        """
        minute = now.replace(second=0, microsecond=0)
        for back in range(int(MISSED_FOR / timedelta(minutes=1))):
            local = (minute - timedelta(minutes=back)).astimezone(self.timezone)
            if self.is_due(local):
                return f"{TICK}{self.name}@{self.host or ''}:{local:%Y-%m-%dT%H:%M}"
        return None


def schedules(settings: Settings, host: str) -> Iterator[Schedule]:
    """The schedules of these settings. Raises SettingsError for one that means nothing."""
    wanted: list[tuple[str, str | None, str, str | None]] = [
        ("refresh", settings.schedule_refresh, "refresh", None),
        ("alerts", settings.schedule_alerts, "detect_alerts", None),
        ("purge", settings.schedule_purge, "purge", None),
    ]
    if settings.inbox is not None:
        wanted.append(("inbox", settings.schedule_inbox, "ingest_inbox", host))
    for name, text, kind, of_host in wanted:
        if text is not None:
            yield Schedule(name, kind, _cron(name, text), settings.timezone, of_host)


def _cron(name: str, text: str) -> Callable[[datetime], bool]:
    minute, hour, day, month, weekday = text.split()
    try:
        is_due: Callable[[datetime], bool] = crontab(minute, hour, day, month, weekday, strict=True)
    except ValueError as error:
        raise SettingsError(f"LOKDARPAN_SCHEDULE_{name.upper()}={text!r} is no schedule: {error}") from error
    return is_due


def enqueue_ticks(engine: Engine, due: Iterator[Schedule] | list[Schedule], now: datetime) -> list[Job]:
    """Queue the newest tick of each schedule, unless somebody has. Returns the jobs that are new."""
    queued = []
    for schedule in due:
        if key := schedule.last_tick(now):
            with engine.begin() as connection:
                queued.append(jobs.enqueue(connection, schedule.kind, unique_key=key, host=schedule.host))
    return [job for job in queued if not job.already_queued]
