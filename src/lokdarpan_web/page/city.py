"""What the page of a city shows: a map in one layer, the newest alerts, what rose, how fresh the sources are."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection

from lokdarpan_core import (
    LAYERS,
    City,
    CityWard,
    Delimitation,
    Embargo,
    EmbargoError,
    Freshness,
    Gazetteer,
    Layer,
    LayerName,
    NotFoundError,
    city,
    city_map,
    layer,
)
from lokdarpan_web.page.alerts import RaisedAlert, newest_in
from lokdarpan_web.page.figures import Figure, map_figure
from lokdarpan_web.page.language import Language

if TYPE_CHECKING:
    from lokdarpan_web.page.site import Site
    from lokdarpan_web.page.visits import Visit

EXAMPLE = "example"
WEEK_DAYS = 7
MOST_ALERTS, MOST_RISEN = 8, 5
OF_THE_FUTURE = ("forecast", "doubt")
DEFAULT_LAYER: LayerName = "winner"


@attrs.frozen
class CityView:
    """All of it. `until` is the newest day with articles, None where there are none; `figure` is the map, None while an
    embargo forbids its layer; `risen` are this week's alerts about wards themselves, the furthest above what was
    expected first."""

    delimitation: Delimitation | None
    delimitations: tuple[Delimitation, ...]
    city: City | None
    until: date | None
    fresh: Freshness
    layer: str
    party: str | None
    parties: tuple[str, ...]
    shown: Layer | None
    figure: Figure | None
    has_places: bool
    embargo: tuple[Embargo, ...]
    alerts: tuple[RaisedAlert, ...]
    risen: tuple[RaisedAlert, ...]
    names: Mapping[str, str]

    @property
    def is_of_the_future(self) -> bool:
        """Whether what is shown may be forbidden at any moment."""
        return self.layer in OF_THE_FUTURE

    @property
    def is_example(self) -> bool:
        """Whether any figure shown is an invented one."""
        in_list = self.city is not None and any(one.source == EXAMPLE for one in self.city.wards)
        return in_list or (self.shown is not None and self.shown.is_example)

    @property
    def wards(self) -> list[CityWard]:
        """The wards, by number."""
        return self.city.wards if self.city is not None else []

    @property
    def has_openstreetmap(self) -> bool:
        """Whether boundaries or places of OpenStreetMap are drawn, which asks to be named."""
        return self.city is not None and "OpenStreetMap" in self.city.source


def read_city(site: "Site", visit: "Visit") -> CityView:
    """Read it, as the visit's query asks: `layer`, `party`, `delimitation`."""
    connection = visit.connection
    gazetteer = site.gazetteer(connection)
    fresh = site.freshness(connection, visit.day)
    until = fresh.newest or visit.day
    asked = visit.asked("layer")
    chosen = next((name for name in LAYERS if name == asked), DEFAULT_LAYER)
    try:
        found = city(connection, gazetteer, visit.asked("delimitation"), until=until)
    except NotFoundError:
        if visit.asked("delimitation") and gazetteer.delimitations:
            raise
        return _nothing(gazetteer, fresh, chosen)
    names = ward_names(gazetteer, found.delimitation, visit.language)
    embargo: tuple[Embargo, ...] = ()
    shown = figure = None
    has_places = any(one.lon is not None for one in found.wards)
    try:
        shown = layer(connection, found, chosen, party=visit.asked("party"), embargo=site.settings.embargo)
    except EmbargoError as error:
        embargo = error.windows
    else:
        links = {one.ward: visit.link(f"/ward/{one.ward}") for one in found.wards}
        map = city_map(connection, found)
        has_places = has_places or any(feature["geometry"] for feature in map.features)
        figure = map_figure(map, found, shown, visit.language, names=names, links=links)
    return CityView(
        delimitation=gazetteer.delimitation(found.delimitation),
        delimitations=gazetteer.delimitations,
        city=found,
        until=fresh.newest,
        fresh=fresh,
        layer=chosen,
        party=shown.party if shown is not None else None,
        parties=shown.parties if shown is not None else (),
        shown=shown,
        figure=figure,
        has_places=has_places,
        embargo=embargo,
        **_changes(connection, found, fresh.newest, visit.language.code),
        names=names,
    )


def _changes(connection: Connection, found: City, newest: date | None, lang: str) -> dict[str, tuple[RaisedAlert, ...]]:
    if newest is None:
        return {"alerts": (), "risen": ()}
    here = {one.ward for one in found.wards}
    alerts = tuple(one for one in newest_in(connection, found.delimitation, lang) if one.ward in here)
    week = newest - timedelta(days=WEEK_DAYS - 1)
    of_week = [
        one for one in alerts if one.is_of_ward_itself and one.published_on is not None and one.published_on >= week
    ]
    of_week.sort(key=lambda one: -one.above)
    best: dict[str, RaisedAlert] = {}
    for one in of_week:
        best.setdefault(one.ward, one)
    return {"alerts": alerts[:MOST_ALERTS], "risen": tuple(best.values())[:MOST_RISEN]}


def _nothing(gazetteer: Gazetteer, fresh: Freshness, chosen: str) -> CityView:
    """The view while no list of wards is loaded."""
    return CityView(
        None, gazetteer.delimitations, None, fresh.newest, fresh, chosen, None, (), None, None, False, (), (), (), {}
    )


def ward_names(gazetteer: Gazetteer, delimitation: str, language: Language) -> dict[str, str]:
    """What the wards are called in the reader's language: the shortest verified spelling, else the name of the list."""
    names = {ward.ward_id: ward.name for ward in gazetteer.wards if ward.delimitation == delimitation}
    if language.code == "en":
        return names
    spelt: dict[str, str] = {}
    for one in gazetteer.spellings:
        if one.delimitation == delimitation and one.language == language.code and one.verified:
            known = spelt.get(one.ward_id)
            if known is None or (len(one.alias), one.alias) < (len(known), known):
                spelt[one.ward_id] = one.alias
    return names | spelt
