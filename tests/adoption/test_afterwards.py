"""After an adoption all of ours works on it, and the command says what it did."""

import json

import pytest
import sqlalchemy as sa
from articles import counts
from commands import in_text
from originals import digest, make_original

from lokdarpan_core import find_article, ingest_jsonl, ward_meta, withdraw_article
from lokdarpan_core.adoption.adopting import adopt
from lokdarpan_core.news.backfill import backfill_post_links, backfill_sha256, dedupe_posts

DELIVERED = "SELECT publication_name, publication_date::text, raw_text AS body, 'Hyderabad' AS city FROM legacy.epaper"


def delivery(engine, path, condition="true"):
    """A file with the articles that the original had."""
    with engine.connect() as connection:
        found = connection.execute(sa.text(f"{DELIVERED} WHERE {condition} ORDER BY id")).mappings()
        path.write_text("".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in found), "utf-8")
    return path


@pytest.mark.parametrize(
    ("stage", "condition"),
    [("head", "id <> 4"), ("without_party", "id <> 4"), ("before_sha256", "id <> 4"), ("dirty", "true")],
)
def test_file_that_the_original_had_adds_nothing(engine, tmp_path, stage, condition):
    """Epaper 4 is the one that never had a post: that is made."""
    make_original(engine, stage)
    adopt(engine)
    before = digest(engine)

    report = ingest_jsonl(engine, delivery(engine, tmp_path / "again.jsonl", condition))

    assert (0, 0, 0) == (report.new, report.posts, report.rejected)
    assert before == digest(engine)


@pytest.mark.parametrize("stage", ["head", "before_sha256", "dirty"])
def test_backfills_find_nothing_left_to_do(engine, stage):
    make_original(engine, stage)
    adopt(engine)

    assert 0 == backfill_sha256(engine, dry_run=True).rows
    assert 0 == backfill_post_links(engine, dry_run=True).linked


def test_second_posts_of_merged_articles_can_be_deleted_afterwards(engine):
    make_original(engine, "dirty")
    adopt(engine)

    assert 100 == dedupe_posts(engine, apply=True).doubles
    assert (1_001, 1_001, 3_897, 0) == counts(engine)  # with the fingerprint that is kept for another text


def test_ward_meta_answers_with_what_the_original_had(engine):
    make_original(engine, "head")
    adopt(engine)

    with engine.connect() as connection:
        meta = ward_meta(connection, "WARD_095")
    assert ("Jubilee Hills", 41_000, 20_500, 50.0, "AIMIM", 2020) == (
        meta.name, meta.profile.electors, meta.profile.votes_cast, meta.profile.turnout_pct,
        meta.profile.last_winner_party, meta.profile.last_winner_year,
    )  # fmt: skip
    assert ({"BRS": 0.4, "INC": 0.6}, None, "2025-08-14 12:00:00+00:00") == (
        meta.features.as23_party_shares, meta.features.ls24_party_shares, str(meta.updated_at),
    )  # fmt: skip


def test_adopted_article_can_be_shown_and_withdrawn(engine):
    make_original(engine, "head")
    adopt(engine)

    with engine.begin() as connection:
        found = find_article(connection, "29364b03a023")
        withdraw_article(connection, found.sha256, "court order")
        posts = connection.execute(sa.text("SELECT count(*) FROM post WHERE text LIKE 'GHMC%'")).scalar_one()
    assert ("Eenadu", 0) == (found.publication_name, posts)


def test_every_adopted_post_has_its_text_in_the_view(engine):
    make_original(engine, "head")
    adopt(engine)

    with engine.connect() as connection:
        texts = connection.execute(sa.text("SELECT text FROM post_full ORDER BY id")).scalars().all()
        whole = connection.execute(sa.text("SELECT raw_text FROM epaper WHERE id = 5")).scalar_one()
    assert (5, "What a day in Jubilee Hills", whole) == (len(texts), texts[3], texts[4])


def test_what_others_keep_in_the_database_stays_and_still_works(engine):
    make_original(engine, "dirty")
    adopt(engine)

    with engine.begin() as connection:
        chunks = connection.exec_driver_sql("SELECT count(*) FROM embedding_store").scalar_one()
        days = connection.exec_driver_sql("SELECT sum(posts) FROM posts_a_day").scalar_one()
        connection.exec_driver_sql("INSERT INTO embedding_store (epaper_id, chunk) VALUES (2, 'another')")
        connection.exec_driver_sql('SELECT * FROM "user"')
    assert (1, 4_000) == (chunks, days)


@pytest.fixture
def lokdarpan(lokdarpan):
    return lambda *words, stdin="": in_text(lokdarpan("db", "adopt", *words, stdin=stdin.encode()))


def test_command_shows_asks_and_adopts(lokdarpan, engine):
    make_original(engine, "head")

    tried = lokdarpan("--dry-run")
    refused = lokdarpan(stdin="n\n")
    done = lokdarpan(stdin="y\n")

    assert (0, 1, 0) == (tried.returncode, refused.returncode, done.returncode)
    assert "Nothing was changed. The original's tables take" in tried.stdout
    assert "Alembic revision a6b6e1cd81e2, the original's head" in refused.stdout
    assert "Adopt it?" in refused.stderr
    assert "Adopted 20" in done.stdout


def test_exit_code_says_that_something_needs_a_look(lokdarpan, engine):
    make_original(engine, "dirty", 400)

    process = lokdarpan("--yes", "--json")

    report = json.loads(process.stdout)
    assert (1, True) == (process.returncode, report["applied"])
    assert [3] == [
        one["rows"] for one in report["fates"] if one["reason"].startswith("another row of the same station")
    ]


def test_command_copies_from_a_url_and_takes_nothing_else_for_one(lokdarpan, source, source_url):
    make_original(source, "head")

    wrong = lokdarpan("--from", "mysql://u:hunter2@h/x")
    away = lokdarpan("--from", "postgresql://u:hunter2@127.0.0.1:1/x", "--yes")
    copied = lokdarpan("--from", source_url.render_as_string(hide_password=False), "--yes")

    assert (2, 2, 0) == (wrong.returncode, away.returncode, copied.returncode)
    assert "can't be reached" in away.stderr
    assert "hunter2" not in wrong.stderr + away.stderr + wrong.stdout + away.stdout
    assert "From: postgresql://" in copied.stdout


def test_command_goes_back(lokdarpan, engine):
    make_original(engine, "head")
    lokdarpan("--yes")

    asked = lokdarpan("--undo", stdin="n\n")
    done = lokdarpan("--undo", "--yes")
    again = lokdarpan("--undo", "--yes")

    assert (1, 0, 2) == (asked.returncode, done.returncode, again.returncode)
    assert "in the schema undone_1" in done.stdout
    assert "Nothing was adopted" in again.stderr
