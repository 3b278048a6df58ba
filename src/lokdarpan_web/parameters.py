"""What a request may say in its path and its query: declared once, read by one function, shown in the OpenAPI document.

A parameter that can't be read is an error that names it (422); one in the path leads to nothing (404). Parameters that
nobody declared are not looked at.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs
import falcon

from lokdarpan_core import NotFoundError, ParameterError

LONGEST_TEXT = 200  # characters
LARGEST_NUMBER = 2**63 - 1  # what a bigint holds
TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@attrs.frozen
class Parameter:
    """A parameter of the query or the path. `type` is str, int, bool or date; `least` and `most` bound a number,
    `longest` the characters of a text, `choices` name the only texts. `default` stands for an absent one."""

    name: str
    type: type
    description: str
    default: Any = None
    least: int | None = None
    most: int | None = None
    longest: int = LONGEST_TEXT
    choices: tuple[str, ...] = ()
    example: Any = None

    def read(self, text: str) -> Any:
        """The value that a text means. Raises ParameterError."""
        if "\0" in text:
            raise self._error(text, "a text without the character NUL")
        if self.type is int:
            return self._number(text)
        if self.type is date:
            return self._date(text)
        if self.type is bool:
            if text.lower() not in TRUTHS:
                raise self._error(text, "true or false")
            return TRUTHS[text.lower()]
        if self.choices and text not in self.choices:
            raise self._error(text, f"one of {', '.join(self.choices)}")
        if len(text) > self.longest:
            raise self._error(text, f"a text of at most {self.longest} characters")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self._error(ascii(text), "UTF-8") from None
        return text

    def _number(self, text: str) -> int:
        least, most = self.least or 0, LARGEST_NUMBER if self.most is None else self.most
        if not re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII) or not least <= int(text) <= most:
            span = f"from {least} to {self.most}" if self.most is not None else f"from {least}"
            raise self._error(text, f"a whole number {span}")
        return int(text)

    def _date(self, text: str) -> date:
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise self._error(text, "a date such as 2026-05-31") from None

    def _error(self, text: str, wanted: str) -> ParameterError:
        return ParameterError(f"The parameter {self.name} is {text[:60]!r}, but should be {wanted}", self.name)


def read_query(req: falcon.Request, parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The declared parameters of a request, by name; an absent or empty one has its default.

    Raises ParameterError, also for one that is given twice.
    """
    given = req.params
    values = {}
    for parameter in parameters:
        text = given.get(parameter.name, "")
        if isinstance(text, list):
            raise ParameterError(f"The parameter {parameter.name} is given {len(text)} times", parameter.name)
        values[parameter.name] = parameter.read(text) if text else parameter.default
    return values


def read_path(texts: dict[str, str], parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The declared parameters of a path, by name. Raises NotFoundError: nothing is where such a path leads."""
    values: dict[str, Any] = dict(texts)
    for parameter in parameters:
        try:
            values[parameter.name] = parameter.read(texts[parameter.name])
        except ParameterError as error:
            raise NotFoundError(str(error)) from None
    return values


WARD_IN_PATH = Parameter("ward", str, "A ward's id, number, name or alias, in any script.", example="WARD_001")
DELIMITATION = Parameter("delimitation", str, "The delimitation in which a label is looked up first.")
DAYS = Parameter("days", int, "How many days, the last of which is `until`.", default=14, least=1, most=90)
UNTIL = Parameter("until", date, "The last day; today, in the server's time zone, if it is left out.")
