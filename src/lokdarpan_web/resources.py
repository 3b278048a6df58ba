"""The routes about a ward and a story: each calls core, and answers."""

from datetime import datetime

from lokdarpan_core import (
    Prediction,
    Story,
    WardMeta,
    WardResults,
    find_story,
    prediction,
    ward_meta,
    ward_results,
    without_sensitive,
)
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import Parameter

NUMBER = Parameter("number", int, "A story's number.", least=1, example=42)


class WardMetaResource(Resource):
    """`GET /ward/meta/{ward}`."""

    @operation(
        summary="Who votes and lives in a ward", answer=WardMeta, ward="path", conditional="ward", remembered=True
    )
    def on_get(self, call: Call) -> WardMeta:
        """Profile, demographics and features of one ward. The shares of Muslims and of Scheduled Castes and Tribes are
        null, and listed under `withheld`, without a key of scope `demographics`."""
        meta = ward_meta(call.connection, call.ward_id)
        return meta if call.caller.may("demographics") else without_sensitive(meta)


class WardResultsResource(Resource):
    """`GET /ward/results/{ward}`."""

    @operation(summary="How a ward voted", answer=WardResults, ward="path", conditional="body")
    def on_get(self, call: Call) -> WardResults:
        """The ward's own results, or those of the assembly segments that it lies in, labelled so; with what did not add
        up in the sheets."""
        return ward_results(call.connection, call.ward_id)


class PredictionResource(Resource):
    """`GET /prediction/{ward}`."""

    @operation(summary="What a ward's next election may bring", answer=Prediction, ward="path", statuses=(451,))
    def on_get(self, call: Call) -> Prediction:
        """The forecast of the next election (`method` is `forecast`), else the shares of the last and how steady
        turnout has been (`last-shares`). 451 in an embargo, with the orders. Nobody on the way may keep a copy."""
        settings = call.api.settings
        now = datetime.now(settings.timezone)
        return prediction(call.connection, call.ward_id, embargo=settings.embargo, now=now)


class StoryResource(Resource):
    """`GET /stories/{number}`."""

    @operation(summary="Who printed one text", answer=Story, path=(NUMBER,), conditional="body")
    def on_get(self, call: Call) -> Story:
        """The printings of a story, the earliest first: titles, dates and links, but not the newspapers' texts."""
        return find_story(call.connection, call.path["number"])
