"""XLSX, guarded: what is unpacked is bounded, and what the reader does not tell is told.

A workbook is a ZIP of XML. A small one may unpack to gigabytes, and one cell far down the sheet makes a reader fill
all rows above it. So every part is unpacked here, up to a limit, its farthest cell is looked up, and the parts that
were measured, and no others, are what the reader gets. The same look at the XML finds the cells that a reader leaves
blank without a word: errors (#REF!), and formulas whose result was never stored.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum

from lokdarpan_core.elections.form20.cells import letter
from lokdarpan_core.elections.form20.sheet import Finding, Severity
from lokdarpan_core.elections.form20.worksheets import Worksheet, check_size
from lokdarpan_core.errors import Form20Error

MAX_UNPACKED = 128 << 20
MAX_PARTS = 2_000
MAX_SHEETS = 200
MAX_TOLD = 200  # cells without a value that are named one by one

_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])([^<>]*)>")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_FORMULA = re.compile(rb"\s*<(?:\w+:)?f\b")
_NEXT = re.compile(rb"</?(?:\w+:)?c[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v>[^<]+<|<(?:\w+:)?is\b")
_PROMISED = re.compile(rb"""\b((?:uniqueC|c)ount\s*=\s*)(?:"(?!\d{1,5}")[^"]*"|'(?!\d{1,5}')[^']*')""")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^<>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^<>]*>")


def read_xlsx(path: Path, data: bytes) -> list[Worksheet]:
    """The worksheets of a workbook. Raises Form20Error when it is none, is encrypted, or larger than any sheet."""
    try:
        parts = _unpacked(path, data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Form20Error(f"{path} is a broken workbook: {error}") from error
    if "xl/workbook.xml" not in parts:
        raise Form20Error(f"{path} is a ZIP, but no XLSX workbook: save the sheet as .xlsx or CSV")
    missing = {name: _scanned(path, part) for name, part in parts.items() if name.endswith(".xml")}
    of_sheet = _parts_of_sheets(parts)
    try:
        return [
            Worksheet(name, rows, tuple(missing.get(of_sheet.get(name, ""), ())))
            for name, rows in _read(path, _repacked(parts))
        ]
    except Form20Error:
        raise
    except Exception as error:
        raise Form20Error(f"{path} can't be read as a workbook: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader's Rust code fails; no Exception
            raise
        raise Form20Error(f"{path} is a broken workbook: {error}") from error


def _unpacked(path: Path, data: bytes) -> dict[str, bytes]:
    parts, left = {}, MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [info for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))]
        if len(members) > MAX_PARTS:
            raise Form20Error(f"{path}: {len(members):,} parts, which no Form 20 workbook has")
        for info in members:
            if info.flag_bits & 1:
                raise Form20Error(f"{path} is encrypted: save it without a password")
            with archive.open(info) as part:
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                raise Form20Error(f"{path} unpacks to more than {MAX_UNPACKED >> 20} MiB, which no Form 20 sheet does")
            # The reader asks memory for as many strings as a part promises: 4,294,967,295 would end this process
            parts[info.filename.lstrip("/")] = _PROMISED.sub(rb'\1"0"', content)
    return parts


def _repacked(parts: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def _scanned(path: Path, part: bytes) -> list[Finding]:
    """Check where the farthest filled cell is, and find the cells whose value is missing."""
    findings: list[Finding] = []
    row = column = rows = columns = 0
    for match in _TAG.finditer(part):
        attributes = match[2]
        place = _PLACE.search(attributes)
        if match[1] == b"row":
            row, column = int(place[2][:9]) if place else row + 1, 0
            continue
        column += 1
        if place and place[1]:
            row, column = int(place[2][:9]), _index(place[1])
        if attributes.endswith(b"/"):
            continue  # formatted, but empty
        rows, columns = max(rows, row), max(columns, column)
        if problem := _without_value(part, match.end(), attributes):
            findings.append(Finding(Severity.ERROR, "cell-error", problem, f"{letter(column - 1)}{row}"))
    check_size(path, rows * columns, columns)
    return findings[:MAX_TOLD]


def _without_value(part: bytes, start: int, attributes: bytes) -> str | None:
    kind = _TYPE.search(attributes)
    if kind and kind[1] == b"e":
        return "The cell holds an error instead of a value"
    if (kind and kind[1] == b"str") or not _FORMULA.match(part, start):
        return None
    end = _NEXT.search(part, start)
    if _VALUE.search(part, start, end.start() if end else len(part)):
        return None
    return "The formula's result is not stored: open the file in a spreadsheet program and save it"


def _index(letters: bytes) -> int:
    index = 0
    for one in letters.upper()[:6]:
        index = index * 26 + one - 64
    return index


def _parts_of_sheets(parts: dict[str, bytes]) -> dict[str, str]:
    """Worksheet name -> the part that holds it."""
    relations = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
    targets = {_attribute(one, "Id"): _attribute(one, "Target") for one in _RELATION.findall(relations)}
    sheets = _SHEET.findall(parts["xl/workbook.xml"].decode("utf-8", "replace"))
    found = {_attribute(one, "name"): targets.get(_attribute(one, r"\w+:id"), "") for one in sheets}
    return {name: target.lstrip("/") if target.startswith("/") else f"xl/{target}" for name, target in found.items()}


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape(match[1] or match[2] or "") if match else ""


def _read(path: Path, packed: io.BytesIO) -> Iterable[tuple[str, list[list[str]]]]:
    cells = 0
    with CalamineWorkbook.from_filelike(packed) as workbook:
        sheets = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if len(sheets) > MAX_SHEETS:
            raise Form20Error(f"{path}: {len(sheets):,} worksheets, which no Form 20 workbook has")
        for name in sheets:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            cells += sum(map(len, rows))
            check_size(path, cells, 0)
            yield name, [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell.isoformat() if isinstance(cell, date | datetime | time) else str(cell)
