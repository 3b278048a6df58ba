"""The list of one's own city is read as a whole, or refused with every problem named by its line."""

from datetime import date

import attrs
import pytest

from lokdarpan_core.errors import SourceError
from lokdarpan_core.wards.delimitations import Delimitation, Ward
from lokdarpan_core.wards.lists import read_list

PUNE = Delimitation("pune-2017", "PMC", date(2017, 2, 21), None, "gazette")


def read(tmp_path, text, **changes):
    path = tmp_path / "wards.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(path, attrs.evolve(PUNE, **changes))


def test_list_of_ones_own_city(tmp_path):
    found = read(
        tmp_path,
        "\ufeffWard_No,name,aliases,name_mr,zone,lon,lat,Remarks\n"
        "2,Kothrud,,,,,,\n"
        '1,"Aundh  Gaon",Oundh|Aundhgaon; औंध ,औंध गाव,West,73.81,18.56,x\n\n',
    )

    assert (
        Ward("PUNE_2017_001", "pune-2017", 1, "Aundh Gaon", None, "West", None, 73.81, 18.56),
        Ward("PUNE_2017_002", "pune-2017", 2, "Kothrud"),
    ) == found.list.wards
    assert [("Oundh", "en"), ("Aundhgaon", "en"), ("औंध", "hi"), ("औंध गाव", "mr")] == [
        (one.alias, one.language) for one in found.list.aliases
    ]
    assert ("remarks",) == found.unknown_columns


def test_number_is_read_from_the_id_where_there_is_none(tmp_path):
    (ward,) = read(tmp_path, "ward_id,name\npmc_012,Aundh\n").list.wards

    assert ("PMC_012", 12) == (ward.ward_id, ward.number)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("0,A,,", "'0' is no ward number"),
        ("x,A,,", "'x' is no ward number"),
        (",A,,", "neither a number nor a ward_id"),
        ("3,,,", "no name"),
        ("3,--,,", "no name"),
        ("1,B,,", "1 stands in line 2 already|PUNE_2017_001 stands in line 2 already"),
        ("3,B,73.8,", "not both numbers"),
        ("3,B,nan,18.5", "on no map"),
        ("3,B,738000,18.5", "on no map"),
        ("3,B,73.8,18.5,x", "more values than columns"),
        ("3,B\0,,", "NUL|line contains NUL"),
        ("9999999999,B,,", "no ward number"),
    ],
)
def test_bad_row_is_named_by_its_line_and_nothing_is_used(tmp_path, row, problem):
    with pytest.raises(SourceError, match=f"line 3: .*({problem})|{problem}"):
        read(tmp_path, f"number,name,lon,lat\n1,A,,\n{row}\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name\nA\n", "number"),
        ("number\n1\n", "name"),
        ("number,name\n", "no wards"),
        ("", "name"),
        ("number,name,name\n1,A,B\n", "twice"),
        (b"number,name\n1,\xff\n", "decode"),
        ('number,name\n1,"A\n', "end of data"),
    ],
)
def test_file_that_is_no_list_is_refused(tmp_path, text, problem):
    with pytest.raises(SourceError, match=problem):
        read(tmp_path, text)


@pytest.mark.parametrize("changes", [{"id": "Pune 2017"}, {"id": ""}, {"source": "user"}, {"source": "example"}])
def test_delimitation_needs_a_plain_id_and_an_honest_source(tmp_path, changes):
    with pytest.raises(SourceError, match="can't be"):
        read(tmp_path, "number,name\n1,A\n", **changes)


def test_absent_file_is_said_so(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        read_list(tmp_path / "absent.csv", PUNE)
