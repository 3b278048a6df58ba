"""Whatever the votes are, a sheet written from them reads back to them; whatever a file holds, it raises Form20Error or
is a sheet. `FUZZ_EXAMPLES` sets how many examples each test tries (200)."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from form20_sheets import (
    Booth,
    as_csv,
    booths,
    classic,
    codes,
    summary,
    tidy,
    with_electors,
    write_csv,
    write_xlsx,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.elections.form20.sheet import Sheet
from lokdarpan_core.errors import Form20Error

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))
pytestmark = pytest.mark.timeout(max(300, EXAMPLES // 5))  # seconds
fuzzed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
fewer = settings(fuzzed, max_examples=max(EXAMPLES // 4, 25))

VOTES = st.integers(0, 1_500)
NAMES = st.permutations(
    ["A. RAO", "ZAKIR HUSSAIN", "K.\nLAKSHMI BAI", "REVANTH", "SMT. UMA DEVI", "TOTALAL JAIN", "సుధ", "राम लाल"]
)
SERIALS = st.sets(st.tuples(st.integers(1, 400), st.sampled_from(["", "A", "B"])), min_size=1, max_size=6)


@st.composite
def elections(draw) -> tuple[list[Booth], list[str]]:
    """Stations with any votes, serials with gaps and letters, and the candidates' names; somebody voted."""
    many = draw(st.integers(2, 5))
    names = [" ".join(name.split()) for name in draw(NAMES)[:many]]
    serials = sorted(draw(SERIALS))
    figures = draw(
        st.lists(st.lists(VOTES, min_size=many + 2, max_size=many + 2), min_size=len(serials), max_size=len(serials))
    )
    listed = [
        Booth(f"{serial}{suffix}", tuple(votes), nota=nota, rejected=rejected, electors=(9_000, 9_000, 0))
        for (serial, suffix), (nota, rejected, *votes) in zip(serials, figures, strict=True)
    ]
    listed[0] = attrs.evolve(listed[0], votes=(listed[0].votes[0] + 1, *listed[0].votes[1:]))
    return listed, names


def read_text(text: str) -> tuple[Sheet, ...]:
    return read_bytes(text.encode())


def read_bytes(data: bytes) -> tuple[Sheet, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "sheet")
        path.write_bytes(data)
        return read_form20(path)


def votes_of(sheet: Sheet) -> list[tuple[object, ...]]:
    return [(one.serial.rpartition("/")[2], one.votes, one.nota) for one in sheet.stations]


@fuzzed
@given(elections(), st.booleans(), st.booleans(), st.sampled_from([",", ";", "\t"]))
def test_classic_sheet_reads_back(election, one_row, nota_in_valid, delimiter):
    listed, names = election
    rows = classic(listed, names=names, one_row=one_row, nota_in_valid=nota_in_valid)

    (sheet,) = read_text(as_csv(rows, delimiter))

    assert [(one.serial, one.votes, one.nota) for one in listed] == votes_of(sheet)
    assert names == [one.name for one in sheet.candidates]
    assert ["evm", "postal", "polled"] == [one.kind for one in sheet.footers]
    assert [] == codes(sheet, "error")


@fuzzed
@given(elections())
def test_sheet_with_electors_reads_back(election):
    listed, names = election

    (sheet,) = read_text(as_csv(with_electors(listed, names=names)))

    assert [(one.serial, one.votes, one.nota) for one in listed] == votes_of(sheet)
    assert names == [one.name for one in sheet.candidates]
    assert [] == codes(sheet, "error")


@fuzzed
@given(elections(), st.randoms(use_true_random=False))
def test_tidy_form_reads_back_in_any_order_of_lines_and_columns(election, random):
    listed, names = election
    header, *lines = tidy(listed, names=names)
    order = random.sample(range(len(header)), len(header))
    random.shuffle(lines)

    (sheet,) = read_text(as_csv([[row[place] for place in order] for row in [header, *lines]]))

    by_name = {one.name: index for index, one in enumerate(sheet.candidates)}
    told = {one.serial: tuple(one.votes[by_name[name]] for name in names) for one in sheet.stations}
    assert {f"61/{one.serial}": one.votes for one in listed} == told
    assert [] == codes(sheet, "error")


@fewer
@given(elections(), st.sampled_from([int, float, str]))
def test_workbook_reads_back(election, kind):
    listed, names = election
    rows = [[kind(cell) if isinstance(cell, int) else cell for cell in row] for row in classic(listed, names=names)]

    with TemporaryDirectory() as folder:
        (sheet,) = read_form20(write_xlsx(Path(folder, "book.xlsx"), Sheet1=rows))

    assert ([(one.serial, one.votes, one.nota) for one in listed], []) == (votes_of(sheet), codes(sheet, "error"))


@fuzzed
@given(elections(), st.data())
def test_no_changed_number_goes_unseen(election, data):
    """Any one number of a sheet with footers, changed to another one, is an error, or a warning where it tells of no
    votes (tendered)."""
    listed, names = election
    rows = classic(listed, names=names)
    row = data.draw(st.integers(6, len(rows) - 1))
    place = data.draw(st.integers(1, len(rows[row]) - 1))
    rows[row][place] = data.draw(VOTES.filter(lambda value: value != rows[row][place]))

    (sheet,) = read_text(as_csv(rows))

    tendered = place == len(rows[row]) - 1
    assert [] != codes(sheet, "error") + (codes(sheet, "warning") if tendered else [])


@fuzzed
@given(elections(), st.data())
def test_no_line_that_is_lost_or_stands_twice_goes_unseen(election, data):
    listed, names = election
    rows = classic(listed, names=names)
    row = data.draw(st.integers(6, 5 + len(listed)))
    rows[row : row + 1] = data.draw(st.sampled_from([[], [rows[row], rows[row]]]))
    lost = Booth("", listed[row - 6].votes, listed[row - 6].nota, listed[row - 6].rejected)
    if not any((*lost.votes, lost.nota, lost.rejected)) or len(listed) == 1:
        return

    (sheet,) = read_text(as_csv(rows))

    assert [] != codes(sheet, "error")


TRAPS = (
    *(
        "Total",
        "NOTA",
        "Serial No. Of Polling Station",
        "Part No",
        "No of Valid Votes Cast in favour of",
        "votes",
        "party",
    ),
    *("Total of Valid Votes", "ps_id", "candidate", "ac_id", "Male", "Voters Turnout", "Total No of Electors", "LATOT"),
    *("Total EVM Votes", "Polling Station", "12A", "12(a)", "1,13,379", "NA", "-", "12.0", "-5", "1e9", "3 - RAMA"),
    *(
        "RAMA\nINC",
        "None of the above",
        "Constituency No",
        "Postal Ballot",
        "Page Total",
        "१२",
        "99999999999",
        "Tendered",
    ),
)
CELLS = st.one_of(st.just(""), st.integers(0, 2_000).map(str), st.sampled_from(TRAPS), st.text(max_size=8))
TABLES = st.lists(st.lists(CELLS, max_size=9), min_size=1, max_size=14)


def is_sheet_or_error(data: bytes) -> None:
    try:
        sheets = read_bytes(data)
    except Form20Error as error:
        assert str(error)
    else:
        for sheet in sheets:
            assert sheet.stations
            assert {len(sheet.candidates)} == {len(one.votes) for one in (*sheet.stations, *sheet.footers)}
            assert len(sheet.candidates) == len({one.number for one in sheet.candidates})
            assert all(one.message and one.code for one in sheet.findings)


@fuzzed
@given(TABLES)
def test_random_tables(rows):
    is_sheet_or_error(as_csv(rows).encode("utf-8", "surrogatepass"))


@fuzzed
@given(TABLES, st.integers(0, 2))
def test_random_tables_under_a_real_heading(rows, which):
    heading = (classic(booths())[:6], with_electors(booths())[:2], tidy(booths())[:1])[which]

    is_sheet_or_error(as_csv([*heading, *rows]).encode("utf-8", "surrogatepass"))


@fuzzed
@given(st.binary(max_size=400))
def test_random_bytes(data):
    is_sheet_or_error(data)


SEEDS = [
    as_csv(rows).encode() for rows in (classic(booths()), with_electors(booths()), tidy(booths()), summary(booths()))
]


@fuzzed
@given(st.sampled_from(SEEDS), st.data())
def test_mutated_sheets(seed, data):
    """Cells cut out, swapped, overwritten, at the level of bytes."""
    raw = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        to = min(len(raw), at + data.draw(st.integers(0, 40)))
        raw[at:to] = data.draw(
            st.one_of(st.binary(max_size=12), st.sampled_from([b'"', b",", b"\n", b"\0", b"Total", b"-1"]))
        )

    is_sheet_or_error(bytes(raw))


@fewer
@given(st.data())
def test_mutated_workbooks(data):
    raw = bytearray(_workbook())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))

    is_sheet_or_error(bytes(raw))


def _workbook(made: dict[str, bytes] = {}) -> bytes:  # noqa: B006 (made once)
    if not made:
        with TemporaryDirectory() as folder:
            rows = classic(booths())
            made["book"] = write_xlsx(Path(folder, "book.xlsx"), A=rows[:8], B=rows[3:6] + rows[8:]).read_bytes()
    return made["book"]


@pytest.mark.parametrize("text", ["ps_id,candidate,votes\n1,A,1\n", "Serial No.,A,B,Total\n1,1,2,3\n"])
def test_smallest_sheets(text):
    (sheet,) = read_text(text)

    assert 1 == len(sheet.stations)


def test_names_of_files_do_not_matter(tmp_path):
    path = write_csv(tmp_path / "up_2014_ac1.xlsx", tidy(booths()))

    assert "tidy" == read_form20(path)[0].layout
