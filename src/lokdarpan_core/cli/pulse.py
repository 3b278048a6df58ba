"""`lokdarpan ward pulse` and `lokdarpan trends`: what the news says of a ward, for people and for machines."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click
from rich.text import Text
from sqlalchemy import Connection

from lokdarpan_core.cli.console import DAY, as_json, bars, database, load_settings, out, print_json, print_table
from lokdarpan_core.cli.ward import ward
from lokdarpan_core.cli.wards import in_delimitation
from lokdarpan_core.pulse import trends as by_day
from lokdarpan_core.pulse.evidence import Evidence
from lokdarpan_core.pulse.keywords import Keyword
from lokdarpan_core.pulse.messages import LANGUAGES
from lokdarpan_core.pulse.pulse import MOST_DAYS, Pulse
from lokdarpan_core.pulse.pulse import pulse as pulse_of
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.lookup import ward_id_of

TERMS = 10  # shown of each kind
LABELS = 5  # columns of a table of days

until_option = click.option("--until", type=DAY, help="The last day (default: today, in LOKDARPAN_TIMEZONE).")


@ward.command()
@click.argument("label", metavar="WARD")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=14, show_default=True, help="How many days.")
@until_option
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the summary.")
@in_delimitation
@as_json
def pulse(
    label: str, *, days: int, until: datetime | None, lang: str, delimitation: str | None, json_output: bool
) -> None:
    """Show what the news says of a ward, as `GET /pulse/WARD` does: how much, about what, by whom, and where."""
    with _opened() as (connection, gazetteer, timezone):
        ward_id = ward_id_of(connection, gazetteer, label, delimitation)
        found = pulse_of(connection, ward_id, days=days, until=_day(until), lang=lang, timezone=timezone)
    if json_output:
        print_json(found)
    else:
        _print_pulse(found)


@click.command()
@click.option("--ward", "label", metavar="WARD", default=by_day.ALL, show_default=True, help="Only this ward.")
@click.option("--days", type=click.IntRange(1, by_day.MOST_DAYS), default=30, show_default=True, help="How many days.")
@until_option
@in_delimitation
@as_json
def trends(label: str, *, days: int, until: datetime | None, delimitation: str | None, json_output: bool) -> None:
    """Count the stories of each day, as `GET /trends` does: of one ward, or of the whole archive.

    \b
    Examples:
      lokdarpan trends --days 60
      lokdarpan trends --ward "Jubilee Hills" --until 2026-06-30
    """
    with _opened() as (connection, gazetteer, timezone):
        all_wards = label.casefold() == by_day.ALL.casefold()
        ward_id = None if all_wards else ward_id_of(connection, gazetteer, label, delimitation)
        found = by_day.trends(connection, ward_id, days=days, until=_day(until), timezone=timezone)
    if json_output:
        print_json(found)
    else:
        _print_trends(found)


@contextmanager
def _opened() -> Iterator[tuple[Connection, Gazetteer, ZoneInfo]]:
    settings = load_settings()
    with database(settings) as engine, engine.connect() as connection:
        yield connection, Gazetteer.load(connection, settings.delimitation), settings.timezone


def _day(until: datetime | None) -> date | None:
    return until and until.date()


def _print_pulse(found: Pulse) -> None:
    metrics = found.metrics
    out().print(Text(f"{found.ward}  {found.name} ({found.delimitation})", style="bold"))
    out().print(Text(found.briefing.summary), soft_wrap=not sys.stdout.isatty())
    if not metrics.stories:
        return
    counts = [source.count for source in metrics.top_authors]
    rows = [
        (source.name, source.count, source.copies, bar)
        for source, bar in zip(metrics.top_authors, bars(counts), strict=True)
    ]
    print_table(("source", "stories", "articles", ""), rows, title="Told by")
    for title, terms in (
        ("Keywords", metrics.top_keywords),
        ("Parties named", metrics.named_parties),
        ("Places named", metrics.named_places),
    ):
        _print_terms(title, terms[:TERMS])
    _print_labels("Emotions", metrics.sentiments)
    _print_labels("Parties, as labelled", metrics.parties)
    for one in found.evidence:
        _print_evidence(one)


def _print_terms(title: str, terms: Sequence[Keyword]) -> None:
    if terms:
        rows = [(one.term, one.count, f"{one.expected:.1f}", f"{one.lift:.1f}") for one in terms]
        print_table(("term", "stories", "expected", "times"), rows, title=title)


def _print_labels(title: str, counts: Mapping[str, int]) -> None:
    if counts:
        rows = [(*item, bar) for item, bar in zip(counts.items(), bars(counts.values()), strict=True)]
        print_table(("", "stories", ""), rows, title=title)


def _print_evidence(one: Evidence) -> None:
    also = ", ".join(f"{other.publication} ({other.date})" for other in one.also_in)
    known = [one.language, f"by {one.how}", None if one.story is None else f"story {one.story}"]
    head = Text(f"\n{one.date}  {one.publication or 'source not known'}", style="bold")
    head.append(f"  {', '.join(word for word in known if word)}", style="not bold dim")
    lines = [head, Text(one.title or ""), _marked(one), Text(f"Also in {also}" if also else ""), Text(one.url or "")]
    for line in lines:
        if line.plain:
            out().print(line, soft_wrap=not sys.stdout.isatty())


def _marked(one: Evidence) -> Text:
    shown, at = Text(), 0
    for mark in one.marks:
        shown.append(one.excerpt[at : mark.start])
        shown.append(f"[{one.excerpt[mark.start : mark.end]}]", style="bold green")
        at = mark.end
    return shown.append(one.excerpt[at:])


def _print_trends(found: by_day.Trends) -> None:
    emotions, parties = found.emotion_keys[:LABELS], found.party_keys[:LABELS]
    rows = [
        (
            f"{day.date:%a %Y-%m-%d}",
            day.mentions_total,
            bar,
            *(day.emotions[key] for key in emotions),
            *(day.parties[key] for key in parties),
        )
        for day, bar in zip(found.series, bars(day.mentions_total for day in found.series), strict=True)
    ]
    title = f"{found.ward}, stories by day, {found.start_date} to {found.end_date}"
    print_table(("day", "stories", "", *emotions, *parties), rows, title=title)
    hidden = _more(found.emotion_keys, "emotions") + _more(found.party_keys, "parties")
    if hidden:
        click.echo(f"Not shown: {', '.join(hidden)} (--json has them)")


def _more(keys: Sequence[str], name: str) -> list[str]:
    return [f"{len(keys) - LABELS} more {name}"] if len(keys) > LABELS else []
