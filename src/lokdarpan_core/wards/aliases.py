"""Aliases that people add: a spelling that their paper or their neighbours use. No import touches them."""

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import ConflictError, NotFoundError, SourceError
from lokdarpan_core.schema import ward_alias
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import USERS, Alias, Ward
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import upsert


def aliases_of(connection: Connection, ward_id: str) -> list[Alias]:
    """The aliases of a ward, by language and spelling."""
    columns = [ward_alias.c[field.name] for field in attrs.fields(Alias)]
    query = sa.select(*columns).where(ward_alias.c.ward_id == ward_id)
    return [Alias(**row) for row in connection.execute(query.order_by("language", "alias")).mappings()]


def add_alias(
    connection: Connection, gazetteer: Gazetteer, ward: Ward, alias: str, language: str | None = None
) -> Alias:
    """Add a spelling of a ward's name; one that was there, from any source, becomes the user's. Safe to repeat.

    The language is told by the script where it is not given. Raises SourceError when the spelling has no letter, and
    ConflictError when it is another ward's of this delimitation already.
    """
    spelling = " ".join(alias.split())
    if not any(character.isalpha() for character in spelling) or "\0" in spelling or len(spelling) > labels.LONGEST:
        raise SourceError(f"{alias!r} can't be an alias: it needs a letter, and at most {labels.LONGEST} characters")
    others = [one for one in gazetteer.named(spelling, ward.delimitation) if one != ward]
    if others:
        listed = ", ".join(f"{one.ward_id} {one.name}" for one in others)
        raise ConflictError(f"{spelling} is already a name of {listed}: it can't be one of {ward.ward_id} too")
    given = Alias(ward.ward_id, spelling, language or labels.language_of(spelling), True, USERS)
    upsert(connection, ward_alias, ["ward_id", "alias"], [attrs.asdict(given)])
    return given


def remove_alias(connection: Connection, ward: Ward, alias: str) -> Alias:
    """Remove a spelling that people added. Raises NotFoundError for any other: those belong to their list."""
    spelling = " ".join(alias.split())
    mine = ward_alias.c.ward_id == ward.ward_id, ward_alias.c.alias == spelling, ward_alias.c.source == USERS
    columns = [ward_alias.c[field.name] for field in attrs.fields(Alias)]
    gone = "\0" not in spelling and connection.execute(sa.delete(ward_alias).where(*mine).returning(*columns)).first()
    if not gone:
        raise NotFoundError(f"Nobody added the alias {spelling!r} to {ward.ward_id} {ward.name}")
    return Alias(*gone)
