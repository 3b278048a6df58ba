"""`GET /pulse/{ward}` and `GET /trends`: the same form whether or not there is news, and what a client may ask."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient

from lokdarpan_core import (
    Settings,
    assign_stories,
    count_days,
    create_key,
    import_list,
    ingest_jsonl,
    packaged_list,
)
from lokdarpan_core.schema import alert
from lokdarpan_web import create_app

OPEN, CLOSED = (Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": said}) for said in ("false", "true"))
UNTIL = date(2026, 5, 14)


@pytest.fixture
def client(engine, tmp_path):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    lines = [
        line(n, title=f"Water {n}", body=f"Jubilee Hills has no water since day {n}.", publication_date=str(day),
             emotion="Anger", party="INC")
        for n, day in enumerate(UNTIL - timedelta(n) for n in range(4))
    ]  # fmt: skip
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", lines), today=date(2026, 6, 1))
    assign_stories(engine)
    count_days(engine)
    return TestClient(create_app(engine, OPEN))


def get(client, path, **params):
    return client.simulate_get(f"/api/v1{path}", params=params)


def test_the_pulse_has_its_fields(client):
    answer = get(client, "/pulse/95", until=UNTIL, days=7)

    assert (200, "ok", "WARD_095", 7, str(UNTIL)) == (
        answer.status_code, *(answer.json[name] for name in ("status", "ward", "days", "until")),
    )  # fmt: skip
    assert {"sentiments", "top_authors", "top_keywords"} <= answer.json["metrics"].keys()
    assert {"Anger": answer.json["metrics"]["stories"]} == answer.json["metrics"]["sentiments"]
    assert (str(UNTIL), True) == (answer.json["last_mention"], bool(answer.json["evidence"]))
    assert "Jubilee Hills" in answer.json["briefing"]["summary"]


def kinds(value):
    """The form of an answer: names and types, without what is in lists and open dicts."""
    if isinstance(value, dict):
        return {name: kinds(one) for name, one in value.items()}
    return "text or nothing" if value is None or isinstance(value, str) else type(value).__name__


def test_a_ward_without_news_has_an_answer_of_the_same_form(client):
    said, silent = (get(client, f"/pulse/{ward}", until=UNTIL).json for ward in ("95", "96"))

    assert ("no_recent_posts", None, []) == (silent["status"], silent["last_mention"], silent["evidence"])
    for answer in (said, silent):
        answer["metrics"]["sentiments"] = answer["metrics"]["parties"] = {}
    assert kinds(said) == kinds(silent)


def test_it_is_told_in_telugu_too(client):
    assert "జూబ్లీహిల్స్" in get(client, "/pulse/95", until=UNTIL, lang="te").json["briefing"]["summary"]


def test_trends_have_a_row_for_every_day(client):
    answer = get(client, "/trends", ward="Jubilee Hills", days=10, until=UNTIL).json

    assert ("WARD_095", 10, str(UNTIL - timedelta(9)), str(UNTIL)) == tuple(
        answer[name] for name in ("ward", "days", "start_date", "end_date")
    )
    assert [str(UNTIL - timedelta(n)) for n in range(9, -1, -1)] == [one["date"] for one in answer["series"]]
    assert [0] * 6 + [1] * 4 == [one["mentions_total"] for one in answer["series"]]
    assert (["Anger"], ["INC"]) == (answer["emotion_keys"], answer["party_keys"])


@pytest.mark.parametrize("params", [{}, {"ward": "All"}, {"ward": "all"}])
def test_trends_of_the_whole_archive(client, params):
    answer = get(client, "/trends", until=UNTIL, **params).json

    assert ("All", 30, 4) == (answer["ward"], answer["days"], sum(one["mentions_total"] for one in answer["series"]))


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/pulse/95", "days", "0"),
        ("/pulse/95", "days", "91"),
        ("/pulse/95", "days", "two"),
        ("/pulse/95", "until", "tomorrow"),
        ("/pulse/95", "until", "0001-01-01"),
        ("/pulse/95", "lang", "xx"),
        ("/alerts/95", "limit", "0"),
        ("/alerts/95", "lang", "xx"),
        ("/trends", "days", "366"),
        ("/trends", "days", "-1"),
        ("/trends", "until", "2026-02-30"),
    ],
)
def test_a_parameter_that_can_not_be_used_is_named(client, path, name, value):
    answer = get(client, path, **{name: value})

    assert (422, name) == (answer.status_code, answer.json["field"])


@pytest.mark.parametrize("path", ["/pulse/Nowhere", "/trends?ward=Nowhere", "/pulse/95?delimitation=pune"])
def test_a_ward_that_there_is_not(client, path):
    assert 404 == client.simulate_get(f"/api/v1{path}").status_code


@pytest.mark.parametrize("path", ["/pulse/95", "/trends?ward=95"])
def test_an_answer_is_sent_again_only_when_the_ward_changed(client, engine, tmp_path, path):
    first = client.simulate_get(f"/api/v1{path}")
    tag = {"If-None-Match": first.headers["etag"]}
    assert 304 == client.simulate_get(f"/api/v1{path}", headers=tag).status_code

    more = line(9, body="A fire in Jubilee Hills.", publication_date=str(UNTIL))
    ingest_jsonl(engine, write(tmp_path / "more.jsonl", [more]), today=date(2026, 6, 1))

    assert 200 == client.simulate_get(f"/api/v1{path}", headers=tag).status_code
    assert "last-modified" not in first.headers  # the window moves


@pytest.fixture
def old_alert(client, engine):
    """As an older program left them."""
    advice = {"opportunities": ["canvass"], "threats": ["anger"], "actionable_alerts": ["visit"]}
    with engine.begin() as connection:
        row = {"ward": "Jubilee Hills", "ward_id": "WARD_095", "description": "Water is scarce", "severity": "High"}
        connection.execute(sa.insert(alert).values(**row, **advice))
        connection.execute(sa.insert(alert).values(**row | {"description": "gone"}, withdrawn_at=sa.func.now()))


def key(engine, *scopes):
    with engine.begin() as connection:
        return {"Authorization": f"Bearer {create_key(connection, 'a key', scopes).token}"}


def test_advice_in_alerts_is_for_keys_of_scope_read(client, engine, old_alert):
    path = "/api/v1/alerts/Jubilee Hills"
    nobody, sender = client.simulate_get(path), client.simulate_get(path, headers=key(engine, "ingest"))
    reader = client.simulate_get(path, headers=key(engine, "read"))

    for answer in (nobody, sender, reader):
        assert ("WARD_095", ["Water is scarce"]) == (
            answer.json["ward"], [one["description"] for one in answer.json["alerts"]],
        )  # fmt: skip
    for answer in (nobody, sender):
        assert not {"opportunities", "threats", "actionable_alerts"} & answer.json["alerts"][0].keys()
    (told,) = reader.json["alerts"]
    assert (["canvass"], ["anger"], ["visit"]) == (told["opportunities"], told["threats"], told["actionable_alerts"])


def test_a_ward_without_alerts_has_an_empty_list(client):
    assert ([], 404) == (get(client, "/alerts/96").json["alerts"], get(client, "/alerts/Nowhere").status_code)


@pytest.mark.parametrize("path", ["/pulse/95", "/alerts/95", "/trends", "/wards", "/wards.geojson", "/posts"])
def test_where_reading_is_closed_a_key_of_scope_read_is_needed(client, engine, path):
    closed, told = TestClient(create_app(engine, CLOSED)), []
    for scopes in ((), ("ingest",), ("read",)):
        headers = {}
        if scopes:
            with engine.begin() as connection:
                headers["Authorization"] = f"Bearer {create_key(connection, 'a key', scopes).token}"
        told.append(closed.simulate_get(f"/api/v1{path}", headers=headers).status_code)

    assert [401, 403, 200] == told
