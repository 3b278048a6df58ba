"""`lokdarpan ward …`: what the API says of a ward, for people and, with --json, in the API's own bytes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs
import click
from sqlalchemy import Connection

from lokdarpan_core.cli.console import as_json, bars, database, load_settings, print_json, print_table, shown
from lokdarpan_core.cli.prediction import print_prediction
from lokdarpan_core.cli.wards import in_delimitation
from lokdarpan_core.elections.prediction import Prediction
from lokdarpan_core.elections.prediction import prediction as find_prediction
from lokdarpan_core.elections.stored import EXAMPLE
from lokdarpan_core.elections.ward_results import ward_results
from lokdarpan_core.embargo import forbid
from lokdarpan_core.settings import Settings
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.lookup import ward_id_of
from lokdarpan_core.wards.meta import WardMeta, ward_meta, without_sensitive

Answer = TypeVar("Answer")


@click.group()
def ward() -> None:
    """One ward: who votes there, what the last results say, and what the news says.

    \b
    Examples:
      lokdarpan ward meta "Jubilee Hills"
      lokdarpan ward pulse జూబ్లీహిల్స్ --days 30
      lokdarpan ward results 95
      lokdarpan ward prediction WARD_001 --json
    """


@ward.command()
@click.argument("label", metavar="WARD")
@in_delimitation
@as_json
def meta(label: str, delimitation: str | None, json_output: bool) -> None:
    """Show profile, demographics and features, as `GET /ward/meta/WARD` does."""
    found = _asked(label, delimitation, lambda *asked: without_sensitive(ward_meta(*asked)))
    if json_output:
        print_json(found)
    else:
        _print_meta(found)


@ward.command()
@click.argument("label", metavar="WARD")
@in_delimitation
@as_json
def prediction(label: str, delimitation: str | None, json_output: bool) -> None:
    """Show the forecast of the next election, as `GET /prediction/WARD` does; without one, the shares of the last.

    Exit 2 in an embargo, with the orders.
    """
    settings = load_settings()
    now = datetime.now(settings.timezone)
    forbid(settings.embargo, now)  # before anything is read

    def answer(connection: Connection, ward_id: str) -> Prediction:
        return find_prediction(connection, ward_id, embargo=settings.embargo, now=now)

    found = _asked(label, delimitation, answer, settings)
    if json_output:
        print_json(found)
    else:
        print_prediction(found)


@ward.command()
@click.argument("label", metavar="WARD")
@in_delimitation
@as_json
def results(label: str, delimitation: str | None, json_output: bool) -> None:
    """Show how a ward voted, as `GET /ward/results/WARD` does: its own results, or those of its segments."""
    found = _asked(label, delimitation, ward_results)
    if json_output:
        print_json(found)
        return
    for one in found.results:
        rows = [(party.party, party.votes, party.vote_share) for party in one.parties]
        _print_result(
            f"{found.ward}, {one.type}-{one.year}", rows, one.turnout_pct, sum(map(len, one.disputes.values()))
        )
    for sheet in found.segments:
        rows = [(one.key, one.votes + one.postal_votes, one.vote_share) for one in sheet.candidates]
        title = f"Segment {sheet.segment} ({sheet.kind}), {sheet.type}-{sheet.year}"
        _print_result(title, rows, sheet.turnout_pct, len(sheet.disputes))


def _print_result(
    title: str, rows: Sequence[tuple[str, int, float | None]], turnout_pct: float | None, disputes: int
) -> None:
    shares = [share or 0.0 for _, _, share in rows]
    lines = [
        (party, votes, f"{share:.1f}", bar)
        for (party, votes, _), share, bar in zip(rows, shares, bars(shares), strict=True)
    ]
    print_table(("party", "votes", "share, %", ""), lines, title=title)
    click.echo("Turnout: not known" if turnout_pct is None else f"Turnout: {turnout_pct:.1f} %")
    if disputes:
        click.echo(f"Disputed: {disputes} findings in the sheet do not add up (--json names them)")


def _asked(
    label: str,
    delimitation: str | None,
    answer: Callable[[Connection, str], Answer],
    settings: Settings | None = None,
) -> Answer:
    """What is known of the ward that a label means; `settings` if they are loaded already."""
    settings = settings or load_settings()
    with database(settings) as engine, engine.connect() as connection:
        gazetteer = Gazetteer.load(connection, settings.delimitation)
        return answer(connection, ward_id_of(connection, gazetteer, label, delimitation))


def _print_meta(found: WardMeta) -> None:
    click.echo(_title(found))
    for part in (found.profile, found.demographics, found.features):
        if part is None:
            continue
        values = attrs.asdict(part, recurse=False)
        rows = [
            (name, _value(name, value))
            for name, value in values.items()
            if not isinstance(value, dict) and value is not None and value != ()
        ]
        print_table(("field", "value"), rows, title=_part_title(type(part).__name__.removeprefix("Ward"), part.source))
    if found.features is not None:
        _print_shares(found.features.as23_party_shares, found.features.ls24_party_shares, found.features.dvi)


def _title(found: WardMeta) -> str:
    place = f"{found.ward}  {found.name or ''}".rstrip()
    return f"{place} ({found.delimitation})" if found.delimitation else place


def _part_title(name: str, source: str | None) -> str:
    return f"{name} (EXAMPLE: invented figures)" if source == EXAMPLE else name


def _value(name: str, value: Any) -> str:
    if name.endswith("_year"):  # a year is no quantity: no comma
        return str(value)
    return ", ".join(value) if isinstance(value, tuple) else shown(value)


def _print_shares(
    as23: Mapping[str, float] | None, ls24: Mapping[str, float] | None, dvi: Mapping[str, float] | None
) -> None:
    latest = ls24 or as23
    if not latest:
        return
    parties = sorted({*(as23 or {}), *(ls24 or {})}, key=lambda party: (-latest.get(party, 0), party))
    rows = [
        (party, _percent(as23, party), _percent(ls24, party), _points(dvi, party), bar)
        for party, bar in zip(parties, bars([latest.get(party, 0) for party in parties]), strict=True)
    ]
    year = "LS24" if ls24 else "AS23"
    print_table(("party", "AS23 %", "LS24 %", "swing, points", f"share in {year}"), rows, title="Votes")


def _percent(shares: Mapping[str, float] | None, party: str) -> str:
    return f"{100 * shares[party]:.1f}" if shares and party in shares else ""


def _points(dvi: Mapping[str, float] | None, party: str) -> str:
    return f"{100 * dvi[party]:+.1f}" if dvi and party in dvi else ""
