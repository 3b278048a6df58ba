"""`POST /epapers`: articles that come over the network, a JSON object a line.

A small body is ingested in one go; a larger one goes into the inbox and is a job's. Either way the run is there before
a line of it is read, names the key that it came with, and is the same for the same bytes.
"""

import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import Engine

from lokdarpan_core import (
    IngestReport,
    LokDarpanError,
    assign_stories,
    count_days,
    expected_run,
    index_posts,
    ingest_jsonl,
    jobs,
    today,
)
from lokdarpan_web.calls import Call
from lokdarpan_web.ingests import IngestRun, shown_run
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.spool import InboxError, Spooled, spooled

COUNTING_S = 3.0  # for days' totals; an archive whose totals were never counted is a job's
MEDIA = ("application/x-ndjson", "application/jsonl")


class UploadResource(Resource):
    """`POST /epapers`."""

    @operation(
        summary="Send articles", answer=IngestRun, also={202: IngestRun}, scope="ingest", body=MEDIA,
        statuses=(400, 409, 413, 503),
    )  # fmt: skip
    def on_post(self, call: Call) -> IngestRun:
        """A JSON object a line, in UTF-8, as in a file for `lokdarpan ingest`. Up to 1 MiB is ingested at once and
        answered with counts; up to 16 MiB goes into the inbox, and is answered with 202 and the path of its run. Safe
        to repeat: the same bytes are the same run, and no article is stored twice."""
        inbox = _inbox(call)
        call.close()  # no database session waits for a slow sender
        with spooled(call.body, inbox) as body:
            report = self._run_of(call, body)
            if body.content is None and not report.already_done:
                return self._left_to_a_job(call, report, body.put_into(_there(inbox)))
        if body.content is not None:
            report = self._ingested(call, report, body.content)
        return self._answer(call, report)

    def _run_of(self, call: Call, body: Spooled) -> IngestReport:
        source = f"upload by {call.caller.name}"
        key_id = call.caller.key_id
        return expected_run(call.api.engine, source, body.sha256, body.size, api_key_id=key_id)

    def _ingested(self, call: Call, report: IngestReport, content: bytes) -> IngestReport:
        engine = call.api.engine
        if not report.already_done:
            with NamedTemporaryFile(prefix="lokdarpan-", suffix=".jsonl") as file:
                file.write(content)
                file.flush()
                report = ingest_jsonl(engine, file.name, today=today(call.api.settings.timezone))
        assign_stories(engine, run_id=report.id)  # also when it was done already: that may have been broken off
        index_posts(engine, report.id)
        if not _are_days_counted(engine):
            _submitted(call, "backfill_terms")
        return report

    def _left_to_a_job(self, call: Call, report: IngestReport, path: Path) -> IngestRun:
        call.resp.status = HTTPStatus.ACCEPTED
        return self._answer(call, report, _queued(call, path))

    def _answer(self, call: Call, report: IngestReport, job_id: int | None = None) -> IngestRun:
        run = shown_run(call, report, job_id)
        call.resp.location = run.url
        return run


def _inbox(call: Call) -> Path | None:
    inbox = call.api.settings.inbox
    return inbox.resolve() if inbox is not None else None


def _there(inbox: Path | None) -> Path:
    assert inbox is not None  # noqa: S101 (a larger body was refused without one)
    return inbox


def _queued(call: Call, path: Path) -> int | None:
    """Queue the file's job. None where lokdarpan-jobs is not installed: a worker elsewhere looks into the inbox."""
    try:
        return _submitted(call, "ingest_epaper_jsonl", str(path))
    except LokDarpanError as error:
        if path.exists():
            raise InboxError(f"{InboxError.__doc__} ({error})") from error
        return None  # a worker that watches the inbox was faster, and has put it away


def _submitted(call: Call, kind: str, *arguments: Any) -> int | None:
    queue = jobs.installed_queue(call.api.engine, call.api.settings)
    if queue is None:
        return None
    try:
        return queue.submit(kind, *arguments).id
    finally:
        queue.close()


class _Enough(Exception):  # noqa: N818 (it never leaves this module)
    """Somebody waits for an answer."""


def _are_days_counted(engine: Engine) -> bool:
    """Count the days that the articles are of, for a while; what was counted stays. Whether all were."""
    deadline = time.monotonic() + COUNTING_S

    def stop(_days: int) -> None:
        if time.monotonic() > deadline:
            raise _Enough

    with suppress(_Enough):
        count_days(engine, on_days=stop)
        return True
    return False
