"""The JSON schemas of records, by msgspec, of types that say what an answer really has.

In an answer every field of a record is there, also one with a default, and every time has its zone. msgspec describes
what may come in, where neither need be so, and knows no union of records; so it is asked about stand-ins.
"""

import dataclasses
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar

import attrs
import msgspec

REF = "#/components/schemas/{name}"


class OneOf:
    """Stands for a union of records."""

    members: ClassVar[tuple[Any, ...]] = ()


def schemas_of(records: Iterable[Any]) -> tuple[dict[int, Any], dict[str, Any]]:
    """The schema of each type, by the type's identity, and the records that they refer to, by name."""
    asked = list(records)
    plain = [_plain(one) for one in asked]
    inner = [member for one in plain for member in _members(one)]
    made, components = msgspec.json.schema_components([*plain, *inner], schema_hook=_hook, ref_template=REF)
    return {id(one): schema for one, schema in zip(asked, made, strict=False)}, dict(sorted(components.items()))


@cache
def _plain(record: Any) -> Any:
    if record is datetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if _is_record(record):
        hints = typing.get_type_hints(record, include_extras=True)
        fields = [(field.name, _plain(hints[field.name])) for field in attrs.fields(record)]
        text = " ".join((record.__doc__ or "").split())
        return dataclasses.make_dataclass(record.__name__, fields, namespace={"__doc__": text})
    arguments = typing.get_args(record)
    if not arguments or typing.get_origin(record) is typing.Literal:
        return record
    if typing.get_origin(record) is Annotated:
        return Annotated[(_plain(arguments[0]), *arguments[1:])]
    inner = tuple(argument if argument is Ellipsis else _plain(argument) for argument in arguments)
    if typing.get_origin(record) not in (typing.Union, types.UnionType):
        return typing.get_origin(record)[inner]
    if sum(map(_is_record, arguments)) > 1:
        return type("OneOf", (OneOf,), {"members": inner})
    return typing.Union[inner]  # noqa: UP007 (made at run time)


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and attrs.has(kind)


def _members(plain: Any) -> Iterator[Any]:
    """What the unions inside a stand-in stand for, so that it is described as well."""
    if isinstance(plain, type) and issubclass(plain, OneOf):
        inner: Iterable[Any] = plain.members
        yield from plain.members
    elif dataclasses.is_dataclass(plain):
        inner = (field.type for field in dataclasses.fields(plain))
    else:
        inner = typing.get_args(plain)
    for one in inner:
        yield from _members(one)


def _hook(kind: type) -> dict[str, Any]:
    if not issubclass(kind, OneOf):
        raise NotImplementedError
    made, _ = msgspec.json.schema_components(kind.members, schema_hook=_hook, ref_template=REF)
    return {"anyOf": list(made)}
