"""Several imports at the same time: each sheet is stored once, and nobody waits for ever."""

import attrs
import sqlalchemy as sa
from processes import failures_at_once
from sheets import put, sheet, station, tidy, votes_of

from lokdarpan_core import ConflictError
from lokdarpan_core.elections.results import import_sheets
from lokdarpan_core.schema import result_ps


def big(segment, shift=0):
    return sheet(*(station(n, n % 97, n % 89 + shift, n % 7) for n in range(1, 300)), segment=segment)


def test_same_sheet_by_several_processes_at_once_is_stored_once(engine):
    failures = failures_at_once(engine, *[lambda connection: put(connection, big("60"))] * 4)

    with engine.begin() as connection:
        again = put(connection, big("60"))
        rows = connection.execute(sa.select(sa.func.count()).select_from(result_ps)).scalar_one()
    assert ([], 3 * 299, 0) == (failures, rows, again.new + again.changed)


def test_two_versions_and_two_elections_at_once_end_whole(engine):
    """Whichever comes last, a sheet is never a mixture; and both elections see one list of stations."""
    failures = failures_at_once(
        engine,
        lambda connection: put(connection, big("60")),
        lambda connection: put(connection, big("60", shift=1)),
        lambda connection: put(connection, big("60"), election="LOKSABHA-2024"),
        lambda connection: put(connection, big("61"), segment="61"),
    )

    with engine.begin() as connection:
        total = sum(votes[1] for ps_id, votes in votes_of(connection).items() if ps_id.startswith("60-"))
        ids = {name: set(votes_of(connection, election=name)) for name in ("ASSEMBLY-2023", "LOKSABHA-2024")}
    whole = sum(n % 89 for n in range(1, 300))
    assert ([], True) == (failures, total in {whole, whole + 299})
    assert ids["LOKSABHA-2024"] == {ps_id for ps_id in ids["ASSEMBLY-2023"] if ps_id.startswith("60-")}


def test_same_stations_in_two_segments_at_once_are_stored_once_and_refused_once(engine):
    one = tidy("60", *[(4, 5, 6)] * 200)
    failures = failures_at_once(
        engine,
        lambda connection: put(connection, one, segment=None),
        lambda connection: put(connection, attrs.evolve(one, segment="61"), segment=None),
    )

    with engine.connect() as connection:
        assert 200 == len(votes_of(connection))
    assert [ConflictError] == [type(failure) for failure in failures]


def test_files_that_hold_the_same_segments_in_another_order_do_not_deadlock(engine):
    said = {"election": "ASSEMBLY-2023", "file_name": "all.csv", "file_sha256": "1" * 64}
    segments = [str(number) for number in range(60, 66)]

    failures = failures_at_once(
        engine,
        lambda connection: import_sheets(connection, [big(one) for one in segments], **said),
        lambda connection: import_sheets(connection, [big(one) for one in reversed(segments)], **said),
    )

    assert [] == failures
