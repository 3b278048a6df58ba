"""`lokdarpan worker`, `lokdarpan ping` and `lokdarpan up`.

The queue is opened when a command runs, not when its help is shown."""

import logging

import click

from lokdarpan_core import require_head
from lokdarpan_core.cli.console import load_settings
from lokdarpan_jobs.inbox import Inbox
from lokdarpan_jobs.sending import JobFailedError, NoAnswerError
from lokdarpan_jobs.supervision import Supervisor

STOP_SECONDS = 7.0  # of the ten in which `up` stops all
workers_option = click.option(
    "-w", "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="How many jobs at once."
)
watch_option = click.option("--watch", is_flag=True, help="Take the inbox's files as they arrive, too.")


@click.command()
@workers_option
@watch_option
@click.option(
    "-k", "--kind", default="thread", show_default=True, type=click.Choice(["thread", "process"]),
    help="Processes use several cores at once; threads need less memory.",
)  # fmt: skip
@click.option(
    "--stop-within", default=STOP_SECONDS, show_default=True, metavar="SECONDS", type=click.FloatRange(0),
    help="How long SIGTERM lets jobs go on.",
)  # fmt: skip
def worker(workers: int, *, watch: bool, kind: str, stop_within: float) -> None:
    """Work on jobs until Ctrl-C or SIGTERM.

    SIGTERM waits a while for jobs to end and gives the others back; Ctrl-C gives them back at once. Nothing is lost: a
    job that was given back, or whose worker was killed, goes on where it was.
    """
    if watch:
        Inbox.of(load_settings())
    from lokdarpan_jobs.app import huey  # noqa: PLC0415

    with huey.workshop.engine.connect() as connection:
        require_head(connection)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)  # it would tell of each message; we tell of each job
    logging.getLogger("huey.consumer").setLevel(logging.INFO)
    stopping = {"graceful_signal": "TERM", "shutdown_timeout": stop_within}
    huey.create_consumer(workers=workers, worker_type=kind, watch=watch, health_check_interval=1, **stopping).run()


@click.command()
@click.option("--timeout", default=10.0, show_default=True, help="Seconds to wait for the answer.")
def ping(timeout: float) -> None:
    """Send a job through the queue and wait for its answer; exit 1 if no worker answers."""
    from lokdarpan_jobs import app  # noqa: PLC0415

    sent = app.ping()
    try:
        click.echo(sent.get(blocking=True, timeout=timeout))
    except (NoAnswerError, JobFailedError) as error:
        sent.cancel()
        raise click.ClickException(
            f"No worker answered within {timeout:g} s. Is one running? `lokdarpan worker` starts one."
        ) from error


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the web server listens on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--web-workers", default=2, show_default=True, type=click.IntRange(1, 64))
@workers_option
@watch_option
def up(host: str, port: int, web_workers: int, workers: int, *, watch: bool) -> None:
    """Run everything in the foreground: the web server, the worker and, where no database is named, the private one.

    What dies is started again. Ctrl-C or SIGTERM stops all within 10 seconds; jobs that are not done by then go on at
    the next start. The private database is brought to this version's schema; another one must have it already.
    """
    settings = load_settings()
    if watch:
        Inbox.of(settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    commands = {"worker": ["worker", "--workers", str(workers), *(["--watch"] if watch else [])]}
    commands["web"] = ["serve", "--host", host, "--port", str(port), "--workers", str(web_workers)]
    Supervisor.of(settings, commands).run()
