"""How a terminal shows a prediction: a forecast with its doubt, or last shares."""

import click

from lokdarpan_core.cli.console import BAR_WIDTH, bars, print_table, shown
from lokdarpan_core.elections.forecast.records import METHOD
from lokdarpan_core.elections.prediction import Prediction
from lokdarpan_core.elections.scored import Record
from lokdarpan_core.elections.stored import EXAMPLE

SURE = 0.98  # a chance to stand that needs no mention
LEAST_SHOWN = 0.5  # per cent of the votes, or of the chances: parties below it are told in one line


def print_prediction(found: Prediction) -> None:
    """Print what is known of a ward's next election."""
    place = f"{found.ward}  {found.name or ''}".rstrip()
    click.echo(f"{place} ({found.delimitation})" if found.delimitation else place)
    if found.method == METHOD:
        _print_forecast(found)
    else:
        _print_last_shares(found)
    click.echo(found.note)


def _print_last_shares(found: Prediction) -> None:
    rows = [
        (party, f"{score:.2f}", bar)
        for (party, score), bar in zip(found.scores.items(), bars(found.scores.values()), strict=True)
    ]
    title = "Scores (EXAMPLE: invented figures)" if found.source == EXAMPLE else "Scores"
    print_table(("party", "score, %", ""), rows, title=title)
    click.echo(f"Confidence: {found.confidence:.3f} ({found.confidence_kind})")
    if found.reason:
        click.echo(found.reason)
    click.echo(f"Based on {_based_on(found)}; as of {shown(found.updated_at)}")


def _print_forecast(found: Prediction) -> None:
    chances = found.win_probability
    large = [party for party, score in found.scores.items() if max(score, 100 * chances[party]) >= LEAST_SHOWN]
    most = max((high for _, high in found.intervals.values()), default=100.0)
    rows = [_row(found, party, most) for party in large]
    what = found.election or "as if held"
    columns = ("party", "share, %", "80 % interval, %", "", "chance to win", "")
    print_table(columns, rows, title=f"Forecast: {what} on {found.held_on}")
    small = [score for party, score in found.scores.items() if party not in large]
    if small:
        click.echo(f"Smaller parties: {len(small)}, together {sum(small):.1f} %")
    click.echo(f"Based on {_based_on(found)}; as of {shown(found.updated_at)}")
    click.echo(found.backtest_note if found.backtest is None else record_in_words(found.backtest))


def _row(found: Prediction, party: str, most: float) -> tuple[str, str, str, str, str, str]:
    interval, stands = found.intervals.get(party), found.stands.get(party, 1.0)
    bounds = "" if interval is None else f"{interval[0]:.1f} to {interval[1]:.1f}"
    bar = "" if interval is None else interval_bar(*interval, most)
    may = "" if stands > SURE else f"stands: {in_words(stands)}"
    return party, f"{found.scores[party]:.1f}", bounds, bar, in_words(found.win_probability[party]), may


def interval_bar(low: float, high: float, most: float) -> str:
    """Where an interval lies on a line from 0 to `most`, which is BAR_WIDTH characters long; at least one of them."""
    first, last = (min(int(bound / most * BAR_WIDTH), BAR_WIDTH - 1) for bound in (low, high))
    return " " * first + "█" * (last - first + 1)


def in_words(chance: float) -> str:
    """A chance (0 to 1) as people say it. Near 0 and 1 the tenths would round it to a certainty that nobody has."""
    if chance < 0.01:
        return "less than 1 in 100"
    if chance > 0.99:
        return "more than 99 in 100"
    if not 0.095 <= chance <= 0.905:
        return f"about {round(100 * chance)} in 100"
    return f"about {round(10 * chance)} in 10"


def record_in_words(record: Record) -> str:
    """How such forecasts did."""
    figures = record.figures
    where = f"{record.place or 'this city'}, {record.first_year}–{record.last_year} ({record.alike})"
    did = [
        f"winners right in {100 * figures.winners_right:.0f} % of {figures.contests:,} contests",
        f"shares off by {100 * figures.share_error:.1f} points on average",
    ]
    if figures.coverage is not None:
        did.append(f"{100 * figures.coverage:.0f} % of the results inside the interval")
    return f"How such forecasts did in {where}: {', '.join(did)}."


def _based_on(found: Prediction) -> str:
    return ", ".join(f"{one.type}-{one.year}" + (f" ({one.held_on})" if one.held_on else "") for one in found.based_on)
