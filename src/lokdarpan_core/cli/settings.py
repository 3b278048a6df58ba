"""`lokdarpan settings`."""

import click

from lokdarpan_core.cli.console import as_json, load_settings, print_json, print_table
from lokdarpan_core.settings import described


@click.command()
@as_json
def settings(json_output: bool) -> None:
    """Show every setting, its value and what it is for; secrets are masked."""
    rows = described(load_settings())
    if json_output:
        print_json({name: value or None for name, value, _ in rows})
    else:
        print_table(("name", "value", "what it is for"), rows)
