"""The wards that a file of results names, all of one delimitation; a label is whatever the gazetteer knows."""

import attrs
from sqlalchemy import Connection

from lokdarpan_core.errors import AmbiguousWardError, UnknownWardError
from lokdarpan_core.wards.gazetteer import Gazetteer


@attrs.frozen
class WardLabels:
    """Finds wards of one delimitation, and remembers what it found."""

    delimitation: str
    _gazetteer: Gazetteer
    _found: dict[str, str] = attrs.field(factory=dict, init=False)

    @classmethod
    def load(cls, connection: Connection, delimitation: str) -> "WardLabels":
        """Those of a loaded delimitation. Raises NotFoundError for another."""
        gazetteer = Gazetteer.load(connection, default=delimitation)
        gazetteer.delimitation(delimitation)
        return cls(delimitation, gazetteer)

    def ward_id(self, label: str) -> str:
        """The id of the ward that a label means. Raises UnknownWardError and AmbiguousWardError."""
        if label not in self._found:
            ward = self._gazetteer.resolve(label, self.delimitation)
            if ward.delimitation != self.delimitation:
                raise UnknownWardError(f"{label!r} is {ward.ward_id}, a ward of {ward.delimitation}")
            self._found[label] = ward.ward_id
        return self._found[label]

    def find(self, label: str) -> tuple[str | None, str]:
        """The same, with the reason where there is no such ward."""
        try:
            return self.ward_id(label), ""
        except (UnknownWardError, AmbiguousWardError) as error:
            return None, str(error)

    def names_another(self, name: str, ward_id: str) -> str | None:
        """The ward that a name means, when it is known and not this ward's; a name that is not known proves nothing."""
        named = [ward.ward_id for ward in self._gazetteer.named(name, self.delimitation)] if name else []
        return named[0] if named and ward_id not in named else None
