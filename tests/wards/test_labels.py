"""A label is taken apart the same way in every script, and two spellings of one name have one key."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.labels import key, language_of, read

ANY_SCRIPT = st.text(
    st.characters(codec="utf-8") | st.sampled_from("జూబ్లీహిల్స్ मलकाजगिरी गुड़ा جوبلی ہلز 95౯५۹ n\u0303 \u200c\u200d-_.a"),
    max_size=30,
)
NAMES = [spelling.alias for spelling in Gazetteer.packaged().spellings]


@pytest.mark.parametrize(
    "label",
    [
        "95", "095", "#95", "95.", "౯౫", "९५", "٩٥", "۹۵", "９５",
        "Ward 95", "ward95", "WARD No. 95", "Ward-95", "Ward № 95", "ward number 95", "95th ward",
        "Division 95", "Div. 95",
        "వార్డు 95", "వార్డు నం. ౯౫", "95వ వార్డు", "డివిజన్ 95", "డివిజన్\u200c నెం.95",
        "वार्ड 95", "वार्ड नंबर ९५", "वार्ड नम्बर 95", "95वाँ वार्ड", "डिवीजन 95", "डिवीज़न ९५",
        "وارڈ 95", "وارڈ نمبر ۹۵", "ڈویژن 95",
    ],
)  # fmt: skip
def test_number_in_every_way_to_write_it(label):
    assert (95, "") == (read(label).number, read(label).name)


@pytest.mark.parametrize(
    "label",
    [
        "Ward 95 Jubilee Hills", "95 - Jubilee Hills", "95. JUBILEE HILLS", "Jubilee Hills (95)", "Jubileehills 95",
        "Ward No.95-Jubilee Hills", "95th Division, Jubilee Hills", "Jubilee Hills, ward no. 95",
        "Ward 95: jubilee-hills ward",
    ],
)  # fmt: skip
def test_number_and_name_together(label):
    assert (95, "jubileehills") == (read(label).number, read(label).name)


@pytest.mark.parametrize(
    "label", ["Jubilee Hills", "Jubilee Hills ward", "Division Jubilee Hills", "JubileeHills Division"]
)
def test_ward_words_are_no_part_of_a_name(label):
    assert (None, "jubileehills") == (read(label).number, read(label).name)


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("WARD_095", "ward_95"),
        ("ward_95", "ward_95"),
        ("HYD26_007", "hyd26_7"),
        ("hyd26-7", "hyd26_7"),
        ("HYD26 007", "hyd26_7"),
    ],
)
def test_ids_in_any_case_with_or_without_zeros(label, id):
    assert id == read(label).id


def test_ward_95_is_a_number_and_no_id():
    assert (None, 95) == (read("Ward 95").id, read("Ward 95").number)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jubilee Hills", "JUBILEEHILLS"),
        ("A. S. Rao Nagar", "AS Rao Nagar"),
        ("Jubilee Hills", "Ｊｕｂｉｌｅｅ　Ｈｉｌｌｓ"),
        ("Kāpra", "Kapra"),
        ("జూబ్లీ హిల్స్", "జూబ్లీ\u200cహిల్స్"),
        ("రామ్‌నగర్", "రాంనగర్"),
        ("గౌతమ్ నగర్", "గౌతంనగర్"),
        ("काचीगुड़ा", "काचीगुडा"),
        ("चम्पापेट", "चंपापेट"),
        ("चाँद नगर", "चांद नगर"),
        ("موسیٰ پیٹ", "موسى پیٹ"),
        ("بیگم بازار", "بيگم بازار"),
        ("حیدر نگر", "حیدرنگر"),
        ("مُشیر آباد", "مشیر آباد"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Kapra", "Kapr"), ("మీర్‌పేట", "అమీర్‌పేట"), ("Amberpet", "Pedda Amberpet"), ("గూడ", "గుడ")]
)
def test_other_words_have_other_keys(one, other):
    assert key(one) != key(other)


@given(ANY_SCRIPT)
def test_key_is_its_own_key_and_does_not_depend_on_the_form_of_unicode(text):
    folded = key(text)

    assert folded == key(folded)
    assert {folded} == {key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}


@given(
    st.sampled_from(NAMES), st.sampled_from(["", " ", "  ", "\u200c", " \u200c", "-", ". ", "\u00a0"]), st.booleans()
)
def test_blanks_joiners_and_case_change_no_key(name, between, swapped):
    written = between.join(name.split())

    assert key(name) == key(f" {written.swapcase() if swapped else written}\u200d")


@given(st.text())
def test_every_text_has_a_reading(text):
    label = read(text)

    assert label.number is None or 0 <= label.number < 10**9


@pytest.mark.parametrize(
    ("text", "language"),
    [("Kapra", "en"), ("95 కాప్రా", "te"), ("काप्रा", "hi"), ("کاپرا", "ur"), ("95", None), ("", None), ("Капра", None)],
)
def test_script_suggests_the_language(text, language):
    assert language == language_of(text)
