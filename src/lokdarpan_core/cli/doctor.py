"""`lokdarpan doctor` and `lokdarpan purge`."""

import os

import click

from lokdarpan_core.cli.console import as_json, database, dry_run_option, load_settings, print_json, print_table
from lokdarpan_core.doctor import WRONG, examine
from lokdarpan_core.retention import purge_old


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, json_output: bool) -> None:
    """Say what is wrong with this installation, and what to do; exit 1 if something is. Changes nothing.

    \b
    Looks at settings, inbox, disk, database, schema, queue, ward lists, clock, consumers, waiting and failed jobs, and
    API keys that are about to expire.
    """
    findings = examine(os.environ)
    if json_output:
        for finding in findings:
            print_json(finding)
    else:
        rows = [(one.subject, one.state, one.found, one.remedy) for one in findings]
        print_table(("what", "is", "found", "to do"), rows)
    ctx.exit(1 if any(one.state == WRONG for one in findings) else 0)


@click.command()
@dry_run_option
@as_json
def purge(dry_run: bool, json_output: bool) -> None:
    """Remove what is older than LOKDARPAN_KEEP_REJECTS_DAYS and LOKDARPAN_KEEP_JOBS_DAYS say.

    These are the bytes of rejected lines (the rejects stay, with place and reason) and jobs that are over. It can't be
    taken back; --dry-run counts.
    """
    settings = load_settings()
    with database(settings, writes=not dry_run) as engine, engine.begin() as connection:
        report = purge_old(connection, settings, dry_run=dry_run)
    if json_output:
        print_json(report)
        return
    print_table(
        ("what", "older than, days", "removed" if report.applied else "would be removed"),
        [
            ("bytes of rejects", settings.keep_rejects_days, f"{report.bytes:,} bytes of {report.rejects:,} rejects"),
            ("jobs that are over", settings.keep_jobs_days, f"{report.jobs:,} jobs"),
        ],
    )
