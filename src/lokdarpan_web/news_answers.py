"""`GET /pulse/{ward}`, `/trends` and `/alerts/{ward}`: what is being said of a ward, and how that changes."""

from typing import Any

import attrs

from lokdarpan_core import WardAlerts, alerts_of
from lokdarpan_core.pulse.alerts.records import AdvisedWardAlerts
from lokdarpan_core.pulse.pulse import Pulse, pulse
from lokdarpan_core.pulse.trends import Trends, trends
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import DAYS, UNTIL, Parameter

LANGUAGE = Parameter("lang", str, "The language of sentences.", default="en", choices=("en", "te"))
WARD = Parameter("ward", str, "A ward's id, number, name or alias; All, or nothing, for the whole archive.")
LIMIT = Parameter("limit", int, "How many alerts at most.", default=100, least=1, most=100)
TREND_DAYS = attrs.evolve(DAYS, default=30, most=365)


class PulseResource(Resource):
    """`GET /pulse/{ward}`."""

    @operation(
        summary="What is being said of a ward", answer=Pulse, query=(DAYS, UNTIL, LANGUAGE), ward="path",
        conditional="ward", sliding=True,
    )  # fmt: skip
    def on_get(self, call: Call) -> Pulse:
        """Stories of a window of days beside the window before, topics that stand out against the city's news, and the
        articles behind them. Every field has the same type whether or not there are posts."""
        return pulse(call.connection, call.ward_id, lang=call.query["lang"], **_window(call))


class TrendsResource(Resource):
    """`GET /trends`."""

    @operation(
        summary="Stories by day", answer=Trends, query=(WARD, TREND_DAYS, UNTIL), ward="query", conditional="ward",
        sliding=True,
    )  # fmt: skip
    def on_get(self, call: Call) -> Trends:
        """A row for every day of the window, with the stories by emotion and by party."""
        return trends(call.connection, None if call.all_wards else call.ward_id, **_window(call))


class AlertsResource(Resource):
    """`GET /alerts/{ward}`."""

    @operation(
        summary="What rose in a ward beyond what its own history explains", answer=AdvisedWardAlerts,
        query=(LANGUAGE, LIMIT), ward="path", conditional="ward",
    )  # fmt: skip
    def on_get(self, call: Call) -> WardAlerts:
        """The newest first, those that were withdrawn left out. With a key of scope `read` also the opportunities,
        threats and actions that an older program advised."""
        full = call.caller.may("read")
        asked = call.query
        return alerts_of(call.connection, call.ward_id, lang=asked["lang"], limit=asked["limit"], full=full)


def _window(call: Call) -> dict[str, Any]:
    return {"days": call.query["days"], "until": call.query["until"], "timezone": call.api.settings.timezone}
