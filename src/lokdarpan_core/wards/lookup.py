"""Which ward a question is about.

A label is looked up in the gazetteer. Figures may be of a ward that no loaded list has (those of an archive, before its
wards are imported): such a ward is known by its id alone.
"""

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import UnknownWardError
from lokdarpan_core.schema import ward_demographics, ward_features, ward_profile
from lokdarpan_core.wards.gazetteer import Gazetteer


def ward_id_of(connection: Connection, gazetteer: Gazetteer, label: str, delimitation: str | None = None) -> str:
    """The id of the ward that a label means. Raises as `Gazetteer.resolve`."""
    try:
        return gazetteer.resolve(label, delimitation).ward_id
    except UnknownWardError:
        id = label.strip().upper()
        if "\0" in id or not _has_figures(connection, id):
            raise
        return id


def _has_figures(connection: Connection, ward_id: str) -> bool:
    tables = (ward_profile, ward_demographics, ward_features)
    places = [sa.exists().where(table.c.ward_id == ward_id) for table in tables]
    return bool(connection.execute(sa.select(sa.or_(*places))).scalar_one())
