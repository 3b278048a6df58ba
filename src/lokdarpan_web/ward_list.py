"""`GET /wards` and `GET /wards.geojson`: a city at a glance."""

from lokdarpan_core import City, CityMap, city, city_map
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import DELIMITATION, UNTIL, Parameter

OF = Parameter("delimitation", str, "Which delimitation's wards (default: the server's).", example="ghmc-2016")
PART = Parameter("q", str, "Only wards that this may mean: a number, or a part of a name in any script.")


class WardListResource(Resource):
    """`GET /wards`."""

    @operation(
        summary="The wards of a city", answer=City, query=(OF, PART, UNTIL), statuses=(404,), conditional="body",
        sliding=True,
    )  # fmt: skip
    def on_get(self, call: Call) -> City:
        """Number, name, zone and circle of each ward, its electors, turnout and last winner, the stories of 14 days
        that mention it, and the alerts of these days that were not withdrawn. By number."""
        return _asked(call)


class WardMapResource(Resource):
    """`GET /wards.geojson`."""

    @operation(
        summary="The wards of a city as a map", answer=CityMap, query=(OF, PART, UNTIL), statuses=(404,),
        conditional="body", sliding=True, media="application/geo+json",
    )  # fmt: skip
    def on_get(self, call: Call) -> CityMap:
        """A GeoJSON FeatureCollection: boundaries where there are any, else points, else no geometry. The properties
        are those of `/wards`; `attribution` is to be shown with the map."""
        return city_map(call.connection, _asked(call))


def _asked(call: Call) -> City:
    return city(
        call.connection,
        call.api.wards.gazetteer(call.connect),
        call.query[DELIMITATION.name],
        until=call.query["until"],
        question=call.query["q"],
        timezone=call.api.settings.timezone,
    )
