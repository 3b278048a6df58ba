"""The figures of pages: a title, a table, and the chart that core draws of it.

A page needs titles and tables alone; charts are made when somebody asks for one, since Altair is an extra and costs
60 MiB. Texts that core writes into a chart are turned into the reader's language here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from lokdarpan_core import City, CityMap, Layer, WardMeta
from lokdarpan_web.page.language import Language
from lokdarpan_web.page.tables import Column, Table
from lokdarpan_web.page.ward import Votes, WardPage

TITLES, DATA = ("title", "format"), ("data", "datasets")


@attrs.frozen
class Figure:
    """A figure: `name` in addresses, `title` and `note` for people, its table, and how its chart is made, with
    `room` (pixels) for labels at its right. `is_kept` is False for what an embargo may forbid at any moment."""

    name: str
    title: str
    note: str
    table: Table
    draw: Callable[[], Any]
    is_kept: bool = True
    room: int = 40

    def specification(self, language: Language) -> dict[str, Any]:
        """The chart as a Vega-Lite specification without a title (the page has it), as wide as its place."""
        made: dict[str, Any] = translated(self.draw().to_dict(), language)
        made.pop("title", None)
        made["width"], made["autosize"] = "container", {"type": "fit-x", "contains": "padding"}
        made["padding"] = {"left": 0, "top": 5, "bottom": 5, "right": self.room}
        made["description"] = self.title
        return made

    def drawing(self, language: Language) -> dict[str, Any]:
        """The same for a drawing by itself, with its title."""
        made: dict[str, Any] = translated(self.draw().to_dict(), language)
        made["title"] = {"text": self.title, "subtitle": self.note, "anchor": "start"}
        made["background"] = "white"
        return made


def translated(specification: Any, language: Language) -> Any:
    """A specification with its axis titles and formats in the reader's language."""
    if isinstance(specification, dict):
        return {
            key: language.said("chart", value)
            if key in TITLES and isinstance(value, str)
            else translated(value, language)
            for key, value in specification.items()
            if key not in DATA
        } | {key: specification[key] for key in DATA if key in specification}
    return [translated(one, language) for one in specification] if isinstance(specification, list) else specification


def ward_figures(page: WardPage, t: Language) -> dict[str, Figure]:
    """The figures of a ward's page that there is data for, by name."""
    made = [_votes(page.votes, page.of_old_ward, t), _swing(page.votes, page.of_old_ward, t), _outlook(page, t)]
    return {one.name: one for one in (*made, _mentions(page, t)) if one is not None}


def election_shares(votes: Votes, t: Language) -> dict[str, dict[str, float]]:
    """Shares in per cent by election as people call it, the newest first: of results, else of the ward's features."""
    found: dict[str, dict[str, float]] = {}
    for one in votes.results.results if votes.results is not None else ():
        name = t.election("-".join(str(part) for part in (one.type, one.year, one.round) if part))
        found[name] = {party.party: party.vote_share for party in one.parties if party.vote_share is not None}
    features = votes.meta.features if votes.meta is not None else None
    if not found and features is not None:
        of = {"LOKSABHA-2024": features.ls24_party_shares, "ASSEMBLY-2023": features.as23_party_shares}
        found = {t.election(name): _largest_first(shares) for name, shares in of.items() if shares}
    return {name: shares for name, shares in found.items() if shares}


def _largest_first(shares: Mapping[str, float]) -> dict[str, float]:
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    return {party: 100 * share for party, share in ordered}


def _votes(votes: Votes, of_old_ward: bool, t: Language) -> Figure | None:
    shares = election_shares(votes, t)
    if not shares:
        return None
    counts = {
        (t.election("-".join(str(part) for part in (one.type, one.year, one.round) if part)), party.party): party.votes
        for one in (votes.results.results if votes.results is not None else ())
        for party in one.parties
    }
    rows = tuple(
        (election, party, counts.get((election, party)), round(share, 2))
        for election, parties in shares.items()
        for party, share in parties.items()
    )
    columns = (
        Column("election", t("table.election")),
        Column("party", t("table.party")),
        Column("votes", t("table.votes"), "count"),
        Column("share_pct", t("table.share"), "percent"),
    )

    def draw() -> Any:
        from lokdarpan_core.charts import votes_by_election  # noqa: PLC0415 (an extra)

        return votes_by_election(shares)

    title = t("votes.chart", ward=votes.ward.name)
    return Figure("votes", title, _whose(votes, of_old_ward, t), Table(columns, rows), draw)


def _swing(votes: Votes, of_old_ward: bool, t: Language) -> Figure | None:
    meta = votes.meta
    changes = meta.features.dvi if meta is not None and meta.features is not None else None
    if meta is None or not changes:
        return None
    rows = tuple((party, round(100 * change, 4)) for party, change in sorted(changes.items(), key=lambda one: -one[1]))
    columns = (Column("party", t("table.party")), Column("swing_pp", t("table.swing"), "points"))

    def draw() -> Any:
        from lokdarpan_core.charts import swing  # noqa: PLC0415 (an extra)

        return swing(meta)

    return Figure("swing", t("swing.chart"), _whose(votes, of_old_ward, t), Table(columns, rows), draw)


def _whose(votes: Votes, of_old_ward: bool, t: Language) -> str:
    return t("old.note", ward=votes.ward.name, number=votes.ward.number) if of_old_ward else ""


def _outlook(page: WardPage, t: Language) -> Figure | None:
    said = page.prediction
    if said is None or said.method != "forecast":
        return None
    rows = tuple(
        (
            party,
            share,
            *said.intervals.get(party, (None, None)),
            round(100 * said.win_probability.get(party, 0.0), 1),
        )
        for party, share in said.scores.items()
    )
    columns = (
        Column("party", t("table.party")),
        Column("share_pct", t("table.expected_share"), "percent"),
        Column("low_pct", t("table.low"), "percent"),
        Column("high_pct", t("table.high"), "percent"),
        Column("chance_pct", t("table.chance"), "percent"),
    )

    def draw() -> Any:
        from lokdarpan_core.forecast_charts import ward_chart  # noqa: PLC0415 (an extra)

        return ward_chart(said)  # the page asked the embargo before it read `said`

    return Figure("forecast", t("forecast.chart"), "", Table(columns, rows), draw, is_kept=False, room=70)


def _mentions(page: WardPage, t: Language) -> Figure | None:
    counted = page.days
    if counted is None:
        return None
    usual = {day: (low, high) for day, low, high in page.usual}
    raised = {one.published_on for one in page.alerts}
    rows = tuple(
        (one.date, one.mentions_total, *_bounds(usual, one.date), "●" if one.date in raised else "")
        for one in counted.series
    )
    bounds = (
        Column("usual_low", t("table.usual_low"), "count"),
        Column("usual_high", t("table.usual_high"), "count"),
    )
    columns = (
        Column("day", t("table.day"), "day"),
        Column("stories", t("table.stories"), "count"),
        *(bounds if usual else ()),
        Column("alert", t("table.alert")),
    )

    def draw() -> Any:
        from lokdarpan_core.charts import mentions_chart  # noqa: PLC0415 (an extra)

        stories = {one.date: one.mentions_total for one in counted.series}
        above_bars = [
            attrs.evolve(one, observed=max(one.observed or 0, stories.get(one.published_on, 0)))
            for one in page.alerts
            if one.is_of_ward_itself and one.published_on is not None
        ]
        return mentions_chart(counted, above_bars, page.usual)

    return Figure("mentions", t("mentions.chart"), t("mentions.note"), Table(columns, rows), draw, room=45)


def _bounds(usual: Mapping[Any, tuple[float, float]], day: Any) -> tuple[float | None, ...]:
    return usual.get(day, (None, None)) if usual else ()


def compared_figures(pages: Sequence[WardPage], t: Language) -> dict[str, Figure]:
    """The figures that set wards side by side."""
    metas = [page.own.meta for page in pages if page.own.meta is not None]
    made = [_shares_side_by_side(metas, t), _turnout_side_by_side(metas, t)]
    return {one.name: one for one in made if one is not None}


def _shares_side_by_side(metas: Sequence[WardMeta], t: Language) -> Figure | None:
    rows = tuple(
        (meta.name or meta.ward, party, round(100 * share, 2))
        for meta in metas
        if meta.features is not None
        for party, share in sorted((meta.features.ls24_party_shares or {}).items(), key=lambda one: -one[1])
    )
    if not rows:
        return None
    columns = (
        Column("ward", t("table.ward")),
        Column("party", t("table.party")),
        Column("share_pct", t("table.share"), "percent"),
    )

    def draw() -> Any:
        from lokdarpan_core.charts import shares_by_ward  # noqa: PLC0415 (an extra)

        return shares_by_ward(metas, "ls24")

    return Figure("shares", t("compare.shares", election=t.election("LOKSABHA-2024")), "", Table(columns, rows), draw)


def _turnout_side_by_side(metas: Sequence[WardMeta], t: Language) -> Figure | None:
    rows = tuple(
        (meta.name or meta.ward, meta.profile.turnout_pct)
        for meta in metas
        if meta.profile is not None and meta.profile.turnout_pct is not None
    )
    if not rows:
        return None
    columns = (Column("ward", t("table.ward")), Column("turnout_pct", t("table.turnout"), "percent"))

    def draw() -> Any:
        from lokdarpan_core.charts import turnout  # noqa: PLC0415 (an extra)

        return turnout(metas)

    return Figure("turnout", t("compare.turnout"), "", Table(columns, rows), draw)


def map_figure(
    map: CityMap, city: City, layer: Layer, t: Language, *, names: Mapping[str, str], links: Mapping[str, str]
) -> Figure:
    """The map of a city in one layer, with the wards that have a value as its table, the highest first."""
    kinds: dict[str, Any] = {"party": "text", "percent": "percent", "count": "count"}
    valued = [one for one in city.wards if one.ward in layer.values]
    if layer.kind != "party":
        valued.sort(key=lambda one: (-layer.values[one.ward], one.number))
    bare = [one for one in city.wards if one.ward not in layer.values]
    wards = [*valued, *bare]
    rows = tuple((names[one.ward], one.number, one.electors, layer.values.get(one.ward)) for one in wards)
    columns = (
        Column("ward", t("table.ward")),
        Column("number", t("table.number"), "year"),
        Column("electors", t("table.electors"), "count"),
        Column(layer.name, layer_title(layer, t), kinds[layer.kind]),
    )

    def draw() -> Any:
        from lokdarpan_core.map_charts import ward_map  # noqa: PLC0415 (an extra)

        return ward_map(map, layer, names=names, links=links)

    title = t("map.title", layer=layer_title(layer, t))
    table = Table(columns, rows, tuple(links.get(one.ward) for one in wards))
    return Figure("map", title, map.attribution, table, draw, is_kept=layer.name not in ("forecast", "doubt"), room=0)


def layer_title(layer: Layer, t: Language) -> str:
    """What a layer shows, in words."""
    election = t.election(layer.election) if layer.election else ""
    return t(f"layer.{layer.name}", party=layer.party or "", election=election).strip()
