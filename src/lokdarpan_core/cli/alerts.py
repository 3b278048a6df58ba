"""`lokdarpan alerts …` and `lokdarpan ward alerts`: judge days, and print what rose."""

import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import click
from rich.text import Text

from lokdarpan_core.cli.console import (
    DAY,
    as_json,
    database,
    load_settings,
    out,
    print_json,
    print_table,
    progress_bar,
    shown,
)
from lokdarpan_core.cli.ward import ward
from lokdarpan_core.cli.wards import in_delimitation
from lokdarpan_core.pulse.alerts.detect import detect_alerts, newest_day
from lokdarpan_core.pulse.alerts.reading import MOST, alerts_of, newest_alerts
from lokdarpan_core.pulse.alerts.records import Alert, AlertReport, CityReport
from lokdarpan_core.pulse.messages import LANGUAGES
from lokdarpan_core.timestamps import today
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.lookup import ward_id_of

lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of sentences."
)
limit_option = click.option("--limit", type=click.IntRange(1), default=MOST, show_default=True, help="Alerts at most.")
withdrawn_option = click.option("--withdrawn", is_flag=True, help="Those too that no longer hold.")


@click.group()
def alerts() -> None:
    """What rose in a ward beyond what its own history explains.

    \b
    Examples:
      lokdarpan alerts detect                              the newest day that has articles
      lokdarpan alerts detect --from 2026-06-01 --until 2026-06-30
      lokdarpan alerts list --days 7
      lokdarpan alerts list --ward "Jubilee Hills" --withdrawn
    """


@alerts.command()
@click.option("--day", type=DAY, help="Judge this day.")
@click.option("--from", "start", type=DAY, help="Judge each day from this one on.")
@click.option("--until", "end", type=DAY, help="The last day (default: the newest that has articles).")
@click.option("--delimitation", help="Only this one.")
@as_json
def detect(
    *,
    day: datetime | None,
    start: datetime | None,
    end: datetime | None,
    delimitation: str | None,
    json_output: bool,
) -> None:
    """Judge days, and store what rose. Safe to repeat: what no longer holds is withdrawn."""
    if day is not None and (start is not None or end is not None):
        raise click.UsageError("--day is one day; --from and --until are several")
    settings = load_settings()
    with database(settings, writes=True) as engine:
        with engine.connect() as connection:
            newest = newest_day(connection, today(settings.timezone))
        last = (day or end).date() if (day or end) else newest  # type: ignore[union-attr]
        if last is None:
            click.echo("There are no articles to judge.", err=True)
            return
        first = start.date() if start else last
        if first > last:
            raise click.UsageError(f"--from {first} is after {last}")
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        with progress_bar() as bar:
            task, reports = bar.add_task("days", total=len(days)), []
            for one in days:
                with engine.begin() as connection:
                    reports.append(detect_alerts(connection, one, delimitation_id=delimitation))
                bar.advance(task)
    if json_output:
        for report in reports:
            print_json(report)
    else:
        _print_reports(reports)


@alerts.command("list")
@click.option("--ward", "label", metavar="WARD", help="Only this ward.")
@click.option("--days", type=click.IntRange(1), help="Only of the days up to today, so many.")
@withdrawn_option
@limit_option
@lang_option
@in_delimitation
@as_json
def list_(
    *,
    label: str | None,
    days: int | None,
    withdrawn: bool,
    limit: int,
    lang: str,
    delimitation: str | None,
    json_output: bool,
) -> None:
    """List alerts, the newest first."""
    settings = load_settings()
    since = None if days is None else today(settings.timezone) - timedelta(days=days - 1)
    with database(settings) as engine, engine.connect() as connection:
        gazetteer = Gazetteer.load(connection, settings.delimitation)
        if label is not None:
            ward_id = ward_id_of(connection, gazetteer, label, delimitation)
            found = alerts_of(connection, ward_id, lang=lang, limit=limit, withdrawn=withdrawn).alerts
            found = [one for one in found if since is None or (one.published_on or date.min) >= since]
        else:
            place = gazetteer.delimitation(delimitation or settings.delimitation)
            found = newest_alerts(connection, place.id, limit, lang=lang, since=since, withdrawn=withdrawn)
    if json_output:
        for one in found:
            print_json(one)
    else:
        _print_alerts(found)


@ward.command("alerts")
@click.argument("label", metavar="WARD")
@withdrawn_option
@limit_option
@lang_option
@in_delimitation
@as_json
def of_ward(label: str, *, withdrawn: bool, limit: int, lang: str, delimitation: str | None, json_output: bool) -> None:
    """Show what rose in a ward, as `GET /alerts/WARD` does: the newest first, with the articles."""
    settings = load_settings()
    with database(settings) as engine, engine.connect() as connection:
        gazetteer = Gazetteer.load(connection, settings.delimitation)
        ward_id = ward_id_of(connection, gazetteer, label, delimitation)
        found = alerts_of(connection, ward_id, lang=lang, limit=limit, withdrawn=withdrawn)
    if json_output:
        print_json(found)
    else:
        _print_alerts(found.alerts)


def _print_reports(reports: Sequence[AlertReport]) -> None:
    rows = [_row(report.day, city) for report in reports for city in report.cities]
    columns = ("day", "delimitation", "sources", "history, days", "new", "changed", "unchanged", "withdrawn", "")
    print_table(columns, rows)
    for report in reports:
        for city in report.cities:
            for one in city.alerts:
                out().print(Text(f"{one.severity}  {one.ward}  {one.description}"), soft_wrap=not sys.stdout.isatty())
    if len(reports) == 1:
        left_out = {one.source: one.reason for city in reports[0].cities for one in city.not_judged}
        for source, reason in sorted(left_out.items()):
            click.echo(f"Not judged: {source} ({reason})")


def _row(day: date, city: CityReport) -> tuple[object, ...]:
    counts = (city.new, city.changed, city.unchanged, city.withdrawn)
    note = "" if city.reason is None else f"not judged: {city.reason}"
    return day.isoformat(), city.delimitation, len(city.sources), city.history_days, *counts, note


def _print_alerts(found: Sequence[Alert]) -> None:
    if not found:
        click.echo("No alerts.")
    for one in found:
        gone = "" if one.withdrawn_at is None else f" (withdrawn {shown(one.withdrawn_at)})"
        day = one.published_on or (one.window.start or one.updated_at).date()
        head = Text(f"{day}  {one.name}  {one.severity or ''}{gone}", style="bold")
        out().print(head, Text(one.description or ""), sep="\n", soft_wrap=not sys.stdout.isatty())
        for article in one.source_articles if one.published_on else ():
            more = article["copies"] - 1
            also = f" (and {more} more that print it)" if more else ""
            out().print(Text(f"  {article['publication']}: {article['title'] or '(no title)'}{also}", style="dim"))
