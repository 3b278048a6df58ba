"""Shares from a census file: each is a fraction of its whole, and a row that can't be true is never stored."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from results import LONG_AGO, add_wards, stored_rows

from lokdarpan_core import Gazetteer, SourceError, seed, ward_meta
from lokdarpan_core.elections.census import FORMULAS, ImpossibleRowError, census_indices
from lokdarpan_core.elections.demographics import compute_demographic_indices
from lokdarpan_core.schema import ward_demographics

ROW = {
    "ward": "WARD_001",
    "population": "10000",
    "population_7plus": "8,000",
    "literates": "6000",
    "muslim": "2500",
    "sc": "900",
    "st": "100",
    "households": "2000",
    "deprived_households": "500",
    "census_year": "2011",
    "source": "Census of India 2011, ward table; SECC 2011",
}


def test_ward_may_be_named_by_any_label_of_the_gazetteer(connection):
    gazetteer = Gazetteer.load(connection)
    report = compute_demographic_indices(connection, [ROW | {"ward": "2"}], gazetteer)

    assert (1, "WARD_002") == (report.new, ward_meta(connection, "WARD_002").ward)


@pytest.fixture(autouse=True)
def wards(request):
    if "connection" in request.fixturenames:
        add_wards(request.getfixturevalue("connection"), 3)


def write(path, *rows):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([str(row.get(name, "")) for name in columns] for row in rows)]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), encoding="utf-8-sig")
    return path


def demographics(connection, ward_id="WARD_001"):
    return ward_meta(connection, ward_id).demographics


def shares(found):
    return tuple(getattr(found, name) for name in FORMULAS)


def test_shares_of_a_file(connection, tmp_path):
    report = compute_demographic_indices(connection, write(tmp_path / "census.csv", ROW))

    found = demographics(connection)
    assert (1, 1, (), {}) == (report.rows, report.new, report.rejects, report.lacking)
    assert (0.75, 0.25, 0.1, 0.25) == shares(found)
    assert (2011, "Census of India 2011, ward table; SECC 2011") == (found.census_year, found.source)


def test_rows_can_be_given_without_a_file(connection):
    compute_demographic_indices(connection, [ROW | {"population": 20_000, "estimated": True}])

    assert (0.75, 0.125, 0.05, 0.25) == shares(demographics(connection))
    assert [True] == [row.estimated for row in stored_rows(connection, ward_demographics)]


def test_indian_grouping_is_read(connection):
    compute_demographic_indices(connection, [ROW | {"population": "1,00,000"}])

    assert 0.025 == demographics(connection).muslim_idx


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"literates": "8001"}, "literates (8,001) is more than population_7plus (8,000)"),
        ({"muslim": "10001"}, "muslim (10,001) is more than population (10,000)"),
        ({"sc": "9950"}, "sc + st (10,050) is more than population (10,000)"),
        ({"deprived_households": "2001"}, "deprived_households (2,001) is more than households (2,000)"),
        ({"population_7plus": "10001"}, "population_7plus (10,001) is more than population (10,000)"),
        ({"population_7plus": "", "literates": "10001"}, "literates (10,001) is more than population (10,000)"),
        ({"households": "10001"}, "households (10,001) is more than population (10,000)"),
        ({"population": "0"}, "population is 0"),
        ({"households": "0"}, "households is 0"),
        ({"muslim": "-5"}, "muslim is '-5'; a whole number is wanted"),
        ({"muslim": "25 %"}, "muslim is '25 %'; a whole number is wanted"),
        ({"muslim": "9" * 30}, f"muslim is '{'9' * 30}'; a whole number is wanted"),
        ({"census_year": ""}, "census_year is ''; a year like 2011 is wanted"),
        ({"source": ""}, "source is ''; what the numbers were taken from is wanted"),
        ({"source": "Example"}, "source is 'Example'; what the numbers were taken from is wanted"),
        ({"estimated": "perhaps"}, "estimated is 'perhaps'; yes or no is wanted"),
        ({"ward": "WARD_999"}, "'WARD_999' is no ward of a loaded delimitation; ids look like WARD_001"),
        (dict.fromkeys(("population", "literates", "households"), "NA"), "No share can be computed from it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_row_that_can_not_be_true_is_reported_and_not_stored(connection, tmp_path, changes, reason):
    file = write(tmp_path / "census.csv", ROW | {"ward": "WARD_002"} | {"estimated": ""}, ROW | changes)

    report = compute_demographic_indices(connection, file)

    assert [(3, reason)] == [(reject.line, reject.reason) for reject in report.rejects]
    assert ["WARD_002"] == [row.ward_id for row in stored_rows(connection, ward_demographics)]


def test_ward_that_stands_twice_is_stored_from_neither_line(connection):
    report = compute_demographic_indices(connection, [ROW, ROW | {"muslim": "1"}])

    assert [1, 2] == [reject.line for reject in report.rejects]
    assert [] == stored_rows(connection, ward_demographics)


def test_line_with_more_values_than_columns_is_reported(connection, tmp_path):
    file = write(tmp_path / "census.csv", ROW)
    file.write_text(file.read_text("utf-8-sig") + ',"1"\n,,\n', encoding="utf-8")

    report = compute_demographic_indices(connection, file)

    assert [(2, "There are more values than columns")] == [(one.line, one.reason) for one in report.rejects]
    assert 1 == report.rows


def test_columns_that_mean_nothing_here_are_named(connection):
    assert ("remarks",) == compute_demographic_indices(connection, [ROW | {"remarks": "x"}]).unknown_columns


def test_number_that_is_missing_leaves_its_share_unknown(connection):
    report = compute_demographic_indices(connection, [ROW | {"muslim": "NA", "st": ""}])

    assert (0.75, None, None, 0.25) == shares(demographics(connection))
    assert {"muslim_idx": ["WARD_001"], "scst_idx": ["WARD_001"]} == report.lacking


def test_missing_share_of_the_same_census_is_kept(connection):
    compute_demographic_indices(connection, [ROW])

    report = compute_demographic_indices(connection, [ROW | {"muslim": "", "literates": "4000"}])

    assert (1, (0.5, 0.25, 0.1, 0.25)) == (report.changed, shares(demographics(connection)))


def test_figures_of_two_censuses_never_stand_in_one_row(connection):
    compute_demographic_indices(connection, [ROW])

    compute_demographic_indices(connection, [ROW | {"muslim": "", "census_year": "2027"}])

    assert (2027, None) == (demographics(connection).census_year, demographics(connection).muslim_idx)


def test_second_time_changes_nothing(connection):
    compute_demographic_indices(connection, [ROW])
    connection.execute(sa.update(ward_demographics).values(updated_at=LONG_AGO))
    before = stored_rows(connection, ward_demographics)

    report = compute_demographic_indices(connection, [ROW])

    assert (0, 0, 1) == (report.new, report.changed, report.unchanged)
    assert before == stored_rows(connection, ward_demographics)


def test_first_real_value_takes_the_examples_away(connection):
    seed(connection)

    compute_demographic_indices(connection, [ROW | {"sc": "", "households": ""}])

    assert (0.75, 0.25, None, None) == shares(demographics(connection))


@pytest.mark.parametrize("content", [b"", b"ward,population\nWARD_001,5\n", b"ward,census_year,source\n\xff\n", None])
def test_file_that_is_no_census_file_says_so(connection, tmp_path, content):
    path = tmp_path / "census.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SourceError, match=r"census\.csv"):
        compute_demographic_indices(connection, path)


@given(numbers=st.lists(st.integers(0, 10**6), min_size=8, max_size=8))
def test_stored_share_is_a_fraction_or_the_row_is_refused(numbers):
    """Whatever the numbers, no share outside 0 to 1 comes out."""
    names = [name for name in ROW if name not in {"ward", "census_year", "source"}]
    try:
        found = census_indices(ROW | dict(zip(names, map(str, numbers), strict=True)))
    except ImpossibleRowError:
        return
    assert all(0 <= found[name] <= 1 for name in FORMULAS)
