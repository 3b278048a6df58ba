"""The gazetteer: which ward a label means. It is loaded once and then answers from memory.

A label is an id, a number, a name in any script, or a number and a name together (see `labels`). It is looked up in the
delimitation that is asked for, else in the default one, else in all others; the answer says which one it was. A ward of
the same name in two delimitations is no ambiguity, since a question is asked in one.

Nothing is guessed. A name must be the name or an alias, letter by letter as `labels.key` counts letters; a number and a
name that belong to different wards are a contradiction, unless some other delimitation has them together. What is near
is only suggested, in the error.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import AmbiguousWardError, NotFoundError, UnknownWardError
from lokdarpan_core.schema import delimitation as delimitation_table
from lokdarpan_core.schema import ward as ward_table
from lokdarpan_core.schema import ward_alias
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import DEFAULT, Alias, Delimitation, Ward, packaged, packaged_ids
from lokdarpan_core.wards.labels import Label

SUGGESTIONS = 5
NEAR = 60  # of 100, rapidfuzz's normalised Indel similarity of keys

Index = Mapping[str, Mapping[Any, tuple[Ward, ...]]]  # delimitation -> key or number -> wards


@attrs.frozen
class Spelling:
    """One way to write a ward: its `name`, or an `alias`. The language of a name is told by its script."""

    ward_id: str
    delimitation: str
    alias: str
    language: str | None
    verified: bool
    kind: str


@attrs.frozen
class Gazetteer:
    """All loaded wards and spellings, by delimitation and number. It never changes; load it again after an import."""

    default: str
    delimitations: tuple[Delimitation, ...]
    wards: tuple[Ward, ...]
    spellings: tuple[Spelling, ...] = attrs.field(repr=False)
    _by_id: Mapping[str, Ward] = attrs.field(init=False, repr=False, eq=False)
    _by_number: Index = attrs.field(init=False, repr=False, eq=False)
    _by_name: Index = attrs.field(init=False, repr=False, eq=False)

    @classmethod
    def load(cls, connection: Connection, default: str = DEFAULT) -> "Gazetteer":
        """What the database has. `default` is the delimitation in which a label is looked up first."""
        delimitations = [Delimitation(*row) for row in connection.execute(_DELIMITATIONS)]
        wards = [Ward(*row) for row in connection.execute(_WARDS)]
        aliases = [Alias(*row) for row in connection.execute(_ALIASES)]
        return cls.of(delimitations, wards, aliases, default)

    @classmethod
    def packaged(cls, default: str = DEFAULT) -> "Gazetteer":
        """The lists that come with LokDarpan, without a database."""
        lists = [packaged(id) for id in packaged_ids()]
        return cls.of(
            [one.delimitation for one in lists],
            [ward for one in lists for ward in one.wards],
            [alias for one in lists for alias in one.aliases],
            default,
        )

    @classmethod
    def of(
        cls,
        delimitations: Iterable[Delimitation],
        wards: Iterable[Ward],
        aliases: Iterable[Alias],
        default: str = DEFAULT,
    ) -> "Gazetteer":
        """From records, in any order."""
        ordered = sorted(wards, key=lambda ward: (ward.delimitation, ward.number, ward.ward_id))
        spelt: dict[str, list[Alias]] = {}
        for alias in sorted(aliases, key=lambda alias: (alias.language or "", alias.alias)):
            spelt.setdefault(alias.ward_id, []).append(alias)
        spellings = [spelling for ward in ordered for spelling in _spellings(ward, spelt.get(ward.ward_id, ()))]
        places = sorted(delimitations, key=lambda delimitation: delimitation.id)
        return cls(default, tuple(places), tuple(ordered), tuple(spellings))

    def __attrs_post_init__(self) -> None:
        wards = {ward.ward_id: ward for ward in self.wards}
        by_number = _index((ward.delimitation, ward.number, ward) for ward in self.wards)
        by_name = _index(
            (spelling.delimitation, labels.key(spelling.alias), wards[spelling.ward_id]) for spelling in self.spellings
        )
        by_id = MappingProxyType({labels.id_key(id): ward for id, ward in wards.items()})
        for name, value in (("_by_id", by_id), ("_by_number", by_number), ("_by_name", by_name)):
            object.__setattr__(self, name, value)

    def named(self, name: str, delimitation: str) -> tuple[Ward, ...]:
        """The wards of a delimitation that have this name or alias: one, none, or several that share it."""
        return self._by_name.get(delimitation, {}).get(labels.key(name), ())

    def numbered(self, number: int, delimitation: str) -> Ward | None:
        """The ward of a delimitation that has this number."""
        return next(iter(self._by_number.get(delimitation, {}).get(number, ())), None)

    def delimitation(self, id: str) -> Delimitation:
        """A loaded delimitation. Raises NotFoundError."""
        for delimitation in self.delimitations:
            if delimitation.id == id:
                return delimitation
        loaded = ", ".join(one.id for one in self.delimitations) or "none"
        raise NotFoundError(f"No delimitation {id!r} is loaded; loaded are: {loaded}")

    def resolve(self, label: str, delimitation: str | None = None) -> Ward:
        """The ward that a label means, looked up in `delimitation` first.

        Raises UnknownWardError and AmbiguousWardError, which carry candidates, and NotFoundError for a delimitation
        that is not loaded.
        """
        if delimitation is not None:
            self.delimitation(delimitation)
        first = delimitation or self.default
        if "\0" in label:
            raise self._no_ward(label, labels.read(""), first)
        if len(label) > labels.LONGEST:
            raise UnknownWardError(
                f"{_quoted(label)} is no label of a ward: it has more than {labels.LONGEST} characters"
            )
        wanted = labels.read(label)
        if wanted.id is not None and (ward := self._by_id.get(wanted.id)):
            if not wanted.beside_id or ward in self._keyed(wanted.beside_id, ward.delimitation):
                return ward
            raise _contradiction(label, [ward, *self._everywhere(wanted.beside_id)])
        for tier in self._tiers(first):
            found = tuple(dict.fromkeys(ward for place in tier for ward in self._fitting(wanted, place)))
            if len(found) == 1:
                return found[0]
            if found:
                raise _several(label, found)
        raise self._no_ward(label, wanted, first)

    def _tiers(self, first: str) -> Iterator[list[str]]:
        yield [first]
        if first != self.default:
            yield [self.default]
        yield [one.id for one in self.delimitations if one.id not in (first, self.default)]

    def _fitting(self, wanted: Label, place: str) -> list[Ward]:
        """The wards of one delimitation that agree with all that the label says."""
        found = list(self._keyed(wanted.key, place))
        if wanted.number is None:
            return found + list(self._keyed(wanted.name, place))
        numbered = self.numbered(wanted.number, place)
        if not wanted.name:
            return found if numbered is None else [*found, numbered]
        return found or [ward for ward in self._keyed(wanted.name, place) if ward == numbered]

    def _keyed(self, key: str, place: str) -> tuple[Ward, ...]:
        return self._by_name.get(place, {}).get(key, ()) if key else ()

    def _everywhere(self, key: str) -> list[Ward]:
        return [ward for one in self.delimitations for ward in self._keyed(key, one.id)]

    def _no_ward(self, label: str, wanted: Label, first: str) -> UnknownWardError | AmbiguousWardError:
        if not self.wards:
            return UnknownWardError(
                f"There is no ward {_quoted(label)}: no ward list is loaded (`lokdarpan wards import` loads one)"
            )
        places = [place for tier in self._tiers(first) for place in tier]
        if wanted.number is None or not wanted.name:
            return _unknown(label, self._near(wanted.name, places), self._range())
        numbered = [ward for place in places if (ward := self.numbered(wanted.number, place)) is not None]
        for place in places:
            if named := self._keyed(wanted.name, place):
                return _contradiction(label, [*named, *(ward for ward in numbered if ward.delimitation == place)])
        return _unknown(label, [*numbered[:1], *self._near(wanted.name, places)], self._range())

    def _near(self, key: str, places: list[str]) -> list[Ward]:
        """The wards with the nearest spellings, of the delimitation that has the nearest of all."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 (6 MB that only an unknown label needs)

        best, nearest = 0.0, []
        for place in places if key else ():
            names = self._by_name.get(place, {})
            hits = process.extract(key, names.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=4 * SUGGESTIONS)
            if hits and hits[0][1] > best:
                best, nearest = hits[0][1], [ward for name, _, _ in hits for ward in names[name]]
        return list(dict.fromkeys(nearest))[:SUGGESTIONS]

    def _range(self) -> str:
        spans = []
        for place, numbers in self._by_number.items():
            spans.append(f"{place} has {min(numbers)} to {max(numbers)}")
        return "; ".join(spans)


def _columns(record: type, table: sa.Table) -> list[sa.Column[Any]]:
    renamed = {"delimitation": "delimitation_id"}
    return [table.c[renamed.get(field.name, field.name)] for field in attrs.fields(record)]


_DELIMITATIONS = sa.select(*_columns(Delimitation, delimitation_table))
_WARDS = sa.select(*_columns(Ward, ward_table))
_ALIASES = sa.select(*_columns(Alias, ward_alias))


def _spellings(ward: Ward, aliases: Iterable[Alias]) -> Iterator[Spelling]:
    of = (ward.ward_id, ward.delimitation)
    yield Spelling(*of, ward.name, labels.language_of(ward.name), True, "name")
    for alias in aliases:
        yield Spelling(*of, alias.alias, alias.language, alias.verified, "alias")


def _index(entries: Iterable[tuple[str, Any, Ward]]) -> Index:
    found: dict[str, dict[Any, tuple[Ward, ...]]] = {}
    for place, key, ward in entries:
        wards = found.setdefault(place, {}).get(key, ())
        if ward not in wards:
            found[place][key] = (*wards, ward)
    return MappingProxyType({place: MappingProxyType(keys) for place, keys in found.items()})


def _unknown(label: str, near: list[Ward], numbers: str) -> UnknownWardError:
    candidates = list(dict.fromkeys(ward.candidate for ward in near))
    hint = f"the nearest: {_listed(near)}" if near else f"a label is an id, a number or a name ({numbers})"
    return UnknownWardError(f"There is no ward {_quoted(label)}; {hint}", candidates)


def _several(label: str, wards: Iterable[Ward]) -> AmbiguousWardError:
    candidates = [ward.candidate for ward in wards]
    return AmbiguousWardError(f"{_quoted(label)} fits more than one ward; give one of {_listed(wards)}", candidates)


def _contradiction(label: str, wards: list[Ward]) -> AmbiguousWardError:
    candidates = list(dict.fromkeys(ward.candidate for ward in wards))
    message = f"In {_quoted(label)} number and name are not of one ward; give one of {_listed(wards)}"
    return AmbiguousWardError(message, candidates)


def _listed(wards: Iterable[Ward]) -> str:
    return ", ".join(dict.fromkeys(f"{ward.ward_id} {ward.name} ({ward.delimitation})" for ward in wards))


def _quoted(label: str) -> str:
    """A label in a message: cut when it is long, without what a terminal or a file can't take."""
    shown = label if len(label) <= 60 else f"{label[:60]}…"
    safe = "".join(character if character.isprintable() or character in "\u200c\u200d" else "�" for character in shown)
    return f"{safe!r}" if safe.isascii() else f"'{safe}'"
