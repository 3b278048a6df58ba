"""`GET /wards` and `/wards.geojson`: a city at a glance."""

from datetime import date

import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient

from lokdarpan_core import (
    Settings,
    assign_stories,
    create_key,
    import_list,
    ingest_jsonl,
    packaged_list,
    seed,
)
from lokdarpan_core.schema import alert, ward
from lokdarpan_web import create_app

SETTINGS = Settings.from_environment({})
UNTIL = date(2026, 5, 14)


@pytest.fixture
def client(engine):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
        seed(connection)
    return TestClient(create_app(engine, SETTINGS))


def wards(client, query="", **options):
    return client.simulate_get(f"/api/v1/wards?until={UNTIL}&{query}", **options).json["wards"]


def test_every_ward_is_listed_by_its_number_with_its_figures(client):
    listed = wards(client)

    assert list(range(1, 151)) == [one["number"] for one in listed]
    kapra, others = listed[0], listed[1:]
    assert ("WARD_001", "Kapra", 50_000, 55.0, "BRS", 2020, "example") == tuple(
        kapra[name]
        for name in ("ward", "name", "electors", "turnout_pct", "last_winner_party", "last_winner_year", "source")
    )
    assert {None} == {one["electors"] for one in others}


def test_neither_list_nor_map_tells_shares_of_communities(client, engine):
    with engine.begin() as connection:
        token = create_key(connection, "all", ["admin"]).token
    for path in ("/api/v1/wards", "/api/v1/wards.geojson"):
        answer = client.simulate_get(path, headers={"Authorization": f"Bearer {token}"})
        assert (200, False, False) == (answer.status_code, "muslim" in answer.text, "scst" in answer.text)


def test_mentions_are_stories_of_fourteen_days(client, engine, tmp_path):
    body = "A transformer in Jubilee Hills exploded on Monday night and left three colonies without power for hours."
    days = [("2026-04-30", "one"), ("2026-05-01", "two"), ("2026-05-14", "two"), ("2026-05-15", "three")]
    copies = [
        line(n, publication_date=day, title=f"{title} {n}", body=body + title) for n, (day, title) in enumerate(days)
    ]
    twice = line(9, publication_date="2026-05-14", title="two 2", body=body + "two", publication_name="Another")
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", [*copies, twice]), today=date(2026, 6, 1))
    assign_stories(engine)

    counted = {one["ward"]: one["mentions"] for one in wards(client) if one["mentions"]}

    with engine.connect() as connection:
        stories = connection.scalar(
            sa.text(
                "SELECT count(DISTINCT story_id) FROM epaper WHERE publication_date BETWEEN '2026-05-01' AND :until"
            ),
            {"until": UNTIL},
        )
    assert {"WARD_095": stories} == counted
    assert stories < 3


def test_alerts_of_the_window_that_were_not_withdrawn_are_open(client, engine):
    rows = [
        {"published_on": UNTIL, "subject": "a"},
        {"published_on": UNTIL, "subject": "b", "withdrawn_at": sa.func.now()},
        {"published_on": date(2026, 4, 30), "subject": "c"},
        {"published_on": None, "created_at": "2026-05-02T00:00:00Z"},
    ]
    with engine.begin() as connection:
        for row in rows:
            connection.execute(sa.insert(alert).values(ward="Kapra", ward_id="WARD_001", kind="volume", **row))

    assert {"WARD_001": 2} == {one["ward"]: one["alerts_open"] for one in wards(client) if one["alerts_open"]}


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("jubilee", [95]),
        ("JUBILEE hil", [95]),
        ("జూబ్లీ", [95]),
        ("जुबली", [95]),
        ("95", [95]),
        ("ward 95", [95]),
        ("WARD_095", [95]),
        ("95 jubilee", [95]),
        ("12 jubilee", []),
        ("xyzzy", []),
        ("%", []),
        ("'; DROP TABLE ward; --", []),
    ],
)
def test_a_part_of_a_name_in_any_script_finds_wards(client, question, numbers):
    answer = client.simulate_get("/api/v1/wards", params={"q": question})

    assert numbers == [one["number"] for one in answer.json["wards"]]


def test_delimitation_that_is_not_loaded_is_not_found(client):
    for path in ("/api/v1/wards", "/api/v1/wards.geojson"):
        answer = client.simulate_get(f"{path}?delimitation=pune-2022")
        assert (404, True) == (answer.status_code, "ghmc-2016" in answer.json["detail"])


def test_the_map_has_boundaries_else_points_else_nothing(client, engine):
    square = {"type": "Polygon", "coordinates": [[[78.0, 17.0], [78.1, 17.0], [78.1, 17.1], [78.0, 17.0]]]}
    with engine.begin() as connection:
        connection.execute(sa.update(ward).where(ward.c.ward_id == "WARD_002").values(boundary=square))

    answer = client.simulate_get("/api/v1/wards.geojson")
    features = {one["id"]: one for one in answer.json["features"]}

    assert ("application/geo+json", "FeatureCollection") == (answer.headers["content-type"], answer.json["type"])
    assert (150, square) == (len(features), features["WARD_002"]["geometry"])
    assert "Point" == features["WARD_095"]["geometry"]["type"]
    assert features["WARD_003"]["geometry"] is None  # the sources have no place for it
    assert wards(client)[94] == features["WARD_095"]["properties"]
    assert "© " in answer.json["attribution"]
    assert "OpenStreetMap contributors, ODbL" in answer.json["attribution"]


def test_an_unchanged_list_is_not_sent_again(client):
    first = client.simulate_get(f"/api/v1/wards?until={UNTIL}")
    second = client.simulate_get(f"/api/v1/wards?until={UNTIL}", headers={"If-None-Match": first.headers["etag"]})

    assert (304, "") == (second.status_code, second.text)
