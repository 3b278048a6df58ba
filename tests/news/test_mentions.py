"""Which wards a text mentions: names in four scripts, numbers, and the false friends that are told apart."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.news.mentions import letters, signs
from lokdarpan_core.news.mentions.explain import REASONS, explain, marked, why
from lokdarpan_core.news.mentions.matcher import Matcher, packaged
from lokdarpan_core.wards import labels
from lokdarpan_core.wards.delimitations import Alias, Delimitation, Ward
from lokdarpan_core.wards.gazetteer import Gazetteer

IN_2020, IN_2026 = date(2020, 12, 1), date(2026, 5, 1)
PUNE = Delimitation("pune-2017", "Pune Municipal Corporation", date(2017, 2, 21), None, "gazette")


@pytest.fixture(scope="module")
def matcher():
    return packaged()


def found(matcher, text, day=None):
    """{ward id: how}."""
    return {mention.ward_id: mention.how for mention in matcher.mentions([text], [day])[0]}


def reasons(matcher, text, day=None):
    """[(matched, reason)] of what does not count."""
    return [(match.text, match.reason) for match in explain(matcher, text, day).matches if match.how is None]


def test_name_is_found_in_every_loaded_delimitation(matcher):
    assert {"WARD_095": "name", "HYD26_215": "name"} == found(matcher, "Rain in Jubilee Hills, Hyderabad")


@pytest.mark.parametrize(
    ("text", "wards"),
    [
        ("Rain in Jubileehills", {"WARD_095", "HYD26_215"}),
        ("TIMS-Sanath Nagar was completed", {"WARD_100", "HYD26_204"}),
        ("Railway workshop at Moula-Ali", {"WARD_138", "HYD26_186"}),
        ("A.S. Rao Nagar residents protest", {"WARD_002", "HYD26_015"}),
        ("Ganja found at Malkajigiri", {"WARD_140", "HYD26_183"}),
        ("arrested in the Jawaharanagar dacoity case", {"HYD26_003"}),
        ("చర్లపలి కారాగారంలో సంబరాలు", {"WARD_003", "HYD26_017"}),
        ("నేరేట్‌మెట్‌ వాసి మృతి", {"WARD_136", "HYD26_188"}),
        ("ఆర్‌.సి.పురంలో 8 మి.మీ. వర్షం", {"WARD_112", "HYD26_268"}),
        ("ఏఎస్ రావు నగర్ వద్ద", {"WARD_002", "HYD26_015"}),
        ("a raid at Kismatpura", {"HYD26_122"}),
        ("Gun Foundry and Toli Chowki", {"WARD_078", "HYD26_154", "WARD_068", "HYD26_131"}),
        ("Hi-Tech City", {"HYD26_231"}),
        ("Hyderabad’s Balapur", {"HYD26_062"}),
        ("LV Prasad temple in Banjara … Get the latest updates in Hyderabad", {"WARD_093", "HYD26_221"}),
        ("బంజారాహిల్స్‌: చోరీ", {"WARD_093", "HYD26_221"}),
        ("ఉప్పల్‌లో వర్షం, అమీర్‌పేటకు బస్సు", {"WARD_010", "HYD26_028", "WARD_098", "HYD26_201"}),
        ("నాచారానికి వెళ్లిన అధికారులు", {"WARD_006", "HYD26_021"}),
        ("సరూర్‌ నగర్‌ స్టేడియంలో సభ", {"WARD_019", "HYD26_033"}),
        ("శామీర్‌పేట్‌లోని చెరువు", {"HYD26_300"}),
        ("गच्चीबौली में आग", {"WARD_105", "HYD26_225"}),
        ("हैदराबाद के काचीगुड़ा में", {"WARD_080", "HYD26_156"}),
        ("حیدرآباد کے جوبلی ہلز میں", {"WARD_095", "HYD26_215"}),
    ],
)
def test_spellings_blanks_and_endings_make_no_difference(matcher, text, wards):
    assert wards == found(matcher, text).keys()


@pytest.mark.parametrize(
    "text",
    [
        "అందరికీ సరిపోవు",
        "సావధాన రహें",
        "फर्जी एयर सुविधा 2.0 वेबसाइटों से सावधान रहें",
        "Kaprani wins",
        "Ravi, Uppalapati and others",
        "https://news.example/hyderabad/jubilee-hills-fire",
        "the red hills of Mars",
        "ఉప్పలపాటి వెంకట్",
    ],
)
def test_letters_of_a_name_inside_other_words_are_none(matcher, text):
    assert {} == found(matcher, text)


@pytest.mark.parametrize(
    ("text", "wards"),
    [
        ("Fire near Pedda Amberpet", {"HYD26_052"}),
        ("మచ్చ బొల్లారంలో జల్లులు", {"WARD_133", "HYD26_191"}),
        ("House in Bandlaguda Jagir", {"HYD26_121"}),
        ("Seized in Medchal-Malkajgiri district", set()),
        ("Medchal-Malkajgiri: raids in Kompally", {"HYD26_288"}),
        ("Football at Bolarum, Secunderabad", set()),
        ("Golconda Express derailed", set()),
        ("Met him at Vijay, Nagar Colony residents said in Hyderabad", set()),
    ],
)
def test_longer_name_wins(matcher, text, wards):
    assert wards == found(matcher, text).keys()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Borabanda police station", "indirect"),
        ("Inspector of Borabanda said", "indirect"),
        ("Borabanda Traffic Police", "indirect"),
        ("బోరబండ పోలీస్‌స్టేషన్‌ పరిధిలో", "indirect"),
        ("ACP (Assistant Commissioner of Police) Borabanda", "indirect"),
        ("Borabanda District Congress Committee President", "indirect"),
        ("बोराबंडा पुलिस ने", "indirect"),
        ("بورابنڈہ پولیس", "indirect"),
        ("A house in Borabanda; Borabanda police came", "name"),
        ("Borabanda market", "name"),
        ("Borabanda division corporator", "name"),
    ],
)
def test_what_has_its_name_from_a_ward_is_indirect(matcher, text, how):
    assert how == found(matcher, text)["HYD26_214"]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Uppal MLA speaks", "indirect"),
        ("Stuck in a lift near Uppal Metro Station", "indirect"),
        ("హబ్సిగూడ మెట్రో స్టేషన్‌ నుంచి ఉప్పల్‌ వరకు", "alias"),
        ("Electors of Chandrayangutta are missing from the rolls", None),
        ("Chandrayangutta recorded the highest number of electors", None),
    ],
)
def test_seats_and_stations(matcher, text, how):
    expected = how or "indirect"

    assert expected in found(matcher, text).values()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Bharat Taxi starts in Gandhinagar, Gujarat", "elsewhere"),
        ("आज गांधीनगर से गुजरात के लिए", "elsewhere"),
        ("حیدرآباد، گاندھی نگر گجرات", "elsewhere"),
        ("Hyderabad: A couple died in Nizamabad, at their residence in Vinayak Nagar", "elsewhere"),
        ("వరంగల్‌ నియోజకవర్గంలోని గాంధీనగర్‌లో", "elsewhere"),
        ("వెంకటాపురం గ్రామానికి చెందిన రైతు", "no-sign"),
        ("మల్లాపూర్‌ మండల కేంద్రంలో సర్పంచ్‌ ఎన్నిక", "no-sign"),
        ("Farmers of Nizampet mandal in Medak", "elsewhere"),
        ("Begumpet village in Siddipet", "elsewhere"),
        ("Rajendra Nagar in Patna", "elsewhere"),
        ("Banswada MLA Pocharam Srinivas Reddy", "look-alike"),
        ("MLA Medipally Satyam", "look-alike"),
        ("Dr Gaurav Uppal, Managing Director", "person"),
        ("హైదరాబాద్‌: అంబర్‌పేట శంకర్‌కు నోటీసులు", "person"),
        ("తిరుమలగిరికి చెందిన కీసరి మత్స్యగిరి", "inside-word"),
        ("మహారాష్ట్రలోని అఖడా బాలాపూర్‌ పోలీస్‌స్టేషన్‌", "look-alike"),
        ("Ramnagar-Dehradun Express flagged off", "train"),
        ("Uppal Industries Ltd and Uppal Textiles", "company"),
        ("Hyderabad: in Sai Ganesh Nagar", "another-quarter"),
        ("GSI maps the minerals", "word"),
        ("Medchal district", "district"),
        ("మేడ్చల్‌, మల్కాజిగిరి జిల్లా పరిధిలో", "district"),
        ("Medchal and Malkajgiri districts", "district"),
        ("Seized at Medchal - Malkajgiri", "look-alike"),
        ("న్యూ బంజారాహిల్స్ తండాకు చెందిన", "another-quarter"),
        ("A man from Gandhi Nagar, Gujarat, in Hyderabad", "elsewhere"),
    ],
)
def test_false_friends_are_told_apart_and_why(matcher, text, reason):
    assert {} == found(matcher, text)
    assert reason in {one for _, one in reasons(matcher, text)}


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("Hyderabad’s Gandhi Nagar", "HYD26_165"),
        ("Gandhi Nagar and Musheerabad", "HYD26_165"),
        ("A native of Jodhpur, Rajasthan, was held in Balapur", "HYD26_062"),
        ("Bihar gang held in Balapur", "HYD26_062"),
        ("Rajendranagar DCP said four teams look for him in Miryalguda", "HYD26_120"),
        ("GSI Colony in Bandlaguda", "HYD26_046"),
        ("అంబర్‌పేట శంకర్‌నగర్‌లో", "WARD_083"),
        ("గచ్చిబౌలికి చెందిన యువకుడు విజయవాడలో", "HYD26_225"),
        ("Rain in Srinagar Colony", "HYD26_207"),
        ("Srinagar Colony and Krishna Nagar in Hyderabad", "HYD26_210"),
        ("Hyderabad-Vijayawada highway at Kothapet", "HYD26_030"),
        ("వరంగల్‌ హైవేపై పోచారం వద్ద ఘట్‌కేసర్‌ పోలీసులు", "HYD26_008"),
        ("Theft at Kondapur: Bengaluru techie among two held", "HYD26_234"),
        ("Medchal, Malkajgiri and Uppal", "HYD26_297"),
    ],
)
def test_signs_of_this_city_keep_a_common_name(matcher, text, ward):
    assert ward in found(matcher, text)


def test_who_was_called_by_his_full_name_is_meant_by_the_bare_name(matcher):
    text = "Uppal Balu in trouble. Police asked Uppal to come."

    assert {} == found(matcher, text)


@pytest.mark.parametrize(
    ("text", "day", "wards"),
    [
        ("Garbage piles up in GHMC ward 95", IN_2020, {"WARD_095": "number"}),
        ("Garbage piles up in GHMC ward 95", IN_2026, {"HYD26_095": "number"}),
        ("Garbage piles up in GHMC ward 95", date(2010, 1, 1), {}),
        ("Garbage piles up in GHMC ward 95", None, {}),
        ("జీహెచ్‌ఎంసీ 95వ డివిజన్‌లో పనులు", IN_2020, {"WARD_095": "number"}),
        ("जीएचएमसी के वार्ड नंबर ९५ में", IN_2020, {"WARD_095": "number"}),
        ("Hyderabad: held in ward 12", IN_2020, {}),
        ("GHMC helps the 12th ward of Atmakur municipality", IN_2020, {}),
        ("వరంగల్‌ 19వ డివిజన్‌", IN_2020, {}),
        ("GHMC has 150 wards", IN_2020, {}),
        ("Ward 5 of Gandhi Hospital, Hyderabad", IN_2020, {}),
        ("GHMC ward 400", IN_2020, {}),
    ],
)
def test_number_counts_only_in_the_list_of_its_day_and_in_this_city(matcher, text, day, wards):
    assert wards == found(matcher, text, day)


def test_number_that_another_ward_s_name_contradicts_does_not_count(matcher):
    text = "GHMC playground in ward 14, Goshamahal"

    assert {"WARD_051", "HYD26_150"} == found(matcher, text, IN_2026).keys()
    assert ("ward 14", "other-number") in reasons(matcher, text, IN_2026)


def test_number_and_name_of_one_ward_are_linked_by_name(matcher):
    assert {"WARD_095": "name", "HYD26_215": "name"} == found(matcher, "Ward No. 95, Jubilee Hills", IN_2020)


def test_other_cities_have_their_names_and_numbers():
    """The packaged lists of places are about Hyderabad: they say nothing about Pune's wards."""
    ward = Ward("PUNE_001", PUNE.id, 1, "Kothrud")
    alias = Alias("PUNE_001", "कोथरूड", "mr", True, "gazette")
    matcher = Matcher(Gazetteer.of([PUNE], [ward], [alias], PUNE.id))

    assert {"PUNE_001": "name"} == found(matcher, "Rain at Kothrud in Pune")
    assert {"PUNE_001": "alias"} == found(matcher, "कोथरूड में")
    assert {"PUNE_001": "number"} == found(matcher, "Pune repairs ward 1", IN_2020)


def test_name_that_two_wards_share_means_neither():
    wards = [Ward(f"PUNE_{number:03}", PUNE.id, number, name) for number, name in ((1, "Kothrud"), (2, "Aundhgaon"))]
    shared = [Alias(ward.ward_id, "Shivajipeth", None, True, "gazette") for ward in wards]
    matcher = Matcher(Gazetteer.of([PUNE], wards, shared, PUNE.id))

    assert {} == found(matcher, "Shivajipeth")


@given(
    st.lists(
        st.sampled_from(
            [
                "Uppal",
                "జూబ్లీ‌హిల్స్",
                "सनतनगर",
                "x",
                " ",
                "\0",
                "\u200c",
                "’",
                "…",
                "ఉప్పల్‌లో",
                "हज़ार",
                "\n",
                "É",
                "🎉",
                "\ud800",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_matches_lie_where_they_say(text):
    """Whatever is taken away for the search, the words that were matched are found where they stand in the text."""
    clean = text.replace("\0", " ")
    for match in explain(SMALL, text).matches:
        assert match.text == clean[match.start : match.end]
        assert letters.key(match.text) in KEYS


SMALL = Matcher(
    Gazetteer.of(
        [PUNE],
        [Ward("P_1", PUNE.id, 1, "Uppal"), Ward("P_2", PUNE.id, 2, "జూబ్లీహిల్స్"), Ward("P_3", PUNE.id, 3, "सनतनगर")],
        [],
        PUNE.id,
    )
)
KEYS = {letters.key(one) for name in ("Uppal", "జూబ్లీహిల్స్", "सनतनगर") for one in (name, name.replace("నగర్", " నగర్"))}


@given(st.lists(st.text(max_size=40), max_size=6))
def test_text_is_read_the_same_alone_and_in_a_batch(texts):
    texts = [*texts, "Rain at Uppal"]

    assert [SMALL.mentions([text])[0] for text in texts] == SMALL.mentions(texts)


@given(st.text(alphabet="Up palఉప్ల్‌ \u200c’…-\n", max_size=30))
def test_marked_pieces_are_the_text(text):
    explanation = explain(SMALL, text)

    assert text == "".join(piece for piece, _ in marked(explanation))


def test_every_reason_is_said_in_words(matcher):
    text = "Uppal MLA; Gandhinagar in Gujarat; Medchal-Malkajgiri; Uppalapati"

    assert all(why(match) for match in explain(matcher, text).matches)
    assert all(REASONS.values())


def test_packaged_lists_name_wards_that_there_are():
    gazetteer = Gazetteer.packaged()
    names = {labels.key(spelling.alias) for spelling in gazetteer.spellings}

    assert set() == {row["ward"] for row in signs.rows("institutions") if labels.key(row["ward"]) not in names}
    assert set() == {row["name"] for row in signs.rows("same_name") if labels.key(row["name"]) not in names}
    for name in ("institutions", "same_name", "other_places", "city_words", "look_alikes"):
        assert all(row["source"] for row in signs.rows(name))


def test_fingerprint_tells_gazetteers_apart():
    ward = Ward("PUNE_001", PUNE.id, 1, "Kothrud")
    alias = Alias("PUNE_001", "कोथरूड", "mr", True, "gazette")
    one, same, other = (
        Matcher(Gazetteer.of([PUNE], [ward], aliases, PUNE.id)).fingerprint for aliases in ([alias], [alias], [])
    )

    assert one == same
    assert one != other
