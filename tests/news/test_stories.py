"""Stories are shown and explained, by the library and by the command."""

import json
from datetime import date

import pytest
import sqlalchemy as sa
from articles import line, write
from commands import in_text

from lokdarpan_core import ConflictError, NotFoundError, ingest_jsonl, undo_run, withdraw_article
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.stories.explain import explain
from lokdarpan_core.news.stories.stored import find_stories, find_story
from lokdarpan_core.schema import epaper, story

TITLE = "Heavy rain floods three colonies in Uppal"
BODY = """Three colonies in Uppal were flooded on Monday night after the nala overflowed following an hour of heavy
rain, and residents waited for boats until the morning."""
OTHER = "Hockey players lifted the trophy after beating their rivals by three goals."


def rain(paper, day, **changes):
    text = {"title": TITLE, "body": BODY}
    return line(publication_name=paper, publication_date=f"2026-05-{day:02}", **(text | changes))


@pytest.fixture
def archive(engine, tmp_path):
    """Three printings of one text, the last six days after the first, and another text."""
    lines = [rain("First", 4), rain("Second", 7), rain("Third", 10), rain("First", 4, title="Trophy", body=OTHER)]
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", lines))
    assign_stories(engine)
    return engine


@pytest.fixture
def ids(archive):
    """The ids of the articles, by publication; of the other text: Trophy."""
    with archive.connect() as connection:
        rows = connection.execute(sa.select(epaper.c.id, epaper.c.publication_name, epaper.c.title)).all()
    return {title if title == "Trophy" else name: str(id) for id, name, title in rows}


@pytest.fixture
def number(archive, ids):
    with archive.connect() as connection:
        query = sa.select(epaper.c.story_id).where(epaper.c.id == int(ids["First"]))
        return connection.execute(query).scalar_one()


@pytest.fixture
def lokdarpan(lokdarpan):
    return lambda *words: in_text(lokdarpan(*words))


def test_a_story_knows_who_printed_it_first_and_who_else(archive, number):
    with archive.connect() as connection:
        found = find_story(connection, number)

    assert (date(2026, 5, 4), "First") == (found.lead.publication_date, found.lead.publication_name)
    assert ["Second", "Third"] == found.also_in
    assert 3 == len(found.articles)


def test_stories_that_are_not_there_are_left_out_or_said(archive, number):
    with archive.connect() as connection:
        assert {number} == find_stories(connection, [number, 4711]).keys()
        with pytest.raises(NotFoundError, match="no story 4711"):
            find_story(connection, 4711)


def test_two_printings_are_explained_with_what_they_share(archive, ids):
    with archive.connect() as connection:
        said = explain(connection, ids["Second"], ids["First"])

    assert (True, True, True, []) == (said.same_story, said.same_text, said.compared, said.chain)
    assert not any(guard.speaks for guard in said.guards)
    assert {"the whole lead"} <= {ground.name for ground in said.grounds if ground.speaks}
    assert [(TITLE, True)] == [(piece.text, piece.shared) for piece in said.one.headline]
    assert BODY.rstrip(".") == "".join(piece.text for piece in said.other.lead if piece.shared)


def test_those_that_are_connected_through_others_are_explained_by_the_chain(archive, ids):
    with archive.connect() as connection:
        said = explain(connection, ids["First"], ids["Third"])

    assert (True, False) == (said.same_story, said.same_text)
    assert ["too far apart"] == [guard.name for guard in said.guards if guard.speaks]
    assert ["Second"] == [article.publication_name for article in said.chain]


def test_two_texts_share_nothing(archive, ids):
    with archive.connect() as connection:
        said = explain(connection, ids["First"], ids["Trophy"])

    assert (False, False, False) == (said.same_story, said.same_text, said.compared)
    assert not any(piece.shared for side in (said.one, said.other) for piece in side.headline + side.lead)


def test_an_article_is_told_by_its_fingerprint_too(archive, ids):
    with archive.begin() as connection:
        sha256 = connection.execute(sa.select(epaper.c.sha256).where(epaper.c.id == int(ids["First"]))).scalar_one()

        assert int(ids["First"]) == explain(connection, sha256[:16], ids["Second"]).one.article.id


@pytest.mark.parametrize("name", ["4711", "12345678", "nonsense"])
def test_an_article_that_is_not_there_is_not_found(archive, ids, name):
    with archive.connect() as connection, pytest.raises(NotFoundError):
        explain(connection, ids["First"], name)


def test_a_withdrawn_article_can_not_be_explained(archive, ids):
    with archive.begin() as connection:
        gone = {"raw_text": None, "withdrawn_at": sa.func.now()}
        connection.execute(sa.update(epaper).where(epaper.c.id == int(ids["First"])).values(gone))
        with pytest.raises(ConflictError, match="its text is gone"):
            explain(connection, ids["First"], ids["Second"])


def test_show_prints_a_table_or_json(lokdarpan, number):
    table, told = lokdarpan("stories", "show", number), lokdarpan("stories", "show", number, "--json")

    assert ["leads", "also", "also"] == [row.split()[0] for row in table.stdout.splitlines() if "Uppal" in row]
    assert ["First", "Second", "Third"] == [one["publication_name"] for one in json.loads(told.stdout)["articles"]]
    assert (2, "") == (lokdarpan("stories", "show", 4711).returncode, lokdarpan("stories", "show", 4711).stdout)


def test_explain_marks_what_is_shared(lokdarpan, ids):
    said = lokdarpan("stories", "explain", ids["First"], ids["Second"])

    assert said.stdout.startswith("One story, number ")
    assert f"⟦{TITLE}⟧" in said.stdout
    assert "speaks for" in said.stdout


def test_explain_as_json(lokdarpan, ids):
    told = json.loads(lokdarpan("stories", "explain", ids["First"], ids["Trophy"], "--json").stdout)

    assert (False, False) == (told["same_story"], told["same_text"])
    assert "too far apart" in [guard["name"] for guard in told["guards"]]


def test_backfill_finds_what_has_no_story_yet(lokdarpan, archive):
    with archive.begin() as connection:
        connection.execute(sa.text("UPDATE epaper SET story_id = NULL; DELETE FROM story_text; DELETE FROM story"))

    tried = lokdarpan("backfill", "stories", "--dry-run")
    with archive.connect() as connection:
        assert 0 == connection.execute(sa.select(sa.func.count()).select_from(story)).scalar_one()
    done = lokdarpan("backfill", "stories")
    again = lokdarpan("backfill", "stories", "--json")

    assert "Articles: 4, New stories: 2, Joined to others: 0\n" == tried.stdout == done.stdout
    assert {"articles": 0, "new": 0, "merged": 0} == json.loads(again.stdout)


def printings(archive, publication):
    """How many articles are in the story of this publication's printing; 0 when it has none."""
    with archive.connect() as connection:
        own = sa.select(epaper.c.story_id).where(epaper.c.publication_name == publication, epaper.c.title == TITLE)
        return connection.scalar(sa.select(sa.func.count()).where(epaper.c.story_id == own.scalar_subquery()))


def test_a_withdrawal_and_an_undo_leave_no_story_behind_that_is_none(archive, tmp_path):
    """The first and the third printing are six days apart: without the second they are two stories."""
    with archive.connect() as connection:
        second = connection.scalar(sa.select(epaper.c.sha256).where(epaper.c.publication_name == "Second"))
        run = connection.scalar(sa.select(epaper.c.ingest_run_id).limit(1))
    before = printings(archive, "First"), printings(archive, "Third")
    with archive.begin() as connection:
        withdraw_article(connection, second, "asked for")
    after = printings(archive, "First"), printings(archive, "Third")
    with archive.begin() as connection:
        undo_run(connection, run)
        left = connection.scalar(sa.select(sa.func.count()).select_from(story))

    assert ((3, 3), (1, 1), 0) == (before, after, left)


def test_another_language_takes_an_article_out_of_a_story(archive, tmp_path):
    corrected = write(tmp_path / "corrected.jsonl", [rain("Third", 10, language="te")])
    ingest_jsonl(archive, corrected, update_metadata=True)

    assert (2, 1) == (printings(archive, "First"), printings(archive, "Third"))


def test_the_command_gives_stories_to_what_it_ingests_and_replays(lokdarpan, engine, tmp_path):
    undated = line(publication_name="Third", publication_date=None, title=TITLE, body=BODY)
    lines = [rain("First", 4), rain("Second", 4), undated]
    lokdarpan("ingest", write(tmp_path / "news.jsonl", lines))
    ingested = printings(engine, "First")
    lokdarpan("rejects", "replay", "--default-date", "2026-05-04")

    assert (2, 3) == (ingested, printings(engine, "First"))
