"""`lokdarpan ward pulse` and `lokdarpan trends`: the API's bytes for machines, tables for people, any label."""

import json
from datetime import timedelta

import pytest
from wards_in_news import UNTIL, WARD, add_post, add_story, build_city

from lokdarpan_core import import_list, ingest_jsonl, packaged_list, to_json
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.pulse.pulse import pulse
from lokdarpan_core.pulse.trends import trends


@pytest.fixture
def lokdarpan(lokdarpan):
    """Run the command: lokdarpan("ward", "pulse", label) -> what it printed; fails when it does."""

    def run(*words, code=0):
        process = lokdarpan(*words)
        assert code == process.returncode, process.stderr.decode()
        return (process.stdout if code == 0 else process.stderr).decode()

    return run


@pytest.fixture
def city(engine):
    with engine.begin() as connection:
        build_city(connection)
        rain = add_story(connection)
        for paper in ("Herald", "Times"):
            add_post(
                connection, UNTIL, "Rain in Lakeside today.", title="Rain", publication=paper, story_id=rain,
                emotion="anger", party="INC", url="https://paper.example/rain",
            )  # fmt: skip
        add_post(connection, UNTIL - timedelta(days=1), "Fire in Lakeside.", publication="Herald")
    return engine


def test_json_has_the_bytes_of_the_api(lokdarpan, city):
    with city.connect() as connection:
        said, counted = pulse(connection, WARD, until=UNTIL), trends(connection, WARD, until=UNTIL, days=3)
        everything = trends(connection, until=UNTIL, days=3)

    window = ("--until", UNTIL, "--json")
    assert to_json(said).decode() + "\n" == lokdarpan("ward", "pulse", "lakeside", *window)
    assert to_json(counted).decode() + "\n" == lokdarpan("trends", "--ward", WARD, "--days", 3, *window)
    assert to_json(everything).decode() + "\n" == lokdarpan("trends", "--days", 3, *window)


def test_people_get_the_summary_the_sources_and_the_evidence_with_the_mention_marked(lokdarpan, city):
    text = lokdarpan("ward", "pulse", WARD, "--until", UNTIL)

    for part in (
        "TEST_001  Lakeside (testville-2020)",
        "Lakeside was mentioned in 2 stories in the 14 days to 30 June 2026 (3 articles from 2 sources)",
        "Told by",
        "anger",
        "Rain in [Lakeside] today.",
        "Also in Herald (2026-06-30)",
        "https://paper.example/rain",
    ):
        assert part in text


def test_summary_in_telugu_and_silence(lokdarpan, city):
    assert "ప్రస్తావన 2 వార్తల్లో వచ్చింది" in lokdarpan("ward", "pulse", WARD, "--until", UNTIL, "--lang", "te")
    silent = lokdarpan("ward", "pulse", "TEST_002", "--until", UNTIL)
    assert "No story mentioned Old Town" in silent
    assert "Told by" not in silent


def test_every_day_is_a_row_with_its_bar(lokdarpan, city):
    text = lokdarpan("trends", "--until", UNTIL, "--days", 3)

    rows = [row.split()[:3] for row in text.splitlines() if "2026-06-" in row and row.startswith(" ")]
    assert [["Sun", "2026-06-28", "0"], ["Mon", "2026-06-29", "1"], ["Tue", "2026-06-30", "1"]] == rows
    assert all(word in text for word in ("All, stories by day", "anger", "INC", "█"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("ward", "pulse", WARD, "--days", 91),
        ("ward", "pulse", WARD, "--lang", "hi"),
        ("ward", "pulse", "Nowhere"),
        ("trends", "--days", 366),
        ("trends", "--until", "yesterday"),
    ],
    ids=str,
)
def test_what_can_not_be_asked_is_said(lokdarpan, city, arguments):
    assert "Error" in lokdarpan(*arguments, code=2)


def test_labels_in_two_scripts_and_an_id_give_the_same_answer_on_real_news(lokdarpan, engine, real_data):
    with engine.begin() as connection:
        for name in ("ghmc-2016", "hyderabad-2026"):
            import_list(connection, packaged_list(name))
    ingest_jsonl(engine, real_data / "news" / "telangana_2026_h1.jsonl")
    assign_stories(engine)
    count_days(engine)

    labels = ("జూబ్లీహిల్స్", "Ward 95 Jubilee Hills", "WARD_095")
    answers = [lokdarpan("ward", "pulse", label, "--until", "2026-06-30", "--json") for label in labels]

    assert 1 == len(set(answers))
    said = json.loads(answers[0])
    assert ("ok", "WARD_095", 10) == (said["status"], said["ward"], len(said["evidence"]))
    assert {"en", "te"} == {one["language"] for one in said["evidence"]}
    assert all(len(one["excerpt"]) <= 300 and one["marks"] and one["url"] for one in said["evidence"])
    assert said["metrics"]["top_keywords"]
