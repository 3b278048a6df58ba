"""What is not stored, or only when it is asked for: disputes, other segments, values that no column holds."""

import attrs
import pytest
import sqlalchemy as sa
from sheets import CANDIDATES, dispute, dump, footer, one_row, put, sheet, station, three_stations, votes_of

from lokdarpan_core.elections.form20.sheet import Candidate, Layout
from lokdarpan_core.errors import DisputedSheetError, Form20Error, LokDarpanError
from lokdarpan_core.schema import form20_sheet, polling_station


def test_disputed_sheet_is_refused_and_leaves_no_trace(connection):
    before = dump(connection)
    disputed = three_stations(findings=[dispute(row, f"the sum of row {row} is wrong") for row in range(5, 15)])

    with pytest.raises(DisputedSheetError, match="D5: the sum of row 5 is wrong") as refused:
        put(connection, disputed)

    assert "and 5 more" in str(refused.value)
    assert 10 == len(refused.value.findings)
    assert before == dump(connection)


def test_accepted_dispute_is_kept_with_sheet_and_station_until_a_correction(connection):
    put(connection, three_stations(findings=(dispute(6),)), accept_disputed=True)
    (kept,) = one_row(connection, form20_sheet)["disputes"]
    meta = dict(connection.execute(sa.select(polling_station.c.ps_id, polling_station.c.source_meta)).all())

    put(connection, three_stations())

    assert ("error", "row-sum", "D6", "the sum is wrong") == tuple(
        kept[name] for name in ("severity", "code", "cell", "message")
    )
    assert {"ASSEMBLY-2023": [kept]} == meta["60-2"]["disputes"]
    assert "disputes" not in meta["60-1"]
    assert [] == one_row(connection, form20_sheet)["disputes"]
    assert {"segment": "60"} == dict(
        connection.execute(sa.select(polling_station.c.ps_id, polling_station.c.source_meta)).all()
    )["60-2"]


def test_dispute_that_names_a_station_alone_is_found_by_its_serial(connection):
    finding = attrs.evolve(dispute(5), cell=None, station="3A")
    put(connection, three_stations(findings=(finding,)), accept_disputed=True)

    meta = dict(connection.execute(sa.select(polling_station.c.ps_id, polling_station.c.source_meta)).all())
    assert ["60-3A"] == [ps_id for ps_id, one in meta.items() if "disputes" in one]


def test_evm_total_that_is_not_the_stations_sum_is_refused(connection):
    """The reader finds this too; a sheet made by hand has not been through it."""
    with pytest.raises(DisputedSheetError, match=r"110 votes for .*; the EVM total says 111"):
        put(connection, three_stations(footers=(footer("evm", 111, 75, 38),)))

    report = put(connection, three_stations(footers=(footer("evm", 111, 75, 38),)), accept_disputed=True)
    assert (False, 1) == (report.evm_total, report.disputes)


def test_summary_is_never_imported(connection):
    summary = sheet(station(1, valid=5), candidates=(), layout=Layout.SUMMARY)

    with pytest.raises(DisputedSheetError, match="summary without candidates"):
        put(connection, summary, accept_disputed=True)


def test_serial_that_stands_twice_is_two_stations(connection):
    """Whoever accepts the dispute gets both lines: neither overwrites the other."""
    doubled = sheet(station(1, 1, 1, 1), station(1, 2, 2, 2), findings=(dispute(6),))

    put(connection, doubled, accept_disputed=True)

    assert {"60-1": (1, 1, 1), "60-1~2": (2, 2, 2)} == votes_of(connection)


@pytest.mark.parametrize(
    ("said", "segment", "message"),
    [
        (None, None, "does not say which segment"),
        ("45", "60", "not of segment 60: it says 45"),
        (None, " ", "no segment"),
    ],
)
def test_segment_that_is_missing_or_another_is_refused(connection, said, segment, message):
    with pytest.raises(Form20Error, match=message):
        put(connection, three_stations(segment=said), segment=segment)


def test_segment_is_the_same_with_zeros_before_it(connection):
    put(connection, three_stations(), segment="060")
    assert 0 == put(connection, three_stations(segment="60"), segment=None).new


@pytest.mark.parametrize("name", ["ASSEMBLY", "MAYOR-2020", "GHMC-20", "", "GHMC-2020-", "GHMC-1066"])
def test_name_that_is_no_election_is_refused(connection, name):
    with pytest.raises(LokDarpanError, match=r"TYPE-YEAR\[-ROUND\]"):
        put(connection, three_stations(), election=name)


def test_number_that_no_column_holds_is_refused(connection):
    with pytest.raises(Form20Error, match="row 5"):
        put(connection, sheet(station(1, 3_000_000_000, 0, 0)))


@pytest.mark.parametrize(
    ("shapeless", "message"),
    [
        (sheet(station(1, 1, 2)), "row 5: 2 votes for 3 candidates"),
        (three_stations(footers=(footer("evm", 1),)), "row 99: 1 votes for 3 candidates"),
        (three_stations(candidates=[*CANDIDATES[:2], CANDIDATES[0]]), "two candidates have one number"),
    ],
    ids=["station", "footer", "numbers"],
)
def test_sheet_whose_votes_fit_no_candidates_is_refused(connection, shapeless, message):
    with pytest.raises(Form20Error, match=message):
        put(connection, shapeless)


def test_name_with_a_nul_is_refused(connection):
    with pytest.raises(Form20Error, match="NUL"):
        put(connection, three_stations(candidates=[*CANDIDATES[:2], Candidate(3, "M\0", None)]))
