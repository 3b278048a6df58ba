"""Both pages over real news, boundaries and winners, in a browser (needs LOKDARPAN_REAL_DATA)."""

import pytest
from falcon.testing import TestClient
from served_page import page_app

from lokdarpan_core import (
    Gazetteer,
    import_boundaries,
    import_list,
    import_winners,
    ingest_jsonl,
    packaged_list,
    read_features,
    refresh_ward_profile,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def real_city(engine, real_data):
    """Hyderabad's wards with their boundaries and the winners of 2020, and two months of news."""
    with engine.begin() as connection:
        for id in ("ghmc-2016", "hyderabad-2026"):
            import_list(connection, packaged_list(id))
        features = read_features(real_data / "wards" / "ghmc-wards.geojson")
        import_boundaries(connection, Gazetteer.load(connection), "ghmc-2016", features)
        winners = real_data / "results" / "ghmc_2020_winners.csv"
        import_winners(connection, winners, election="GHMC-2020", delimitation="ghmc-2016")
        refresh_ward_profile(connection)
    ingest_jsonl(engine, real_data / "news" / "telangana_2026_h1.jsonl")
    return engine


def test_pages_of_real_data_open_without_a_complaint(real_city, serve, window):
    address = serve(page_app(real_city))
    for path in ("/", "/?lang=te&layer=mentions", "/ward/WARD_095", "/ward/WARD_095?lang=te", "/ward/HYD26_014"):
        for width in (360, 1200):
            shown = window(width=width)
            shown.open(address + path)
            assert ([], []) == (shown.complaints, shown.foreign)
            assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_boundaries_are_drawn_and_their_source_is_named(real_city):
    client = TestClient(page_app(real_city))

    assert 'href="https://www.openstreetmap.org/copyright"' in client.simulate_get("/").text
    layers = client.simulate_get("/charts/map.json").json["layer"]
    assert "geoshape" == layers[0]["mark"]["type"]
