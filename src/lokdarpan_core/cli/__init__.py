"""The `lokdarpan` command. Web and jobs add theirs through the entry points `lokdarpan.commands`."""

import logging
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from lokdarpan_core.cli.alerts import alerts
from lokdarpan_core.cli.articles import articles
from lokdarpan_core.cli.backfill import backfill
from lokdarpan_core.cli.backtest import backtest
from lokdarpan_core.cli.db import db
from lokdarpan_core.cli.doctor import doctor, purge
from lokdarpan_core.cli.elections import elections, stations
from lokdarpan_core.cli.form20 import form20
from lokdarpan_core.cli.form20_import import import_file, remove
from lokdarpan_core.cli.ingest import ingest
from lokdarpan_core.cli.jobs import enqueue, jobs
from lokdarpan_core.cli.keys import keys
from lokdarpan_core.cli.mentions import backfill as backfill_mentions
from lokdarpan_core.cli.mentions import mentions
from lokdarpan_core.cli.pulse import trends
from lokdarpan_core.cli.refresh import refresh
from lokdarpan_core.cli.rejects import rejects
from lokdarpan_core.cli.search import backfill_search
from lokdarpan_core.cli.seed import seed
from lokdarpan_core.cli.settings import settings
from lokdarpan_core.cli.stories import stories
from lokdarpan_core.cli.ward import ward
from lokdarpan_core.cli.wards import wards
from lokdarpan_core.errors import LokDarpanError


class Failure(click.ClickException):
    """What was asked for can't be done: settings, database, unreadable input."""

    exit_code = 2


class Program(click.Group):
    """The commands of this package and of those installed beside it; LokDarpan's errors become one line and exit 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, ours and the entry points'."""
        return sorted({*super().list_commands(ctx), *_plugins()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name; an entry point is loaded when it is asked for."""
        command = super().get_command(ctx, cmd_name)
        if command is None and (plugin := _plugins().get(cmd_name)):
            try:
                command = plugin.load()
            except Exception as error:  # noqa: BLE001 (somebody else's package must not take this program down)
                return _broken(cmd_name, plugin, error)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and tell people what was wrong instead of where in the code."""
        logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what it would say is told below, once
        try:
            return super().invoke(ctx)
        except LokDarpanError as error:
            raise Failure(str(error)) from error
        except DBAPIError as error:
            first = str(error.orig).strip().splitlines()[0]
            raise Failure(
                f"The database broke off: {first}\nNothing that was committed is lost; the same command goes on."
            ) from error


def _broken(name: str, plugin: EntryPoint, error: Exception) -> click.Command:
    message = f"`{name}` can't be loaded from {plugin.value}: {error}"

    def fail() -> None:
        raise Failure(message)

    return click.Command(name, callback=fail, short_help=message)


def _plugins() -> dict[str, EntryPoint]:
    return {plugin.name: plugin for plugin in entry_points(group="lokdarpan.commands")}


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lokdarpan-core", message="lokdarpan %(version)s")
def main() -> None:
    """What is going on in each ward of a city: news, alerts, votes.

    \b
    Examples:
      lokdarpan demo                          a first look, with a private database
      lokdarpan db start                      a private PostgreSQL that stays
      lokdarpan db upgrade                    bring the database to this version
      lokdarpan ingest news.jsonl.gz          archive articles; safe to repeat
      lokdarpan rejects list                  the lines that could not be used, and why

    The database is LOKDARPAN_DATABASE_URL, else DATABASE_URL, else the private one.
    Exit codes: 0 all well, 1 something in the data needs a look, 2 it could not be done, 130 stopped by Ctrl-C.
    """


for command in (
    alerts,
    articles,
    backfill,
    backtest,
    db,
    doctor,
    elections,
    enqueue,
    form20,
    ingest,
    jobs,
    keys,
    mentions,
    purge,
    refresh,
    rejects,
    seed,
    settings,
    stations,
    stories,
    trends,
    ward,
    wards,
):
    main.add_command(command)
for command in (import_file, remove):
    form20.add_command(command)
backfill.add_command(backfill_mentions, "mentions")
backfill.add_command(backfill_search, "search")
