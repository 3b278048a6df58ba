"""What a text speaks of: the same words for people and program, in four scripts, and nothing of what every text has."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.news.terms import text as rules
from lokdarpan_core.news.terms.endings import without_ending
from lokdarpan_core.news.terms.stop_words import stop_words
from lokdarpan_core.news.terms.text import PHRASES_KEPT, WORDS_KEPT, fingerprint, terms_of

WORDS = """
the water supply of Uppal said officials ROAD road's drains — , . 2026 1,200 రోడ్డు హైదరాబాద్‌లో హైదరాబాద్లో నీటి ప్రజలకు తెలిపారు
सड़क पर पानी बताया سڑک پر پانی میں ₹500 rain🌧 O'Brien <b>bold</b> https://example.org/a-b &amp; \u200d \u0c4d | “quoted”
"""
TEXTS = st.one_of(st.lists(st.sampled_from(WORDS.split()), max_size=300).map(" ".join), st.text(max_size=300))


@given(TEXTS)
def test_terms_are_clean(text):
    terms = terms_of(text)

    assert len(terms) == len(set(terms)) <= WORDS_KEPT + PHRASES_KEPT
    for term in terms:
        assert term == term.strip() == term.casefold()
        assert len(term.split()) <= 2
        assert "\n" not in term
        for word in term.split(" "):
            assert word not in stop_words()
            assert word[0].isalpha()


@given(st.lists(TEXTS, max_size=6), st.randoms(use_true_random=False))
def test_order_of_texts_makes_no_difference(texts, chance):
    before = {text: terms_of(text) for text in texts}
    chance.shuffle(texts)
    rules._TERMS.clear()

    assert before == {text: terms_of(text) for text in texts}


@given(TEXTS)
def test_both_words_of_a_phrase_are_terms(text):
    terms = terms_of(text)

    assert {word for term in terms if " " in term for word in term.split()} <= {t for t in terms if " " not in t} or (
        len([term for term in terms if " " not in term]) == WORDS_KEPT
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Officials said the Water supply of Uppal's homes failed", {"water", "supply", "uppal", "homes", "failed"}),
        ("అధికారులు హైదరాబాద్‌లో రోడ్డు మరమ్మతు చేశారు", {"అధికారులు", "హైదరాబాద్", "రోడ్డు", "మరమ్మతు"}),
        ("दिल्ली में सड़क पर पानी बताया गया", {"दिल्ली", "सड़क", "पानी"}),
        ("حیدرآباد میں سڑک پر پانی", {"حیدرآباد", "سڑک", "پانی"}),
    ],
)
def test_words_of_four_scripts(text, expected):
    assert expected == {term for term in terms_of(text) if " " not in term}


def test_phrases_are_of_neighbours_that_no_mark_and_no_function_word_part():
    phrases = [term for term in terms_of("Metro rail in Uppal. Old City police, traffic jam") if " " in term]

    assert ["metro rail", "city police", "traffic jam"] == phrases


def test_a_term_stands_once_however_often_it_is_said():
    assert ["drain", "overflows"] == [term for term in terms_of("Drain! drain, DRAIN overflows") if " " not in term]


@pytest.mark.parametrize(
    "text",
    [
        "Peddi | Drain overflows",
        "Drain overflows\n\nHyderabad News | ",
        "<p>Drain <b>overflows</b></p>",
        "Drain overflows … Get the latest updates in Hyderabad City News , <a href='https://www.siasat.com/x",
        "Drain overflows. Also Read: Minister inaugurates bridge.",
        "Drain overflows. Also ReadMinister inaugurates bridge",
        "Drain overflows. ఇవి కూడా చదవండి: మంత్రి ప్రారంభించిన వంతెన.",
        "Drain overflows https://example.org/minister/bridge minister@example.org",
        "Drain overflows in 2026, on Monday, 12 June: 1,200 of 35%, ౨౦౨౬, २०२६",
    ],
)
def test_what_is_no_part_of_the_report_is_not_counted(text):
    assert {"drain", "overflows"} == {term for term in terms_of(text) if " " not in term} - {"hyderabad", "news"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("హైదరాబాద్లో", "హైదరాబాద్"),
        ("నగరానికి", "నగరం"),
        ("నగరాన్ని", "నగరం"),
        ("ప్రజలకు", "ప్రజలు"),
        ("ప్రాంతాల్లో", "ప్రాంతాలు"),
        ("రోడ్డుపై", "రోడ్డు"),
        ("మంత్రితో", "మంత్రి"),
        ("అపోలో", "అపోలో"),
        ("కొడుకు", "కొడుకు"),
        ("రాజధాని", "రాజధాని"),
        ("బ్యాంకు", "బ్యాంకు"),
        ("water", "water"),
    ],
)
def test_telugu_cases_are_taken_off_where_that_is_safe(word, expected):
    assert expected == without_ending(word)


def test_with_and_without_a_joiner_it_is_the_same_word():
    assert terms_of("జీహెచ్‌ఎంసీ కమిషనర్‌కు ఫిర్యాదు") == terms_of("జీహెచ్ఎంసీ కమిషనర్ ఫిర్యాదు")


def test_subjects_that_general_lists_take_for_function_words_are_kept():
    assert {"fire", "bill", "inc", "mp"} == {t for t in terms_of("Fire. Bill! INC, MP") if " " not in t}


def test_long_texts_are_bounded():
    chance = random.Random(1)
    text = " ".join("".join(chance.choices("bcdfgklmnprst", k=9)) for _ in range(5_000))

    assert WORDS_KEPT + PHRASES_KEPT == len(terms_of(text))


def test_fingerprint_depends_on_the_rules(monkeypatch):
    before = fingerprint()
    monkeypatch.setattr(rules, "RULES", rules.RULES + 1)

    assert before != fingerprint()
