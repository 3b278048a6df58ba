"""Tables: what stands beside each chart, and what its CSV file has. One set of rows for both."""

import csv
import io
from datetime import date
from typing import Any, Literal

import attrs

from lokdarpan_web.page.language import Language

Kind = Literal["text", "count", "percent", "points", "day", "year"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@attrs.frozen
class Column:
    """A column: its name in the file, with the unit, its heading for people, and what stands in it."""

    name: str
    title: str
    kind: Kind = "text"


@attrs.frozen
class Cell:
    """A value as people read it, and where a click on it leads."""

    text: str
    is_number: bool
    link: str | None = None


@attrs.frozen
class Table:
    """Rows of plain values, None where there is none; `links` lead from the first column of a row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    links: tuple[str | None, ...] = ()

    def cells(self, language: Language) -> list[list[Cell]]:
        """The rows as they are shown."""
        shown = []
        for place, row in enumerate(self.rows):
            link = self.links[place] if place < len(self.links) else None
            shown.append(
                [
                    Cell(_shown(value, column.kind, language), column.kind not in ("text", "day"), None if at else link)
                    for at, (column, value) in enumerate(zip(self.columns, row, strict=True))
                ]
            )
        return shown

    def as_csv(self) -> bytes:
        """The rows as a CSV file (UTF-8 with a byte order mark, for spreadsheets)."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows:
            writer.writerow([_plain(value) for value in row])
        return text.getvalue().encode("utf-8-sig")


def _shown(value: Any, kind: Kind, language: Language) -> str:
    if value is None:
        return "–"
    if kind == "count":
        return language.number(value)
    if kind == "percent":
        return language.percent(value)
    if kind == "points":
        return language.points(value)
    if kind == "day":
        return language.day(value)
    return str(value)


def _plain(value: Any) -> Any:
    """A value of a file. A text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value.isoformat() if isinstance(value, date) else value
