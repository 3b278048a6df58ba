"""Each tick of a schedule is one job, however many look at the clock, and whenever they do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core import Settings, SettingsError
from lokdarpan_core.schema import job
from lokdarpan_jobs.consumer import Scheduler
from lokdarpan_jobs.schedules import enqueue_ticks, schedules
from lokdarpan_jobs.sending import Sender
from lokdarpan_jobs.work import Workshop

TICKS = 100
NONE = {"LOKDARPAN_SCHEDULE_REFRESH": "never", "LOKDARPAN_SCHEDULE_ALERTS": "never"}
START = datetime(2026, 11, 24, 5, 0, 30, tzinfo=UTC)


def schedule(cron, zone="Asia/Kolkata"):
    environment = {"LOKDARPAN_SCHEDULE_REFRESH": cron, "LOKDARPAN_TIMEZONE": zone}
    (found,) = (one for one in schedules(Settings.from_environment(environment), "here") if one.name == "refresh")
    return found


@pytest.mark.parametrize(
    ("cron", "now", "tick"),
    [
        ("0 6 * * *", "2026-11-24T00:30:00", "2026-11-24T06:00"),
        ("0 6 * * *", "2026-11-24T00:29:59", "2026-11-23T06:00"),
        ("0 6 * * *", "2026-11-24T18:00:00", "2026-11-24T06:00"),
        ("*/15 * * * *", "2026-11-24T00:14:00", "2026-11-24T05:30"),
        ("30 5 24 11 2", "2026-11-24T03:00:00", "2026-11-24T05:30"),
        ("0 6 22 * *", "2026-11-24T00:30:00", None),
    ],
    ids=["on the minute", "just before", "hours later", "every quarter", "a day of the year", "older than a day"],
)
def test_the_newest_tick_is_found_by_the_local_clock(cron, now, tick):
    found = schedule(cron).last_tick(datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert found == (tick and f"tick:refresh@:{tick}")


def test_a_tick_comes_once_when_the_clock_is_set_back():
    daily = schedule("30 1 * * *", "Europe/London")
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    assert daily.last_tick(first) == daily.last_tick(second) == "tick:refresh@:2026-10-25T01:30"


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_a_daily_tick_is_less_than_a_day_old(minute, hour, now):
    key = schedule(f"{minute} {hour} * * *").last_tick(now.replace(tzinfo=UTC))

    tick = datetime.fromisoformat(key.partition("@:")[2]).replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    assert timedelta(0) <= now.replace(tzinfo=UTC) - tick < timedelta(days=1)


def test_a_schedule_that_means_nothing_is_a_clear_error():
    with pytest.raises(SettingsError, match=r"LOKDARPAN_SCHEDULE_REFRESH='70 \* \* \* \*' is no schedule"):
        schedule("70 * * * *")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LOKDARPAN_SCHEDULE_PURGE", "daily", "'daily' is no schedule; expected minute, hour"),
        ("LOKDARPAN_SCHEDULE_PURGE", "0 6 * * mon", ".* is no schedule"),
        ("LOKDARPAN_SWEEP_SECONDS", "0", "'0' is no number from 1 to 3600"),
        ("LOKDARPAN_JOB_ATTEMPTS", "many", "'many' is no number from 1 to 1000"),
        ("LOKDARPAN_KEEP_JOBS_DAYS", "1", "'1' is no number from 2"),
    ],
)
def test_a_wrong_setting_is_a_clear_error(name, value, message):
    with pytest.raises(SettingsError, match=f"{name} {message}"):
        Settings.from_environment({name: value})


def test_quotes_that_a_container_leaves_in_place_do_no_harm():
    assert "0 6 * * *" == Settings.from_environment({"LOKDARPAN_SCHEDULE_PURGE": '"0 6 * * *"'}).schedule_purge


def test_never_and_no_inbox_are_no_schedules():
    settings = Settings.from_environment(NONE)

    assert [] == list(schedules(settings, "here"))


def test_each_machine_has_its_own_inbox_to_empty(engine, tmp_path):
    settings = Settings.from_environment(NONE | {"LOKDARPAN_INBOX": str(tmp_path)})

    queued = [enqueue_ticks(engine, list(schedules(settings, host)), START) for host in ("one", "two", "one")]

    assert [["one"], ["two"], []] == [[one.host for one in jobs] for jobs in queued]


def test_a_missed_tick_is_made_up_for_once(engine):
    daily = [schedule("0 6 * * *")]

    late = [enqueue_ticks(engine, daily, START + timedelta(hours=hours)) for hours in range(5)]

    assert [1, 0, 0, 0, 0] == [len(one) for one in late]


def test_two_consumers_with_a_scheduler_each_do_every_tick_once(engine, url, variables):
    """The schedulers are Huey's loop with ours in it; only the clock is simulated, a minute for each look."""
    variables |= {"LOKDARPAN_SCHEDULE_REFRESH": "* * * * *", "LOKDARPAN_SCHEDULE_PURGE": "*/2 * * * *"}
    sweeps = [sweep_of(engine, url, variables | {"LOKDARPAN_HOST": host}) for host in "ab"]
    with ThreadPoolExecutor(2) as pool:
        for minute in range(TICKS):
            list(pool.map(lambda sweep, now=START + timedelta(minutes=minute): sweep(now), sweeps))
        list(pool.map(lambda sweep: sweep.workshop.work(0), sweeps))

    for sweep in sweeps:
        sweep.sender.close()

    columns = [job.c.kind, job.c.state, job.c.attempts, sa.func.count(job.c.unique_key.distinct()), sa.func.count()]
    with engine.connect() as connection:
        done = connection.execute(sa.select(*columns).group_by(*columns[:3]).order_by(job.c.kind)).all()
    assert [("purge", "done", 1, TICKS // 2, TICKS // 2), ("refresh", "done", 1, TICKS, TICKS)] == done


def sweep_of(engine, url, variables):
    """What the scheduler of a consumer with these settings does every minute."""
    settings = Settings.from_environment(variables)
    sender = Sender.open(engine, settings)
    huey = sender.huey
    huey.sender, huey.own = sender, sender.own
    huey.workshop = Workshop.open(url, settings, sender)
    return Scheduler(huey.create_consumer(workers=2)).sweep
