"""Which ward a question is about: a label of a loaded list, or the id of a ward that only figures know."""

import pytest
import sqlalchemy as sa
from results import add_wards

from lokdarpan_core import UnknownWardError
from lokdarpan_core.schema import ward_demographics, ward_features, ward_profile
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.lookup import ward_id_of


@pytest.mark.parametrize("label", ["WARD_002", "ward_002", "2", "Ward 2"])
def test_label_of_a_loaded_ward(connection, label):
    add_wards(connection, 3)

    assert "WARD_002" == ward_id_of(connection, Gazetteer.load(connection), label)


@pytest.mark.parametrize("table", [ward_profile, ward_demographics, ward_features], ids=lambda table: table.name)
def test_ward_of_an_archive_whose_wards_are_not_imported_is_known_by_its_id(connection, table):
    connection.execute(sa.insert(table).values(ward_id="WARD_777"))

    assert "WARD_777" == ward_id_of(connection, Gazetteer.load(connection), " ward_777 ")


@pytest.mark.parametrize("label", ["WARD_777", "Nowhere", "", "\0", "'; DROP TABLE ward; --"])
def test_ward_that_nothing_knows(connection, label):
    add_wards(connection, 3)

    with pytest.raises(UnknownWardError):
        ward_id_of(connection, Gazetteer.load(connection), label)
