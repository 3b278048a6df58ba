"""`lokdarpan jobs …` and `lokdarpan enqueue`: the ledger of jobs."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import click
from sqlalchemy import Connection, Engine

from lokdarpan_core import jobs as ledger
from lokdarpan_core.cli.console import as_json, database, load_settings, print_fields, print_json, print_table
from lokdarpan_core.errors import LokDarpanError
from lokdarpan_core.jobs import Job, JobQueue
from lokdarpan_core.records import to_json
from lokdarpan_core.settings import Settings

INGEST = "ingest"  # what people type, for a file or a folder
NO_QUEUE = "lokdarpan-jobs is not installed here: pip install lokdarpan-jobs"


@click.group()
def jobs() -> None:
    """Jobs: what is to be done, is being done, was done, and what came of it.

    \b
    Examples:
      lokdarpan jobs list --state failed
      lokdarpan jobs show 12
      lokdarpan jobs retry 12
      lokdarpan jobs kinds
    """


@jobs.command("list")
@click.option("--state", type=click.Choice(ledger.STATES), help="In this state only.")
@click.option("--kind", help="Of this kind only.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def list_jobs(*, state: str | None, kind: str | None, limit: int, json_output: bool) -> None:
    """List the newest jobs."""
    with database() as engine, engine.connect() as connection:
        found = ledger.find(connection, state=state, kind=kind, limit=limit)
    if json_output:
        for job in found:
            print_json(job)
    else:
        print_table(
            ("job", "kind", "arguments", "state", "attempts", "created", "finished", "error"),
            [
                (job.id, job.kind, _short(job.arguments), job.state, job.attempts, job.created_at, job.finished_at,
                 (job.error or "")[:80])
                for job in found
            ],
        )  # fmt: skip


def _short(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items())


@jobs.command()
@click.argument("job_id", metavar="JOB", type=int)
@as_json
def show(job_id: int, json_output: bool) -> None:
    """Show a job, with its result or its error."""
    with database() as engine, engine.connect() as connection:
        found = ledger.get(connection, job_id)
    if json_output:
        print_json(found)
        return
    values = {name: value for name, value in attrs.asdict(found).items() if value not in (None, False)}
    values |= {name: to_json(values[name]).decode() for name in ("arguments", "result") if name in values}
    print_fields(values)


@jobs.command()
@click.argument("job_ids", metavar="[JOB]...", nargs=-1, type=int)
@click.option("--failed", is_flag=True, help="All that have failed.")
@click.pass_context
def retry(ctx: click.Context, job_ids: tuple[int, ...], failed: bool) -> None:
    """Let failed or cancelled jobs be tried again, with all their attempts."""
    if bool(job_ids) == failed:
        raise click.UsageError("give the jobs' numbers, or --failed")
    settings = load_settings()
    with database(settings, writes=True) as engine:
        if failed:
            with engine.connect() as connection:
                job_ids = tuple(job.id for job in ledger.find(connection, state="failed", limit=100_000))
        waiting = _each(engine, job_ids, ledger.retry)
        if queue := ledger.installed_queue(engine, settings):
            with closing(queue):
                for job in waiting:
                    queue.wake(job)
    ctx.exit(2 if len(waiting) < len(job_ids) else 0)


@jobs.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True, type=int)
@click.pass_context
def cancel(ctx: click.Context, job_ids: tuple[int, ...]) -> None:
    """Take waiting or failed jobs out. One that a worker is doing can't be cancelled."""
    with database(writes=True) as engine:
        cancelled = _each(engine, job_ids, ledger.cancel)
    ctx.exit(2 if len(cancelled) < len(job_ids) else 0)


def _each(engine: Engine, job_ids: tuple[int, ...], change: Callable[[Connection, int], Job]) -> list[Job]:
    """Change them one by one. When one can't be changed that is said, and the others go on."""
    changed = []
    for job_id in job_ids:
        try:
            with engine.begin() as connection:
                changed.append(change(connection, job_id))
            click.echo(f"Job {job_id} is {changed[-1].state}.")
        except LokDarpanError as error:
            click.echo(f"Error: {error}", err=True)
    return changed


@jobs.command()
def kinds() -> None:
    """List the kinds of jobs, with their arguments."""
    settings = load_settings()
    with database(settings, at_head=False) as engine, _queue(engine, settings) as queue:
        print_table(("kind", "arguments, and what it does"), queue.kinds().items())


@click.command()
@click.argument("kind")
@click.argument("arguments", nargs=-1)
@as_json
def enqueue(kind: str, arguments: tuple[str, ...], json_output: bool) -> None:
    """Queue a job: its kind, then its arguments, by place or as NAME=VALUE.

    \b
    Examples:
      lokdarpan enqueue ingest news.jsonl                      a file or a folder in the inbox
      lokdarpan enqueue ingest news.jsonl also_create_posts=false
      lokdarpan enqueue refresh_features
      lokdarpan jobs kinds                                     the kinds there are

    A job that is queued already is not queued twice.
    """
    settings = load_settings()
    by_place: list[str] = []
    if kind == INGEST and arguments:
        kind, path = _ingest(Path(arguments[0]), settings.inbox)
        by_place, arguments = [path], arguments[1:]
    by_place += [one for one in arguments if not _is_named(one)]
    named = {name: _value(text) for one in arguments if _is_named(one) for name, _, text in [one.partition("=")]}
    with database(settings, writes=True) as engine, _queue(engine, settings) as queue:
        job = queue.submit(kind, *by_place, **named)
    if json_output:
        print_json(job)
    elif job.already_queued:
        click.echo(f"Job {job.id} ({job.kind}) does that already; it is {job.state}.")
    else:
        click.echo(f"Job {job.id} ({job.kind}) is queued: lokdarpan jobs show {job.id}")


def _ingest(path: Path, inbox: Path | None) -> tuple[str, str]:
    """The kind of job for a path, and the path as a worker knows it: what is not here may be meant in the inbox."""
    if path.exists():
        path = path.absolute()
    elif inbox is not None:
        path = inbox.absolute() / path
    return "ingest_epaper_dir" if path.is_dir() else "ingest_epaper_jsonl", str(path)


@contextmanager
def _queue(engine: Engine, settings: Settings) -> Iterator[JobQueue]:
    queue = ledger.installed_queue(engine, settings)
    if queue is None:
        raise LokDarpanError(NO_QUEUE)
    with closing(queue):
        yield queue


def _is_named(argument: str) -> bool:
    return argument.partition("=")[0].isidentifier() and "=" in argument


def _value(text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool) else text
