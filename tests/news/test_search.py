"""Posts are found by their words, in every script; the index is filled after ingests, by any number of processes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from articles import line, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lokdarpan_core import NotFoundError, SearchError, index_posts, ingest_jsonl, posts_page, seed, withdraw_article
from lokdarpan_core.news import search
from lokdarpan_core.schema import epaper, post, post_search

TEXTS = {
    "english": "The nala at Uppal overflowed; TRS/BRS workers cleared it themselves. B.J.P. protested.",
    "telugu": "జూబ్లీహిల్స్‌లో వరద నీరు, రామ్‌నగర్ రోడ్లు మునిగాయి",
    "hindi": "जुबली हिल्स में क़ानून व्यवस्था और सड़क की मरम्मत",
    "urdu": "جوبلی ہلز میں پانی کی قلت اور كتاب میلہ",
}


@pytest.fixture
def archive(engine, tmp_path):
    lines = [line(0, title=name, body=text, publication_date="2026-05-01") for name, text in TEXTS.items()]
    index_posts(engine, ingest_jsonl(engine, write(tmp_path / "four.jsonl", lines)).id)
    return engine


def titles(engine, question):
    with engine.connect() as connection:
        return [entry.title for entry in posts_page(connection, question=question).posts]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("overflowed", "english"),
        ("OVERFLOWED nala", "english"),
        ("overfl", "english"),
        ("brs", "english"),
        ("B.J.P.", "english"),
        ("TRS/BRS", "english"),
        ('"workers cleared"', "english"),
        ("nonsense or nala", "english"),
        ("వరద", "telugu"),
        ("జూబ్లీహిల్స్", "telugu"),
        ("రామ్నగర్", "telugu"),
        ("\u0958\u093e\u0928\u0942\u0928", "hindi"),
        ("\u0915\u093c\u093e\u0928\u0942\u0928", "hindi"),
        ("सड़", "hindi"),
        ("پانی", "urdu"),
        ("کتاب", "urdu"),
        ("english", "english"),
    ],
)
def test_words_are_found_in_four_scripts(archive, question, title):
    assert [title] == titles(archive, question)


@pytest.mark.parametrize("question", ["overflow nothing", '"cleared workers"', "nala -overflowed", "ov", "overf -nala"])
def test_what_does_not_fit_is_not_found(archive, question):
    assert [] == titles(archive, question)


@pytest.mark.parametrize("question", ["", " ", "!!", '"', "-", "\0", "'", ":*", "\ud800", "٪"])
def test_question_without_a_word_is_an_error(archive, question):
    with pytest.raises(SearchError, match="no word"):
        titles(archive, question)


def test_question_that_is_too_long_is_an_error(archive):
    with pytest.raises(SearchError, match="at most 300"):
        titles(archive, "x" * 301)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.text(st.sampled_from("ab'\"\\:*|&!()<>-+@.,/ \0\n%_$;జ్‌क़ي٪"), max_size=30)
    | st.text(max_size=60)
    | st.lists(st.sampled_from(["or", "and", "-", '"', "<->", "':*", "uppal", "B.J.P", "'; DROP TABLE post"])).map(
        " ".join
    )
)
def test_no_question_breaks_the_search(connection, question):
    with suppress(SearchError):
        posts_page(connection, question=question[:300])


def test_again_changes_nothing(archive):
    assert 0 == index_posts(archive).posts


def test_posts_of_a_run_alone_are_indexed(engine, tmp_path):
    runs = [ingest_jsonl(engine, write(tmp_path / f"{n}.jsonl", [line(n), line(n + 10)])) for n in range(3)]

    assert [2, 0] == [index_posts(engine, runs[1].id, batch=1).posts for _ in range(2)]
    with engine.connect() as connection:
        assert 4 == search.count_unindexed(connection)
    assert 4 == index_posts(engine).posts


def test_a_run_that_is_not_there_is_an_error(engine):
    with pytest.raises(NotFoundError):
        index_posts(engine, 4711)


def test_indexing_that_was_stopped_goes_on(engine, tmp_path):
    run = ingest_jsonl(engine, write(tmp_path / "f", [line(n) for n in range(10)]))

    def stop(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_posts(engine, run.id, batch=3, on_rows=stop)

    assert 7 == index_posts(engine, run.id, batch=3).posts


def test_several_at_once_index_each_post_once(engine, tmp_path):
    run = ingest_jsonl(engine, write(tmp_path / "f", [line(n) for n in range(300)]))
    start = threading.Barrier(4)

    def work(run_id):
        start.wait()
        return index_posts(engine, run_id, batch=7).posts

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(work, [run.id, None, run.id, None]))

    assert 300 == sum(counts)


def test_a_withdrawn_text_is_found_no_more(archive):
    with archive.begin() as connection:
        sha256 = connection.scalar(sa.select(epaper.c.sha256).where(epaper.c.title == "telugu"))
        withdraw_article(connection, sha256, "court order")

    assert [] == titles(archive, "వరద")
    with archive.connect() as connection:
        assert 3 == connection.scalar(sa.select(sa.func.count()).select_from(post_search))


@pytest.mark.parametrize(
    "unit", ["word{} ", "పదం{} ", "ﷺ{} ", "a", "జ్"], ids=["latin", "telugu", "ligature", "one", "one te"]
)
def test_a_text_of_any_length_is_indexed_in_its_beginning(engine, tmp_path, unit):
    body = "first " + "".join(unit.format(n) for n in range(3_500_000 // len(unit.encode())))[:1_200_000]
    run = ingest_jsonl(engine, write(tmp_path / "long", [line(0, body=body)]))

    assert 1 == index_posts(engine, run.id).posts
    assert ["Title 0"] == titles(engine, "first")


def fill(connection, posts):
    """Posts of 400 days with words of every frequency: `always`, `half`, `rare7` (one in a hundred thousand)."""
    connection.execute(
        sa.text("""
        INSERT INTO post (id, text, created_at)
        SELECT n, 'always ' || CASE WHEN n % 2 = 0 THEN 'half ' ELSE '' END || 'rare' || n / 5
               || CASE WHEN n < 60000 THEN ' olden' ELSE '' END,
               timestamptz '2025-01-01Z' + make_interval(days => (n / 500)::int)
        FROM generate_series(1, :posts) AS n
        """),
        {"posts": posts},
    )
    connection.execute(sa.text("INSERT INTO post_search SELECT id, to_tsvector('simple', text) FROM post"))
    seed(connection)
    connection.execute(
        sa.text("""
        INSERT INTO post_ward (post_id, ward_id, published_on, how)
        SELECT id, 'WARD_001', created_at::date, 'name' FROM post WHERE id % 10 = 0
        """)
    )


def plans(connection, **arguments):
    """The plans of all statements that a page takes."""
    seen = []

    def watch(_connection, cursor, statement, parameters, *_):
        seen.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", watch)
    page = posts_page(connection, **arguments)
    sa.event.remove(connection, "before_cursor_execute", watch)
    rows = [
        connection.exec_driver_sql(f"EXPLAIN ANALYZE {sql}", parameters).scalars().all() for sql, parameters in seen
    ]
    return page, "\n".join(row for plan in rows for row in plan)


@pytest.mark.slow
@pytest.mark.parametrize("ward_id", [None, "WARD_001"])
def test_no_question_reads_all_posts(engine, ward_id):
    """Neither a word of every post, nor a rare one, nor one that only old posts have."""
    with engine.begin() as connection:
        fill(connection, 200_000)
    few = [("rare7 ", 5), ("rare7 olden", 5), ("none", 0)]
    pages = [("always", {}), ("half", {}), ("rare39", {}), (None, {}), ("always", {"until": date(2025, 5, 2)})]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE post, post_search, post_ward"))
        for question, found, options in [*((q, n, {}) for q, n in few), *((q, 20, options) for q, options in pages)]:
            page, plan = plans(connection, ward_id=ward_id, question=question, limit=20, **options)
            if ward_id is None or found == 20:
                assert (question, found) == (question, len(page.posts))
            assert "Seq Scan on post" not in plan, plan


def test_pages_of_a_search_hold_each_post_once(engine, tmp_path):
    """Also where the index of words takes over from looking at the newest posts."""
    days = [date(2026, 5, 28) - timedelta(n // 40) for n in range(1_300)]
    lines = [
        line(n, title=f"{n}", body="common word" if n % 3 else "rarity", publication_date=f"{day}")
        for n, day in enumerate(days)
    ]
    index_posts(engine, ingest_jsonl(engine, write(tmp_path / "many", lines)).id)
    found, after = [], None
    with engine.connect() as connection:
        while True:
            page = posts_page(connection, question="rarity", after=after, limit=97)
            found += [(entry.publication_date, entry.id) for entry in page.posts]
            if (after := page.next) is None:
                break
        expected = connection.scalar(sa.select(sa.func.count()).select_from(post)) // 3 + 1

    assert expected == len(set(found)) == len(found)
    assert sorted(found, key=lambda one: (-one[0].toordinal(), one[1])) == found


def test_commands_fill_the_index(engine, url, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from lokdarpan_core.cli import main

    monkeypatch.setenv("LOKDARPAN_DATABASE_URL", url.render_as_string(hide_password=False))
    ingest_jsonl(engine, write(tmp_path / "old.jsonl", [line(1)]))
    newer = write(tmp_path / "new.jsonl", [line(2), line(3, publication_date=None)])

    def left():
        with engine.connect() as connection:
            return search.count_unindexed(connection)

    CliRunner().invoke(main, ["ingest", str(newer)])
    assert 1 == left()
    told = CliRunner().invoke(main, ["backfill", "search"])
    assert (0, True, 0) == (told.exit_code, "Indexed: 1" in told.output, left())
    CliRunner().invoke(main, ["rejects", "replay", "--default-date", "2026-05-01"])
    assert 0 == left()
    assert 3 == len(titles(engine, "drains"))
