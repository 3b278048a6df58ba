"""Every form of every name, and which wards it stands for: what the search looks for.

A form that two wards of one delimitation share stands for neither. A deviation (see `spellings`) gives way to what any
ward or look-alike is really called.
"""

import attrs

from lokdarpan_core.news.mentions import letters, spellings
from lokdarpan_core.news.mentions.signs import ANYWHERE, OWN, SameName, rows, same_names
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import ID_PREFIXES, Ward
from lokdarpan_core.wards.gazetteer import Gazetteer

UNITS = ("ward", "division", "వార్డు", "వార్డ్", "డివిజన్", "डिवीजन", "वार्ड", "وارڈ", "ڈویژن")
LONG = 6  # letters of a first word that may stand for its name
WIDE_HYPHENS = ("  ", "   ")  # Medchal- Malkajgiri, Medchal - Malkajgiri
CAREFUL = ("anywhere", "own", "often", "seldom", "word")  # in rising order

Wards = tuple[tuple[str, str, str], ...]  # (ward id, delimitation, how) of each ward that is named


@attrs.frozen
class Form:
    """What one form of a name stands for: wards with how they are named by it, or a look-alike that is no ward."""

    wards: Wards
    same: SameName
    look_alike: str | None = None
    ward_key: str = ""  # key of the ward's own name
    cut: bool = False  # the first word of a name, for texts that are cut off behind it
    unit: bool = False  # a word for ward: a number may stand beside it


def forms(gazetteer: Gazetteer) -> dict[str, Form]:
    """All forms, as words for the search."""
    places = {ward.ward_id: ward for ward in gazetteer.wards}
    keys = {ward.ward_id: labels.key(ward.name) for ward in gazetteer.wards}
    proper: dict[str, dict[str, tuple[str, SameName]]] = {}
    near: dict[str, dict[str, tuple[str, SameName]]] = {}
    for alias, ward_ids in _by_alias(gazetteer).items():
        written = spellings.searched(spellings.written(alias))
        deviating = spellings.searched(spellings.deviating(alias))
        for ward_id in ward_ids:
            ward = places[ward_id]
            how = "name" if labels.key(alias) == keys[ward_id] else "alias"
            same = _same(alias, ward.name, ward.delimitation)
            for form in written:
                if proper.setdefault(form, {}).get(ward_id, ("alias",))[0] != "name":
                    proper[form][ward_id] = (how, same)
            for form in deviating:
                near.setdefault(form, {})[ward_id] = ("alias", same)
    alike = {
        form: Form((), OWN, row["what"])
        for row in rows("look_alikes")
        for written in spellings.searched(spellings.written(row["name"]))
        for form in (written, *(written.replace(" ", gap) for gap in WIDE_HYPHENS))
    }
    for form in proper.keys() | alike.keys():
        near.pop(form, None)
    found = {form: _form(wards, places, keys) for form, wards in (near | proper).items()} | alike
    found |= {form: one for form, one in _first_words(gazetteer, found).items() if form not in found}
    found |= {letters.key(word): Form((), OWN, unit=True) for word in UNITS}
    return {form: one for form, one in found.items() if form and (one.wards or one.look_alike or one.unit)}


def _first_words(gazetteer: Gazetteer, found: dict[str, Form]) -> dict[str, Form]:
    """The first words that only one name has, of English names of several words that are this city's own."""
    full: dict[str, set[str]] = {}
    for spelling in gazetteer.spellings:
        words = letters.key(spelling.alias).split(" ")
        full.setdefault(words[0], set()).add(" ".join(words))
    result = {}
    for first, names in full.items():
        wards = {found[name].wards for name in names if name in found}
        if len(wards) == 1 and first.isascii() and len(first) >= LONG and names != {first}:
            one = found[next(iter(names))]
            if one.same.here == "own":
                result[first] = attrs.evolve(one, cut=True, wards=tuple((id, at, "alias") for id, at, _ in one.wards))
    return result


def _by_alias(gazetteer: Gazetteer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for spelling in gazetteer.spellings:
        wards = found.setdefault(spelling.alias, [])
        if spelling.ward_id not in wards:
            wards.append(spelling.ward_id)
    return found


def _same(alias: str, name: str, delimitation: str) -> SameName:
    """What else the name is. The packaged list is about the packaged city."""
    if delimitation not in ID_PREFIXES:
        return ANYWHERE
    listed = same_names()
    return listed.get(labels.key(alias)) or listed.get(labels.key(name)) or OWN


def _form(wards: dict[str, tuple[str, SameName]], places: dict[str, Ward], keys: dict[str, str]) -> Form:
    by_place: dict[str, list[str]] = {}
    for ward_id in wards:
        by_place.setdefault(places[ward_id].delimitation, []).append(ward_id)
    sole = [(ids[0], place, wards[ids[0]][0]) for place, ids in sorted(by_place.items()) if len(ids) == 1]
    most_careful = max((same for _, same in wards.values()), key=lambda same: CAREFUL.index(same.here))
    return Form(tuple(sole), most_careful, None, keys[next(iter(wards))])
