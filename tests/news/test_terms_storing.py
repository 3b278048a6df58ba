"""Terms and totals are what the archive's posts make them, whatever happened on the way."""

import random
from datetime import date

import pytest
import sqlalchemy as sa
from articles import line, write
from processes import two_at_once

from lokdarpan_core import (
    assign_stories,
    backfill_terms,
    count_days,
    ingest_jsonl,
    replay,
    undo_run,
    withdraw_article,
)
from lokdarpan_core.news.mentions import linking
from lokdarpan_core.news.mentions.linking import Linker, backfill_mentions
from lokdarpan_core.news.terms.totals import count_stale
from lokdarpan_core.schema import stale_day
from lokdarpan_core.wards.aliases import add_alias, remove_alias
from lokdarpan_core.wards.delimitations import Delimitation, Ward, WardList
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_core.wards.importing import import_list

PUNE = Delimitation("pune-2017", "Pune Municipal Corporation", date(2017, 2, 21), None, "gazette")
KOTHRUD, HADAPSAR = Ward("PUNE_001", PUNE.id, 1, "Kothrud"), Ward("PUNE_002", PUNE.id, 2, "Hadapsar")
WARDS = WardList(PUNE, (KOTHRUD, HADAPSAR), ())
COPY = "Tankers bring drinking water to Kothrud since the main pipeline burst near the flyover on Monday night"
LINES = [
    line(1, title="Rain in Kothrud", body="The bus depot was flooded."),
    line(2, title="Fire in Hadapsar", body="Six tenders fought the fire at the market."),
    line(3, title="Nothing here", body="At all."),
    *(line(number, title="Water crisis", body=COPY, publication_date="2026-05-04") for number in (4, 5)),
    line(6, title="Water crisis", body=COPY, publication_date="2026-05-05"),
]
TABLES = {
    "post_terms": "SELECT epaper.sha256, terms FROM post_terms JOIN post ON post.id = post_terms.post_id "
    "LEFT JOIN epaper ON epaper.id = post.epaper_id ORDER BY 1",
    "city_day": "SELECT * FROM city_day ORDER BY 1, 2",
    "city_term": "SELECT * FROM city_term ORDER BY 1, 2, 3",
}


def kept(engine):
    """What is kept, by table."""
    with engine.connect() as connection:
        return {name: connection.execute(sa.text(query)).all() for name, query in TABLES.items()}


def from_scratch(engine):
    """The same, after all of it was thrown away and made again from the posts."""
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE post_terms, city_day, city_term, stale_day"))
        connection.execute(sa.text("INSERT INTO stale_day (published_on) SELECT DISTINCT published_on FROM post_ward"))
    backfill_terms(engine, batch=2)
    return kept(engine)


def load_wards(engine):
    with engine.begin() as connection:
        import_list(connection, WARDS)


def take_in(engine, path, lines):
    run = ingest_jsonl(engine, write(path, lines))
    assign_stories(engine, run_id=run.id)
    count_days(engine)
    return run


@pytest.fixture
def archive(engine, tmp_path):
    load_wards(engine)
    take_in(engine, tmp_path / "first", LINES)
    return engine


def test_posts_that_mention_a_ward_have_terms_and_no_others(archive):
    terms = [terms for _, terms in kept(archive)["post_terms"]]

    assert 5 == len(terms)
    assert ["rain", "kothrud", "bus", "depot", "flooded", "bus depot"] in terms


def test_totals_count_stories_and_not_copies(archive):
    found = kept(archive)

    days = [(PUNE.id, date(2026, 5, day), 1) for day in (2, 3, 4, 5)]
    assert days == found["city_day"]
    assert [1, 1] == [stories for _, term, _, stories in found["city_term"] if term == "tankers"]


def test_what_is_kept_is_what_comes_of_the_posts(archive):
    before = kept(archive)

    assert before == from_scratch(archive)


def test_counting_again_changes_nothing(archive):
    with archive.connect() as connection:
        before = connection.execute(sa.text("SELECT xmin::text, term FROM city_term ORDER BY 2, 1")).all()
    counted = count_days(archive)
    with archive.begin() as connection:
        connection.execute(sa.insert(stale_day), [{"published_on": date(2026, 5, day)} for day in (4, 4, 5)])
    again = count_days(archive)

    with archive.connect() as connection:
        after = connection.execute(sa.text("SELECT xmin::text, term FROM city_term ORDER BY 2, 1")).all()
        waiting = count_stale(connection)
    assert (0, 2, 0) == (counted.days, again.days, waiting)
    assert before == after


def test_posts_from_before_the_wards_get_their_terms_when_they_are_searched(engine, tmp_path):
    take_in(engine, tmp_path / "first", LINES)
    empty = kept(engine)
    load_wards(engine)
    with engine.begin() as connection:
        linker = Linker.load(connection)
    backfill_mentions(engine, linker, batch=2)
    count_days(engine)
    before = kept(engine)

    assert {"post_terms": [], "city_day": [], "city_term": []} == empty
    assert 5 == len(before["post_terms"])
    assert before == from_scratch(engine)


def test_undo_withdrawal_and_replay_leave_what_comes_of_the_posts(archive, tmp_path):
    second = take_in(archive, tmp_path / "second", [line(7, title="Hadapsar market burns again"), LINES[5]])
    undated = line(8, title="Kothrud lake cleaned", publication_date=None)
    take_in(archive, tmp_path / "third", [undated])
    replay(archive, default_date=date(2026, 5, 4))
    assign_stories(archive)
    count_days(archive)
    replayed = kept(archive)
    with archive.begin() as connection:
        sha256 = connection.scalar(sa.text("SELECT min(sha256) FROM epaper WHERE title = 'Water crisis'"))
        withdraw_article(connection, sha256, "court order")
        undo_run(connection, second.id)
    count_days(archive)
    after = kept(archive)

    assert "lake" in {term for _, term, _, _ in replayed["city_term"]}
    assert sha256 not in [sha256 for sha256, _ in after["post_terms"]]
    assert "again" not in {term for _, term, _, _ in after["city_term"]}
    assert after == from_scratch(archive)


def test_links_that_go_take_the_terms_and_totals_along(archive):
    def search():
        with archive.begin() as connection:
            linker = Linker.load(connection)
        backfill_mentions(archive, linker)
        count_days(archive)
        return kept(archive)

    before = kept(archive)
    with archive.begin() as connection:
        add_alias(connection, Gazetteer.load(connection, PUNE.id), KOTHRUD, "Nothing")
    with_alias = search()
    with archive.begin() as connection:
        remove_alias(connection, KOTHRUD, "Nothing")
    without = search()

    assert 6 == len(with_alias["post_terms"])
    assert before == without


def test_new_rules_refresh_the_terms_of_all_posts(archive, monkeypatch):
    with archive.begin() as connection:
        before = Linker.load(connection)
    monkeypatch.setattr(linking, "terms_fingerprint", lambda: "other rules")
    monkeypatch.setattr(linking, "terms_of", lambda _text: ["all", "new"])
    with archive.begin() as connection:
        after = Linker.load(connection)
    report = backfill_mentions(archive, after)
    count_days(archive)

    assert before.version != after.version
    assert 6 == report.posts
    assert [["all", "new"]] * 5 == [terms for _, terms in kept(archive)["post_terms"]]
    assert {"all", "new"} == {term for _, term, _, _ in kept(archive)["city_term"]}


def test_articles_that_come_later_leave_the_totals_right(archive, tmp_path):
    """The second one joins the story of the first, which was counted already."""
    half = COPY.split()
    lines = [
        line(9, title="Leakage reported", body=" ".join(half[:13]) + " officials added", publication_date="2026-05-09"),
        line(10, title="Leakage reported", body=COPY, publication_date="2026-05-09"),
    ]
    for number, one in enumerate(lines):
        take_in(archive, tmp_path / f"part{number}", [one])
    before = kept(archive)

    assert before == from_scratch(archive)


def test_order_of_arrival_makes_no_difference(engine, tmp_path):
    load_wards(engine)
    expected = None
    for seed in range(4):
        with engine.begin() as connection:
            tables = "epaper, post, story, story_text, ingest_run, city_day, city_term, stale_day"
            connection.execute(sa.text(f"TRUNCATE {tables} CASCADE"))
        lines = random.Random(seed).sample(LINES, k=len(LINES))
        for part in range(3):
            take_in(engine, tmp_path / f"{seed}-{part}", lines[part::3])
        expected = expected or kept(engine)
        assert expected == kept(engine)


def test_two_processes_at_once_count_each_day_right(archive):
    expected = kept(archive)
    with archive.begin() as connection:
        connection.execute(sa.text("UPDATE city_term SET stories = 99"))
        connection.execute(sa.text("INSERT INTO stale_day (published_on) SELECT published_on FROM post_ward"))

    reports = two_at_once(lambda: count_days(archive))

    assert 4 == sum(report.days for report in reports)
    assert expected == kept(archive)


def test_who_is_stopped_in_the_middle_has_done_nothing(archive):
    before = kept(archive)
    with archive.begin() as connection:
        connection.execute(sa.text("INSERT INTO stale_day (published_on) SELECT published_on FROM post_ward"))
        connection.execute(sa.text("UPDATE city_day SET stories = 99"))

    class Stopped(Exception):
        pass

    def stop(connection, cursor, statement, *_):
        if "INTO city_term" in statement:
            raise Stopped

    sa.event.listen(archive, "before_cursor_execute", stop)
    with pytest.raises(Stopped):
        count_days(archive)
    sa.event.remove(archive, "before_cursor_execute", stop)
    with archive.connect() as connection:
        waiting = count_stale(connection)
    count_days(archive)

    assert 4 == waiting
    assert before == kept(archive)


def test_wards_whose_stories_changed_have_a_new_version(archive):
    def versions():
        with archive.connect() as connection:
            return dict(connection.execute(sa.text("SELECT ward_id, version FROM ward_version")).all())

    before = versions()
    with archive.begin() as connection:
        connection.execute(sa.text("UPDATE epaper SET story_id = NULL WHERE title = 'Water crisis'"))
        connection.execute(sa.text("DELETE FROM story_text"))
    assign_stories(archive)
    after = versions()

    assert before["PUNE_001"] < after["PUNE_001"]
    assert before["PUNE_002"] == after["PUNE_002"]
