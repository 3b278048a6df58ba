"""`lokdarpan keys`: who may read and write through the API."""

from datetime import timedelta

import click

from lokdarpan_core.api_keys import SCOPES, api_keys, create_key, revoke_key
from lokdarpan_core.cli.console import as_json, database, print_json, print_table
from lokdarpan_core.timestamps import utc_now


@click.group()
def keys() -> None:
    """Make, list and revoke API keys.

    \b
    Examples:
      lokdarpan keys create "Eenadu feed" --scope ingest --days 365
      curl -H "Authorization: Bearer lkd_…" https://…/api/v1/ward/meta/WARD_001
      lokdarpan keys revoke lkd_Xy12ab
    """


@keys.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)))
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is good for (default: until it is revoked).")
@as_json
def create(name: str, scopes: tuple[str, ...], days: int | None, json_output: bool) -> None:
    """Make a key and print its token, once: only its hash is kept."""
    expires_at = None if days is None else utc_now() + timedelta(days=days)
    with database(writes=True) as engine, engine.begin() as connection:
        made = create_key(connection, name, scopes, expires_at=expires_at)
    if json_output:
        print_json(made)
    else:
        click.echo(made.token)
        click.echo("Keep it now: it is not shown again. `lokdarpan keys revoke` takes it back.", err=True)


@keys.command("list")
@as_json
def list_(json_output: bool) -> None:
    """List all keys, the newest first; tokens are not among it."""
    with database() as engine, engine.connect() as connection:
        found = api_keys(connection)
    if json_output:
        for key in found:
            print_json(key)
    else:
        rows = [
            (key.id, key.name, key.prefix, " ".join(key.scopes), key.expires_at, key.last_used_at, key.revoked_at)
            for key in found
        ]
        print_table(("id", "name", "token", "scopes", "good until", "last used", "revoked"), rows)


@keys.command()
@click.argument("which", metavar="ID|PREFIX")
@as_json
def revoke(which: str, json_output: bool) -> None:
    """Revoke a key, and list the ingest runs that it began (`lokdarpan ingest undo RUN` takes one back)."""
    with database(writes=True) as engine, engine.begin() as connection:
        revoked = revoke_key(connection, which)
    if json_output:
        print_json(revoked)
    else:
        runs = ", ".join(map(str, revoked.runs)) or "none"
        click.echo(f"Revoked: {revoked.key.name} ({revoked.key.prefix}…). Its ingest runs: {runs}")
