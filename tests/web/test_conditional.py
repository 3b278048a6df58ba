"""Conditional GET: a copy that is good costs one row, and one that is not good is never taken for good."""

import io
import json

import attrs
import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statements import heard

from lokdarpan_core import (
    Gazetteer,
    Settings,
    add_alias,
    add_election,
    aggregate_to_ward,
    assign_stories,
    compute_features,
    create_key,
    import_list,
    ingest_jsonl,
    latest,
    packaged_list,
    refresh_ward_profile,
    remove_seed,
    seed,
    undo_run,
    ward_version,
    withdraw_article,
)
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.schema import alert, epaper, ward_demographics, ward_features, ward_profile
from lokdarpan_web import create_app
from lokdarpan_web.conditional import Bodies, Validators, is_current, ward_validators

META = "/api/v1/ward/meta/WARD_001"
SETTINGS = Settings.from_environment({"LOKDARPAN_RATE_LIMIT": "0"})
LONG_AGO = sa.text("UPDATE ward_version SET changed_at = now() - interval '1 hour'")


@pytest.fixture
def client(engine):
    with engine.begin() as connection:
        for name in ("ghmc-2016", "hyderabad-2026"):
            import_list(connection, packaged_list(name))
        seed(connection)
    return TestClient(create_app(engine, SETTINGS, log=io.StringIO()))


def get(client, path=META, **headers):
    return client.simulate_get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def key(engine, *scopes):
    with engine.begin() as connection:
        return {"Authorization": f"Bearer {create_key(connection, 'a key', scopes).token}"}


def embargo(year):
    """From the first day of a year on."""
    start, end = f"{year}-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    return json.dumps([{"start": start, "end": end, "authority": "A", "order": "1", "text": "T"}])


@pytest.fixture
def statements(monkeypatch):
    """What the database is asked, in order."""
    return heard(monkeypatch)


def test_a_good_copy_is_304_with_the_headers_and_without_a_body(client):
    first = get(client)

    again = get(client, If_None_Match=first.headers["etag"])

    assert (200, 304, b"") == (first.status_code, again.status_code, again.content)
    kept = ("etag", "cache-control", "vary")
    assert [first.headers[name] for name in kept] == [again.headers[name] for name in kept]
    assert "content-type" not in again.headers


def test_a_304_costs_one_row_of_an_index(client, engine, statements):
    etag = get(client).headers["etag"]
    cold = TestClient(create_app(engine, SETTINGS))
    statements.clear()

    answers = [get(one, If_None_Match=etag).status_code for one in (client, cold)]

    assert [304, 304] == answers
    assert 2 == len(statements)
    assert {"SELECT version, changed_at FROM ward_version WHERE ward_id = $1"} == set(statements)
    with engine.connect() as connection:
        connection.execute(sa.text("SET enable_seqscan = off"))
        (plan,) = connection.execute(
            sa.text("EXPLAIN SELECT version FROM ward_version WHERE ward_id = 'WARD_001'")
        ).first()
    assert plan.startswith("Index Scan using pk_ward_version")


def test_a_304_with_a_key_costs_the_keys_row_too(client, engine, statements):
    said = key(engine, "read")
    etag = get(client, **said).headers["etag"]
    statements.clear()

    assert 304 == get(client, If_None_Match=etag, **said).status_code
    assert 2 == len(statements)


def test_a_304_does_not_build_the_answer(client, monkeypatch):
    etag = get(client).headers["etag"]
    monkeypatch.setattr("lokdarpan_web.resources.ward_meta", lambda *_: pytest.fail("it was built"))

    assert 304 == get(client, If_None_Match=etag).status_code


def test_an_answer_that_was_made_is_not_made_again_while_it_holds(client, engine, statements):
    first = get(client)
    statements.clear()
    again = get(client)
    asked = len(statements)
    write_profile(engine, None, 4711)
    changed = get(client)

    assert (1, first.content) == (asked, again.content)
    assert 4711 == changed.json["profile"]["electors"]


def test_bodies_that_are_kept_have_a_bound():
    bodies = Bodies(most_bytes=100)
    for number in range(50):
        bodies.keep(str(number), b"x" * 30)

    assert 3 >= sum(bodies.get(str(number)) is not None for number in range(50)) >= 1


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{}, W/"x"', "*", ' "a" ,{} '])
def test_if_none_match_is_read_weak_in_lists_and_as_a_star(client, form):
    etag = get(client).headers["etag"]
    assert etag.startswith('W/"')

    assert 304 == get(client, If_None_Match=form.format(etag.removeprefix("W/"))).status_code


@pytest.mark.parametrize("form", ['"other"', 'W/"other"', "", "nonsense", '"', "W/", '"a", "b"'])
def test_another_copy_gets_the_answer(client, form):
    assert 200 == get(client, If_None_Match=form).status_code


def test_a_star_is_no_match_where_there_is_nothing(client):
    assert 404 == get(client, "/api/v1/ward/meta/WARD_999", If_None_Match="*").status_code
    assert 404 == get(client, "/api/v1/stories/1", If_None_Match="*").status_code


def test_last_modified_is_the_versions_time_and_if_modified_since_is_answered(client, engine):
    with engine.begin() as connection:
        connection.execute(LONG_AGO)

    modified = get(client).headers["last-modified"]

    assert 304 == get(client, If_Modified_Since=modified).status_code
    assert 200 == get(client, If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status_code
    assert 200 == get(client, If_Modified_Since="yesterday").status_code
    assert 200 == get(client, If_Modified_Since=modified, If_None_Match='"other"').status_code


def test_a_second_that_may_bring_another_change_is_no_last_modified(client):
    answer = get(client)

    assert "last-modified" not in answer.headers
    assert 200 == get(client, If_Modified_Since="Thu, 01 Jan 2099 00:00:00 GMT").status_code


def test_a_moving_window_has_no_last_modified(client, engine):
    with engine.connect() as connection:
        version = ward_version(connection, "WARD_001")
    old = attrs.evolve(version, changed_at=version.changed_at.replace(year=2020))

    assert [None, old.changed_at] == [
        ward_validators("WARD_001", old, (), SETTINGS, sliding=sliding).modified for sliding in (True, False)
    ]


def test_the_etag_depends_on_the_day_and_on_the_embargo(client, engine, monkeypatch):
    held, later = (
        TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_EMBARGO": embargo(year)})))
        for year in (2000, 2998)
    )
    tags = [get(one).headers["etag"] for one in (client, held, later)]
    assert tags[0] == tags[2] != tags[1]

    from datetime import date

    monkeypatch.setattr("lokdarpan_web.conditional.today", lambda _: date(2030, 1, 1))
    assert tags[0] != get(client).headers["etag"]


def test_the_etag_depends_on_what_the_caller_may_see(client, engine):
    callers = [{}, key(engine, "demographics"), key(engine, "read"), key(engine, "admin")]

    tags = [get(client, **caller).headers["etag"] for caller in callers]

    assert 4 == len(set(tags))
    assert 200 == get(client, If_None_Match=tags[1]).status_code


def test_labels_of_one_ward_have_one_etag(client):
    assert 1 == len({get(client, f"/api/v1/ward/meta/{label}").headers["etag"] for label in ("WARD_001", "1", "kapra")})


def test_who_may_keep_a_copy(client, engine):
    closed = TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": "true"})))
    said = key(engine, "read")

    found = [get(client), get(client, **said), get(closed, **said)]

    assert ["public, no-cache", "private, no-cache", "private, no-cache"] == [
        answer.headers["cache-control"] for answer in found
    ]
    for answer in found:
        assert {"Authorization", "Accept-Encoding"} <= set(answer.headers["vary"].split(", "))


def test_nobody_keeps_a_prediction_or_a_problem(client):
    for path in ("/api/v1/prediction/WARD_001", "/api/v1/prediction/WARD_999", "/api/v1/ward/meta/WARD_999"):
        answer = get(client, path)
        assert "no-store" == answer.headers["cache-control"]
        assert "etag" not in answer.headers
    assert 200 == get(client, "/api/v1/prediction/WARD_001", If_None_Match="*").status_code


def test_an_embargo_comes_before_validators(engine, client):
    held = TestClient(create_app(engine, Settings.from_environment({"LOKDARPAN_EMBARGO": embargo(2000)})))

    for headers in ({}, {"If_None_Match": "*"}, {"If_Modified_Since": "Thu, 01 Jan 2099 00:00:00 GMT"}):
        answer = get(held, "/api/v1/prediction/WARD_001", **headers)
        assert (451, "no-store") == (answer.status_code, answer.headers["cache-control"])


def test_a_ward_without_a_version_is_validated_by_its_answer(client, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM ward_version"))

    etag = get(client).headers["etag"]

    assert 304 == get(client, If_None_Match=etag).status_code


def test_an_answer_about_more_than_one_ward_is_validated_by_itself(client):
    etag = get(client, "/api/v1/openapi.json").headers["etag"]

    assert 304 == get(client, "/api/v1/openapi.json", If_None_Match=etag).status_code


def test_head_is_conditional_too_and_other_methods_are_not(client):
    etag = get(client).headers["etag"]

    assert 304 == client.simulate_head(META, headers={"If-None-Match": etag}).status_code

    class Request:
        method, env = "POST", {"HTTP_IF_NONE_MATCH": etag}

    assert not is_current(Request, Validators(etag, None))


# Every way of writing. Each changes what is said of WARD_001, or nothing.


TEXT = "Ward 1 Kapra of GHMC was flooded on Monday: drains, water, garbage, {}"


def _article(number):
    return line(
        number, title="Kapra nala", body=f"Ward 1 Kapra of GHMC was flooded on Monday, {number}", city="Hyderabad"
    )


def write_profile(engine, path, number):
    with engine.begin() as connection:
        connection.execute(sa.update(ward_profile).values(electors=number, updated_at=sa.func.clock_timestamp()))


def write_demographics(engine, path, number):
    with engine.begin() as connection:
        values = {"literacy_idx": number / 1000, "updated_at": sa.func.clock_timestamp()}
        connection.execute(sa.update(ward_demographics).values(values))


def write_features(engine, path, number):
    with engine.begin() as connection:
        connection.execute(sa.update(ward_features).values(aci_23=number / 1000, updated_at=sa.func.clock_timestamp()))


def rename(engine, path, number):
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE ward SET name = :name WHERE ward_id = 'WARD_001'"), {"name": f"Kapra {number}"}
        )


def spell(engine, path, number):
    """A spelling of another ward is a place's name in what is said of this one."""
    with engine.begin() as connection:
        gazetteer = Gazetteer.load(connection)
        ward = gazetteer.resolve(("WARD_001", "WARD_003")[number % 2])
        add_alias(connection, gazetteer, ward, f"ఊ{'కగచజటడ'[number % 6]}", "te")


def seed_again(engine, path, number):
    with engine.begin() as connection:
        seed(connection)


def remove_the_seed(engine, path, number):
    with engine.begin() as connection:
        remove_seed(connection)


def import_results(engine, path, number):
    with engine.begin() as connection:
        named = add_election(connection, "ASSEMBLY-2023")
        connection.execute(
            sa.text(
                "INSERT INTO polling_station (ps_id) VALUES ('65-1') ON CONFLICT DO NOTHING;"
                "INSERT INTO station_ward (ps_id, delimitation_id, ward_id) VALUES ('65-1', 'ghmc-2016', 'WARD_001')"
                " ON CONFLICT DO NOTHING;"
            )
        )
        for candidate, party in enumerate(("INC", "BJP"), 1):
            connection.execute(
                sa.text(
                    "INSERT INTO result_ps (election_id, ps_id, candidate_no, party, candidate, votes, total_polled)"
                    " VALUES (:e, '65-1', :n, :p, :p, :v, 2000) ON CONFLICT (election_id, ps_id, candidate_no)"
                    " DO UPDATE SET votes = excluded.votes"
                ),
                {"e": named.id, "n": candidate, "p": party, "v": number * candidate},
            )
    refresh_all(engine, path, number)


def refresh_all(engine, path, number):
    with engine.begin() as connection:
        if connection.scalar(sa.text("SELECT count(*) FROM election WHERE type = 'ASSEMBLY' AND year = 2023")):
            aggregate_to_ward(connection, "ASSEMBLY", 2023)
        refresh_ward_profile(connection)
        compute_features(connection)


def deliver(engine, path, number):
    ingest_jsonl(engine, write(path / f"{number}.jsonl", [_article(number)]))


def deliver_elsewhere(engine, path, number):
    """What is said of the city changes what stands out in one ward."""
    text = f"Ward 3 Cherlapally of GHMC: garbage, water and roads, {number}"
    ingest_jsonl(engine, write(path / f"e{number}.jsonl", [line(number, title="Roads", body=text, city="Hyderabad")]))
    count_days(engine)


def correct(engine, path, number):
    """The same articles with another party and mood."""
    mood = {"party": ("INC", "BJP")[number % 2], "emotion": ("anger", "hope")[number % 2]}
    lines = [line(of, title="Kapra nala", body=TEXT.format(of), city="Hyderabad", **mood) for of in range(1, 4)]
    ingest_jsonl(engine, write(path / f"c{number % 2}.jsonl", lines), update_metadata=True)


def into_stories(engine, path, number):
    assign_stories(engine)
    count_days(engine)


def undo_last(engine, path, number):
    with engine.begin() as connection:
        run = connection.scalar(sa.text("SELECT max(id) FROM ingest_run WHERE state = 'done'"))
        if run is not None:
            undo_run(connection, run)


def withdraw_first(engine, path, number):
    with engine.begin() as connection:
        where = epaper.c.withdrawn_at.is_(None)
        sha256 = connection.scalar(sa.select(epaper.c.sha256).where(where).order_by(epaper.c.id).limit(1))
        if sha256 is not None:
            withdraw_article(connection, sha256, "court order")


def add_alert(engine, path, number):
    with engine.begin() as connection:
        connection.execute(sa.insert(alert).values(ward="Kapra", ward_id="WARD_001", kind="rise", observed=number))


def remove_alerts(engine, path, number):
    with engine.begin() as connection:
        connection.execute(sa.delete(alert))


WAYS = [
    write_profile, write_demographics, write_features, rename, spell, seed_again, remove_the_seed, import_results,
    refresh_all, deliver, deliver_elsewhere, correct, into_stories, undo_last, withdraw_first, add_alert, remove_alerts,
]  # fmt: skip


def test_a_pulse_changes_with_its_articles_labels_and_so_does_its_etag(client, engine, tmp_path):
    path = "/api/v1/pulse/WARD_001?days=90&until=2026-06-01"
    for number in range(1, 4):
        deliver(engine, tmp_path, number)
    old = get(client, path)
    correct(engine, tmp_path, 1)
    new = get(client, path)

    assert old.content != new.content
    assert old.headers["etag"] != new.headers["etag"]


def test_a_pulse_changes_with_a_wards_spelling_and_so_does_its_etag(client, engine, tmp_path):
    path = "/api/v1/pulse/WARD_001?days=90&until=2026-06-01&lang=te"
    old = get(client, path)
    spell(engine, tmp_path, 0)
    new = get(client, path)

    assert "ఊక" in new.json["briefing"]["summary"]
    assert old.headers["etag"] != new.headers["etag"]


def test_a_spelling_of_one_ward_raises_the_version_of_all(engine, client, tmp_path):
    with engine.connect() as connection:
        ids = connection.scalars(sa.text("SELECT ward_id FROM ward ORDER BY ward_id")).all()
        before = {one: ward_version(connection, one).version for one in ids}
    spell(engine, tmp_path, 1)

    with engine.connect() as connection:
        assert {one: version + 1 for one, version in before.items()} == {
            one: ward_version(connection, one).version for one in ids
        }
        assert 0 == connection.scalar(sa.text("SELECT count(*) FROM ward_touch"))


def test_a_pulse_changes_with_the_citys_news_and_so_does_its_etag(client, engine, tmp_path):
    """What stands out in a ward is told by comparison with all wards."""

    def tell(name, numbers, ward, what="flooding of the lake"):
        texts = [f"{ward} of GHMC: {what}. " + " ".join(f"w{n}x{m}" for m in range(30)) for n in numbers]
        lines = [line(n, title=f"Lake {n}", body=text) for n, text in zip(numbers, texts, strict=True)]
        ingest_jsonl(engine, write(tmp_path / name, lines))
        count_days(engine)
        return get(client, "/api/v1/pulse/WARD_001?days=90&until=2026-06-01")

    tell("some", range(100, 200), "Ward 3 Cherlapally", "a market for flowers")
    tell("others", range(200, 210), "Ward 1 Kapra")
    old, new = (tell(f"more {n}", range(n, n + 60), "Ward 3 Cherlapally") for n in (300, 400))

    assert old.content != new.content
    assert old.headers["etag"] != new.headers["etag"]


PATHS = [META, "/api/v1/pulse/WARD_001?days=90&until=2026-06-01", "/api/v1/pulse/WARD_001?lang=te&until=2026-06-01",
         "/api/v1/alerts/WARD_001",
         "/api/v1/trends?ward=WARD_001&until=2026-06-01", "/api/v1/posts?ward=1", "/api/v1/wards"]  # fmt: skip


@pytest.mark.slow
@given(steps=st.lists(st.tuples(st.sampled_from(WAYS), st.integers(1, 900)), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_a_changed_answer_has_a_changed_etag(client, engine, tmp_path, steps):
    """And its top-level updated_at is the newest nested one."""
    for way, number in steps:
        before = {path: get(client, path) for path in PATHS}
        way(engine, tmp_path, number)
        for path, old in before.items():
            new = get(client, path)
            if "etag" in old.headers and "etag" in new.headers:
                changed = old.content != new.content
                assert not changed or old.headers["etag"] != new.headers["etag"], (path, way.__name__)
                assert (200 if changed else new.status_code) == 200
            if path == META and new.status_code == 200:
                parts = [new.json[part] for part in ("profile", "demographics", "features") if new.json[part]]
                assert max(part["updated_at"] for part in parts) == new.json["updated_at"]
    assert latest() is None
