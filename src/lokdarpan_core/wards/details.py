"""All that is stored of one ward besides its results: spellings, segments, whether its boundary is known."""

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.schema import ward as ward_table
from lokdarpan_core.schema import ward_segment
from lokdarpan_core.wards.aliases import aliases_of
from lokdarpan_core.wards.delimitations import Alias, Ward


@attrs.frozen
class WardDetails:
    """A ward with its aliases, its assembly segments, and whether its boundary is known."""

    ward: Ward
    aliases: list[Alias]
    segments: list[str]
    has_boundary: bool


def ward_details(connection: Connection, ward: Ward) -> WardDetails:
    """The details of a ward that the gazetteer gave."""
    segments = sa.select(ward_segment.c.segment).where(ward_segment.c.ward_id == ward.ward_id)
    bounded = sa.select(ward_table.c.boundary.is_not(None)).where(ward_table.c.ward_id == ward.ward_id)
    return WardDetails(
        ward,
        aliases_of(connection, ward.ward_id),
        list(connection.execute(segments.order_by(ward_segment.c.segment)).scalars()),
        bool(connection.execute(bounded).scalar_one_or_none()),
    )
