"""Declared winners: one a ward, of the election that they are said to be of, and never NOTA."""

import pytest
import sqlalchemy as sa
from sheets import PLACE, add_wards, dump

from lokdarpan_core import NotFoundError
from lokdarpan_core.elections.winners import import_winners
from lokdarpan_core.errors import SourceError
from lokdarpan_core.schema import ward_winner


@pytest.fixture
def wards(connection):
    add_wards(connection)


@pytest.fixture
def winners(connection, wards, tmp_path):
    """Import these lines: winners("ward,party", "1,TRS")."""

    def run(*lines, election="GHMC-2020", **options):
        file = tmp_path / "winners.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
        return import_winners(connection, file, election=election, delimitation=PLACE, **options)

    return run


def stored(connection):
    rows = connection.execute(sa.select(ward_winner).order_by(ward_winner.c.ward_id))
    return [(row.ward_id, row.party, row.candidate, row.source) for row in rows]


def test_winners_are_stored_by_number_id_or_name(connection, winners):
    report = winners(
        "ward_no,ward_name,name,party,election_year",
        "1,x,S Raj,TRS,2020",
        "ward_002,,,B.J.P.,2020",
        "3,,A,Independent,",
    )

    assert [
        ("WARD_001", "TRS", "S Raj", "winners.csv"),
        ("WARD_002", "BJP", None, "winners.csv"),
        ("WARD_003", "IND", "A", "winners.csv"),
    ] == stored(connection)
    assert (3, 3, {"TRS": 1, "BJP": 1, "IND": 1}) == (report.wards, report.new, report.seats)


def test_same_file_again_changes_nothing(connection, winners):
    winners("ward,party", "1,TRS", "2,BJP")
    before = dump(connection)

    report = winners("ward,party", "1,TRS", "2,BJP")

    assert (0, 0, 2) == (report.new, report.changed, report.unchanged)
    assert before == dump(connection)


def test_corrected_line_changes_its_ward_and_no_other(connection, winners):
    winners("ward,party", "1,TRS", "2,BJP")

    report = winners("ward,party,note", "2,INC,x", source="Gazette 7")

    assert [("WARD_001", "TRS", None, "winners.csv"), ("WARD_002", "INC", None, "Gazette 7")] == stored(connection)
    assert ((0, 1, 0), ("note",)) == ((report.new, report.changed, report.unchanged), report.unknown_columns)


def test_party_is_called_as_on_the_day(connection, winners):
    winners("ward,party", "1,Telangana Rashtra Samithi", "2,A Party That Nobody Knows")
    winners("ward,party", "1,Telangana Rashtra Samithi", election="GHMC-2025")

    assert ["TRS", "BRS", "A Party That Nobody Knows"] == [party for _, party, _, _ in stored(connection)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("99,TRS,2020", "1,BJP,2020"), "line 2: .*99"),
        (("1,TRS,2016",), "line 2: the year is 2016, the election is GHMC-2020"),
        (("1,NOTA,2020",), "line 2: NOTA is no party"),
        (("1,,2020",), "line 2: the party is missing"),
        ((",TRS,2020",), "line 2: the ward is missing"),
        (("1,TRS,2020", "WARD_001,BJP,2020"), "WARD_001 stands 2 times"),
    ],
)
def test_file_with_anything_wrong_is_refused_whole(connection, winners, lines, message):
    with pytest.raises(SourceError, match=message), connection.begin_nested():
        winners("ward,party,year", *lines)

    assert [] == stored(connection)


def test_number_and_name_of_two_wards_are_a_contradiction(connection, winners):
    with pytest.raises(SourceError, match="line 2: Ward 2 is WARD_002, not 1"):
        winners("ward,ward_name,party", "1,Ward 2,TRS")


def test_file_without_its_columns_is_refused(winners):
    with pytest.raises(SourceError, match="no party here"):
        winners("ward,votes", "1,5")


def test_delimitation_that_is_not_loaded_is_refused(connection, tmp_path):
    with pytest.raises(NotFoundError):
        import_winners(connection, tmp_path / "absent.csv", election="GHMC-2020", delimitation="nowhere")


def test_real_winners_of_2020(connection, real_data):
    """56 TRS, 48 BJP, 44 AIMIM, 2 INC, as gazetted."""
    add_wards(connection, 150)
    file = real_data / "results" / "ghmc_2020_winners.csv"

    report = import_winners(connection, file, election="GHMC-2020", delimitation=PLACE)

    assert (150, {"TRS": 56, "BJP": 48, "AIMIM": 44, "INC": 2}) == (report.new, report.seats)
    assert () == report.unknown_columns
