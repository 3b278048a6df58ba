"""What is a copy, and what only looks like one. The texts are invented after real ones."""

import itertools
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.news.stories.comparison import compare
from lokdarpan_core.news.stories.passages import passages, runs
from lokdarpan_core.news.stories.rule import findings, is_same_text
from lokdarpan_core.news.stories.signature import are_worth_comparing, digest, keys
from lokdarpan_core.news.stories.words import language_of, primary, read, spans, words

DAY = date(2026, 5, 4)
TITLE = "Heavy rain floods three colonies in Uppal"
BODY = """Three colonies in Uppal were flooded on Monday night after the nala overflowed following an hour of heavy
rain, and residents waited for boats until the morning. Officials promised a new drain before the next monsoon."""
OTHER_WORDS = """Families in Uppal left their homes late on Monday when water from the blocked nala entered ground
floors. The corporation sent pumps, and schools nearby will stay closed."""
EDITED = """Hyderabad: Three colonies in Uppal were flooded on Monday after the nala overflowed following an hour of
heavy rain, and residents waited for boats until morning, police said. The mayor has asked for a report."""
RUPEE = """The rupee closed 9 paise lower on Monday. Despite supportive crude prices and foreign inflows from abroad,
the currency ended weaker."""
RUPEE_TOO = "Domestic currency reverses early gains despite supportive crude prices and foreign inflows from abroad."
HEARING = """Ahead of the exam the High Court resumed hearing. A plea has been filed by the messaging platform
challenging the decision to suspend its services across India."""
RULING = """The High Court will pronounce on Friday its verdict on a plea filed by the messaging platform challenging
the decision to suspend its services across India, a lawyer said."""
MILK = "The cooperative said that the new price holds from Thursday on for all its pouches."
MILK_TOO = "Household budgets are squeezed again as the two largest sellers pass on their costs to customers."
SOCIETY = "The Uppal Readers' Society has announced its new committee for the coming year, with Ravi Teja elected. {}"
HANDOVER = """The board chose among eleven members after a long evaluation, heard each of them twice, and recommended
its choice to the general assembly."""
NEWCOMER = """A member since the first year, he will lead nine people who look after programmes, services and the
small library near the old bus depot."""
QUOTED = """The actor made a memorable appearance at an exclusive event organised by a builder in the coastal town of
Mangaluru. {}"""
OFFICE = "Greater Hyderabad Municipal Corporation Commissioner R V Karnan on Monday, June 8,"
STARS = "Your stars are bringing good tidings for you. Check out your predictions for June {}, 2026"
MINE = "The CM {} a Rs 405-crore mining project at Jonnagiri, marking the start of commercial production."
STOKES = "Captain Ben Stokes will return for Durham on Friday, dropped from the second Test after an incident."
FLOOD = "ఉప్పల్‌లో సోమవారం రాత్రి కురిసిన భారీ వర్షానికి నాలా పొంగి మూడు కాలనీలు నీట మునిగాయి అని అధికారులు"
FLOOD_TOO = "ఉప్పల్లో సోమవారం రాత్రి కురిసిన భారీ వర్షానికి నాలా పొంగి మూడు కాలనీలు నీట మునిగాయి అని అధికారులు తెలిపారు"


def article(title, body="", day=0, language="en"):
    return read(title, f"{title}\n\n{body}" if body else title, language, DAY + timedelta(days=day))


def told(one, other):
    """The names of the guards and grounds that speak."""
    return [finding.name for found in findings(compare(one, other)) for finding in found if finding.speaks]


RAIN = article(TITLE, BODY)
COPIES = {
    "the same again": (RAIN, article(TITLE, BODY)),
    "cut short": (RAIN, article(TITLE, BODY[:120])),
    "under another headline": (RAIN, article("Boats for Uppal", BODY)),
    "with a dateline and small edits": (RAIN, article("Rain floods Uppal colonies", EDITED)),
    "a headline alone": (RAIN, article(TITLE.upper())),
    "a headline with something added": (RAIN, article(f"{TITLE}, mayor asks for report")),
    "a headline with a word changed": (
        article("Elderly woman dies, two injured as tree falls on house in Meerpet"),
        article("Elderly woman killed, two injured as tree falls on house in Meerpet", BODY),
    ),
    "a headline with a numeral": (
        article("Two soldiers killed in accidental blast near LoC in Uri"),
        article("2 soldiers killed in ‘accidental blast’ near LoC in Uri", BODY),
    ),
    "a clause, and headlines that agree": (
        article("Rupee falls 9 paise against US dollar amid tensions", RUPEE),
        article("Rupee slips 9 paise to 94.54 against dollar amid fresh tensions", RUPEE_TOO),
    ),
    "a long clause": (
        article("Readers present new committee led by Ravi Teja", SOCIETY.format(HANDOVER)),
        article("Readers announce new committee of eleven", SOCIETY.format(NEWCOMER)),
    ),
    "corrected on the same day": (
        article("421 booked for drunk driving over the weekend", BODY + " In all 421 were booked."),
        article("732 booked for drunk driving over the weekend", BODY + " In all 732 were booked."),
    ),
    "the next day": (RAIN, article(TITLE, BODY, day=1)),
    "Telugu, joined otherwise": (
        article("వర్షానికి మునిగిన కాలనీలు", FLOOD, language="te"),
        article("మునిగిన కాలనీలు", FLOOD_TOO, language="te"),
    ),
    "a summary under a dateline": (
        article("సోమవారం శ్రీ 4 శ్రీ మే శ్రీ 2026", FLOOD, language="te"),
        article("మునిగిన మూడు కాలనీలు", FLOOD, language="te"),
    ),
}
OTHERS = {
    "one event in two papers' own words": (RAIN, article("Uppal colonies go under water", OTHER_WORDS)),
    "a headline nearly the same, and two leads": (
        article("Amul and Mother Dairy hike milk prices by Rs 2/litre", MILK),
        article("Amul, Mother Dairy hike milk prices by Rs 2/litre", MILK_TOO),
    ),
    "background in the report of the next day": (
        article("High Court resumes hearing of the messenger's plea", HEARING),
        article("High Court to rule on suspension", RULING, day=1),
    ),
    "one name in all headlines": (
        article("केरलम के मुख्यमंत्री ने प्रधानमंत्री से मुलाकात की", language="hi"),
        article("त्रिपुरा के मुख्यमंत्री ने प्रधानमंत्री से मुलाकात की", language="hi"),
    ),
    "a long clause under headlines on something else": (
        article("Fan says she loves him more than her husband", QUOTED.format(HANDOVER)),
        article("Actor wears a watch that nobody could miss", QUOTED.format(NEWCOMER)),
    ),
    "a long clause in the report of the next day": (
        article("Readers present new committee led by Ravi Teja", SOCIETY.format(HANDOVER)),
        article("Readers announce new committee of eleven", SOCIETY.format(NEWCOMER), day=1),
    ),
    "offices and places alone": (
        article("Drains are inspected", f"{OFFICE} inspected drains."),
        article("A park for Uppal", f"{OFFICE} opened a park."),
    ),
}
GUARDED = {
    "daily series": (
        article("Horoscope: your star predictions today, June 25", STARS.format(25)),
        article("Horoscope: your star predictions today, June 26", STARS.format(26), day=1),
    ),
    "announcement and report": (
        article("CM to inaugurate Rs 405-crore mining project", MINE.format("will inaugurate")),
        article("CM inaugurates Rs 405-crore mining project", MINE.format("inaugurated"), day=1),
    ),
    "wrong summary": (
        article("Dropped captain Stokes to turn out for Durham", STOKES),
        article("Liverpool to sign winger Munoz from Osasuna", STOKES),
    ),
    "one headline, two stories": (
        article(
            "Let us all work together, says minister", "Workers of Kapra asked for gloves and boots before the rains."
        ),
        article(
            "Let us all work together, says minister", "Hockey players lifted the trophy after beating their rivals."
        ),
    ),
    "too short to tell": (article("Live updates"), article("Live updates")),
    "another language": (RAIN, article(TITLE, BODY, language="te")),
    "too far apart": (RAIN, article(TITLE, BODY, day=4)),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies(name):
    one, other = COPIES[name]

    assert is_same_text(one, other), told(one, other)
    assert is_same_text(other, one)
    assert are_worth_comparing(keys(one), keys(other))


@pytest.mark.parametrize("name", OTHERS)
def test_other_texts(name):
    one, other = OTHERS[name]

    assert [] == told(one, other)
    assert not is_same_text(other, one)


@pytest.mark.parametrize("name", GUARDED)
def test_guards(name):
    one, other = GUARDED[name]

    assert name in told(one, other)
    assert not is_same_text(one, other)
    assert not is_same_text(other, one)


def test_second_is_not_first():
    assert not is_same_text(
        article("First Sudanese national isolated in Hyderabad tests negative for Ebola", day=0),
        article("Second Sudanese national isolated in Hyderabad tests negative for Ebola", BODY, day=0),
    )


WORDS = ("water", "drain", "ward", "minister", "rain", "court", "12", "13", "monday", "tuesday")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40)


@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS), st.integers(0, 4))
def test_the_rule_does_not_care_which_comes_first(one, other, day):
    a, b = article(*map(" ".join, one)), article(*map(" ".join, other), day=day)

    assert is_same_text(a, b) == is_same_text(b, a)
    assert are_worth_comparing(keys(a), keys(b)) == are_worth_comparing(keys(b), keys(a))
    assert told(a, b) == told(b, a)


@given(TEXTS, TEXTS)
def test_runs_are_equal_words_and_do_not_overlap(text, other):
    found = runs(text, other)

    for run in found:
        assert text[run.start : run.start + run.length] == other[run.other : run.other + run.length]
    assert all(a.start + a.length <= b.start for a, b in itertools.pairwise(found))
    assert found == [run for group in passages(found) for run in group]


def test_an_edited_sentence_is_one_passage():
    text, other = (
        said.split()
        for said in (
            "residents of ward nine waited for boats until the early morning",
            "residents of ward nine had waited for boats until the morning came",
        )
    )

    (passage,) = passages(runs(text, other))

    assert ["residents of ward nine", "waited for boats until the"] == [
        " ".join(text[r.start : r.start + r.length]) for r in passage
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("India’s 4,800 won’t", ["indias", "4800", "wont"]),
        ("₹2 crore, Rs 2 crore", ["2", "crore", "2", "crore"]),
        ("42 per cent or 42%", ["42", "or", "42"]),
        ("94.54 in the U.S.", ["94.54", "in", "the", "u", "s"]),
        ("రోడ్డు\u200cపై నీరు", ["రోడ్డుపై", "నీరు"]),
        ("हिन्दी में ख़बर", ["हिन्दी", "में", "ख़बर"]),
        ("snake_case and-dash", ["snake", "case", "and", "dash"]),
        ("", []),
    ],
)
def test_words(text, expected):
    shown = unicodedata.normalize("NFC", text).replace("_", " ")

    assert [unicodedata.normalize("NFC", word) for word in expected] == words(shown)[0]
    assert words(shown)[1] == [shown[begin:end] for begin, end in spans(shown)]


@given(st.text())
def test_words_are_where_their_spans_say(text):
    assert words(text)[1] == [text[begin:end] for begin, end in spans(text)]


def test_what_an_outlet_puts_around_its_texts_is_not_read():
    plain = article("Drain collapses", "A drain collapsed in Kapra on Monday.")
    dressed = article(
        "City | Drain collapses",
        "<p>A drain collapsed in Kapra&nbsp;on Monday. … Get the latest updates in <a href='https://x.example",
    )

    assert (plain.headline, plain.lead) == (dressed.headline, dressed.lead)


def test_a_summary_that_repeats_the_headline_is_none():
    assert () == article("Six killed as bus overturns in Jammu", "Six killed as bus overturns in Jammu").lead


def test_an_article_without_title_is_read_by_lines():
    one = read(None, "Drain collapses\n\nA drain collapsed in Kapra on Monday.", "en", DAY)

    assert article("Drain collapses", "A drain collapsed in Kapra on Monday.") == one


@pytest.mark.parametrize(("given", "expected"), [("en-IN", "en"), ("TE", "te"), (" hi ", "hi"), (None, ""), ("", "")])
def test_language_is_its_primary_subtag(given, expected):
    assert expected == primary(given)


@pytest.mark.parametrize(
    ("text", "expected"), [("Rain in Uppal", "en"), ("ఉప్పల్‌లో వర్షం", "te"), ("बारिश", "hi"), ("12", "")]
)
def test_language_is_told_by_the_script_when_nobody_says_it(text, expected):
    assert expected == language_of(text)


def test_keys_and_digest_stay_what_they_are():
    """They are stored: another value would part new copies from old ones."""
    one = article("Rain floods three colonies", "A drain collapsed in Kapra")

    assert [-2040969135, -1297771188, -80182127, -67362261, 967030150] == keys(one)
    assert "e01c42a6360e4190de3db669eace3f6c" == digest(one).hex()
