"""What Prometheus reads at `/metrics`. For `create_app` only, in a registry of its own.

A server with several workers answers a scrape in one of them. So that it tells of all, `lokdarpan serve` gives the
workers a folder in common (`shared_by_workers`), in which prometheus_client keeps its counts; under your own gunicorn
set PROMETHEUS_MULTIPROC_DIR to an empty folder, or each scrape tells of the one worker that it met. prometheus_client
decides when it is imported, which is therefore done late. Gauges of ingest and jobs come from the database, and are the
same whoever answers; those of the pool are of the worker that answers.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import falcon
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from lokdarpan_core import jobs
from lokdarpan_web.api import Api
from lokdarpan_web.problems import write_error

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

SHARED = "PROMETHEUS_MULTIPROC_DIR"
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
RUNS = sa.text("SELECT state, count(*) FROM ingest_run GROUP BY state")
REJECTS = sa.text("SELECT count(*) FROM ingest_reject WHERE resolved_at IS NULL")
JOBS = sa.text("SELECT state, count(*) FROM job GROUP BY state")


@contextmanager
def shared_by_workers() -> Iterator[None]:
    """A folder in which all workers that are forked inside count together, unless the operator has named one."""
    if SHARED in os.environ:
        yield
        return
    folder, owner = tempfile.mkdtemp(prefix="lokdarpan-metrics-"), os.getpid()
    os.environ[SHARED] = folder
    try:
        yield
    finally:
        if os.getpid() == owner:  # a worker leaves through here too
            del os.environ[SHARED]
            shutil.rmtree(folder, ignore_errors=True)


def forget_worker(pid: int) -> None:
    """A worker has ended: what it counted stays, what it was doing does not."""
    if SHARED in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 (see above)

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


class Metrics:
    """The counts of one app."""

    def __init__(self, engine: Engine) -> None:
        from prometheus_client import CollectorRegistry, Histogram  # noqa: PLC0415 (see above)

        self._engine, self._registry = engine, CollectorRegistry()
        self._requests = Histogram(
            "lokdarpan_request_seconds",
            "How long requests took",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=BUCKETS_S,
        )
        self._children: dict[tuple[str, str, int], Any] = {}

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        key = method if method in METHODS else "other", route, status
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._requests.labels(key[0], route, str(status))
        child.observe(seconds)

    def text(self) -> bytes:
        """All, in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest, multiprocess  # noqa: PLC0415 (see above)

        counted = self._registry
        if SHARED in os.environ:
            counted = CollectorRegistry()
            multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        gauges = CollectorRegistry()
        gauges.register(_Gauges(self._engine))
        return generate_latest(counted) + generate_latest(gauges)


class _Gauges:
    """What the database and the pool say at the moment of a scrape."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> list[Any]:
        """Nothing beforehand: it would have to be asked for."""
        return []

    def collect(self) -> Iterator["GaugeMetricFamily"]:
        """All gauges."""
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            states = {"in use": pool.checkedout(), "idle": pool.checkedin()}
            yield _gauge("lokdarpan_pool_connections", "Connections of the worker that answers", states)
        try:
            with self._engine.connect() as connection:
                found = [
                    _gauge("lokdarpan_ingest_runs", "Ingest runs", _by_state(connection, RUNS)),
                    _gauge("lokdarpan_rejects_open", "Rejected lines that wait", connection.scalar(REJECTS) or 0),
                    _gauge("lokdarpan_jobs", "Jobs in the ledger", _by_state(connection, JOBS)),
                    _gauge(
                        "lokdarpan_oldest_job_seconds",
                        "How long the oldest job has been due",
                        jobs.waiting(connection).oldest_seconds or 0,
                    ),
                ]
        except SQLAlchemyError:
            found = []
        yield _gauge("lokdarpan_database_up", "Whether the database answers", 1 if found else 0)
        yield from found


def _by_state(connection: Connection, query: sa.TextClause) -> dict[str, int]:
    return {state: count for state, count in connection.execute(query)}  # noqa: C416 (rows are no pairs for dict())


def _gauge(name: str, meaning: str, values: dict[str, int] | float) -> "GaugeMetricFamily":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 (see above)

    if not isinstance(values, dict):
        return GaugeMetricFamily(name, meaning, value=values)
    family = GaugeMetricFamily(name, meaning, labels=("state",))
    for state, count in sorted(values.items()):
        family.add_metric((state,), count)
    return family


class MetricsResource:
    """`GET /metrics`, for this machine itself, and for keys of scope `admin`."""

    def __init__(self, api: Api, metrics: Metrics) -> None:
        self._api, self._metrics = api, metrics

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The text that Prometheus reads."""
        try:
            if not self._api.proxies.is_local(req):
                with self._api.connect() as connection:
                    self._api.admit(req, lambda: connection, "admin")
            resp.set_headers((("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")))
            resp.content_type = "text/plain; version=0.0.4; charset=utf-8"
            resp.data = self._metrics.text()
        except Exception as error:
            if not write_error(resp, error):
                raise
