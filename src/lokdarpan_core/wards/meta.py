"""What is known of a ward: its profile, its people, what is computed from its results. One round trip."""

from datetime import datetime
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection, FromClause
from sqlalchemy.dialects.postgresql import psycopg

from lokdarpan_core.direct import one_row
from lokdarpan_core.display import Shown
from lokdarpan_core.errors import NotFoundError, UnknownWardError
from lokdarpan_core.schema import ward, ward_demographics, ward_features, ward_profile
from lokdarpan_core.timestamps import latest


@attrs.frozen
class WardProfile:
    """Who votes: electors and votes cast (counts), turnout in per cent, and who won last."""

    electors: int | None
    votes_cast: int | None
    turnout_pct: float | None
    last_winner_party: str | None
    last_winner_year: int | None
    source: str | None
    updated_at: datetime


@attrs.frozen
class WardDemographics:
    """Who lives there, as shares from 0 to 1, by the census of `census_year`: literates of the population of seven
    years and older, Muslims and Scheduled Castes and Tribes of the population, deprived households of all households.
    `estimated` when the numbers are not the census's own. The shares of Muslims and of Scheduled Castes and Tribes are
    for callers with the scope `demographics` alone; `withheld` names those that were left out."""

    literacy_idx: float | None
    muslim_idx: float | None
    scst_idx: float | None
    secc_deprivation_idx: float | None
    census_year: int | None
    source: str | None
    updated_at: datetime
    estimated: bool = False
    withheld: tuple[str, ...] = ()


@attrs.frozen
class WardFeatures:
    """What is computed from results: party shares as fractions of the valid votes in the Assembly election of 2023 and
    the Lok Sabha election of 2024, `dvi` their difference, `aci_23` the INC and BJP share of 2023, turnout volatility
    in percentage points, and the share of its vote that the winner of 2023 has lost."""

    as23_party_shares: dict[str, float] | None
    ls24_party_shares: dict[str, float] | None
    dvi: dict[str, float] | None
    aci_23: float | None
    turnout_volatility: float | None
    incumbency_weakness: dict[str, float] | None
    source: str | None
    updated_at: datetime


@attrs.frozen
class WardMeta(Shown):
    """One ward. `updated_at` is the newest of the three parts'; `name` and `delimitation` are None for a ward that no
    loaded delimitation has."""

    ward: str
    profile: WardProfile | None
    demographics: WardDemographics | None
    features: WardFeatures | None
    name: str | None
    delimitation: str | None
    updated_at: datetime


def _columns(record: type, table: FromClause) -> list[sa.Label[Any]]:
    names = [field.name for field in attrs.fields(record) if field.name in table.c]
    return [table.c[name].label(f"{table.name}_{name}") for name in names]  # type: ignore[attr-defined]


_WANTED = sa.select(sa.bindparam("ward_id", type_=sa.Text).label("ward_id")).subquery("wanted")
_QUERY = (
    sa.select(
        ward.c.name,
        ward.c.delimitation_id,
        *_columns(WardProfile, ward_profile),
        *_columns(WardDemographics, ward_demographics),
        *_columns(WardFeatures, ward_features),
    )
    .select_from(_WANTED)
    .join(ward, ward.c.ward_id == _WANTED.c.ward_id, isouter=True)
    .join(ward_profile, ward_profile.c.ward_id == _WANTED.c.ward_id, isouter=True)
    .join(ward_demographics, ward_demographics.c.ward_id == _WANTED.c.ward_id, isouter=True)
    .join(ward_features, ward_features.c.ward_id == _WANTED.c.ward_id, isouter=True)
)


_SQL = str(_QUERY.compile(dialect=psycopg.dialect()))  # type: ignore[no-untyped-call]
_NAMES = tuple(_QUERY.selected_columns.keys())


def ward_meta(connection: Connection, ward_id: str) -> WardMeta:
    """The snapshot of one ward, by its id (`WARD_001`, in any case).

    Raises NotFoundError when there are no figures of it yet, and UnknownWardError when no list has it either.
    """
    wanted = ward_id.strip().upper()
    if "\0" in wanted:  # PostgreSQL takes it in no text
        raise UnknownWardError
    row = dict(zip(_NAMES, one_row(connection, _SQL, {"ward_id": wanted}) or (), strict=True))
    profile = _part(WardProfile, ward_profile, row)
    demographics = _part(WardDemographics, ward_demographics, row)
    features = _part(WardFeatures, ward_features, row)
    updated_at = latest(*(part.updated_at for part in (profile, demographics, features) if part is not None))
    if updated_at is None and row["name"] is not None:
        raise NotFoundError(
            f"There are no figures of {wanted} ({row['name']}) yet: they come with `lokdarpan form20 import`,"
            " `lokdarpan stations assign` and `lokdarpan refresh`"
        )
    if updated_at is None:
        raise UnknownWardError(f"Nothing is known of a ward {ward_id!r}; ward ids look like WARD_001")
    return WardMeta(wanted, profile, demographics, features, row["name"], row["delimitation_id"], updated_at)


def _part(record: Any, table: FromClause, row: Any) -> Any:
    names = [field.name for field in attrs.fields(record) if field.name in table.c]
    values = {name: row[f"{table.name}_{name}"] for name in names}  # type: ignore[attr-defined]
    return record(**values) if values["updated_at"] is not None else None


def without_sensitive(meta: WardMeta) -> WardMeta:
    """The same, for callers without the scope `demographics`: the sensitive shares are None, and named as withheld."""
    if meta.demographics is None:
        return meta
    hidden = attrs.evolve(meta.demographics, muslim_idx=None, scst_idx=None, withheld=("muslim_idx", "scst_idx"))
    return attrs.evolve(meta, demographics=hidden)
