"""`GET /stories/{number}`: who printed one text."""

import pytest
import sqlalchemy as sa
from articles import line, write
from falcon.testing import TestClient

from lokdarpan_core import Settings, assign_stories, ingest_jsonl
from lokdarpan_core.schema import story
from lokdarpan_web import create_app

BODY = "Three colonies in Uppal were flooded on Monday night after the nala overflowed following an hour of heavy rain."


@pytest.fixture
def client(engine, tmp_path):
    lines = [
        line(publication_name=paper, publication_date=f"2026-05-{day:02}", title="Uppal floods", body=BODY, url=url)
        for paper, day, url in [("Later", 5, "https://later.example/1"), ("First", 4, "https://first.example/1")]
    ]
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", lines))
    assign_stories(engine)
    return TestClient(create_app(engine, Settings.from_environment({})))


def test_a_story_names_its_printings_the_earliest_first(client, engine):
    with engine.connect() as connection:
        number = connection.scalar(sa.select(story.c.id))

    answer = client.simulate_get(f"/api/v1/stories/{number}")

    assert (200, number) == (answer.status_code, answer.json["id"])
    assert ["First", "Later"] == [one["publication_name"] for one in answer.json["articles"]]
    assert "nala overflowed" not in answer.text  # the newspapers' texts are not ours to republish


@pytest.mark.parametrize("number", ["0", "999999", "x", "-1", "9" * 40, "४२", "1 OR 1=1"])
def test_no_such_story(client, number):
    answer = client.simulate_get(f"/api/v1/stories/{number}")

    assert (404, "not-found") == (answer.status_code, answer.json["type"].rpartition("/")[2])
