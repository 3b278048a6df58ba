"""`lokdarpan db …`: the private server, and the schema's versions."""

import attrs
import click

from lokdarpan_core import migration
from lokdarpan_core.cli.adopt import adopt
from lokdarpan_core.cli.console import as_json, database, load_settings, print_json, print_table
from lokdarpan_core.database import create_engine, embedded_server
from lokdarpan_core.errors import SchemaError


@click.group()
def db() -> None:
    """The private PostgreSQL server, and the schema's versions.

    \b
    Examples:
      lokdarpan db start           a private server that stays until `db stop`
      lokdarpan db status
      psql "$(lokdarpan db url)"   look inside
      lokdarpan db upgrade         bring the database to this version; two at once are safe
      lokdarpan db check           does the database look as this version wants it?
      lokdarpan db adopt           an existing LokDarpan database (Flask, Alembic) comes along
    """


db.add_command(adopt)


@db.command()
def start() -> None:
    """Start the private server; it stays until `lokdarpan db stop`."""
    status = embedded_server(load_settings()).start()
    click.echo(f"PostgreSQL {status.version} runs (pid {status.pid}); its data are in {status.data_directory}")
    click.echo(status.url)
    engine = create_engine(str(status.url))
    with engine.connect() as connection:
        at_head = migration.current_revision(connection) == migration.head_revision()
    engine.dispose()
    if not at_head:
        click.echo("Its database is not at this version's schema: run lokdarpan db upgrade", err=True)


@db.command()
def stop() -> None:
    """Stop the private server. Its data stay."""
    stopped = embedded_server(load_settings()).stop()
    click.echo("Stopped." if stopped else "It was not running.")


@db.command()
@as_json
def status(json_output: bool) -> None:
    """Say whether the private server runs, and where its data are."""
    found = embedded_server(load_settings()).status()
    if json_output:
        print_json(found)
    else:
        fields = attrs.asdict(found).items()
        print_table(("what", "value"), [(name, str(value)) for name, value in fields if value is not None])


@db.command()
def url() -> None:
    """Print the URL of the database in use, for psql and others (with its password, if it has one)."""
    settings = load_settings()
    if settings.database_url is not None:
        click.echo(settings.database_url.set(drivername="postgresql").render_as_string(hide_password=False))
    else:
        click.echo(embedded_server(settings).url())


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema, in one transaction."""
    with database(writes=True, at_head=False) as engine:
        before, after = migration.upgrade(engine)
    click.echo(
        f"Already at {after}." if before == after else f"Upgraded from {before or 'an empty database'} to {after}."
    )


@db.command()
def current() -> None:
    """Print the database's revision."""
    with database(at_head=False) as engine, engine.connect() as connection:
        found = migration.current_revision(connection)
    click.echo(f"{found or 'none'}{' (head)' if found == migration.head_revision() else ''}")


@db.command()
def heads() -> None:
    """Print the newest revision of this version."""
    click.echo(migration.heads(), nl=False)


@db.command()
def history() -> None:
    """Print every revision, newest first."""
    click.echo(migration.history(), nl=False)


@db.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Compare the database with what this version wants; exit 1 if they differ."""
    with database(at_head=False) as engine, engine.connect() as connection:
        try:
            migration.require_head(connection)
        except SchemaError as error:
            click.echo(str(error))
            ctx.exit(1)
        found = migration.differences(connection)
    for line in found:
        click.echo(line)
    click.echo(f"{len(found)} differences" if found else f"All as it should be, at {migration.head_revision()}.")
    ctx.exit(1 if found else 0)


@db.command()
@click.option("-m", "--message", required=True, help="What the migration does, in a few words.")
def revision(message: str) -> None:
    """Write a new migration from what the schema has and the database has not (for developers)."""
    with database(at_head=False) as engine:
        for path in migration.revision(engine, message):
            click.echo(path)


@db.command()
@click.option("-m", "--message", default="merge heads", show_default=True, help="What the migration says.")
def merge(message: str) -> None:
    """Write a migration that joins two heads (for developers)."""
    click.echo(migration.merge(message) or "There is one head only.")
