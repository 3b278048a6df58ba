"""A file as tables of cells, and how large such a table may be.

Every limit is checked before the work that it bounds: a file that somebody else made may be made to exhaust memory.
"""

import re
from pathlib import Path

import attrs

from lokdarpan_core.elections.form20.sheet import Finding
from lokdarpan_core.errors import Form20Error

MAX_BYTES = 64 << 20
MAX_CELLS = 6_000_000
MAX_COLUMNS = 1_000
_CELL = re.compile(r"([A-Z]+)(\d+)")


@attrs.frozen
class Worksheet:
    """One table: `rows` of text cells as they lie in the file (they may differ in length; the first is row 1, its
    first cell A1). `name` is None for a CSV. `findings` tell what reading the cells showed. `pages` are the worksheets
    that it was put together from, each with the number of rows before it."""

    name: str | None
    rows: list[list[str]]
    findings: tuple[Finding, ...] = ()
    pages: tuple[tuple[str, int], ...] = ()

    def address(self, cell: str | None) -> str | None:
        """Where a cell of these rows is in the file: `Page_2!B5` where they are several worksheets'."""
        found = _CELL.fullmatch(cell or "")
        if found is None or not self.pages:
            return cell
        row = int(found[2])
        name, before = next(page for page in reversed(self.pages) if page[1] < row)
        return f"{name if name.isidentifier() else repr(name)}!{found[1]}{row - before}"


def moved(cell: str | None, rows: int) -> str | None:
    """The address of a cell so many rows further down."""
    found = _CELL.fullmatch(cell or "")
    return f"{found[1]}{int(found[2]) + rows}" if found else cell


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises Form20Error when it can't be read, is empty or larger than MAX_BYTES."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Form20Error(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > MAX_BYTES:
        raise Form20Error(f"{path}: larger than {MAX_BYTES >> 20} MiB, which no Form 20 sheet is")
    if not data.strip():
        raise Form20Error(f"{path} is empty")
    return data


def check_size(path: Path, cells: int, columns: int) -> None:
    """Raises Form20Error when a table is larger than any sheet; `columns` is the width of its widest row."""
    if columns > MAX_COLUMNS:
        raise Form20Error(f"{path}: {columns:,} columns; a Form 20 sheet has at most {MAX_COLUMNS:,}")
    if cells > MAX_CELLS:
        raise Form20Error(f"{path}: more than {MAX_CELLS:,} cells: cut the file into its segments")
