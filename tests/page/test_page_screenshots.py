"""Pictures of every state of the page, for people to look at: `nox -s screenshots` writes them to build/screenshots."""

import os
from pathlib import Path

import pytest
from served_page import EMBARGO, new_key, page_app

FOLDER = os.environ.get("SCREENSHOTS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="makes pictures: run `nox -s screenshots`")

STATES = {
    "city": "/",
    "city-share": "/?layer=share&party=BJP",
    "city-mentions": "/?layer=mentions",
    "city-doubt": "/?layer=doubt",
    "city-te": "/?lang=te",
    "city-300": "/?delimitation=hyderabad-2026",
    "ward": "/ward/WARD_010",
    "ward-te": "/ward/WARD_010?lang=te",
    "ward-seeded": "/ward/WARD_001",
    "ward-old": "/ward/HYD26_014",
    "ward-new": "/ward/HYD26_001",
    "compare": "/ward/WARD_010?with=WARD_001,WARD_095",
    "brief": "/ward/WARD_010/brief",
    "brief-te": "/ward/WARD_010/brief?lang=te",
    "method": "/method",
    "method-te": "/method?lang=te",
    "search": "/search?q=nagar",
    "search-nothing": "/search?q=zzzz",
    "unknown": "/ward/nowhere",
    "login": "/login?to=/ward/WARD_010",
}
WINDOWS = {"": {}, "-phone": {"width": 375, "height": 740}, "-dark": {"dark": True}}


@pytest.fixture
def take(window, serve, city):
    """Take the picture of a page: take("name", "/path", width=375, LOKDARPAN_…="…")."""

    def picture(name, path, *, js=True, media=None, headers=None, key=None, look=None, settings=None):
        shown = window(**(look or {}), java_script_enabled=js, extra_http_headers=headers or {})
        shown.page.goto(serve(page_app(city, **(settings or {}))) + path, wait_until="load")
        if js and shown.page.locator("[data-chart]").count():
            shown.page.wait_for_selector("html[data-charts=drawn]", state="attached")
        if media:
            shown.page.emulate_media(media=media)
        folder = Path(FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        shown.page.screenshot(path=folder / f"{name}.png", full_page=True)

    return picture


@pytest.mark.parametrize("look", WINDOWS)
@pytest.mark.parametrize("name", STATES)
def test_state(take, name, look):
    take(name + look, STATES[name], look=WINDOWS[look])


def test_without_scripts(take):
    take("ward-noscript", "/ward/WARD_010", js=False)


def test_on_paper(take):
    take("brief-print", "/ward/WARD_010/brief", media="print", look={"width": 720, "height": 1000})
    take("ward-print", "/ward/WARD_010", media="print", look={"width": 720, "height": 1000})


def test_in_an_embargo(take):
    for name, path in (("embargo-ward", "/ward/WARD_010"), ("embargo-city", "/?layer=forecast")):
        take(name, path, settings={"LOKDARPAN_EMBARGO": EMBARGO})


def test_with_a_key_for_demographics(take, city):
    take("ward-demographics", "/ward/WARD_010", headers={"Authorization": f"Bearer {new_key(city, 'demographics')}"})


def test_empty_database(window, serve, engine):
    shown = window()
    address = serve(page_app(engine))
    for name, path in (("empty-city", "/"), ("empty-city-te", "/?lang=te")):
        shown.page.goto(address + path)
        shown.page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=True)
