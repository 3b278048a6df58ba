"""A label means one ward, or it is an error that names candidates: nothing is guessed."""

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lokdarpan_core.errors import AmbiguousWardError, LokDarpanError, NotFoundError, UnknownWardError
from lokdarpan_core.wards.delimitations import Alias, Delimitation, Ward, packaged, packaged_ids
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import import_list, shared_spellings

OLD, NEW = "ghmc-2016", "hyderabad-2026"
PACKAGED = Gazetteer.packaged()


def city(*wards, aliases=(), id="pune-2017", default="pune-2017"):
    place = Delimitation(id, "PMC", None, None, "gazette")
    named = [Ward(f"PUNE_{number:03}", id, number, name) for number, name in wards]
    spelt = [Alias(f"PUNE_{number:03}", alias, None, True, "gazette") for number, alias in aliases]
    return Gazetteer.of([place], named, spelt, default)


@pytest.mark.parametrize(
    "label",
    [
        "WARD_095", "ward_95", "95", "౯౫", "९५", "۹۵", "Ward 95 Jubilee Hills", "95 - Jubilee Hills", "Division 95",
        "Ward No. 95", "వార్డు 95", "डिवीजन 95", "Jubilee Hills", "jubileehills", "జూబ్లీహిల్స్", "జూబ్లీ హిల్స్", "जुबली हिल्स",
        "جوبلی ہلز", "WARD_095 Jubilee Hills", "Ward 95 జూబ్లీహిల్స్",
    ],
)  # fmt: skip
def test_one_ward_by_every_label(label):
    assert "WARD_095" == PACKAGED.resolve(label).ward_id


@pytest.mark.parametrize("id", packaged_ids())
def test_every_packaged_ward_resolves_by_id_number_and_each_of_its_spellings(id):
    for ward in packaged(id).wards:
        for label in (ward.ward_id, str(ward.number), f"Ward {ward.number}", ward.name, f"{ward.number} {ward.name}"):
            assert ward == PACKAGED.resolve(label, id), label
    for spelling in PACKAGED.spellings:
        if spelling.delimitation == id:
            assert spelling.ward_id == PACKAGED.resolve(spelling.alias, id).ward_id, spelling
            assert spelling.ward_id == PACKAGED.resolve(spelling.alias.upper().replace(" ", "-"), id).ward_id, spelling


@pytest.mark.parametrize("id", packaged_ids())
def test_no_two_packaged_wards_share_a_spelling(id):
    assert {} == shared_spellings(packaged(id).wards, packaged(id).aliases)


@pytest.mark.parametrize(
    ("label", "asked", "expected"),
    [
        ("Jubilee Hills", None, "WARD_095"),
        ("Jubilee Hills", NEW, "HYD26_215"),
        ("95", NEW, "HYD26_095"),
        ("WARD_095", NEW, "WARD_095"),
        ("Keesara", None, "HYD26_001"),
        ("200", OLD, "HYD26_200"),
        ("Ward 215 Jubilee Hills", None, "HYD26_215"),
        ("Jeedimetla", NEW, "WARD_132"),
    ],
)
def test_label_is_looked_up_where_it_is_asked_then_in_the_default_then_elsewhere(label, asked, expected):
    assert expected == PACKAGED.resolve(label, asked).ward_id


def test_default_is_a_choice():
    assert "HYD26_215" == Gazetteer.packaged(default=NEW).resolve("Jubilee Hills").ward_id
    assert "WARD_095" == Gazetteer.packaged(default=NEW).resolve("WARD_95").ward_id


@pytest.mark.parametrize("label", ["Ward 12 Jubilee Hills", "12 - జూబ్లీహిల్స్", "WARD_012 Jubilee Hills"])
def test_number_and_name_of_different_wards_are_a_contradiction(label):
    with pytest.raises(AmbiguousWardError, match="not of one ward") as caught:
        PACKAGED.resolve(label)

    assert {"WARD_012", "WARD_095"} <= {one.ward_id for one in caught.value.candidates}


def test_name_that_two_wards_share_is_ambiguous_and_its_number_decides():
    gazetteer = city((1, "Gandhi Nagar"), (2, "Gandhinagar"))

    with pytest.raises(AmbiguousWardError, match=r"PUNE_001 Gandhi Nagar.*PUNE_002 Gandhinagar") as caught:
        gazetteer.resolve("gandhi nagar")
    assert ["PUNE_001", "PUNE_002"] == [one.ward_id for one in caught.value.candidates]
    assert "PUNE_002" == gazetteer.resolve("2 Gandhi Nagar").ward_id


def test_ward_that_is_called_by_another_number_than_its_own_is_ambiguous_under_it():
    gazetteer = city((1, "Ward 2"), (2, "Kothrud"), (3, "Ward 3"))

    with pytest.raises(AmbiguousWardError):
        gazetteer.resolve("Ward 2")
    assert "PUNE_003" == gazetteer.resolve("ward 3").ward_id


def test_name_with_a_number_in_it():
    gazetteer = city((1, "Sector 12"), (12, "Aundh"))

    assert ["PUNE_001", "PUNE_012"] == [gazetteer.resolve(label).ward_id for label in ("sector-12", "Ward 12")]


def test_label_of_two_other_delimitations_is_ambiguous():
    gazetteer = Gazetteer.packaged(default="pune-2017")

    with pytest.raises(AmbiguousWardError, match=r"WARD_095.*ghmc-2016.*HYD26_215.*hyderabad-2026"):
        gazetteer.resolve("Jubilee Hills")
    assert "HYD26_001" == gazetteer.resolve("Keesara").ward_id


@pytest.mark.parametrize(
    ("label", "nearest"),
    [
        ("Jubile Hils", "WARD_095"),
        ("Ward 95 Jubile", "WARD_095"),
        ("Golconda Fort", "WARD_067"),
        ("జుబ్లి హిల్సు", "WARD_095"),
    ],
)
def test_unknown_label_is_never_guessed_but_the_nearest_are_named(label, nearest):
    with pytest.raises(UnknownWardError, match=nearest) as caught:
        PACKAGED.resolve(label)

    assert nearest == caught.value.candidates[0].ward_id


@pytest.mark.parametrize("label", ["", " ", "Ward", "0", "999", "Ward 0", "9" * 30, "-", "\0", "\ud800", "x" * 10_000])
def test_label_that_is_like_nothing_says_what_a_label_is(label):
    with pytest.raises(UnknownWardError, match=r"ghmc-2016 has 1 to 150|more than 200 characters") as caught:
        PACKAGED.resolve(label)

    assert () == caught.value.candidates
    str(caught.value).encode()


def test_without_a_list_the_error_says_how_to_load_one():
    with pytest.raises(UnknownWardError, match="lokdarpan wards import"):
        Gazetteer.of([], [], []).resolve("95")


def test_delimitation_that_is_not_loaded_is_not_found():
    with pytest.raises(NotFoundError, match="ghmc-2016, hyderabad-2026"):
        PACKAGED.resolve("95", "ghmc-2009")


@pytest.mark.parametrize("label", ["Jubile Hils", "Ward 12 Jubilee Hills"])
def test_errors_can_be_sent_to_another_process(label):
    with pytest.raises(LokDarpanError) as caught:
        PACKAGED.resolve(label)

    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 (our own bytes)
    assert (type(caught.value), str(caught.value), caught.value.candidates) == (type(copy), str(copy), copy.candidates)


@given(
    st.text() | st.from_regex(r"(ward|వార్డు|वार्ड|وارڈ)? ?[0-9౦-౯۰-۹]{0,12} ?[a-zA-Zఅ-హअ-हا-ی ]{0,20}", fullmatch=True)
)
@settings(max_examples=500)
def test_any_text_is_a_ward_or_a_typed_error(text):
    try:
        assert PACKAGED.resolve(text) in PACKAGED.wards
    except (UnknownWardError, AmbiguousWardError) as error:
        assert str(error)


def test_answer_does_not_depend_on_the_order_of_rows():
    lists = [packaged(id) for id in packaged_ids()]
    places = [one.delimitation for one in lists]
    wards = [ward for one in lists for ward in one.wards]
    aliases = [alias for one in lists for alias in one.aliases]
    for rows in (places, wards, aliases):
        random.Random(7).shuffle(rows)

    shuffled = Gazetteer.of(places, wards, aliases)

    assert PACKAGED == shuffled
    labels = ["95", "Kapra", "Ward 12 Jubilee Hills", "Jubile", "కాప్రా"]
    assert [answer(PACKAGED, label) for label in labels] == [answer(shuffled, label) for label in labels]


def answer(gazetteer, label):
    try:
        return gazetteer.resolve(label)
    except LokDarpanError as error:
        return str(error)


def test_database_gives_the_same_as_the_packaged_lists(connection):
    for id in packaged_ids():
        import_list(connection, packaged(id))

    assert PACKAGED == Gazetteer.load(connection)


def test_spellings_say_whose_they_are_and_how_sure():
    mine = [one for one in PACKAGED.spellings if one.ward_id == "WARD_095"]

    assert ("name", "Jubilee Hills", "en", True) == (mine[0].kind, mine[0].alias, mine[0].language, mine[0].verified)
    assert {"alias"} == {one.kind for one in mine[1:]}
    assert {"te", "hi", "ur"} == {one.language for one in mine[1:]}
    assert {False} == {one.verified for one in PACKAGED.spellings if one.language == "ur"}
