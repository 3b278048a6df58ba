"""A ward's snapshot, and the example ward that a first run shows."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from lokdarpan_core import (
    NotFoundError,
    UnknownWardError,
    import_list,
    packaged_list,
    remove_seed,
    seed,
    ward_meta,
    without_sensitive,
)
from lokdarpan_core.schema import metadata, ward_demographics, ward_features, ward_profile

TABLES = ("delimitation", "ward", "ward_profile", "ward_demographics", "ward_features")


def everything(connection):
    return {name: connection.execute(sa.select(metadata.tables[name])).all() for name in TABLES}


def test_example_ward_has_its_values(connection):
    seed(connection)

    meta = ward_meta(connection, "ward_001 ")

    assert ("WARD_001", "Kapra", "ghmc-2016") == (meta.ward, meta.name, meta.delimitation)
    assert (50_000, 27_500, 55.0, "BRS", 2020, "example") == (
        meta.profile.electors,
        meta.profile.votes_cast,
        meta.profile.turnout_pct,
        meta.profile.last_winner_party,
        meta.profile.last_winner_year,
        meta.profile.source,
    )
    assert (0.72, 0.30, 0.22, 0.45) == (
        meta.demographics.literacy_idx,
        meta.demographics.muslim_idx,
        meta.demographics.scst_idx,
        meta.demographics.secc_deprivation_idx,
    )
    assert {"BRS": 0.38, "INC": 0.32, "BJP": 0.26, "AIMIM": 0.04} == meta.features.as23_party_shares
    assert {"BRS": 0.28, "INC": 0.36, "BJP": 0.32, "AIMIM": 0.04} == meta.features.ls24_party_shares
    assert {"BRS": 0.62} == meta.features.incumbency_weakness
    assert (0.58, 4.2) == (meta.features.aci_23, meta.features.turnout_volatility)
    assert {party: pytest.approx(meta.features.ls24_party_shares[party] - share)
            for party, share in meta.features.as23_party_shares.items()} == meta.features.dvi  # fmt: skip


def test_seed_twice_changes_nothing(connection):
    first = seed(connection)
    before = everything(connection)
    second = seed(connection)

    assert (dict.fromkeys(TABLES, 1), dict.fromkeys(TABLES, 0)) == (first.rows, second.rows)
    assert before == everything(connection)


def test_removed_seed_leaves_no_trace(connection):
    before = everything(connection)
    seed(connection)

    report = remove_seed(connection)

    assert dict.fromkeys(TABLES, 1) == report.rows
    assert before == everything(connection)


def test_seed_never_touches_what_is_real(connection):
    real = {"ward_id": "WARD_001", "electors": 61_000, "source": "sheet"}
    connection.execute(sa.insert(ward_profile).values(real))

    seeded = seed(connection).rows["ward_profile"]
    electors = ward_meta(connection, "WARD_001").profile.electors
    removed = remove_seed(connection).rows["ward_profile"]

    assert (0, 61_000, 0) == (seeded, electors, removed)


@pytest.mark.parametrize("newest", [ward_profile, ward_demographics, ward_features], ids=lambda table: table.name)
def test_updated_at_is_the_newest_of_the_parts(connection, newest):
    seed(connection)
    later = datetime(2199, 1, 1, tzinfo=UTC)
    connection.execute(sa.update(newest).values(updated_at=later))

    assert later == ward_meta(connection, "WARD_001").updated_at


def test_part_that_is_absent_is_none(connection):
    connection.execute(sa.insert(ward_features).values(ward_id="WARD_777"))

    meta = ward_meta(connection, "WARD_777")

    assert (None, None, None) == (meta.profile, meta.demographics, meta.name)
    assert meta.updated_at == meta.features.updated_at


@pytest.mark.parametrize("label", ["WARD_999", "", "'; DROP TABLE ward; --", "\u0c15"])
def test_ward_of_which_nothing_is_known(connection, label):
    with pytest.raises(UnknownWardError, match="WARD_001"):
        ward_meta(connection, label)


def test_ward_of_a_list_that_has_no_figures_yet_says_how_they_come(connection):
    import_list(connection, packaged_list("ghmc-2016"))

    with pytest.raises(NotFoundError, match=r"no figures of WARD_095 \(Jubilee Hills\) yet: .*form20 import") as caught:
        ward_meta(connection, "WARD_095")
    assert not isinstance(caught.value, UnknownWardError)


def test_sensitive_shares_are_withheld_and_named(connection):
    seed(connection)

    demographics = without_sensitive(ward_meta(connection, "WARD_001")).demographics

    assert (None, None, 0.72, 0.45) == (
        demographics.muslim_idx,
        demographics.scst_idx,
        demographics.literacy_idx,
        demographics.secc_deprivation_idx,
    )
    assert ("muslim_idx", "scst_idx") == demographics.withheld
