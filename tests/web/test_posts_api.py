"""`GET /posts`: pages that miss nothing, texts that are not ours, and questions in every script."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core import (
    ParameterError,
    Place,
    Settings,
    create_key,
    import_list,
    index_posts,
    ingest_jsonl,
    packaged_list,
    utc_now,
)
from lokdarpan_core.schema import post
from lokdarpan_web import create_app, cursors

SETTINGS = Settings.from_environment({})
POSTS = "/api/v1/posts"
DAY = date(2026, 5, 10)


@pytest.fixture
def client(engine):
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    return TestClient(create_app(engine, SETTINGS))


@pytest.fixture
def deliver(engine, tmp_path):
    def deliver(*lines):
        report = ingest_jsonl(engine, write(tmp_path / "news.jsonl", lines), today=date(2026, 6, 1))
        index_posts(engine, report.id)
        return report

    return deliver


def get(client, path=POSTS, token=None, **params):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return client.simulate_get(path, params=params, headers=headers)


def titles(answer):
    return [one["title"] for one in answer.json["posts"]]


def key(engine, *scopes):
    with engine.begin() as connection:
        return create_key(connection, "a key", scopes).token


def test_posts_come_newest_first_with_what_is_known_of_them(client, deliver):
    deliver(
        line(1, publication_date="2026-05-01", title="old", body="Water at Jubilee Hills", url="https://one.example/1"),
        line(2, publication_date="2026-05-02", title="new", body="Rain", url="javascript:alert(1)"),
    )

    answer = get(client)

    assert (200, ["new", "old"], None) == (answer.status_code, titles(answer), answer.json["next"])
    new, old = answer.json["posts"]
    assert ("2026-05-01", "Water at Jubilee Hills", "https://one.example/1") == (
        old["publication_date"], old["excerpt"], old["url"],
    )  # fmt: skip
    assert [{"ward": "WARD_095", "how": "name"}] == old["wards"]
    assert (None, []) == (new["url"], new["wards"])


def test_whole_texts_are_for_keys_of_scope_read(client, engine, deliver):
    body = "<script>alert(1)</script> " + "వరద నీరు ముంచెత్తింది " * 100
    deliver(line(1, title="Flood", body=body))

    nobody, sender = get(client), get(client, token=key(engine, "ingest"))
    reader, admin = get(client, token=key(engine, "read")), get(client, token=key(engine, "admin"))

    for answer in (nobody, sender):
        (entry,) = answer.json["posts"]
        assert (None, ["text"]) == (entry["text"], answer.json["withheld"])
        assert 250 < len(entry["excerpt"]) <= 300
        assert body.startswith(entry["excerpt"].removesuffix("…"))
    for answer in (reader, admin):
        assert (f"Flood\n\n{body.strip()}", []) == (answer.json["posts"][0]["text"], answer.json["withheld"])
    assert "application/json" == nobody.headers["content-type"]


def test_a_page_of_whole_texts_ends_at_four_mebibytes(client, engine, deliver):
    deliver(*(line(n, title=f"{n}", body="x" * 1_500_000 + str(n)) for n in range(5)))
    token = key(engine, "read")

    sizes, path = [], POSTS
    while path:
        answer = get(client, path, token)
        sizes.append(len(answer.json["posts"]))
        path = answer.json["next"]

    assert [2, 2, 1] == sizes
    assert 5 == len(get(client).json["posts"])


def walk(client, between=lambda: None, **params):
    answer = get(client, **params)
    found = [one["id"] for one in answer.json["posts"]]
    while answer.json["next"]:
        between()
        assert f"<{answer.json['next']}>; rel=next" == answer.headers["link"]
        answer = client.simulate_get(answer.json["next"])
        found += [one["id"] for one in answer.json["posts"]]
    return found


@pytest.mark.parametrize("asked", [{}, {"ward": "95"}, {"q": "jubilee"}, {"ward": "Jubilee Hills", "q": "hills"}])
def test_who_walks_the_pages_meets_every_post_once_while_others_come(client, engine, deliver, asked):
    def lines(first):
        return [
            line(n, title=f"{n}", body=f"Jubilee Hills {n}", publication_date=str(DAY - timedelta(n % 4)))
            for n in range(first, first + 30)
        ]

    deliver(*lines(0))
    with engine.connect() as connection:
        before = set(connection.scalars(sa.select(post.c.id)))
    batches = iter(range(100, 10_000, 100))

    found = walk(client, between=lambda: deliver(*lines(next(batches))[:3]), limit=7, **asked)

    assert len(found) == len(set(found))
    assert before <= set(found)


@given(
    at=st.datetimes(min_value=Place(utc_now(), 0).at.replace(year=1780, tzinfo=None)),
    id=st.integers(1, 2**63 - 1),
    place=st.integers(0, 31),
    other=st.sampled_from("ABCxyz019-_"),
)
def test_a_cursor_leads_back_and_an_altered_one_nowhere(at, id, place, other):
    from datetime import UTC

    where, question = Place(at.replace(tzinfo=UTC), id), ("WARD_001", "q", None, None)
    text = cursors.encode(where, question)

    assert (cursors.LENGTH, where) == (len(text), cursors.decode(text, question))
    altered = text[:place] + other + text[place + 1 :]
    for wrong, asked in [(altered, question), (text, ("WARD_002", "q", None, None)), (text[:-1], question)]:
        if (wrong, asked) != (text, question):
            with pytest.raises(ParameterError, match="cursor"):
                cursors.decode(wrong, asked)


@pytest.mark.parametrize("cursor", ["x", "=" * 32, "A" * 32, "٣" * 32, "' OR 1=1 --", "A" * 33, "\ud800"])
def test_a_cursor_that_is_none_is_said_to_be(client, cursor):
    answer = client.simulate_get(POSTS, params={"cursor": cursor.encode("utf-8", "replace").decode()})

    assert (422, "cursor") == (answer.status_code, answer.json["field"])


def test_a_cursor_of_another_question_is_refused(client, deliver):
    deliver(*(line(n, body="water") for n in range(3)))
    cursor = get(client, limit=1).json["next"].partition("cursor=")[2].partition("&")[0]

    assert (200, 422) == (
        get(client, cursor=cursor).status_code,
        get(client, cursor=cursor, q="water").status_code,
    )


def test_days_are_included(client, deliver):
    deliver(*(line(n, title=f"{day}", publication_date=f"2026-05-0{day}") for n, day in enumerate((1, 2, 3))))

    assert ["2"] == titles(get(client, since="2026-05-02", until="2026-05-02"))
    assert ["3", "2"] == titles(get(client, since="2026-05-02"))
    assert [] == titles(get(client, since="2026-05-02", until="2026-05-01"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "101"), ("limit", "x"), ("since", "yesterday"), ("q", "!!"), ("q", "x" * 301)],
)
def test_a_parameter_that_can_not_be_used_is_named(client, name, value):
    answer = client.simulate_get(POSTS, params={name: value})

    assert (422, name) == (answer.status_code, answer.json["field"])


def test_a_ward_may_be_called_by_any_label(client, deliver):
    deliver(line(1, title="there", body="Rain in Jubilee Hills"), line(2, title="elsewhere", body="Rain in Uppal"))

    for label in ("95", "WARD_095", "jubileehills", "జూబ్లీహిల్స్"):
        assert ["there"] == titles(get(client, ward=label))
    assert (404, 2) == (get(client, ward="Nowhere").status_code, len(titles(get(client, ward="All"))))


@pytest.mark.parametrize("words", ["వరద", "बाढ़", "سیلاب", "flood", '"heavy flood"', "nonsense or flood"])
def test_words_are_found_in_every_script(client, deliver, words):
    deliver(line(1, title="it", body="heavy flood వరద बाढ़ سیلاب"), line(2, title="other", body="dry"))

    assert ["it"] == titles(get(client, q=words))


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE post; --", "a' || pg_sleep(9) || '", "!!:*&|()", "\x00a", "<script>", "\\"]
)
def test_words_of_an_attacker_are_words(client, deliver, words):
    deliver(line(1))

    assert get(client, q=words).status_code in {200, 422}
    assert 1 == len(titles(get(client)))
