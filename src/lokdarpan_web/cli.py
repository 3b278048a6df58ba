"""`lokdarpan serve` and `lokdarpan demo`."""

import click
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from lokdarpan_core import (
    Settings,
    create_engine,
    embedded_server,
    follow_up,
    import_list,
    ingest_jsonl,
    packaged_list,
    sample_articles,
    seed,
    upgrade,
    ward_meta,
    without_sensitive,
)
from lokdarpan_core.cli.console import database, load_settings, print_json
from lokdarpan_web.app import create_app
from lokdarpan_web.metrics import shared_by_workers
from lokdarpan_web.server import Server, free_port, refuse_open_door, require_free

PLACE = "ghmc-2016"  # the wards that the samples speak of

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
workers_option = click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))


@click.command()
@host_option
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@workers_option
def serve(host: str, port: int, workers: int) -> None:
    """Serve the API, with gunicorn, until Ctrl-C or SIGTERM.

    On another address than loopback LOKDARPAN_REQUIRE_KEY must be set first.
    """
    settings = load_settings()
    refuse_open_door(settings, host)
    with database(settings) as engine, shared_by_workers():
        create_app(engine, settings)  # what is wrong with the settings is said here, not by each worker
        _serve(settings, engine.url, host, port, workers)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: 8000, or the next free one).")
@click.option("--no-serve", is_flag=True, help="Print what the API would answer, and stop.")
@workers_option
def demo(port: int | None, no_serve: bool, workers: int) -> None:
    """A first look: a private PostgreSQL, an example ward, a few dozen invented articles, and the API.

    Safe to repeat. Everything in it is marked as an example; `lokdarpan seed --remove` and
    `lokdarpan ingest undo RUN` take it away again.
    """
    settings = load_settings()
    click.echo("Starting a private PostgreSQL…", err=True)
    with embedded_server(settings).use() as url:
        engine = create_engine(url)
        before, after = upgrade(engine)
        if before != after:
            click.echo(f"Database: schema {after}", err=True)
        with engine.begin() as connection:
            import_list(connection, packaged_list(PLACE))
            seed(connection)
        with sample_articles() as path:
            report = ingest_jsonl(engine, path)
            follow_up(engine, report.id)
        click.echo(f"Articles: {report.lines} sample lines, {report.new} new, {report.reused} already there", err=True)
        if no_serve:
            with engine.connect() as connection:
                print_json(without_sensitive(ward_meta(connection, "WARD_001")))
            return
        engine.dispose()
        _serve(settings, engine.url, "127.0.0.1", free_port("127.0.0.1", 8000) if port is None else port, workers)


def _serve(settings: Settings, url: URL, host: str, port: int, workers: int) -> None:
    port = free_port(host, port) if port == 0 else require_free(host, port)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Serving on http://{shown}:{port}/api/v1/ward/meta/WARD_001  (Ctrl-C stops it)", err=True)
    with shared_by_workers():
        Server(lambda: create_app(_engine(url), settings), host, port, workers).run()


def _engine(url: URL) -> Engine:
    """The engine of a worker: it asks no connection beforehand whether it still stands, since a request that meets one
    that does not is answered with another."""
    return create_engine(url, pool_pre_ping=False)
