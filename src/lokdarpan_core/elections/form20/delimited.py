"""CSV as it comes: UTF-8, UTF-16 or Windows-1252, cells parted by comma, semicolon or tab.

The encoding is taken from the byte order mark, else tried in that order. The delimiter is the one by which most rows of
the beginning have the same number of cells.
"""

import contextlib
import csv
import io
from collections import Counter
from pathlib import Path

from lokdarpan_core.elections.form20.cells import letter
from lokdarpan_core.elections.form20.sheet import Finding, Severity
from lokdarpan_core.elections.form20.worksheets import Worksheet, check_size
from lokdarpan_core.errors import Form20Error

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 1 << 16  # characters that decide the delimiter
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
NOT_TEXT = {b"%PDF": "a PDF; extract its table to CSV or XLSX first", b"<": "an HTML or XML page, not a table"}


def read_delimited(path: Path, data: bytes) -> Worksheet:
    """The table in a CSV. Raises Form20Error when it is no text, or larger than any sheet."""
    text, encoding = _decoded(path, data)
    delimiter = _delimiter(text[:SAMPLE])
    findings = []
    if encoding == "cp1252":
        findings.append(Finding(Severity.NOTE, "encoding", "Not UTF-8: read as Windows-1252"))
    try:
        rows = _rows(path, text, delimiter, strict=True)
    except csv.Error as error:
        findings.append(Finding(Severity.WARNING, "quotes", f"Quotation marks are not as they should be: {error}"))
        try:
            rows = _rows(path, text, delimiter, strict=False)
        except csv.Error as again:
            raise Form20Error(f"{path} can't be read as CSV: {again}") from again
        findings += _swallowed(rows, delimiter)
    return Worksheet(None, rows, tuple(findings))


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    for magic, what in NOT_TEXT.items():
        if data.lstrip().startswith(magic):
            raise Form20Error(f"{path} is {what}")
    encodings = [name for bom, name in BOMS if data.startswith(bom)]
    if not encodings:
        head = data[:4096]
        wide = ["utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"]
        encodings = wide if 0 in head else ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise Form20Error(f"{path} is neither XLSX nor text in UTF-8, UTF-16 or Windows-1252")


def _delimiter(sample: str) -> str:
    def consistency(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths: Counter[int] = Counter()
        with contextlib.suppress(csv.Error):  # what was read until then decides
            widths.update(len(row) for row in reader)
        return max(((width - 1) * count for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=consistency)  # the first of those that are equal


def _rows(path: Path, text: str, delimiter: str, *, strict: bool) -> list[list[str]]:
    rows, cells, widest = [], 0, 0
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict):
        rows.append(row)
        cells += len(row)
        widest = max(widest, len(row))
        if cells % 1024 < len(row):  # now and then is enough
            check_size(path, cells, 0)
    used = widest
    if not any(row[-1].strip() for row in rows if len(row) == widest > 0):
        used = max(map(_used, rows), default=0)  # delimiters after the last cell that holds anything make no columns
    check_size(path, cells, used)
    return rows if used == widest else [row[:used] for row in rows]


def _used(row: list[str]) -> int:
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return width


def _swallowed(rows: list[list[str]], delimiter: str) -> list[Finding]:
    """Cells that hold whole lines: a quotation mark was opened and never closed."""
    return [
        Finding(
            Severity.ERROR,
            "swallowed-lines",
            f"This cell holds {cell.count(chr(10))} line ends and {cell.count(delimiter)} delimiters: a quotation mark "
            "is not closed, and the lines after it are not read",
            f"{letter(column)}{number}",
        )
        for number, row in enumerate(rows, 1)
        for column, cell in enumerate(row)
        if cell.count("\n") > 1 and cell.count(delimiter) > 2
    ]
