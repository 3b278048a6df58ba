"""`GET /jobs/{id}`: how far a job is."""

from datetime import datetime
from typing import Any

import attrs

from lokdarpan_core import jobs
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import Parameter

ID = Parameter("id", int, "The job's number.", least=1, example=12)
FOR_SENDERS = ("arguments", "result", "error")  # they name files of the server


@attrs.frozen
class JobState:
    """A job: `state` is `waiting`, `running`, `done`, `failed` or `cancelled`; it is not begun before `run_after`.
    `withheld` names the fields that keys of scope `ingest` see."""

    id: int
    kind: str
    state: str
    attempts: int
    run_after: datetime | None
    arguments: dict[str, Any] | None
    result: Any
    error: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    withheld: tuple[str, ...] = ()


class JobResource(Resource):
    """`GET /jobs/{id}`."""

    @operation(summary="How far a job is", answer=JobState, path=(ID,), conditional="body")
    def on_get(self, call: Call) -> JobState:
        """State and attempts; what it was given and what came of it only with a key of scope `ingest`."""
        job = jobs.get(call.connection, call.path["id"])
        names = [field.name for field in attrs.fields(JobState) if hasattr(job, field.name)]
        state = JobState(**{name: getattr(job, name) for name in names})
        if call.caller.may("ingest"):
            return state
        return attrs.evolve(state, **dict.fromkeys(FOR_SENDERS), withheld=FOR_SENDERS)  # type: ignore[arg-type]
