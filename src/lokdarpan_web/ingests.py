"""`GET /ingests/{id}` and `/ingests/{id}/rejects`: what became of articles that were sent."""

from datetime import datetime

import attrs

from lokdarpan_core import IngestReport
from lokdarpan_core.news.reject_pages import RejectEntry, reject_page
from lokdarpan_core.news.runs import get
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import Parameter

ID = Parameter("id", int, "The run's number.", least=1, example=12)
AFTER = Parameter("after", int, "The id of the last reject of the page before.", default=0)
LIMIT = Parameter("limit", int, "How many rejects a page has at most.", default=50, least=1, most=100)
FOR_SENDERS = ("source", "error", "unknown_keys")  # they name files, and quote what was sent


@attrs.frozen
class IngestRun:
    """One delivery: new + reused + rejected = lines. `state` is `running` (also while it waits), `done`, `failed`,
    `reopened` or `undone`. `bytes_total` is the size as it was sent, `bytes_done` how far it was read, in what it
    unpacks to. `already_done`: these bytes were ingested before, and nothing was read again. `job_url` is the job that
    reads it, where one was queued just now. `withheld` names fields that keys of scope `ingest` see."""

    id: int
    state: str
    source: str | None
    content_sha256: str | None
    bytes_total: int | None
    bytes_done: int
    lines: int
    new: int
    reused: int
    posts: int
    posts_skipped: int
    rejected: int
    updated: int
    unknown_keys: dict[str, int] | None
    error: str | None
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    already_done: bool
    url: str
    rejects_url: str
    job_url: str | None = None
    withheld: tuple[str, ...] = ()


@attrs.frozen
class Rejects:
    """A page of the rejects of a run, in the order of its lines; `next` is the path of the page after it."""

    run: int
    rejects: list[RejectEntry]
    next: str | None
    withheld: tuple[str, ...] = ()


def shown_run(call: Call, report: IngestReport, job_id: int | None = None) -> IngestRun:
    """A run as this caller may see it."""
    url = f"/ingests/{report.id}"
    names = [field.name for field in attrs.fields(IngestRun) if hasattr(report, field.name)]
    run = IngestRun(
        **{name: getattr(report, name) for name in names},
        url=call.link(url),
        rejects_url=call.link(f"{url}/rejects"),
        job_url=None if job_id is None else call.link(f"/jobs/{job_id}"),
    )
    if call.caller.may("ingest"):
        return run
    return attrs.evolve(run, **dict.fromkeys(FOR_SENDERS), withheld=FOR_SENDERS)  # type: ignore[arg-type]


class IngestResource(Resource):
    """`GET /ingests/{id}`."""

    @operation(summary="What became of a delivery", answer=IngestRun, path=(ID,), conditional="body")
    def on_get(self, call: Call) -> IngestRun:
        """State and counts of one run."""
        return shown_run(call, get(call.connection, call.path["id"]))


class RejectsResource(Resource):
    """`GET /ingests/{id}/rejects`."""

    @operation(
        summary="The lines that could not be used", answer=Rejects, path=(ID,), query=(AFTER, LIMIT), conditional="body"
    )
    def on_get(self, call: Call) -> Rejects:
        """Line, place and reason; with a key of scope `ingest` also the detail and how the line begins. `lokdarpan
        rejects export` writes the exact bytes."""
        run_id, limit, with_raw = call.path["id"], call.query["limit"], call.caller.may("ingest")
        found = reject_page(call.connection, run_id, after=call.query["after"], limit=limit, with_raw=with_raw)
        following = None
        if len(found) == limit:
            following = call.link(f"/ingests/{run_id}/rejects", after=found[-1].id, limit=limit)
            call.resp.append_link(following, "next")
        return Rejects(run_id, found, following, () if with_raw else ("detail", "raw"))
