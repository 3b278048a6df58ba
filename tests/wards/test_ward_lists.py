"""A ward list is brought in as a whole, can be brought in again, and takes nothing that is people's own."""

from datetime import date

import attrs
import pytest
import sqlalchemy as sa
from processes import failures_at_once

from lokdarpan_core import remove_seed, seed, ward_meta
from lokdarpan_core.errors import ConflictError, NotFoundError, SourceError
from lokdarpan_core.schema import delimitation, ward, ward_alias
from lokdarpan_core.wards.aliases import add_alias, aliases_of, remove_alias
from lokdarpan_core.wards.delimitations import Alias, Delimitation, Ward, WardList, packaged, packaged_ids
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import import_list

PUNE = Delimitation("pune-2017", "PMC", date(2017, 2, 21), None, "gazette")


def everything(connection):
    """All rows with their physical version: a row that was written again, even with the same values, differs."""
    return {
        table.name: connection.execute(
            sa.select(sa.literal_column("xmin::text"), table).order_by(*table.primary_key)
        ).all()
        for table in (delimitation, ward, ward_alias)
    }


def some(*wards, aliases=()):
    """A list of wards (number, name), with aliases (number, alias)."""
    named = tuple(Ward(f"PUNE_{number:03}", PUNE.id, number, name) for number, name in wards)
    spelt = tuple(Alias(f"PUNE_{number:03}", alias, None, True, "gazette") for number, alias in aliases)
    return WardList(PUNE, named, spelt)


def stored(connection, *columns):
    return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(*columns))]


def test_packaged_lists_have_all_wards():
    old, new = (packaged(id) for id in packaged_ids())

    assert list(range(1, 151)) == [one.number for one in old.wards]
    assert list(range(1, 301)) == [one.number for one in new.wards]
    assert ("WARD_001", "Kapra", "WARD_150") == (old.wards[0].ward_id, old.wards[0].name, old.wards[-1].ward_id)
    assert ("HYD26_300", "Shamirpet") == (new.wards[-1].ward_id, new.wards[-1].name)
    assert {3, 4, 11, 13, 113} == {one.number for one in old.wards if one.lon is None}
    assert all(78.2 < one.lon < 78.7 and 17.2 < one.lat < 17.6 for one in old.wards if one.lon is not None)
    corporations = {f"{name} Municipal Corporation" for name in ("Greater Hyderabad", "Cyberabad", "Malkajgiri")}
    assert corporations == {one.corporation for one in new.wards}
    assert {None} == {one.lon for one in new.wards}
    assert all(one.zone and one.circle for one in new.wards)


def test_packaged_delimitations_follow_each_other():
    old, new = (packaged(id).delimitation for id in packaged_ids())

    assert (True, False) == (old.in_force(date(2020, 12, 1)), new.in_force(date(2020, 12, 1)))
    assert (False, True) == (old.in_force(date(2026, 5, 1)), new.in_force(date(2026, 5, 1)))
    assert (new.valid_from - old.valid_to).days == 1


def test_no_other_list_is_packaged():
    with pytest.raises(NotFoundError, match="ghmc-2016, hyderabad-2026"):
        packaged("ghmc-2009")


@pytest.mark.parametrize("id", packaged_ids())
def test_second_import_writes_nothing(connection, id):
    first = import_list(connection, packaged(id))
    before = everything(connection)
    second = import_list(connection, packaged(id))

    assert (first.wards, first.aliases) == (first.wards_new, first.aliases_new)
    assert (0, 0, 0, 0, 0) == (
        second.wards_new, second.wards_changed, second.aliases_new, second.aliases_changed, second.aliases_removed,
    )  # fmt: skip
    assert before == everything(connection)


def test_two_processes_at_once_end_as_one(engine):
    reports = []

    failures = failures_at_once(
        engine, *[lambda connection: reports.append(import_list(connection, packaged("ghmc-2016")))] * 2
    )

    assert [] == failures
    assert [0, 150] == sorted(report.wards_new for report in reports)
    with engine.connect() as connection:
        assert 150 == connection.execute(sa.select(sa.func.count()).select_from(ward)).scalar_one()


def test_example_rows_become_real_ones(connection):
    seed(connection)

    report = import_list(connection, packaged("ghmc-2016"))
    source = connection.execute(sa.select(delimitation.c.source)).scalar_one()
    removed = remove_seed(connection).rows

    assert (149, 1) == (report.wards_new, report.wards_changed)
    assert source == packaged("ghmc-2016").delimitation.source
    assert (0, 0, 1) == (removed["ward"], removed["delimitation"], removed["ward_profile"])
    seed(connection)
    assert "Kapra" == ward_meta(connection, "WARD_001").name


def test_what_the_list_says_replaces_what_was_stored(connection):
    import_list(connection, some((1, "Aundh"), (2, "Kothrd"), aliases=[(1, "Oundh"), (2, "Kothrood")]))

    report = import_list(connection, some((1, "Aundh"), (2, "Kothrud"), aliases=[(1, "Oundh"), (1, "Aundhgaon")]))

    assert (0, 1, 1, 0, 1) == (
        report.wards_new, report.wards_changed, report.aliases_new, report.aliases_changed, report.aliases_removed,
    )  # fmt: skip
    assert [(1, "Aundh"), (2, "Kothrud")] == stored(connection, ward.c.number, ward.c.name)


def test_wards_can_swap_their_numbers(connection):
    import_list(connection, some((1, "Aundh"), (2, "Kothrud")))
    swapped = tuple(attrs.evolve(one, number=3 - one.number) for one in some((1, "Aundh"), (2, "Kothrud")).wards)

    report = import_list(connection, WardList(PUNE, swapped, ()))

    assert 2 == report.wards_changed
    assert [("PUNE_001", 2), ("PUNE_002", 1)] == stored(connection, ward.c.ward_id, ward.c.number)


def test_ward_that_the_list_lacks_stays_and_is_named(connection):
    import_list(connection, some((1, "Aundh"), (2, "Kothrud")))

    report = import_list(connection, some((1, "Aundh")))

    assert ("PUNE_002",) == report.not_in_list
    assert 2 == connection.execute(sa.select(sa.func.count()).select_from(ward)).scalar_one()


def test_number_of_a_ward_that_the_list_lacks_is_not_taken(connection):
    import_list(connection, some((1, "Aundh"), (2, "Kothrud")))
    other = WardList(PUNE, (Ward("PUNE_009", PUNE.id, 2, "Baner"),), ())

    with pytest.raises(ConflictError, match="Number 2 of PUNE_009 is that of PUNE_002"):
        import_list(connection, other)


def test_id_of_another_delimitation_is_not_taken(connection):
    import_list(connection, some((1, "Aundh")))
    other = attrs.evolve(PUNE, id="pune-2022")

    with pytest.raises(ConflictError, match="PUNE_001 is a ward of pune-2017"):
        import_list(connection, WardList(other, (Ward("PUNE_001", other.id, 1, "Aundh"),), ()))


def test_spelling_that_two_wards_share_is_reported(connection):
    report = import_list(connection, some((1, "Aundh"), (2, "Baner"), aliases=[(2, "AUNDH")]))

    assert {"Aundh": ["PUNE_001", "PUNE_002"]} == report.shared_spellings


def loaded(connection):
    import_list(connection, packaged("ghmc-2016"))
    gazetteer = Gazetteer.load(connection)
    return gazetteer, gazetteer.resolve("95")


def test_peoples_own_aliases_outlive_an_import(connection):
    gazetteer, jubilee = loaded(connection)

    added = add_alias(connection, gazetteer, jubilee, " Jubilee  Check Post ")
    before = everything(connection)
    add_alias(connection, gazetteer, jubilee, "Jubilee Check Post")
    import_list(connection, packaged("ghmc-2016"))

    assert Alias("WARD_095", "Jubilee Check Post", "en", True, "user") == added
    assert before == everything(connection)
    assert jubilee == Gazetteer.load(connection).resolve("jubilee checkpost")


def test_packaged_alias_that_somebody_confirms_becomes_verified_and_stays_so(connection):
    gazetteer, jubilee = loaded(connection)
    (unsure, *_) = [one for one in aliases_of(connection, "WARD_095") if one.language == "ur"]

    add_alias(connection, gazetteer, jubilee, unsure.alias)
    import_list(connection, packaged("ghmc-2016"))

    assert [(False, "transliteration"), (True, "user")] == [
        (one.verified, one.source)
        for one in (unsure, *(one for one in aliases_of(connection, "WARD_095") if one.alias == unsure.alias))
    ]


def test_alias_of_another_ward_is_refused(connection):
    gazetteer, jubilee = loaded(connection)

    with pytest.raises(ConflictError, match="already a name of WARD_093 Banjara Hills"):
        add_alias(connection, gazetteer, jubilee, "BANJARA-HILLS")


@pytest.mark.parametrize("alias", ["", " ", "95", "---", "a\0b", "a" * 201])
def test_alias_that_no_label_could_be_is_refused(connection, alias):
    gazetteer, jubilee = loaded(connection)

    with pytest.raises(SourceError, match="can't be an alias"):
        add_alias(connection, gazetteer, jubilee, alias)


def test_only_an_alias_that_was_added_can_be_removed(connection):
    gazetteer, jubilee = loaded(connection)
    add_alias(connection, gazetteer, jubilee, "Check Post")

    assert "Check Post" == remove_alias(connection, jubilee, "Check Post").alias
    for alias in ("Check Post", "జూబ్లీహిల్స్", "\0"):
        with pytest.raises(NotFoundError, match="Nobody added"):
            remove_alias(connection, jubilee, alias)
