"""Nothing that an article, a name or an address says can run, read what is closed, or lead elsewhere."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from falcon.testing import TestClient
from served_page import EMBARGO, new_key, page_app

from lokdarpan_core import ingest_jsonl, to_json
from lokdarpan_core.schema import ward, ward_features
from lokdarpan_web.page.door import COOKIE, safe_way_back
from lokdarpan_web.page.links import web_link
from lokdarpan_web.page.tables import Column, Table

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
PAGES = [
    "/",
    "/ward/WARD_010",
    "/ward/WARD_010?with=WARD_001",
    "/ward/WARD_010/brief",
    "/method",
    "/login",
    "/search?q=x",
]
OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


def closed(city) -> TestClient:
    return TestClient(page_app(city, LOKDARPAN_REQUIRE_KEY="true"))


def send_key(client, token, headers=OURS, to="/ward/WARD_010"):
    return client.simulate_post("/login", body=f"key={token}&to={to}", headers=headers)


@pytest.mark.parametrize("path", [*PAGES, "/nowhere/at/all?x=1", "/ward/nowhere", "/ward/WARD_010/charts/votes.svg"])
def test_every_answer_forbids_foreign_code(client, path):
    headers = client.simulate_get(path).headers

    if path.startswith("/nowhere"):  # the embedding app's own answer
        return
    assert "script-src 'self'" in headers["content-security-policy"] or "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert ("nosniff", "same-origin") == (headers["x-content-type-options"], headers["referrer-policy"])


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_script_and_no_style_in_them(client, path):
    text = client.simulate_get(path).text

    assert [] == re.findall(r"<script(?![^>]*\bsrc=)", text)
    assert [] == re.findall(r"<style|\sstyle=|\son\w+=", text)
    assert "frame-ancestors 'none'" in client.simulate_get(path).headers["content-security-policy"]


def test_hostile_articles_are_text(city, tmp_path):
    hostile = {
        "publication_name": f"Paper {SCRIPT}",
        "publication_date": "2026-06-30",
        "title": f"Uppal {SCRIPT}",
        "body": f'"><svg onload=alert(1)> Uppal {SCRIPT} in Hyderabad',
        "language": '"><script>alert(1)</script>',
        "author": SCRIPT,
        "url": "javascript:alert(1)",
    }
    (tmp_path / "hostile.jsonl").write_bytes(to_json(hostile))
    ingest_jsonl(city, tmp_path / "hostile.jsonl")
    client = TestClient(page_app(city))

    for path in ("/ward/WARD_010", "/ward/WARD_010/brief", "/ward/WARD_010?lang=te", "/"):
        text = client.simulate_get(path).text
        assert 200 == client.simulate_get(path).status_code
        assert "<script>alert" not in text
        assert "<img" not in re.sub(r"<noscript>.*?</noscript>", "", text)
        assert "<svg onload" not in text
        assert "javascript:" not in text
    assert "&lt;script&gt;alert(1)" in client.simulate_get("/ward/WARD_010").text


def test_hostile_names_are_text_in_pages_and_charts(city):
    with city.begin() as connection:
        named = sa.update(ward).where(ward.c.ward_id == "WARD_010").values(name=SCRIPT)
        connection.execute(named)
        shares = {SCRIPT: 0.6, "=cmd|' /C calc'!A0": 0.4}
        of_ward = sa.update(ward_features).where(ward_features.c.ward_id == "WARD_010")
        connection.execute(of_ward.values(ls24_party_shares=shares))
    client = TestClient(page_app(city))

    for path in ("/ward/WARD_010", "/", "/ward/WARD_010?with=WARD_001", "/ward/WARD_010/charts/votes.svg"):
        assert "<script>alert" not in client.simulate_get(path).text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "/local",
        "//host",
        "ftp://x/y",
        "http://[",
        "",
        None,
    ],
)
def test_only_addresses_of_the_web_become_links(url):
    assert web_link(url) is None


def test_address_of_the_web_is_a_link():
    assert "https://example.org/a?b=1" == web_link(" https://example.org/a?b=1")


def test_spreadsheets_find_no_formula():
    table = Table((Column("party", "Party"), Column("swing_pp", "x", "points")), (("=1+1", -2.5), ("@x", 1.0)))

    assert "party,swing_pp\r\n'=1+1,-2.5\r\n'@x,1.0\r\n" == table.as_csv().decode("utf-8-sig")


@pytest.mark.parametrize("path", [path for path in PAGES if path not in ("/method", "/login")])
def test_closed_page_asks_for_a_key_first(city, path):
    answer = closed(city).simulate_get(path)

    assert 303 == answer.status_code
    assert answer.headers["location"].startswith("/login?to=%2F")


@pytest.mark.parametrize("path", ["/ward/WARD_010/charts/votes.csv", "/charts/map.json"])
def test_closed_figures_are_closed(city, path):
    assert 303 == closed(city).simulate_get(path).status_code


def test_key_opens_the_page_and_signing_out_closes_it(city):
    client, token = closed(city), new_key(city, "read")

    entered = send_key(client, token)
    cookie = entered.headers["set-cookie"]

    assert (303, "/ward/WARD_010") == (entered.status_code, entered.headers["location"])
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"))
    assert "Secure" not in cookie
    assert 200 == client.simulate_get("/ward/WARD_010", cookies={COOKIE: token}).status_code
    out = client.simulate_post("/logout", headers=OURS, cookies={COOKIE: token})
    assert "Max-Age=0" in out.headers["set-cookie"]


def test_cookie_is_secure_by_https(city):
    answer = send_key(closed(city), new_key(city, "read"), OURS | {"X-Forwarded-Proto": "https"})

    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("token", ["lkd_wrong", "", "%00", "a;b", "%E0%B0%95", "x" * 5000])
def test_wrong_key_does_not_open(city, token):
    answer = send_key(closed(city), token)

    assert (403, None) == (answer.status_code, answer.headers.get("set-cookie"))
    assert "Not signed in" in answer.text


def test_key_of_another_scope_does_not_open(city):
    assert 403 == send_key(closed(city), new_key(city, "ingest")).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_form_of_another_site_is_refused(city, headers):
    client = closed(city)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    assert 403 == send_key(client, new_key(city, "read"), headers | kind).status_code
    assert 403 == client.simulate_post("/logout", headers=headers).status_code


def test_form_of_our_origin_is_taken_where_the_browser_says_no_more(city):
    headers = {"Origin": "http://wards.example", "Host": "wards.example"}
    answer = send_key(closed(city), new_key(city, "read"), headers | {"Content-Type": OURS["Content-Type"]})

    assert 303 == answer.status_code


@pytest.mark.parametrize(
    "asked",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "x", "", None],
)
def test_signing_in_never_leads_elsewhere(asked):
    assert "/" == safe_way_back("", asked)


def test_sensitive_shares_need_their_key_and_stand_beside_no_party(city):
    client = TestClient(page_app(city))
    token = new_key(city, "demographics")

    without = client.simulate_get("/ward/WARD_010").text
    with_key = client.simulate_get("/ward/WARD_010", headers={"Authorization": f"Bearer {token}"}).text
    beside = client.simulate_get("/ward/WARD_010?with=WARD_001", headers={"Authorization": f"Bearer {token}"}).text

    assert ("Muslims" in without, "holders of a key" in without) == (False, True)
    people = re.search(r'<section aria-labelledby="people">.*?</section>', with_key, re.DOTALL)[0]
    assert "Muslims" in people
    assert "census of 2011" in people
    assert not re.search("BRS|BJP|INC|AIMIM", people)
    assert "Muslims" not in with_key.replace(people, "") + beside


@pytest.mark.parametrize("layer", ["muslim_idx", "scst_idx", "demographics"])
def test_communities_are_no_layer(client, layer):
    assert (
        client.simulate_get("/charts/map.csv").content == client.simulate_get(f"/charts/map.csv?layer={layer}").content
    )


def test_embargo_hides_the_forecast_everywhere(city):
    client = TestClient(page_app(city, LOKDARPAN_EMBARGO=EMBARGO))

    for path in ("/ward/WARD_010", "/ward/WARD_010/brief", "/?layer=forecast", "/?layer=doubt"):
        answer = client.simulate_get(path)
        assert "No forecast is shown now" in answer.text
        assert ("likeliest winner:" in answer.text, "no-store") == (False, answer.headers["cache-control"])
    assert "not shown now" in client.simulate_get("/ward/WARD_010?with=WARD_001").text
    for path in ("/ward/WARD_010/charts/forecast.json", "/charts/map.csv?layer=forecast"):
        assert 404 == client.simulate_get(path).status_code


def test_forecast_is_kept_by_nobody(client):
    for path in (
        "/ward/WARD_010",
        "/ward/WARD_010/charts/forecast.svg",
        "/?layer=forecast",
        "/charts/map.csv?layer=doubt",
    ):
        answer = client.simulate_get(path)
        assert (200, "no-store") == (answer.status_code, answer.headers["cache-control"])


def test_files_are_kept_for_good_and_nothing_else_is_served(client):
    style = re.search(r'href="(/static/page-[0-9a-f]{12}\.css)"', client.simulate_get("/").text)[1]

    answer = client.simulate_get(style, headers={"Accept-Encoding": "gzip"})

    assert ("public, max-age=31536000, immutable", "gzip") == (
        answer.headers["cache-control"],
        answer.headers["content-encoding"],
    )
    for path in ("/static/page.css", "/static/..%2Fpages.py", "/static/None", "/static/"):
        assert 404 == client.simulate_get(path).status_code


def test_dates_of_a_page_are_the_archives(client):
    assert "The newest articles are of 30 June 2026." in client.simulate_get("/ward/WARD_010").text
    assert date(2026, 6, 30) < date.today()  # noqa: DTZ011 (only that it is over)
