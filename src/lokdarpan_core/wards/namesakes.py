"""The ward of the delimitation before that had the same name.

A city that was cut anew has wards without a past. A name that lives on tells where to look, and no more: the old ward
is not the new one. Whatever is shown of it must say so.
"""

from datetime import date

from lokdarpan_core.wards.delimitations import Ward
from lokdarpan_core.wards.gazetteer import Gazetteer


def namesake(gazetteer: Gazetteer, ward: Ward) -> Ward | None:
    """The one ward of the newest earlier delimitation with this ward's name; None when there is none, or several."""
    this = gazetteer.delimitation(ward.delimitation)
    if this.valid_from is None:
        return None
    earlier = [
        one for one in gazetteer.delimitations if one.id != this.id and (one.valid_from or date.min) < this.valid_from
    ]
    for place in sorted(earlier, key=lambda one: one.valid_from or date.min, reverse=True):
        found = gazetteer.named(ward.name, place.id)
        if len(found) == 1:
            return found[0]
    return None
