"""Sentences are made of numbers, with the right form of the noun, in English and Telugu."""

import pickle
from datetime import date

import pytest

from lokdarpan_core import ParameterError
from lokdarpan_core.pulse.messages import COUNTED, LANGUAGES, MONTHS, SENTENCES, Message, render, shown_day

END = date(2026, 6, 30)


def stories(lang, stories, copies, sources, previous, days=14):
    values = {"place": "Lakeside", "stories": stories, "copies": copies, "sources": sources, "previous": previous}
    return render([Message("stories", values | {"days": days, "days_before": days, "end": END})], lang)


def test_english_counts_agree_with_their_nouns():
    assert (
        "Lakeside was mentioned in 1,200 stories in the 14 days to 30 June 2026 (1,500 articles from 6 sources); "
        "in the 14 days before, 8 stories."
    ) == stories("en", 1200, 1500, 6, 8)
    assert (
        "Lakeside was mentioned in 1 story on 30 June 2026 (1 article from 1 source); on the day before, none."
    ) == stories("en", 1, 1, 1, 0, days=1)
    assert stories("en", 2, 2, 0, 1, days=2).endswith(
        "in the 2 days to 30 June 2026 (2 articles from no known source); in the 2 days before, 1 story."
    )


def test_telugu_counts_agree_with_their_nouns():
    assert (
        "30 జూన్ 2026తో ముగిసిన 14 రోజుల్లో Lakeside ప్రస్తావన 12 వార్తల్లో వచ్చింది (6 వార్తా సంస్థల నుంచి 15 కథనాలు); "
        "అంతకు ముందు 14 రోజుల్లో 8 వార్తల్లో వచ్చింది."
    ) == stories("te", 12, 15, 6, 8)
    assert (
        "30 జూన్ 2026న Lakeside ప్రస్తావన 1 వార్తలో వచ్చింది (1 వార్తా సంస్థ నుంచి 1 కథనం); అంతకు ముందు రోజు ఏ వార్తలోనూ రాలేదు."
    ) == stories("te", 1, 1, 1, 0, days=1)


def test_issue_says_how_often_it_was_told_and_how_often_one_would_expect():
    said = Message("issue", {"term": "{0} flyover", "count": 3, "expected": 0.26})
    rare = Message("issue", {"term": "lake", "count": 2, "expected": 0.004})

    assert "What stands out is “{0} flyover”: 3 stories, where the city's news made one expect 0.3." == render(
        [said], "en"
    )
    assert render([rare], "en").endswith("2 stories, where the city's news made one expect fewer than 0.1.")
    assert "ప్రత్యేకంగా కనిపిస్తున్న అంశం “{0} flyover”: 3 వార్తల్లో; నగర వార్తలను బట్టి ఊహించినది 0.3." == render([said], "te")


def test_silence_is_said_with_the_last_mention_or_without():
    nothing = Message("no_stories", {"place": "Lakeside", "days": 14, "end": END})
    last = Message("last_mention", {"last_mention": date(2026, 5, 3)})

    assert (
        "No story mentioned Lakeside in the 14 days to 30 June 2026. The last mention was on 3 May 2026."
    ) == render([nothing, last], "en")
    assert "30 జూన్ 2026తో ముగిసిన 14 రోజుల్లో Lakeside ప్రస్తావన ఏ వార్తలోనూ రాలేదు. చివరి ప్రస్తావన: 3 మే 2026." == render(
        [nothing, last], "te"
    )
    assert render([nothing, Message("never", {})], "en").endswith("No mention of it is known from before.")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_sentence_form_and_month(lang):
    assert set(SENTENCES["en"]) == set(SENTENCES[lang])
    assert set(COUNTED["en"]) == set(COUNTED[lang])
    assert 12 == len({shown_day(date(2026, month, 1), lang) for month in range(1, 13)})
    assert 12 == len(set(MONTHS[lang]))


@pytest.mark.parametrize("lang", ["hi", "EN", ""])
def test_language_without_sentences_is_an_error_that_names_those_there_are(lang):
    with pytest.raises(ParameterError, match="allowed are en, te") as caught:
        render([], lang)
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 (our own)
    assert ("lang", str(caught.value)) == (copied.field, str(copied))
