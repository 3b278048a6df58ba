"""Every text is there in each language, with the same places; numbers, days and chances read as people say."""

import json
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lokdarpan_web import page
from lokdarpan_web.page.figures import translated
from lokdarpan_web.page.language import LANGUAGES, chosen, direction, language

TEMPLATES = Path(page.__file__).parent / "templates"
EN, TE = language("en"), language("te")
USED = re.compile(r"""\bt(?:\.count)?\(\s*["']([a-z_][a-z0-9_.-]*)["']\s*[,)]""")


def test_each_language_has_every_text():
    for code in LANGUAGES:
        assert set(EN.texts) == set(language(code).texts)


def test_a_text_has_the_same_places_in_each_language():
    for name, text in EN.texts.items():
        assert set(re.findall(r"{\w*}", text)) == set(re.findall(r"{\w*}", TE.texts[name])), name


def test_telugu_texts_are_telugu():
    kept = {"command", "chart"}  # commands are typed; formats are no words
    for name, text in TE.texts.items():
        if name.partition(".")[0] not in kept and re.sub(r"{\w*}|\W|\d", "", EN.texts[name]):
            assert re.search("[\u0c00-\u0c7f]", text), f"{name}: {text}"


def test_templates_ask_for_texts_that_there_are():
    sources = [*TEMPLATES.glob("*.html"), *TEMPLATES.parent.glob("*.py")]
    asked = {name for path in sources for name in USED.findall(path.read_text(encoding="utf-8"))}
    counted = {f"{name}.one" for name in asked} | {f"{name}.many" for name in asked}

    assert len(asked) > 100
    assert set() == {name for name in asked if name not in EN.texts and not counted & {f"{name}.one"} & set(EN.texts)}


@pytest.mark.parametrize(
    ("asked", "accepted", "code"),
    [
        ("te", None, "te"),
        (None, "te-IN,te;q=0.9,en;q=0.8", "te"),
        ("en", "te", "en"),
        (None, "fr, te;q=0.5", "te"),
        ("xx", None, "en"),
        (None, None, "en"),
    ],
)
def test_language_is_the_one_asked_for_else_the_browsers(asked, accepted, code):
    assert code == chosen(asked, accepted).code


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "less than 1 in 20"),
        (0.05, "about 1 in 20"),
        (0.12, "about 1 in 10"),
        (0.71, "about 7 in 10"),
        (0.93, "about 19 in 20"),
        (0.99, "more than 19 in 20"),
    ],
)
def test_chance_in_words(value, words):
    assert words == EN.chance(value)


def test_numbers_and_days():
    moment = datetime(2026, 6, 30, 20, 0, tzinfo=UTC)

    assert ("1,234", "−4.5", "+4.2", "55.0 %") == (EN.number(1234), EN.points(-4.5), EN.points(4.2), EN.percent(55))
    assert ("30 June 2026", "30 జూన్ 2026") == (EN.day(date(2026, 6, 30)), TE.day(date(2026, 6, 30)))
    assert "1 July 2026, 01:30" == EN.moment(moment, ZoneInfo("Asia/Kolkata"))
    assert ("Lok Sabha 2024", "Assembly 2023, repoll") == (
        EN.election("LOKSABHA-2024"),
        EN.election("ASSEMBLY-2023-repoll"),
    )


@pytest.mark.parametrize(("code", "way"), [("ur", "rtl"), ("ur-IN", "rtl"), ("te", None), (None, None)])
def test_direction_of_a_text(code, way):
    assert way == direction(code)


def test_charts_are_translated_but_not_their_data():
    specification = {"data": {"values": [{"title": "Ward"}]}, "encoding": {"x": {"title": "Ward"}}}

    assert {
        "data": {"values": [{"title": "Ward"}]},
        "encoding": {"x": {"title": "వార్డు"}},
    } == translated(specification, TE)
    assert specification == json.loads(json.dumps(translated(specification, EN)))


def test_pixels_that_the_server_draws_are_english_and_a_drawing_is_in_the_readers_language(client):
    """What draws pixels here puts Telugu's signs in wrong places."""
    made = {
        (kind, lang): client.simulate_get(f"/ward/WARD_010/charts/votes.{kind}", params={"lang": lang})
        for kind in ("png", "svg")
        for lang in ("en", "te")
    }

    assert {200} == {answer.status_code for answer in made.values()}
    assert made["png", "en"].content == made["png", "te"].content
    assert made["svg", "en"].content != made["svg", "te"].content


def test_a_png_of_the_browser_is_in_the_readers_language(site, window):
    shown = window(accept_downloads=True)
    pictures = []
    for lang in ("en", "te"):
        shown.open(f"{site}/ward/WARD_010?lang={lang}")
        with shown.page.expect_download() as waiting:
            shown.page.locator("#figure-votes").get_by_role("link", name="PNG").click()
        assert "WARD_010-votes.png" == waiting.value.suggested_filename
        pictures.append(waiting.value.path().read_bytes())

    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert pictures[0] != pictures[1]
    if folder := os.environ.get("SCREENSHOTS"):
        (Path(folder) / "download-te.png").write_bytes(pictures[1])
