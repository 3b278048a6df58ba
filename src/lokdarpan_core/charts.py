"""Charts of a ward's votes and news (Altair), for notebooks and pages alike. Import this only where one is wanted:
Altair and vl-convert (the extra `charts`) cost 60 MiB.

Every bar carries its number and its party, so that no reader depends on a colour; a chart of example rows says so.
Names come from other people's files, and Altair writes a chart's data into a page's `<script>` as it is: `<` and `>` in
a text become ‹ and ›, which can't end a script.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, Protocol

try:
    import altair as alt
    import vl_convert
except ImportError as error:
    raise ImportError(f"Charts need the extra `charts`: pip install 'lokdarpan-core[charts]' ({error})") from error

from lokdarpan_core.elections.stored import EXAMPLE
from lokdarpan_core.pulse.trends import Trends
from lokdarpan_core.wards.meta import WardMeta

PARTY_COLOURS_AS_OF = date(2024, 6, 4)  # the Lok Sabha result; parties change their names and colours
PARTY_COLOURS: Mapping[str, str] = {  # after the parties' own flags, dark enough for white paper
    "AIMIM": "#0b6e4f",
    "BJP": "#f28c28",
    "BRS": "#d6336c",
    "BSP": "#1c3f94",
    "CPI": "#b3001b",
    "CPI(M)": "#8c001a",
    "INC": "#1f8fd6",
    "TDP": "#e3b505",
    "TRS": "#d6336c",
}
OTHERS = "#8a8f98"
MOST_PARTIES, REST = 5, "(others)"  # bars of one election; what the rest are called together
MENTIONS = "#1f4e79"
NUMBERED_DAYS = 35  # as many bars have room for their numbers

ELECTIONS = {"as23": "Assembly 2023", "ls24": "Lok Sabha 2024"}


class Raised(Protocol):
    """An alert, as far as it is drawn: its day, the stories of that day, and how many were expected."""

    @property
    def published_on(self) -> date | None: ...

    @property
    def observed(self) -> float | None: ...

    @property
    def expected(self) -> float | None: ...


def shares_by_ward(wards: Iterable[WardMeta], election: Literal["as23", "ls24"] = "ls24") -> alt.LayerChart:
    """A bar for each party, ward by ward, in per cent of the valid votes of one election.

    Wards without that election's shares are left out.
    """
    listed = list(wards)
    rows = [
        {"ward": _name(meta), "party": _plain(party), "share_pct": round(100 * share, 2)}
        for meta in listed
        if meta.features is not None
        for party, share in (getattr(meta.features, f"{election}_party_shares") or {}).items()
    ]
    labelled = [row | {"label": f"{row['party']} {row['share_pct']:.1f}"} for row in rows]
    chart = _bars(labelled, "share_pct", "Share of valid votes, %").encode(
        y=alt.Y("ward:N", title=None, sort=_in_order(row["ward"] for row in rows)),
        yOffset=alt.YOffset("party:N", sort=_by_value(rows, "share_pct", "party")),
        color=_party_colour(rows),
    )
    return _finished(chart, f"Party shares, {ELECTIONS[election]}", listed)


def votes_by_election(shares: Mapping[str, Mapping[str, float]]) -> alt.LayerChart:
    """The parties' shares of the valid votes in per cent (election -> party -> share), a group of bars for each
    election, in the order given. An election's five largest parties are named; the rest are one bar."""
    rows = [
        {"election": _plain(election), "party": _plain(party), "share_pct": round(share, 2), "place": place}
        for election, parties in shares.items()
        for place, (party, share) in enumerate(_largest(parties))
    ]
    labelled = [row | {"label": f"{row['party']} {row['share_pct']:.1f}"} for row in rows]
    bars = _bars(labelled, "share_pct", "Share of valid votes, %").encode(
        y=alt.Y("election:N", title=None, sort=[_plain(election) for election in shares]),
        yOffset=alt.YOffset("place:O"),
        color=_party_colour(rows),
    )
    return _finished(bars, "Votes by election", [])


def _largest(parties: Mapping[str, float]) -> list[tuple[str, float]]:
    ordered = sorted(parties.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(share for _, share in ordered[MOST_PARTIES:])
    return ordered[:MOST_PARTIES] + ([(REST, rest)] if rest > 0 else [])


def swing(ward: WardMeta) -> alt.LayerChart:
    """What each party gained or lost in one ward from the Assembly election of 2023 to the Lok Sabha election of 2024,
    in percentage points."""
    dvi = (ward.features.dvi if ward.features is not None else None) or {}
    rows = [{"party": _plain(party), "swing_pp": round(100 * change, 2)} for party, change in dvi.items()]
    labelled = [row | {"label": f"{100 * change:+.1f}"} for row, change in zip(rows, dvi.values(), strict=True)]
    chart = _bars(labelled, "swing_pp", "Change of share, percentage points").encode(
        y=alt.Y("party:N", title=None, sort=_by_value(rows, "swing_pp", "party")), color=_party_colour(rows)
    )
    return _finished(chart, f"Swing in {_name(ward)}, {ELECTIONS['as23']} to {ELECTIONS['ls24']}", [ward])


def turnout(wards: Iterable[WardMeta]) -> alt.LayerChart:
    """Turnout in per cent of the electors, a bar for each ward that has it, the highest first."""
    listed = list(wards)
    rows = [
        {"ward": _name(meta), "turnout_pct": meta.profile.turnout_pct, "label": f"{meta.profile.turnout_pct:.1f}"}
        for meta in listed
        if meta.profile is not None and meta.profile.turnout_pct is not None
    ]
    chart = _bars(rows, "turnout_pct", "Turnout, % of electors").encode(
        y=alt.Y("ward:N", title=None, sort=_by_value(rows, "turnout_pct", "ward")), color=alt.value(OTHERS)
    )
    return _finished(chart, "Turnout", listed)


def mentions_chart(
    trends: Trends, alerts: Iterable[Raised] = (), expected: Iterable[tuple[date, float, float]] | None = None
) -> alt.LayerChart:
    """Stories of each day as bars; behind them, where it is known, the band in which such days usually are (`expected`:
    day, lowest and highest count), and above them a triangle for each alert with what it expected."""
    rows: list[dict[str, Any]] = [{"day": one.date.isoformat(), "stories": one.mentions_total} for one in trends.series]
    labelled = [row | {"label": str(row["stories"] or "")} for row in rows]
    band: list[dict[str, Any]] = [
        {"day": day.isoformat(), "low": low, "high": high} for day, low, high in expected or ()
    ]
    raised: list[dict[str, Any]] = [
        {
            "day": one.published_on.isoformat(),
            "stories": one.observed,
            "label": f"▲ {one.expected:.1f} expected",
        }
        for one in alerts
        if one.published_on is not None and one.observed is not None and one.expected is not None
    ]
    axis = alt.Axis(format="%-d %b", labelOverlap=True, grid=False)
    day = alt.X("utcyearmonthdate(day):T", title=None, axis=axis, bandPosition=0.5)
    most = max([row["stories"] for row in rows + raised] + [row["high"] for row in band], default=0)
    count = alt.Y(
        "stories:Q",
        title="Stories",
        scale=alt.Scale(domain=[0, 1.15 * most or 1], nice=False),
        axis=alt.Axis(format="d", tickMinStep=1),
    )
    bars = alt.Chart({"values": labelled}).mark_bar(color=MENTIONS).encode(x=day, y=count)
    usual = alt.Chart({"values": band}).mark_bar(color=OTHERS, opacity=0.3)
    marks = alt.Chart({"values": raised}).mark_text(align="center", dy=-19, fontWeight="bold")
    layers = [
        usual.encode(x=day, y=alt.Y("low:Q", title="Stories"), y2="high:Q"),
        bars.encode(tooltip=[alt.Tooltip("utcyearmonthdate(day):T", title="Day"), alt.Tooltip("stories:Q")]),
        marks.encode(x=day, y=count, text="label:N"),
    ]
    if len(rows) <= NUMBERED_DAYS:
        layers.append(bars.mark_text(dy=-6).encode(text="label:N"))
    title = f"Stories by day, {trends.ward}"
    return alt.LayerChart(layer=layers).properties(
        title=alt.TitleParams(_plain(title), anchor="start"), width=560, height=180
    )


def svg(chart: alt.LayerChart) -> str:
    """A chart as SVG text: drawn here, without a browser and without the network."""
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[]))


def _bars(rows: Sequence[Mapping[str, Any]], value: str, title: str) -> alt.Chart:
    """Bars along the x axis, with room beside the longest for its number."""
    numbers = [0.0, *(row[value] for row in rows)]
    room = (max(numbers) - min(numbers)) / 5
    domain = [min(numbers) - room if min(numbers) < 0 else 0, max(numbers) + room]
    along = alt.X(f"{value}:Q", title=title, scale=alt.Scale(domain=domain, nice=False))
    chart: alt.Chart = alt.Chart({"values": [*rows]}).mark_bar().encode(x=along, tooltip=[alt.Tooltip("label:N")])
    return chart.properties(width=420)


def _finished(bars: alt.Chart, title: str, wards: Iterable[WardMeta]) -> alt.LayerChart:
    """Bars with their numbers at their ends, and a title that says whether the figures are real."""
    value = bars.encoding.x.shorthand.removesuffix(":Q")
    outside = f"datum['{value}'] < 0 ? "
    numbers = bars.mark_text(
        align=alt.expr(f"{outside}'right' : 'left'"), dx=alt.expr(f"{outside}-3 : 3"), baseline="middle"
    ).encode(text="label:N", color=alt.value("black"))
    parts = [part for meta in wards for part in (meta.profile, meta.features) if part is not None]
    example = any(part.source == EXAMPLE for part in parts)
    shown = alt.TitleParams(title, subtitle="EXAMPLE: invented figures" if example else "", anchor="start")
    return alt.LayerChart(layer=[bars, numbers]).properties(title=shown, height=alt.Step(20))


def _party_colour(rows: Iterable[Mapping[str, Any]]) -> alt.Color:
    """The parties' colours, without a legend: each bar is named beside it."""
    parties = _in_order(row["party"] for row in rows)
    colours = [PARTY_COLOURS.get(party, OTHERS) for party in parties]
    return alt.Color("party:N", legend=None, scale=alt.Scale(domain=parties, range=colours))


def _by_value(rows: Iterable[Mapping[str, Any]], value: str, name: str) -> list[str]:
    return _in_order(row[name] for row in sorted(rows, key=lambda row: (-row[value], row[name])))


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _name(meta: WardMeta) -> str:
    return _plain(f"{meta.name} ({meta.ward})" if meta.name else meta.ward)


def _plain(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")
