"""The same stories, whatever the order of arrival, the size of batches, the number of processes, or who was killed."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta

import msgspec
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lokdarpan_core import create_engine
from lokdarpan_core.news.fingerprint import article_text, fingerprint
from lokdarpan_core.news.stories.assign import assign_stories, changing
from lokdarpan_core.news.stories.rule import is_same_text
from lokdarpan_core.news.stories.words import read
from lokdarpan_core.schema import epaper, story, story_text

DAY = date(2026, 5, 4)
VOCABULARY = {
    "en": "residents ward officials alleged water drainage minister council inspected repairs monsoon budget traffic "
    "lake pipeline tender hospital school market festival protest union order court hearing survey illness rain "
    "pending completed delayed approved workers streetlights garbage collection footpath encroachment notices",
    "te": "నగర ప్రజలు అధికారులు రోడ్డు నీటి సరఫరా మురుగు పారిశుధ్యం ఫిర్యాదు కమిషనర్ మంత్రి ఎన్నికలు పోలింగ్ కేంద్రం పార్టీ బడ్జెట్ మెట్రో "
    "ట్రాఫిక్ పోలీసులు ఆసుపత్రి పాఠశాల చెత్త సేకరణ కార్మికులు సమ్మె నిరసన తనిఖీ మరమ్మతు వీధి దీపాలు చెరువు ఆక్రమణ పన్ను నోటీసు",
}
EDITS = ("same", "cut", "other headline", "edited", "numbers", "headline alone", "long", "mixed")


def article(seed: int, edit: str, day: int, language: str, paper: int):
    """One printing of the text number `seed`, as a row of epaper."""
    chance = random.Random(f"{language}{seed}")
    known = VOCABULARY[language].split()
    headline, lead = chance.choices(known, k=9), [*chance.choices(known, k=36), "28", *chance.choices(known, k=3)]
    other = random.Random(f"{language}{seed + 1}").choices(known, k=9)
    if edit == "cut":
        lead = lead[:26]
    elif edit == "other headline":
        headline = [*headline[:2], *other[:5]]
    elif edit == "edited":
        lead = [*lead[:9], *other[:2], *lead[10:20], *lead[21:]]
    elif edit == "numbers":
        lead = [str(day) if word == "28" else word for word in lead]
    elif edit == "headline alone":
        lead = []
    elif edit == "long":
        lead = [*lead, *chance.choices(known, k=90)]
    elif edit == "mixed":
        lead = [*other, *lead[:18]]
    title, body = " ".join(headline).capitalize(), " ".join(lead)
    published, text, name = DAY + timedelta(days=day), article_text(title, body), f"Paper {paper}"
    return {
        "publication_name": name,
        "publication_date": published,
        "title": title,
        "raw_text": text,
        "language": language,
        "sha256": fingerprint(name, published, text),
    }


PRINTINGS = st.builds(
    article,
    seed=st.integers(0, 5),
    edit=st.sampled_from(EDITS),
    day=st.integers(0, 6),
    language=st.sampled_from(["en", "en", "te"]),
    paper=st.integers(0, 2),
)
EDITIONS = st.lists(PRINTINGS, min_size=1, max_size=24, unique_by=lambda row: row["sha256"])


def clear(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE epaper, story, story_text, post CASCADE"))


def add(engine, rows):
    with engine.begin() as connection:
        connection.execute(sa.insert(epaper), rows)


def stories(engine):
    """{the lead's fingerprint: all fingerprints}, of every story there is."""
    with engine.connect() as connection:
        leads = dict(
            connection.execute(
                sa.select(story.c.id, epaper.c.sha256).join_from(story, epaper, epaper.c.id == story.c.lead_id)
            ).all()
        )
        found = {id: set() for id in leads.values()}
        for sha256, number in connection.execute(
            sa.select(epaper.c.sha256, epaper.c.story_id).where(epaper.c.withdrawn_at.is_(None))
        ):
            found[leads[number]].add(sha256)
        assert connection.execute(sa.select(sa.func.count()).select_from(story)).scalar_one() == len(leads)
    return found


def components(rows):
    """What the stories must be: every pair is compared, and nothing else is known."""
    readings = {
        row["sha256"]: read(row["title"], row["raw_text"], row["language"], row["publication_date"]) for row in rows
    }
    groups = {sha256: {sha256} for sha256 in readings}
    for one, other in itertools.combinations(readings, 2):
        if groups[one] is not groups[other] and is_same_text(readings[one], readings[other]):
            groups[one] |= groups[other]
            groups |= dict.fromkeys(groups[other], groups[one])
    ranks = {row["sha256"]: (row["publication_date"], row["sha256"]) for row in rows}
    return {min(group, key=ranks.__getitem__): group for group in groups.values()}


def family(size=40, seed=7):
    """Articles of some texts, many of them copies of each other."""
    chance = random.Random(seed)
    rows = [
        article(chance.randrange(12), chance.choice(EDITS), chance.randrange(7), chance.choice(["en", "te"]), paper)
        for paper in range(size)
    ]
    return list({row["sha256"]: row for row in rows}.values())


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=EDITIONS, order=st.randoms(use_true_random=False), batch=st.integers(1, 9), parts=st.integers(1, 4))
def test_order_of_arrival_and_size_of_batches_never_change_the_stories(engine, rows, order, batch, parts):
    clear(engine)
    expected = components(rows)
    order.shuffle(rows)

    for part in range(parts):
        if arrived := rows[part::parts]:
            add(engine, arrived)
        assign_stories(engine, batch=batch)

    assert expected == stories(engine)


def test_copies_become_one_story_and_the_earliest_leads(engine):
    rows = [article(1, "same", 1, "en", 0), article(1, "cut", 0, "en", 1), article(2, "same", 0, "en", 0)]
    add(engine, rows)

    counts = assign_stories(engine)

    assert (3, 2, 0) == (counts.articles, counts.new, counts.merged)
    assert {
        rows[1]["sha256"]: {rows[0]["sha256"], rows[1]["sha256"]},
        rows[2]["sha256"]: {rows[2]["sha256"]},
    } == stories(engine)


def test_copies_in_two_languages_are_two_stories(engine):
    rows = [article(1, "same", 0, "en", paper) for paper in range(2)]
    rows += [row | {"language": "te", "sha256": row["sha256"][::-1]} for row in rows]
    add(engine, rows)

    assign_stories(engine)

    assert [2, 2] == [len(group) for group in stories(engine).values()]


def test_a_late_earlier_article_joins_two_stories(engine):
    bridge, first, second = (
        article(3, "same", 3, "en", 0),
        article(3, "same", 0, "en", 1),
        article(3, "same", 6, "en", 2),
    )
    add(engine, [first, second])
    apart = assign_stories(engine)
    add(engine, [bridge])

    joined = assign_stories(engine)

    assert (2, 0) == (apart.new, apart.merged)
    assert (1, 0, 1) == (joined.articles, joined.new, joined.merged)
    assert {first["sha256"]: {row["sha256"] for row in (bridge, first, second)}} == stories(engine)


def test_a_second_run_changes_nothing(engine):
    add(engine, family())
    assign_stories(engine)
    with engine.connect() as connection:
        before = [
            connection.execute(sa.select(table).order_by(table.c.id)).all() for table in (epaper, story, story_text)
        ]

    counts = assign_stories(engine)

    assert (0, 0, 0) == (counts.articles, counts.new, counts.merged)
    with engine.connect() as connection:
        assert before == [
            connection.execute(sa.select(table).order_by(table.c.id)).all() for table in (epaper, story, story_text)
        ]


def test_a_dry_run_counts_the_same_and_changes_nothing(engine):
    add(engine, family())

    tried = assign_stories(engine, dry_run=True, batch=7)

    with engine.connect() as connection:
        assert 0 == connection.execute(sa.select(sa.func.count(epaper.c.story_id))).scalar_one()
    assert tried == assign_stories(engine, batch=7)


def test_only_the_articles_of_a_run_when_a_run_is_named(engine):
    rows = family()
    add(engine, [row | {"ingest_run_id": place % 2} for place, row in enumerate(rows)])

    counts = assign_stories(engine, run_id=1)
    assign_stories(engine)

    assert len(rows) // 2 == counts.articles
    assert components(rows) == stories(engine)


def test_two_at_once_find_the_same_stories(engine, url):
    rows = family(120)
    add(engine, rows)
    begin = threading.Barrier(3)

    def work():
        mine = create_engine(url, poolclass=sa.NullPool)
        begin.wait()
        assign_stories(mine, batch=5)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert components(rows) == stories(engine)


WORKER = """
import sys
from lokdarpan_core import create_engine
from lokdarpan_core.news.stories.assign import assign_stories
assign_stories(create_engine(sys.argv[1]), batch=2, on_rows=lambda count: print(count, flush=True))
"""


def test_a_kill_in_the_middle_loses_nothing(engine, url):
    rows = family(120)
    add(engine, rows)
    words = [sys.executable, "-c", WORKER, url.render_as_string(hide_password=False)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        for _ in range(5):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)

    counts = assign_stories(engine)

    assert 0 < counts.articles < len(rows)
    assert components(rows) == stories(engine)


def withdraw(connection, sha256):
    """What news.removal does with an article."""
    connection.execute(
        sa.update(epaper)
        .where(epaper.c.sha256 == sha256)
        .values(title=None, raw_text=None, url=None, withdrawn_at=sa.func.now(), withdrawn_reason="order")
    )


def test_a_story_falls_apart_when_what_held_it_together_is_withdrawn(engine):
    bridge, first, second = (
        article(3, "same", 3, "en", 0),
        article(3, "same", 0, "en", 1),
        article(3, "same", 6, "en", 2),
    )
    add(engine, [first, second, bridge])
    assign_stories(engine)
    with engine.connect() as connection:
        number = connection.execute(sa.select(story.c.id)).scalar_one()

    with engine.begin() as connection, changing(connection, epaper.c.sha256 == bridge["sha256"]):
        withdraw(connection, bridge["sha256"])

    assert {first["sha256"]: {first["sha256"]}, second["sha256"]: {second["sha256"]}} == stories(engine)
    with engine.connect() as connection:
        kept = connection.execute(sa.select(epaper.c.story_id).where(epaper.c.sha256 == first["sha256"])).scalar_one()
        gone = connection.execute(sa.select(epaper.c.story_id).where(epaper.c.sha256 == bridge["sha256"])).scalar_one()
    assert (number, None) == (kept, gone)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=EDITIONS, going=st.sets(st.integers(0, 23)))
def test_what_is_taken_out_might_as_well_never_have_come(engine, rows, going):
    clear(engine)
    add(engine, rows)
    assign_stories(engine)
    out = [row["sha256"] for place, row in enumerate(rows) if place in going]
    left = [row for place, row in enumerate(rows) if place not in going]

    with engine.begin() as connection, changing(connection, epaper.c.sha256.in_(out)):
        connection.execute(sa.delete(epaper).where(epaper.c.sha256.in_(out)))

    assert components(left) == stories(engine)
    with engine.connect() as connection:
        texts = connection.execute(sa.select(story_text.c.epaper_id)).scalars().all()
        there = connection.execute(sa.select(epaper.c.id)).scalars().all()
    assert set(texts) <= set(there)


def test_thousands_of_equal_texts_are_one_text_in_the_index(engine):
    rows = [article(1, "same", paper % 2, "en", paper) for paper in range(600)]
    add(engine, rows)

    assign_stories(engine, batch=250)

    with engine.connect() as connection:
        assert 2 == connection.execute(sa.select(sa.func.count()).select_from(story_text)).scalar_one()
    assert [600] == [len(group) for group in stories(engine).values()]


def test_real_news_gives_the_same_stories_in_any_order(engine, real_data):
    lines = (real_data / "news" / "telangana_2026_h1.jsonl").read_bytes().splitlines()
    rows = []
    for record in map(msgspec.json.decode, lines[:4_000]):
        text, day = article_text(record["title"], record["body"]), date.fromisoformat(record["publication_date"])
        rows.append(
            {
                "publication_name": record["publication_name"],
                "publication_date": day,
                "title": record["title"].strip(),
                "raw_text": text,
                "language": record["language"],
                "sha256": fingerprint(record["publication_name"], day, text),
            }
        )
    rows = list({row["sha256"]: row for row in rows}.values())
    add(engine, rows)
    assign_stories(engine)
    expected = stories(engine)
    clear(engine)
    random.Random(1).shuffle(rows)

    for part in range(3):
        add(engine, rows[part::3])
        assign_stories(engine, batch=700)

    assert expected == stories(engine)
    assert any(len(group) > 1 for group in expected.values())
