"""`lokdarpan seed`."""

import click

from lokdarpan_core import examples
from lokdarpan_core.cli.console import as_json, database, print_json, print_table


@click.command()
@click.option("--remove", is_flag=True, help="Remove the example rows again.")
@as_json
def seed(remove: bool, json_output: bool) -> None:
    """Insert the example ward WARD_001 where it is absent. Everything in it is marked `source = 'example'`."""
    with database(writes=True) as engine, engine.begin() as connection:
        report = examples.remove_seed(connection) if remove else examples.seed(connection)
    if json_output:
        print_json(report)
    else:
        print_table(("table", "removed" if remove else "inserted"), report.rows.items())
