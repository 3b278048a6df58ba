"""The kinds of jobs. Each is a function that calls one of core's, and may be called again after any break.

The first parameter is what a job has at hand; the others are its arguments, as JSON. What it returns is kept in the
ledger, as JSON.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import Connection, Engine

from lokdarpan_core import (
    Gazetteer,
    LokDarpanError,
    Settings,
    assign_stories,
    backfill_mentions,
    backfill_post_links,
    backfill_sha256,
    backfill_terms,
    compute_features,
    count_days,
    dedupe_posts,
    detect_alerts,
    index_posts,
    jobs,
    purge_old,
    refresh,
    refresh_forecasts,
    refresh_ward_profile,
    today,
    ward_id_of,
)
from lokdarpan_core.jobs import Job, JobQueue
from lokdarpan_jobs.inbox import Inbox, PathRefusedError
from lokdarpan_jobs.taking import Taking

FAILED_LOOKED_AT = 10_000
NEWEST_DAYS = 3  # what is judged every day: deliveries come late, and change what was said of yesterday


class UnknownKindError(LokDarpanError):
    """There is no such kind of job: `lokdarpan jobs kinds` lists them."""


class ArgumentsError(LokDarpanError):
    """The arguments do not fit this kind of job."""


@attrs.frozen
class AtHand:
    """What a job works with. `note` and `noted` write and read what one attempt leaves to the next."""

    engine: Engine
    settings: Settings
    job: Job
    queue: JobQueue
    note: Callable[[Any], None]
    noted: Callable[[], Any]

    def taking(self) -> Taking:
        """How files of the inbox are taken."""
        day = self.job.created_at.astimezone(self.settings.timezone).date()
        return Taking(self.engine, Inbox.of(self.settings), day, self.note, self.noted)


def ping(_at: AtHand) -> str:
    """Answer "pong": the queue works, and a consumer is alive."""
    return "pong"


def ingest_epaper_jsonl(at: AtHand, path: str, also_create_posts: bool = True) -> Any:
    """Ingest one file of the inbox, and put it away."""
    return at.taking().take(Path(path), also_create_posts)


def ingest_epaper_dir(at: AtHand, path: str, also_create_posts: bool = True) -> list[Any]:
    """Ingest the files of a folder in the inbox, one after the other, and put them away."""
    taking, results = at.taking(), []
    for file in taking.inbox.files(taking.inbox.confined(path)):
        try:
            results.append(taking.take(file, also_create_posts))
        except PathRefusedError as error:  # somebody else took it meanwhile
            results.append({"source": str(file), "error": str(error)})
    return results


def ingest_inbox(at: AtHand) -> dict[str, Any]:
    """Queue a job for each file of the inbox that has stopped growing. One whose job has failed waits for `jobs retry`,
    or for a change of the file."""
    inbox = Inbox.of(at.settings)
    settled = inbox.settled(at.settings.inbox_settle_seconds)
    with at.engine.connect() as connection:
        failed = jobs.find(connection, state="failed", kind="ingest_epaper_jsonl", limit=FAILED_LOOKED_AT)
    failed_at = {job.arguments.get("path"): job.finished_at for job in failed}
    waiting = [path for path in settled if _is_as_it_failed(path, failed_at.get(str(path)))]
    queued = [at.queue.submit("ingest_epaper_jsonl", str(path)) for path in settled if path not in waiting]
    return {"queued": sum(not job.already_queued for job in queued), "failed_before": [path.name for path in waiting]}


def _is_as_it_failed(path: Path, failed_at: datetime | None) -> bool:
    return failed_at is not None and path.lstat().st_mtime < failed_at.timestamp()


def refresh_everything(at: AtHand) -> Any:
    """Compute ward aggregates, then profiles, then features; then forecast."""
    with at.engine.begin() as connection:
        reports = refresh(connection)
    return [*reports, forecast_wards(at)]


def aggregate_to_ward(at: AtHand) -> Any:
    """Compute the ward aggregates of every election."""
    with at.engine.begin() as connection:
        return refresh(connection, ["aggregates"])


def refresh_profile(at: AtHand, ward_id: str | None = None) -> Any:
    """Compute the profile of every ward, or of one, by any label."""
    with at.engine.begin() as connection:
        return refresh_ward_profile(connection, _ward(at, connection, ward_id))


def refresh_features(at: AtHand, ward_id: str | None = None) -> Any:
    """Compute the features of every ward, or of one, by any label."""
    with at.engine.begin() as connection:
        return compute_features(connection, _ward(at, connection, ward_id))


def _ward(at: AtHand, connection: Connection, label: str | None) -> str | None:
    if label is None:
        return None
    return ward_id_of(connection, Gazetteer.load(connection, default=at.settings.delimitation), label)


def forecast_wards(at: AtHand) -> Any:
    """Forecast the next election in every ward that has the history. The result holds counts and no forecast."""
    with at.engine.begin() as connection:
        return refresh_forecasts(connection, today(at.settings.timezone))


def judge_days(at: AtHand, day: str | None = None) -> list[Any]:
    """Look for alerts on a day of publication (2026-11-24), or on the newest three: today and the two before."""
    newest = today(at.settings.timezone)
    days = [newest - timedelta(days=back) for back in reversed(range(NEWEST_DAYS))] if day is None else [_day(day)]
    reports = []
    for one in days:
        with at.engine.begin() as connection:
            reports.append(detect_alerts(connection, one))
    return reports


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentsError(f"detect_alerts: {text!r} is no day; expected one such as 2026-11-24") from None


def fill_sha256(at: AtHand) -> Any:
    """Give every epaper its fingerprint."""
    return backfill_sha256(at.engine)


def fill_post_links(at: AtHand) -> Any:
    """Link posts of an older archive to their epapers."""
    return backfill_post_links(at.engine)


def fill_stories(at: AtHand) -> Any:
    """Find the story of every article that has none yet."""
    counts = assign_stories(at.engine)
    count_days(at.engine)
    return counts


def fill_mentions(at: AtHand) -> Any:
    """Search posts for wards: those that were not searched yet, or not with today's wards and aliases."""
    links = backfill_mentions(at.engine)
    count_days(at.engine)
    return links


def fill_terms(at: AtHand) -> Any:
    """Find the terms of posts that mention a ward and have none yet, and count the days again that have changed."""
    return backfill_terms(at.engine)


def fill_search(at: AtHand) -> Any:
    """Put the posts into the search index that are not in it yet."""
    return index_posts(at.engine)


def find_double_posts(at: AtHand, apply: bool = False) -> Any:
    """Count posts that say what another one says; with apply=true, delete them."""
    return dedupe_posts(at.engine, apply=apply)


def purge(at: AtHand) -> Any:
    """Remove what is older than the settings say it is to be kept."""
    with at.engine.begin() as connection:
        return purge_old(connection, at.settings)


KINDS: Mapping[str, Callable[..., Any]] = {
    "ping": ping,
    "ingest_epaper_jsonl": ingest_epaper_jsonl,
    "ingest_epaper_dir": ingest_epaper_dir,
    "ingest_inbox": ingest_inbox,
    "refresh": refresh_everything,
    "aggregate_to_ward": aggregate_to_ward,
    "refresh_ward_profile": refresh_profile,
    "refresh_features": refresh_features,
    "refresh_forecasts": forecast_wards,
    "detect_alerts": judge_days,
    "backfill_sha256": fill_sha256,
    "backfill_post_links": fill_post_links,
    "backfill_stories": fill_stories,
    "backfill_mentions": fill_mentions,
    "backfill_terms": fill_terms,
    "backfill_search": fill_search,
    "dedupe_posts": find_double_posts,
    "purge": purge,
}
OF_ONE_HOST = {"ingest_epaper_jsonl", "ingest_epaper_dir", "ingest_inbox"}  # their files lie there
NOT_UNIQUE = {"ping"}


def function_of(kind: str) -> Callable[..., Any]:
    """What does this kind of job. Raises UnknownKindError."""
    try:
        return KINDS[kind]
    except KeyError:
        raise UnknownKindError(f"There is no kind of job {kind!r}; there are {', '.join(KINDS)}") from None


def bind(kind: str, arguments: tuple[object, ...], named: Mapping[str, object]) -> dict[str, Any]:
    """The arguments by name, as the kind's function wants them. Raises UnknownKindError and ArgumentsError."""
    signature = inspect.signature(function_of(kind))
    try:
        bound = signature.bind(None, *arguments, **named).arguments
    except TypeError as error:
        raise ArgumentsError(f"{kind} takes {described(kind)}: {error}") from None
    del bound[next(iter(signature.parameters))]
    for name, value in bound.items():
        wanted = {bool: bool, str: str}.get(signature.parameters[name].annotation, (str, type(None)))
        if not isinstance(value, wanted):
            raise ArgumentsError(f"{kind}: {name}={value!r} is not what {described(kind)} says")
    return dict(bound)


def described(kind: str) -> str:
    """The arguments of a kind, as Python writes them."""
    parameters = list(inspect.signature(function_of(kind)).parameters.values())[1:]
    return ", ".join(map(str, parameters)) or "no arguments"


def unique_key(kind: str, arguments: Mapping[str, Any], host: str | None) -> str | None:
    """What keeps the same work from being queued twice."""
    if kind in NOT_UNIQUE:
        return None
    return f"{kind}@{host or ''}:{json.dumps(arguments, sort_keys=True, ensure_ascii=False)}"
