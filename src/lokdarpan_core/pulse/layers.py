"""What a map of a city may be coloured by: who won, a party's share, turnout, mentions, alerts, a forecast, its doubt.

That is all there is. The shares of communities are never a layer of a map (docs/page.md says why).

A layer has a value for some wards and none for others; where the whole city has none, `reason` names what is missing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.database import embargo_of
from lokdarpan_core.elections.forecast.stored import FINGERPRINT, StoredForecast, usable
from lokdarpan_core.elections.stored import EXAMPLE
from lokdarpan_core.embargo import Embargo, forbid
from lokdarpan_core.pulse.city import City
from lokdarpan_core.timestamps import utc_now

LayerName = Literal["winner", "share", "turnout", "mentions", "alerts", "forecast", "doubt"]
LAYERS: tuple[LayerName, ...] = ("winner", "share", "turnout", "mentions", "alerts", "forecast", "doubt")
OF_THE_FUTURE = {"forecast", "doubt"}

_SHARES = sa.text("""
    SELECT ward_id, ls24_party_shares AS ls24, as23_party_shares AS as23, source FROM ward_features
    WHERE ward_id = ANY(:wards)
""")
_FORECASTS = sa.text(f"""
    SELECT ward_forecast.ward_id, forecast, held_on,
           (SELECT {FINGERPRINT} FROM result_ward_agg JOIN election ON election.id = result_ward_agg.election_id
            WHERE result_ward_agg.ward_id = ward_forecast.ward_id AND election.type = ward_forecast.forecast->>'type')
               AS results
    FROM ward_forecast WHERE ward_forecast.ward_id = ANY(:wards)
""")  # noqa: S608


@attrs.frozen
class Layer:
    """Values by ward: parties (`kind` party), per cent, or counts. `election` names the one that they are of, `party`
    the one whose share it is, and `parties` those that may be asked for. `is_example` when an example row is among
    them."""

    name: LayerName
    kind: Literal["party", "percent", "count"]
    values: Mapping[str, Any]
    election: str | None = None
    party: str | None = None
    parties: tuple[str, ...] = ()
    is_example: bool = False


def layer(
    connection: Connection,
    city: City,
    name: LayerName,
    *,
    party: str | None = None,
    embargo: Iterable[Embargo] | None = None,
    now: datetime | None = None,
) -> Layer:
    """One layer of a city. `party` is for `share`: None takes the one with the largest mean share.

    Raises EmbargoError for the forecast and its doubt in an embargo.
    """
    if name == "share":
        return _share(connection, city, party)
    if name in OF_THE_FUTURE:
        moment = utc_now() if now is None else now
        forbid(embargo_of(connection) if embargo is None else embargo, moment)
        return _forecast(connection, city, name, moment)
    field, kind = {
        "winner": ("last_winner_party", "party"),
        "turnout": ("turnout_pct", "percent"),
        "mentions": ("mentions", "count"),
        "alerts": ("alerts_open", "count"),
    }[name]
    values = {one.ward: getattr(one, field) for one in city.wards if getattr(one, field) is not None}
    of_profile = name in {"winner", "turnout"}
    return Layer(
        name,
        kind,  # type: ignore[arg-type]
        values,
        is_example=of_profile and any(one.source == EXAMPLE and one.ward in values for one in city.wards),
    )


def _share(connection: Connection, city: City, party: str | None) -> Layer:
    rows = connection.execute(_SHARES, {"wards": [one.ward for one in city.wards]}).all()
    election = "ls24" if any(row.ls24 for row in rows) else "as23"
    shares = {row.ward_id: getattr(row, election) for row in rows if getattr(row, election)}
    total: dict[str, float] = {}
    for of_ward in shares.values():
        for one, share in of_ward.items():
            total[one] = total.get(one, 0.0) + share
    parties = tuple(sorted(total, key=lambda one: (-total[one], one)))
    chosen = party if party in total else next(iter(parties), None)
    values = {ward: 100 * of_ward.get(chosen, 0.0) for ward, of_ward in shares.items()} if chosen else {}
    names = {"ls24": "LOKSABHA-2024", "as23": "ASSEMBLY-2023"}
    is_example = any(row.source == EXAMPLE for row in rows if row.ward_id in shares)
    return Layer("share", "percent", values, names[election], chosen, parties, is_example)


def _forecast(connection: Connection, city: City, name: LayerName, moment: datetime) -> Layer:
    values: dict[str, Any] = {}
    elections = set()
    for row in connection.execute(_FORECASTS, {"wards": [one.ward for one in city.wards]}):
        found, _ = usable(row.forecast, row.held_on, row.results, moment.date())
        if found is not None:
            elections.add(found.election)
            favourite = _favourite(found)
            values[row.ward_id] = (
                favourite if name == "forecast" else 100 * (1 - found.win_probability.get(favourite, 0.0))
            )
    election = elections.pop() if len(elections) == 1 else None
    return Layer(name, "party" if name == "forecast" else "percent", values, election)


def _favourite(found: StoredForecast) -> str:
    return max(found.parties, key=lambda party: found.win_probability.get(party, 0.0))
