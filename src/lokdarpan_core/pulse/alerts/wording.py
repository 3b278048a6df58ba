"""An alert as sentences: made from its message id and numbers when it is shown, in each language the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lokdarpan_core.pulse.messages import require_language, shown_day

MILLION = 1_000_000

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "alert.mentions": "{place} was mentioned in {observed} stories on {day}; {expected} would be usual.",
        "alert.party": "{place} was mentioned in {observed} stories of {subject} on {day}; {expected} would be usual.",
        "alert.issue": "“{subject}” stood in {observed} of the {stories} stories that mentioned {place} on {day}; "
        "{expected} would be usual.",
        "chance": "Chance alone brings as many on about one day in {odds}.",
        "small": "Chance alone brings as many on fewer than one day in a million.",
        "terms": "What rose: {terms}.",
        "little": "less than 0.1",
    },
    "te": {
        "alert.mentions": "{day}న {place} ప్రస్తావన {observed} వార్తల్లో వచ్చింది; సాధారణంగా వచ్చే సంఖ్య {expected}.",
        "alert.party": "{day}న {place} ప్రస్తావన {subject} వార్తలు {observed} వచ్చాయి; సాధారణంగా వచ్చే సంఖ్య {expected}.",
        "alert.issue": "{day}న {place} ప్రస్తావన ఉన్న {stories} వార్తల్లో {observed} వార్తల్లో “{subject}” ఉంది; "
        "సాధారణంగా వచ్చే సంఖ్య {expected}.",
        "chance": "యాదృచ్ఛికంగా ఇన్ని రావడం సుమారు {odds} రోజుల్లో ఒకసారి మాత్రమే జరుగుతుంది.",
        "small": "యాదృచ్ఛికంగా ఇన్ని రావడం పది లక్షల రోజుల్లో ఒకసారి కూడా జరగదు.",
        "terms": "పెరిగిన పదాలు: {terms}.",
        "little": "0.1 కంటే తక్కువ",
    },
}


def describe(message: Mapping[str, Any], place: str, lang: str) -> str:
    """The sentences of an alert's message, about `place`. Raises ParameterError for a language without sentences."""
    said = SENTENCES[require_language(lang)]
    values = message["values"]
    shown = values | {
        "place": place,
        "day": shown_day(date.fromisoformat(values["day"]), lang),
        "expected": f"{values['expected']:.1f}" if values["expected"] >= 0.05 else said["little"],
    }
    sentences = [said[message["id"]].format(**shown), _chance(values["p_value"], said)]
    others = [term for term in values["terms"] if term != values["subject"]]
    if others:
        sentences.append(said["terms"].format(terms=", ".join(others)))
    return " ".join(sentences)


def _chance(p_value: float, said: Mapping[str, str]) -> str:
    if p_value * MILLION < 1:
        return said["small"]
    odds = 1 / p_value
    return said["chance"].format(odds=f"{float(f'{odds:.2g}'):,.0f}")
