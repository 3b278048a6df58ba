"""Wards by number: `GHMC ward 95`, `Ward No. 95, Jubilee Hills`, `95వ డివిజన్‌`.

Every town has a ward 12, and this city has had several. So a number counts only in the delimitation that was in force
on the day of the text, and only where the text places it in this city:

- its sentence has a word that is this city's own (its name, its corporation; a dateline does not count), or the ward's
  own name stands beside it;
- the text names no other place, and no municipality;
- no ward that is named beside the number contradicts it, nor one in the rest of the text, unless the number's own is
  named too (the old corporation's ward 14 was in Goshamahal);
- it is no ward of a hospital or a jail, and no count (`150 wards`).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from lokdarpan_core.news.mentions import letters
from lokdarpan_core.news.mentions.forms import Wards
from lokdarpan_core.news.mentions.rules import Found, Scene, Verdict, distance
from lokdarpan_core.wards.delimitations import ID_PREFIXES, Delimitation, Ward
from lokdarpan_core.wards.gazetteer import Gazetteer

BESIDE = 60  # bytes between a number and the name of a ward that belongs to it

_AFTER = re.compile(
    r"\s*(?:no|number|num|నం|నంబర్|నంబరు|నెంబర్|నెంబరు|नंबर|नं|क्रमांक|نمبر)?\s*[.:#-]?\s*"
    r"(?P<number>\d{1,3})(?!\d|[.,]\d|\s*(?:%|per\s?cent|lakh|crore))",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?<![\d.,/-])(?P<number>\d{1,3})\s?(?:st|nd|rd|th|వ|వీ|वां|वें|ویں)\s*-?\s*$")
_INSIDE = re.compile(r"hospital|jail|prison|patients?|ఆస్పత్రి|ఆసుపత్రి|దవాఖాన|జైలు|अस्पताल|जेल|ہسپتال", re.IGNORECASE)
_OTHER_TOWN = re.compile(
    r"\bmunicipality|\bmunicipal\s+council|\bnagar\s+panchayat|మున్సిపాలిటీ|మునిసిపాలిటీ|నగర\s?పంచాయతీ|नगर\s?पालिका", re.IGNORECASE
)


@attrs.frozen
class Numbered:
    """A number beside a word for ward: the number, and where both lie (bytes)."""

    number: int
    start: int
    end: int


def numbered(data: bytes, unit: Found) -> Numbered | None:
    """The number that a word for ward has beside it."""
    after = letters.decoded(data[unit.whole : unit.whole + 40])
    if match := _AFTER.match(after):
        return Numbered(int(match["number"]), unit.start, unit.whole + len(after[: match.end()].encode()))
    before = letters.decoded(data[max(0, unit.start - 24) : unit.start])
    if match := _BEFORE.search(before):
        return Numbered(int(match["number"]), unit.start - len(before[match.start() :].encode()), unit.end)
    return None


def in_force(gazetteer: Gazetteer, day: date | None) -> list[Delimitation]:
    """The delimitations in which a number may be meant on that day."""
    return [one for one in gazetteer.delimitations if day is not None and one.in_force(day)]


def judged(
    one: Numbered,
    scene: Scene,
    gazetteer: Gazetteer,
    day: date | None,
    named: Sequence[tuple[Found, Wards]],
) -> Iterator[tuple[Wards, Verdict]]:
    """(wards, verdict) in each delimitation that may be meant. `named` are the names that count in this text."""
    places = in_force(gazetteer, day)
    if not places:
        yield (), Verdict(None, "no-list-in-force", day.isoformat() if day else "")
    for place in places:
        ward = gazetteer.numbered(one.number, place.id)
        if ward is None:
            yield (), Verdict(None, "no-such-number", place.id)
        else:
            yield ((ward.ward_id, place.id, "number"),), _verdict(one, scene, place, ward, named)


def _verdict(
    one: Numbered,
    scene: Scene,
    place: Delimitation,
    ward: Ward,
    named: Sequence[tuple[Found, Wards]],
) -> Verdict:
    at = Found(one.start, one.end, one.end, -1)
    there = [(found, id) for found, wards in named for id, delimitation, _ in wards if delimitation == place.id]
    beside = {id for found, id in there if distance(at, found.start, found.whole) <= BESIDE}
    rivals = beside or {id for _, id in there}
    if rivals and ward.ward_id not in rivals:
        return Verdict(None, "other-number", ", ".join(sorted(rivals)))
    packaged = place.id in ID_PREFIXES
    others = [sign.word for sign in scene.signs if sign.kind == "elsewhere" and packaged]
    if others or (match := _OTHER_TOWN.search(letters.decoded(scene.data))):
        return Verdict(None, "elsewhere", others[0] if others else match[0])  # type: ignore[index]
    start, end = _sentence(scene.data, one)
    if match := _INSIDE.search(letters.decoded(scene.data[start:end])):
        return Verdict(None, "ward-of-a-house", match[0])
    if ward.ward_id in beside:
        return Verdict("number", "kept")
    if packaged:
        cities = [sign for sign in scene.signs if sign.kind == "city" and not sign.dateline]
        ours = [sign.word for sign in cities if start <= sign.start < end]
    else:
        ours = [word for word in _own_words(place) if word.encode() in scene.data[start:end]]
    return Verdict("number", "kept", ours[0]) if ours else Verdict(None, "no-sign")


def _own_words(place: Delimitation) -> list[str]:
    """What an authority is named after: Pune, of the Pune Municipal Corporation."""
    name = re.split(r"\s+(?:municipal|city|corporation|council)", place.authority, maxsplit=1, flags=re.IGNORECASE)[0]
    return [name] if name else []


def _sentence(data: bytes, one: Numbered) -> tuple[int, int]:
    """The bytes of the sentence that has the number; the dot of `No.` ends none."""
    stops = [match.end() for match in re.finditer(rb"(?<!No)(?<!no)(?<!Nos)[.!?](?=\s)|\n", data)]
    before = [stop for stop in stops if stop <= one.start]
    after = [stop for stop in stops if stop >= one.end]
    return (before[-1] if before else 0), (after[0] if after else len(data))
