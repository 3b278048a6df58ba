"""Elections, sheets and stations at the command line: exit codes, what goes to which stream, and nothing twice."""

import json

import pytest
import sqlalchemy as sa
from sheets import add_wards, dump, votes_of

TIDY = """ps_id,ward_id,ward_name,ac_id,pc_id,party,candidate,votes,total_polled,rejected,electors,nota
S-1,1,One,60,9,TRS,A,100,160,5,400,5
S-1,1,One,60,9,INC,B,50,160,5,400,5
S-2,2,Two,61,9,TRS,C,10,33,1,80,2
S-2,2,Two,61,9,INC,D,20,33,1,80,2
"""
WIDE = """Polling Station No,No of Valid Votes Cast in favour of,,Total of Valid Votes,Rejected Votes,NOTA,Total
,A,B,,,,
1,100,50,150,5,5,160
2,10,20,30,1,2,33
Total EVM Votes,110,70,180,6,7,193
"""


@pytest.fixture
def files(engine, tmp_path):
    with engine.begin() as connection:
        add_wards(connection)
    (tmp_path / "tidy.csv").write_text(TIDY)
    (tmp_path / "wide.csv").write_text(WIDE)
    (tmp_path / "wrong.csv").write_text(WIDE.replace("110,70", "111,70"))
    (tmp_path / "stations.csv").write_text("ps_id,ward_id\n60-1,1\n60-2,2\n")
    (tmp_path / "winners.csv").write_text("ward,party,year\n1,TRS,2020\n2,BJP,2020\n")


def objects(process):
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_tidy_file_goes_from_import_to_wards_and_a_second_run_changes_nothing(lokdarpan, files, engine):
    steps = [
        ("form20", "import", "tidy.csv", "--election", "ASSEMBLY-2023", "--json"),
        ("stations", "assign", "--from-sheets", "--json"),
        ("elections", "winners", "import", "winners.csv", "--election", "GHMC-2020", "--json"),
        ("elections", "add", "ASSEMBLY-2023", "--held-on", "2023-11-30", "--json"),
        ("refresh", "--json"),
    ]
    first = [lokdarpan(*step) for step in steps]
    with engine.connect() as connection:
        before = dump(connection)
        shares = connection.execute(
            sa.text("SELECT ward_id, party, votes, turnout_pct FROM result_ward_agg ORDER BY 1, 2")
        )
        rows = [tuple(row) for row in shares]

    again = [lokdarpan(*step) for step in steps]

    assert [0] * 10 == [process.returncode for process in first + again]
    assert [("60", 2), ("61", 2)] == [(one["segment"], one["new"]) for one in objects(first[0])]
    assert [
        ("WARD_001", "BRS", 100, 40),
        ("WARD_001", "INC", 50, 40),
        ("WARD_002", "BRS", 10, 41.25),
        ("WARD_002", "INC", 20, 41.25),
    ] == rows
    with engine.connect() as connection:
        assert before == dump(connection)


def test_wide_file_is_named_by_election_and_segment(lokdarpan, files, engine):
    nameless = lokdarpan("form20", "import", "wide.csv", "--election", "ASSEMBLY-2023")
    imported = lokdarpan("form20", "import", "wide.csv", "--election", "ASSEMBLY-2023", "--segment", "60")
    assigned = lokdarpan("stations", "assign", "stations.csv", "--delimitation", "ghmc-2016")
    listed = lokdarpan("stations", "list", "--segment", "60")

    assert (2, 0, 0, 0) == tuple(process.returncode for process in (nameless, imported, assigned, listed))
    assert b"name it with --segment" in nameless.stderr
    assert "new: no list was stored" in imported.stdout.decode()
    assert "WARD_001" in listed.stdout.decode()
    assert b"2 stations" in listed.stdout
    with engine.connect() as connection:
        assert {"60-1": (100, 50), "60-2": (10, 20)} == votes_of(connection)


def test_sheet_that_does_not_add_up_is_refused_unless_accepted(lokdarpan, files, engine):
    words = ("form20", "import", "wrong.csv", "--election", "ASSEMBLY-2023", "--segment", "60")

    refused, told = lokdarpan(*words), lokdarpan(*words, "--json")
    with engine.connect() as connection:
        before = votes_of(connection)
    accepted = lokdarpan(*words, "--accept-disputed", "--json")

    assert (1, 1, 0) == (refused.returncode, told.returncode, accepted.returncode)
    assert b"Refused: wrong.csv does not add up" in refused.stderr
    assert (False, True) == (objects(told)[0]["imported"], bool(objects(told)[0]["findings"]))
    assert {} == before
    assert objects(accepted)[0]["disputes"] > 0


def test_sheet_is_removed_after_a_question(lokdarpan, files, engine):
    lokdarpan("form20", "import", "wide.csv", "--election", "ASSEMBLY-2023", "--segment", "60")

    words = ("form20", "remove", "--election", "ASSEMBLY-2023", "--segment", "60")
    asked, done, again = lokdarpan(*words), lokdarpan(*words, "--yes"), lokdarpan(*words, "--yes")

    assert (1, 0, 2) == (asked.returncode, done.returncode, again.returncode)
    assert b"Removed: 4 results, 2 stations" in done.stdout
    assert b"has no sheet of segment 60" in again.stderr


def test_assignment_that_is_wrong_is_one_message(lokdarpan, files, tmp_path):
    process = lokdarpan("stations", "assign", "stations.csv")
    neither = lokdarpan("stations", "assign")

    assert (2, 2) == (process.returncode, neither.returncode)
    assert b"there is no station 60-1" in process.stderr
    assert b"Traceback" not in process.stderr
    assert b"either FILE or --from-sheets" in neither.stderr


def test_wards_that_sheets_name_and_nobody_knows_give_exit_code_1(lokdarpan, files, tmp_path):
    (tmp_path / "tidy.csv").write_text(TIDY.replace("S-2,2,", "S-2,77,"))
    lokdarpan("form20", "import", "tidy.csv", "--election", "ASSEMBLY-2023")

    process = lokdarpan("stations", "assign", "--from-sheets")
    listed = lokdarpan("stations", "list", "--unassigned", "--json")

    assert 1 == process.returncode
    assert b"No ward of ghmc-2016 is '77': 1 (S-2)" in process.stderr
    assert ["S-2"] == [one["ps_id"] for one in objects(listed)]


def test_elections_are_listed_with_what_there_is_of_them(lokdarpan, files):
    lokdarpan("elections", "add", "GHMC-2020", "--held-on", "2020-12-01", "--official-ref", "Gazette 3")
    lokdarpan("elections", "winners", "import", "winners.csv", "--election", "GHMC-2020")

    listed, told = lokdarpan("elections", "list"), lokdarpan("elections", "list", "--json")
    wrong = lokdarpan("elections", "add", "MAYOR-2020")

    assert "GHMC-2020" in listed.stdout.decode()
    assert ("2020-12-01", 2) == (objects(told)[0]["held_on"], objects(told)[0]["winners"])
    assert (2, True) == (wrong.returncode, b"TYPE-YEAR[-ROUND] is wanted" in wrong.stderr)


@pytest.mark.parametrize(
    "words", ["elections", "elections winners import", "stations", "stations assign", "form20 import", "form20 remove"]
)
def test_help_needs_no_database(lokdarpan, words):
    process = lokdarpan(*words.split(), "--help")

    assert (0, b"") == (process.returncode, process.stderr)
    assert process.stdout.startswith(b"Usage: lokdarpan")
