"""The job makes the forecasts, in an embargo too, and leaves no figure in the ledger or the log."""

import logging

import pytest
import sqlalchemy as sa
from forecast_city import WARDS, add_city, embargo_now, given_away, soon, telling, today

from lokdarpan_core import Settings, jobs, prediction, refresh_forecasts, to_json
from lokdarpan_core.schema import ward_forecast
from lokdarpan_jobs.sending import Sender
from lokdarpan_jobs.work import Workshop


@pytest.fixture
def settings(url):
    environment = {"LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False)}
    return Settings.from_environment(environment | {"LOKDARPAN_EMBARGO": embargo_now(), "LOKDARPAN_JOB_ATTEMPTS": "1"})


@pytest.fixture
def done(engine, url, settings):
    """Do a job of this kind -> its row."""
    sender = Sender.open(engine, settings)
    workshop = Workshop.open(url, settings, sender)

    def do(kind):
        workshop.work(sender.submit(kind).id)
        with engine.connect() as connection:
            return jobs.find(connection, kind=kind)[0]

    yield do
    sender.close()


@pytest.fixture
def secrets(engine):
    """What would give the forecast of one ward away, once it is made."""

    def telling_of():
        with engine.connect() as connection:
            return telling(to_json(prediction(connection, "WARD_003")))

    return telling_of


@pytest.fixture
def city(engine):
    with engine.begin() as connection:
        add_city(connection, next_day=soon())


@pytest.mark.parametrize("kind", ["refresh_forecasts", "refresh"])
def test_result_and_log_hold_counts_only(city, done, secrets, caplog, kind):
    with caplog.at_level(logging.INFO):
        job = done(kind)

    report = job.result if kind == "refresh_forecasts" else job.result[-1]
    assert ("done", WARDS, WARDS) == (job.state, report["wards"], report["new"])
    assert [] == given_away(secrets(), str(job.result), caplog.text)


def test_failure_tells_no_figure(engine, city, done, secrets, caplog):
    """PostgreSQL puts a row that it refuses into its message's detail."""
    with engine.begin() as connection:
        refresh_forecasts(connection, today())
    known = secrets()
    with engine.begin() as connection:
        connection.execute(sa.delete(ward_forecast))
        connection.execute(sa.text("ALTER TABLE ward_forecast ADD CHECK (ward_id <> 'WARD_003')"))

    with caplog.at_level(logging.INFO):
        job = done("refresh_forecasts")

    assert ("failed", True) == (job.state, "violates check constraint" in job.error)
    assert [] == given_away(known, job.error, caplog.text)


def test_second_job_changes_nothing(engine, city, done):
    done("refresh_forecasts")
    with engine.connect() as connection:
        before = connection.execute(sa.select(ward_forecast).order_by(ward_forecast.c.ward_id)).all()

    job = done("refresh_forecasts")

    with engine.connect() as connection:
        assert before == connection.execute(sa.select(ward_forecast).order_by(ward_forecast.c.ward_id)).all()
    assert (0, 0, WARDS) == tuple(job.result[name] for name in ("new", "changed", "unchanged"))
