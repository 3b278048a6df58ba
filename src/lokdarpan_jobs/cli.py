"""`lokdarpan worker` and `lokdarpan ping`. The queue is opened when a command runs, not when its help is shown."""

import logging

import click
from huey.exceptions import HueyException, ResultTimeout


@click.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="How many jobs at once.")
def worker(workers: int) -> None:
    """Work on jobs until Ctrl-C or SIGTERM."""
    from lokdarpan_jobs.app import huey  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    huey.create_consumer(workers=workers, periodic=False).run()


@click.command()
@click.option("--timeout", default=10.0, show_default=True, help="Seconds to wait for the answer.")
def ping(timeout: float) -> None:
    """Send a job through the queue and wait for its answer; exit 1 if no worker answers."""
    from lokdarpan_jobs import app  # noqa: PLC0415

    try:
        click.echo(app.ping().get(blocking=True, timeout=timeout))
    except (ResultTimeout, HueyException) as error:
        raise click.ClickException(
            f"No worker answered within {timeout:g} s. Is one running? `lokdarpan worker` starts one."
        ) from error
