"""Both pages in a real browser: charts, layers, search, comparison, downloads, small and dark windows, the keyboard
alone. Nothing may complain, and nothing may be asked of another host."""

import csv
import gzip
import io
import re

import httpx
import pytest
from served_page import new_key, page_app

WARD = "/ward/WARD_010"
PAGES = ["/", "/?layer=share", "/?delimitation=hyderabad-2026&lang=te", WARD, f"{WARD}?lang=te", "/ward/WARD_001",
         "/ward/HYD26_014", f"{WARD}?with=WARD_001,WARD_095", f"{WARD}/brief", "/method", "/search?q=nagar",
         "/login"]  # fmt: skip
ONE_WORD = re.compile("[\u0c00-\u0c7f]+|[\u0900-\u097f]+|[\u0600-\u06ff]+")
LARGEST_FIRST_VIEW = 300_000  # bytes, packed, without the chart script


def is_quiet(shown):
    return ([], []) == (shown.complaints, shown.foreign)


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_without_a_complaint_and_asks_no_other_host(site, window, path):
    shown = window()
    shown.open(site + path)

    assert is_quiet(shown), (shown.complaints, shown.foreign)
    assert shown.page.title().endswith("· LokDarpan")


def test_charts_are_drawn(site, window):
    shown = window()
    shown.open(site + WARD)

    places = shown.page.locator("[data-chart]")
    assert 4 == places.count() == shown.page.locator("[data-chart][data-drawn] svg").count()
    assert shown.page.get_by_text("wins 78 %").or_(shown.page.get_by_text("wins 79 %")).count()


@pytest.mark.parametrize(
    ("asked", "heading"), [("ఉప్పల్", "Uppal"), ("uppal", "Uppal"), ("10", "Uppal"), ("جوبلی ہلز", "Jubilee Hills")]
)
def test_ward_is_found_in_any_script(site, window, asked, heading):
    shown = window()
    shown.open(f"{site}/")
    shown.page.get_by_role("searchbox").fill(asked)
    shown.page.keyboard.press("Enter")

    shown.page.wait_for_url("**/ward/*")
    assert shown.page.get_by_role("heading", level=1).inner_text().startswith(heading)
    assert is_quiet(shown)


def test_unknown_name_says_so_and_offers_others(site, window):
    shown = window()
    shown.open(f"{site}/search?q=nagar")

    assert shown.page.locator("main li a").count() > 10


@pytest.mark.parametrize("layer", ["share", "turnout", "mentions", "alerts", "forecast", "doubt"])
def test_layer_is_chosen(site, window, layer):
    shown = window()
    shown.open(f"{site}/")
    shown.page.get_by_label("Coloured by").select_option(layer)
    shown.page.wait_for_url(f"**layer={layer}**")
    shown.page.wait_for_selector("html[data-charts=drawn]", state="attached")

    assert shown.page.locator(".map svg").count()
    assert is_quiet(shown), shown.complaints


def test_click_on_the_map_opens_a_ward(site, window):
    shown = window()
    shown.open(f"{site}/")
    shown.page.locator(".map svg .mark-symbol path").nth(40).click()

    shown.page.wait_for_url("**/ward/WARD_*")


def test_wards_stand_side_by_side(site, window):
    shown = window()
    shown.open(site + WARD)
    for label, count in (("Kapra", 2), ("95", 3)):
        shown.page.get_by_label("Name or number of a ward").fill(label)
        shown.page.get_by_role("button", name="Compare").click()
        shown.page.wait_for_url("**with=**")
        assert count == shown.page.locator(".compare thead th").count()

    assert 0 == shown.page.get_by_role("button", name="Compare").count()


@pytest.mark.parametrize("kind", ["SVG", "PNG", "CSV"])
def test_figure_is_downloaded(site, window, kind):
    shown = window(accept_downloads=True)
    shown.open(site + WARD)
    with shown.page.expect_download() as waiting:
        shown.page.locator("#figure-votes").get_by_role("link", name=kind).click()
    content = waiting.value.path().read_bytes()

    assert f"WARD_010-votes.{kind.lower()}" == waiting.value.suggested_filename
    if kind == "CSV":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert ["election", "party", "votes", "share_pct"] == list(rows[0])
    else:
        assert content.startswith({"SVG": b"<svg", "PNG": b"\x89PNG"}[kind])


@pytest.mark.parametrize("path", PAGES)
def test_phone_shows_all_without_scrolling_sideways(site, window, path):
    shown = window(width=360, height=720)
    shown.open(site + path)

    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_page_has_light_ink(site, window):
    shown = window(dark=True)
    shown.open(site + WARD)

    ink, paper = shown.page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, paper)]
    assert brightness[0] > 600
    assert brightness[1] < 150
    assert "black" not in shown.page.locator("#figure-votes svg").inner_html()


def test_everything_is_reached_by_the_keyboard(site, window):
    shown = window()
    shown.open(f"{site}/")
    shown.page.keyboard.press("Tab")
    assert "Skip to the content" == shown.page.evaluate("document.activeElement.textContent")
    shown.page.keyboard.press("Enter")
    assert "content" == shown.page.evaluate("document.activeElement.id")

    focused = set()
    shown.page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        shown.page.keyboard.press("Tab")
        focused.add(shown.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        outline = shown.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or shown.page.evaluate("document.activeElement === document.body")
    assert {"q", "Find", "layer", "delimitation", "The numbers as a table", "SVG", "PNG", "CSV"} <= focused


def test_table_of_the_map_leads_to_each_ward_by_keyboard(site, window):
    shown = window()
    shown.open(f"{site}/")
    shown.page.get_by_text("The numbers as a table").focus()
    shown.page.keyboard.press("Enter")

    assert 150 == shown.page.locator("#figure-map tbody tr").count()
    shown.page.locator("#figure-map tbody a").first.focus()
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url("**/ward/WARD_*")


def test_page_works_without_scripts(site, window):
    shown = window(java_script_enabled=False)
    shown.page.goto(site + WARD)

    pictures = shown.page.locator("noscript img")
    assert 4 == pictures.count()
    for place in range(4):
        answer = httpx.get(site + pictures.nth(place).get_attribute("src"))
        assert (200, "image/svg+xml") == (answer.status_code, answer.headers["content-type"])


def test_hostile_title_does_not_run(city, serve, window, tmp_path):
    from lokdarpan_core import ingest_jsonl, to_json

    title = "Uppal <img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
    article = {"publication_name": "P", "publication_date": "2026-06-30", "title": title, "url": "javascript:alert(1)"}
    (tmp_path / "one.jsonl").write_bytes(to_json(article))
    ingest_jsonl(city, tmp_path / "one.jsonl")
    shown = window()
    shown.open(serve(page_app(city)) + WARD)

    assert "Uppal · LokDarpan" == shown.page.title()
    assert is_quiet(shown)
    assert 0 == shown.page.locator("a[href^='javascript']").count()


def test_signing_in_with_the_form(city, serve, window):
    shown, token = window(), new_key(city, "read", "demographics")
    address = serve(page_app(city, LOKDARPAN_REQUIRE_KEY="true"))
    shown.page.goto(address + WARD)
    assert "/login" in shown.page.url

    shown.page.get_by_label("Key").fill(token)
    shown.page.get_by_role("button", name="Sign in").click()
    shown.page.wait_for_url(f"**{WARD}*")
    assert shown.page.get_by_text("Muslims").count()
    assert "" == shown.page.evaluate("document.cookie")
    shown.page.get_by_role("button", name="Sign out").click()
    shown.page.wait_for_url("**/login*")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(site, window, path, dark):
    axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    shown = window(dark=dark)
    context = shown.page.context
    shown.open(site + path)
    found = axe_playwright.Axe().run(shown.page).response["violations"]

    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert [] == serious
    assert context


@pytest.mark.parametrize("path", [WARD, f"{WARD}?lang=te"])
def test_first_view_is_small(site, window, path):
    """Everything that a browser loads for the first view, packed as a proxy packs it, besides the chart script."""
    shown = window()
    shown.open(site + path)

    sizes = {}
    for address in dict.fromkeys(shown.loaded):
        if "/static/vega-" not in address:
            body = httpx.get(address, headers={"Accept-Encoding": "identity"}).content
            sizes[address] = len(body) if address.endswith(("woff2", "png")) else len(gzip.compress(body, 6))
    assert sum(sizes.values()) <= LARGEST_FIRST_VIEW, sizes
    assert any("vega-" in address for address in shown.loaded)


def fonts_of_words(page):
    """The element's name, the word and the fonts' names, and whether each is the page's own, of each element whose
    whole text is one word in Telugu, Devanagari or Urdu."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    waiting = [devtools.send("DOM.getDocument", {"depth": -1})["root"]]
    while waiting:
        node = waiting.pop()
        children = node.get("children", [])
        waiting.extend(children)
        text = children[0]["nodeValue"].strip() if [3] == [child["nodeType"] for child in children] else ""
        if ONE_WORD.fullmatch(text):
            used = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
            yield from ((node["nodeName"], text, font["familyName"], font["isCustomFont"]) for font in used)


@pytest.mark.parametrize("path", ["/", "/?lang=te", f"{WARD}?lang=te"])
def test_words_in_the_wards_scripts_have_the_pages_own_fonts(site, window, path):
    """A machine need not have any; a word alone is what a browser may leave as it was before the font had come."""
    shown = window()
    shown.open(site + path)
    shown.page.evaluate("document.fonts.ready")
    found = list(fonts_of_words(shown.page))

    assert found
    assert [] == [one for one in found if not one[-1]]
