"""A city at a glance: every ward with its headline figures, as a list and as a map.

What is shown beside each other here is what a list may be read by: who votes, who won last, how much is being said. The
shares of communities are no part of it: they are never a column, a sort or a layer of a map.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.display import Shown
from lokdarpan_core.elections.stored import EXAMPLE
from lokdarpan_core.pulse.window import ZONE, window
from lokdarpan_core.schema import ward as ward_table
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.gazetteer import Gazetteer

DAYS, MOST_DAYS = 14, 90

# Index scans of each ward: at 150 wards they cost less than a walk through all posts of two weeks.
FIGURES = sa.text("""
    SELECT ward.ward_id AS ward, ward.delimitation_id AS delimitation, ward.number, ward.name, ward.corporation,
           ward.zone, ward.circle, ward.lon, ward.lat,
           profile.electors, profile.turnout_pct, profile.last_winner_party, profile.last_winner_year, profile.source,
           said.stories AS mentions, raised.alerts AS alerts_open
    FROM ward
    LEFT JOIN ward_profile AS profile ON profile.ward_id = ward.ward_id
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT coalesce(epaper.story_id, -post.id)) AS stories
        FROM post_ward JOIN post ON post.id = post_ward.post_id LEFT JOIN epaper ON epaper.id = post.epaper_id
        WHERE post_ward.ward_id = ward.ward_id AND post_ward.published_on BETWEEN :since AND :until
          AND epaper.withdrawn_at IS NULL
    ) AS said
    CROSS JOIN LATERAL (
        SELECT count(*) AS alerts FROM alert
        WHERE alert.ward_id = ward.ward_id AND alert.withdrawn_at IS NULL
          AND coalesce(alert.published_on, (alert.created_at AT TIME ZONE 'UTC')::date) BETWEEN :since AND :until
    ) AS raised
    WHERE ward.ward_id = ANY(:wards)
    ORDER BY ward.number, ward.ward_id
""")


@attrs.frozen
class CityWard(Shown):
    """One ward: electors (count), turnout in per cent, who won last; `mentions` are the stories that named it in the
    window, `alerts_open` the alerts of the window that were not withdrawn. `source` is of the figures about voters.
    `lon` and `lat` are degrees."""

    ward: str
    delimitation: str
    number: int
    name: str
    corporation: str | None
    zone: str | None
    circle: str | None
    lon: float | None
    lat: float | None
    electors: int | None
    turnout_pct: float | None
    last_winner_party: str | None
    last_winner_year: int | None
    source: str | None
    mentions: int
    alerts_open: int


@attrs.frozen
class City:
    """The wards of a delimitation, by number; news is counted on the days from `start_date` to `end_date`. `source`
    says where names, numbers and places are from."""

    delimitation: str
    source: str
    days: int
    start_date: date
    end_date: date
    wards: list[CityWard]


@attrs.frozen
class CityMap:
    """A GeoJSON FeatureCollection (RFC 7946) of a city: boundaries, else points, else features without a geometry."""

    type: str
    delimitation: str
    attribution: str
    days: int
    start_date: date
    end_date: date
    features: list[dict[str, Any]]


def city(
    connection: Connection,
    gazetteer: Gazetteer,
    delimitation: str | None = None,
    *,
    until: date | None = None,
    question: str | None = None,
    days: int = DAYS,
    timezone: ZoneInfo = ZONE,
) -> City:
    """The wards of a delimitation (None: the default one), or those of them that a question may mean: a number, or a
    part of a name or alias in any script. The window is the `days` days (1 to 90) that end with `until`, or with today
    in the time zone.

    Raises NotFoundError for a delimitation that is not loaded, and ParameterError.
    """
    place = gazetteer.delimitation(delimitation or gazetteer.default)
    asked = window(days, until, MOST_DAYS, timezone)
    wanted = _meant(gazetteer, place.id, question)
    rows = connection.execute(FIGURES, {"wards": wanted, "since": asked.start, "until": asked.end}).mappings()
    return City(place.id, place.source, asked.days, asked.start, asked.end, [CityWard(**row) for row in rows])


def _meant(gazetteer: Gazetteer, delimitation: str, question: str | None) -> list[str]:
    there = [ward for ward in gazetteer.wards if ward.delimitation == delimitation]
    if question is None or not question.strip():
        return [ward.ward_id for ward in there]
    asked = labels.read(question)
    part = asked.name if asked.number is not None else asked.key
    named = {
        spelling.ward_id
        for spelling in gazetteer.spellings
        if spelling.delimitation == delimitation and part and part in labels.key(spelling.alias)
    }
    whole = asked.id or ""
    return [
        ward.ward_id
        for ward in there
        if labels.id_key(ward.ward_id) == whole
        or (ward.ward_id in named and asked.number in (None, ward.number))
        or (ward.number == asked.number and not asked.name)
    ]


def city_map(connection: Connection, found: City) -> CityMap:
    """The same wards as a map, in the order of the list."""
    query = sa.select(ward_table.c.ward_id, ward_table.c.boundary).where(
        ward_table.c.ward_id == sa.func.any(sa.literal([one.ward for one in found.wards], sa.ARRAY(sa.Text))),
        ward_table.c.boundary.is_not(None),
    )
    boundaries: dict[str, Any] = {row.ward_id: row.boundary for row in connection.execute(query)}
    attribution = found.source if found.source == EXAMPLE else f"© {found.source}"
    return CityMap(
        "FeatureCollection",
        found.delimitation,
        attribution,
        found.days,
        found.start_date,
        found.end_date,
        [_feature(one, boundaries.get(one.ward)) for one in found.wards],
    )


def _feature(one: CityWard, boundary: Any) -> dict[str, Any]:
    point = None if one.lon is None or one.lat is None else {"type": "Point", "coordinates": [one.lon, one.lat]}
    return {"type": "Feature", "id": one.ward, "geometry": boundary or point, "properties": attrs.asdict(one)}
