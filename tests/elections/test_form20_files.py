"""Files as they come: encodings, delimiters, broken and hostile workbooks. What is no sheet raises Form20Error."""

import io
import zipfile

import openpyxl
import pytest
from form20_sheets import as_csv, booths, classic, codes, found, read, tidy, write_csv, write_xlsx

from lokdarpan_core.elections.form20 import xlsx
from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.errors import Form20Error

ROWS = classic(booths(), names=["José – Pérez", "B", "C"])
VOTES = [one.votes for one in booths()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_and_delimiters(tmp_path, encoding, delimiter):
    (sheet,) = read_form20(write_csv(tmp_path / "f", ROWS, encoding, delimiter))

    assert ("José – Pérez", VOTES) == (sheet.candidates[0].name, [one.votes for one in sheet.stations])
    assert (["encoding"] if encoding == "cp1252" else []) == codes(sheet)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path, ending):
    (tmp_path / "f").write_bytes(as_csv(ROWS).replace("\r\n", ending).encode())

    (sheet,) = read_form20(tmp_path / "f")

    assert (VOTES, 12) == ([one.votes for one in sheet.stations], sheet.footers[0].row)


def test_semicolons_beside_grouped_numbers(tmp_path):
    rows = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in ROWS]

    (sheet,) = read_form20(write_csv(tmp_path / "f", rows, delimiter=";"))

    assert VOTES == [one.votes for one in sheet.stations]


def test_quotation_mark_inside_a_cell_is_a_warning(tmp_path):
    text = as_csv(ROWS).replace("FINAL RESULT SHEET", '"FINAL" RESULT SHEET')
    (tmp_path / "f").write_text(text, encoding="utf-8")

    (sheet,) = read_form20(tmp_path / "f")

    assert (VOTES, ["quotes"]) == ([one.votes for one in sheet.stations], codes(sheet))


def test_quotation_mark_that_is_not_closed_is_an_error_with_its_cell(tmp_path):
    lines = as_csv(ROWS).splitlines()
    (tmp_path / "f").write_text("\n".join([*lines[:10], '"' + lines[10], *lines[11:]]), encoding="utf-8")

    (sheet,) = read_form20(tmp_path / "f")

    assert ["swallowed-lines"] == codes(sheet, "error")
    assert 5 > len(sheet.stations)


def test_rows_after_a_csv_line_break_in_a_cell_keep_the_spreadsheets_numbers(tmp_path):
    assert 7 == read(tmp_path, ROWS).stations[0].row


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"%PDF-1.4\n1 0 obj", "a PDF"),
        (b"<html><table>", "HTML"),
        (b"\x00\x01\x02\x03" * 50, "neither XLSX nor text|no Form 20"),
        (b"\x81\x8d\x8f\x90,1\n", "neither XLSX nor text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted, or a workbook of Excel before 2007"),
        (b"PK\x03\x04" + b"\0" * 60, "broken workbook"),
        (b"Serial No.,A,B\n" + b"1," * 1_200 + b"1\n", "1,201 columns"),
        (b'Serial No.,"' + b"x" * 200_000, "field larger"),
        (b"just a text\n" * 10, "no Form 20 sheet"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, data, message):
    (tmp_path / "f").write_bytes(data)

    with pytest.raises(Form20Error, match=message):
        read_form20(tmp_path / "f")


def test_absent_file_and_folder_are_refused(tmp_path):
    for path in (tmp_path / "absent.csv", tmp_path, "a\0b"):
        with pytest.raises(Form20Error):
            read_form20(path)


def test_too_many_cells_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("lokdarpan_core.elections.form20.worksheets.MAX_CELLS", 1_000)

    with pytest.raises(Form20Error, match="more than 1,000 cells"):
        read_form20(write_csv(tmp_path / "f", tidy(booths(many=40))))


def workbook(tmp_path, extra=None, **parts):
    """A workbook in which parts are replaced (their names without folder and `.xml`, by bytes), or added."""
    path = write_xlsx(tmp_path / "book.xlsx", Result=ROWS)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members | (extra or {})).items():
            archive.writestr(name, parts.get(name.split("/")[-1].split(".")[0], content))
    path.write_bytes(packed.getvalue())
    return path


def test_cell_far_away_is_refused_before_the_rows_to_it_are_filled(tmp_path):
    path = write_xlsx(tmp_path / "book.xlsx", Result=ROWS)
    book = openpyxl.load_workbook(path)
    book["Result"]["XFD1048576"] = 1
    book.save(path)

    with pytest.raises(Form20Error, match="16,384 columns"):
        read_form20(path)


@pytest.mark.parametrize(
    "far",
    [
        b"<row r='900000'><c r='ZZ900000'><v>1</v></c></row>",
        b'<row r="900000"><c><v>1</v></c><c><v>2</v></c><c r="AAA900000" t="n"><v>1</v></c></row>',
    ],
)
def test_far_cells_are_seen_in_every_way_to_write_them(tmp_path, far):
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'

    with pytest.raises(Form20Error, match=r"cells|columns"):
        read_form20(workbook(tmp_path, sheet1=sheet % far))


def test_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_UNPACKED", 1 << 20)

    with pytest.raises(Form20Error, match="unpacks to more than 1 MiB"):
        read_form20(workbook(tmp_path, sheet1=b" " * (50 << 20)))


def test_promise_of_four_billion_strings_asks_for_no_memory(tmp_path):
    """A reader that believes it ends the whole process."""
    strings = b'<sst count="9" uniqueCount="4294967295"><si><t>x</t></si></sst>'

    (sheet,) = read_form20(workbook(tmp_path, {"xl/sharedStrings.xml": strings}))

    assert VOTES == [one.votes for one in sheet.stations]


def test_too_many_worksheets_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_SHEETS", 2)

    with pytest.raises(Form20Error, match="3 worksheets"):
        read_form20(write_xlsx(tmp_path / "book.xlsx", A=ROWS, B=ROWS, C=ROWS))


def test_broken_parts_are_refused(tmp_path):
    for parts in ({"sheet1": b"<worksheet><sheetData><row"}, {"workbook": b"nonsense"}, {"workbook": b""}):
        with pytest.raises(Form20Error):
            read_form20(workbook(tmp_path, **parts))


def test_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "f", "w") as archive:
        archive.writestr("a.csv", as_csv(ROWS))

    with pytest.raises(Form20Error, match="a ZIP, but no XLSX workbook"):
        read_form20(tmp_path / "f")


def test_chart_in_a_workbook_is_no_table(tmp_path):
    """Its XML has thousands of elements whose prefix is c."""
    chart = b'<c:chartSpace xmlns:c="x">' + b"<c:pt idx='1'><c:v>5</c:v></c:pt>" * 3_000 + b"</c:chartSpace>"

    (sheet,) = read_form20(workbook(tmp_path, {"xl/charts/chart1.xml": chart}))

    assert VOTES == [one.votes for one in sheet.stations]


def test_error_values_and_formulas_without_results_are_told(tmp_path):
    """A reader leaves both blank; blank would be read as no votes."""
    path = write_xlsx(tmp_path / "book.xlsx", Result=ROWS)
    book = openpyxl.load_workbook(path)
    book["Result"]["B8"], book["Result"]["C9"] = "#REF!", "=B9+1"
    book.save(path)

    (sheet,) = read_form20(path)

    assert [("B8", None), ("C9", None)] == found(sheet, "cell-error")


def test_empty_formatted_cells_do_no_harm(tmp_path):
    path = write_xlsx(tmp_path / "book.xlsx", Result=ROWS)
    book = openpyxl.load_workbook(path)
    book["Result"]["A900000"].number_format = "0"
    book.save(path)

    (sheet,) = read_form20(path)

    assert VOTES == [one.votes for one in sheet.stations]
