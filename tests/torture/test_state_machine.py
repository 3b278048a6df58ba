"""Whatever is done in whatever order, the database holds what a model of a few dictionaries says.

The model knows articles by number, wards by the words in their text, and votes by sheet; it knows nothing of runs,
batches, stories or triggers.
"""

import os
import tempfile
from datetime import date
from pathlib import Path

import hypothesis.strategies as st
import sqlalchemy as sa
from articles import line
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sheets import put, sheet, station

from lokdarpan_core import (
    import_list,
    ingest_jsonl,
    packaged_list,
    refresh,
    remove_sheet,
    replay,
    undo_run,
    withdraw_article,
)
from lokdarpan_core.news.articles import decoder
from lokdarpan_core.news.mentions.linking import Linker, backfill_mentions
from lokdarpan_core.news.stories.assign import assign_stories
from lokdarpan_core.news.terms.totals import count_days
from lokdarpan_core.schema import ward_alias
from lokdarpan_core.wards.aliases import add_alias, remove_alias
from lokdarpan_core.wards.gazetteer import Gazetteer

TODAY = date(2026, 6, 30)
DAY = date(2026, 5, 9)
PLACES = ("Jubilee Hills", "Uppal", "Zzyzx Bagh", "nowhere")
WARD_OF = {"Jubilee Hills": "WARD_095", "Uppal": "WARD_010"}
ALIAS, ALIAS_WARD = "Zzyzx Bagh", "WARD_001"  # a name that only an alias can know
DATED, UNDATED = range(8), range(8, 10)
EMPTY = sa.text("""
    TRUNCATE epaper, post, author, ingest_run, ingest_reject, story, story_text, post_ward, post_terms, post_search,
             city_day, city_term, stale_day, election, form20_sheet, result_ps, station_turnout, station_ward,
             polling_station, result_ward_agg, ward_profile, ward_features, ward_version CASCADE
""")
OPEN_REJECTS = sa.text("""
    SELECT count(*) FROM ingest_reject JOIN ingest_run ON ingest_run.id = run_id
    WHERE resolved_at IS NULL AND state <> 'undone'
""")


def text_of(number: int) -> bytes:
    """The line of an article; the last ones lack their date."""
    place = PLACES[number % len(PLACES)]
    words = f"Report {number} from {place}: the drains of street {number * 7} were cleaned by team {number * 13}."
    return line(
        number, title=f"News {number} of {place}", body=words, publication_date=None if number in UNDATED else str(DAY)
    )


def sha_of(number: int) -> str:
    article, _ = decoder(TODAY, DAY).decode(text_of(number))
    return article.sha256


SHA = {number: sha_of(number) for number in (*DATED, *UNDATED)}


class Archive(RuleBasedStateMachine):
    """News and votes in any order."""

    engine: sa.Engine
    folder: Path

    @initialize()
    def begin(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(EMPTY)
            connection.execute(sa.delete(ward_alias).where(ward_alias.c.alias == ALIAS))
        self.articles: dict[int, int] = {}  # number -> the run that first delivered it
        self.withdrawn: set[int] = set()
        self.waiting: dict[int, set[int]] = {}  # run -> its articles without a date
        self.done: set[tuple[int, ...]] = set()
        self.runs: dict[int, tuple[int, ...]] = {}  # runs that can be undone, with their files (() for a replay)
        self.has_alias = False
        self.votes: dict[str, tuple[int, ...]] = {}

    @rule(
        numbers=st.lists(st.sampled_from([*DATED, *UNDATED]), min_size=1, max_size=5),
        batch=st.sampled_from([1, 2, 2_000]),
    )
    def ingest(self, numbers: list[int], batch: int) -> None:
        path = self.folder / "news.jsonl"
        path.write_bytes(b"\n".join(map(text_of, numbers)) + b"\n")
        report = ingest_jsonl(self.engine, path, lines_in_batch=batch, today=TODAY)
        assert report.lines == report.new + report.reused + report.rejected
        if tuple(numbers) in self.done:
            return
        self.done.add(tuple(numbers))
        self.runs[report.id] = tuple(numbers)
        fresh = {one for one in numbers if one in DATED} - self.articles.keys() - self.withdrawn
        self.articles |= dict.fromkeys(fresh, report.id)
        self.waiting.setdefault(report.id, set())
        self.waiting[report.id] |= {one for one in numbers if one in UNDATED}

    @rule()
    def replay(self) -> None:
        report = replay(self.engine, default_date=DAY, today=TODAY)
        waiting = set().union(*self.waiting.values()) if self.waiting else set()
        assert (report is None) == (not waiting)
        if report:
            self.articles |= dict.fromkeys(waiting - self.articles.keys() - self.withdrawn, report.id)
            self.waiting = {}

    @precondition(lambda self: self.articles)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.articles)))
        with self.engine.begin() as connection:
            withdraw_article(connection, SHA[number], "the paper asked for it")
        del self.articles[number]
        self.withdrawn.add(number)

    @precondition(lambda self: any(one in DATED for one in self.articles) and not self.waiting_was_replayed())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.runs)))
        with self.engine.begin() as connection:
            report = undo_run(connection, run_id)
        self.articles = {number: run for number, run in self.articles.items() if run != run_id}
        for undone in (run_id, *report.reopened):
            self.done.discard(self.runs.get(undone, ()))
        del self.runs[run_id]
        self.waiting.pop(run_id, None)

    def waiting_was_replayed(self) -> bool:
        """An undo opens rejects again that a replay resolved; the model leaves these cases to tests/news."""
        return any(number in UNDATED for number in (*self.articles, *self.withdrawn))

    @rule()
    def toggle_alias(self) -> None:
        with self.engine.begin() as connection:
            gazetteer = Gazetteer.load(connection)
            ward = gazetteer.resolve(ALIAS_WARD)
            if self.has_alias:
                remove_alias(connection, ward, ALIAS)
            else:
                add_alias(connection, gazetteer, ward, ALIAS)
        self.has_alias = not self.has_alias

    @rule()
    def finish(self) -> None:
        """What follows an ingest: stories, links by the newest gazetteer, daily totals; and all of it is right."""
        assign_stories(self.engine)
        with self.engine.begin() as connection:
            linker = Linker.load(connection)
        backfill_mentions(self.engine, linker)
        count_days(self.engine)
        expected = {(SHA[number], ward) for number in self.articles if (ward := self.ward_of(number))}
        with self.engine.connect() as connection:
            assert expected == set(
                connection.execute(
                    sa.text("""
                SELECT epaper.sha256, ward_id FROM post_ward JOIN post ON post.id = post_id JOIN epaper
                ON epaper.id = epaper_id JOIN ward USING (ward_id) WHERE delimitation_id = 'ghmc-2016'
            """)
                ).all()
            )
            missing = "SELECT count(*) FROM epaper WHERE story_id IS NULL AND withdrawn_at IS NULL"
            assert 0 == connection.execute(sa.text(missing)).scalar_one()
            stories = sa.text("SELECT coalesce(sum(stories), 0) FROM city_day WHERE delimitation_id = 'ghmc-2016'")
            told = sa.text("""
                SELECT count(DISTINCT story_id) FROM post_ward JOIN post ON post.id = post_id
                JOIN epaper ON epaper.id = epaper_id JOIN ward USING (ward_id) WHERE delimitation_id = 'ghmc-2016'
            """)
            assert connection.execute(told).scalar_one() == connection.execute(stories).scalar_one()

    def ward_of(self, number: int) -> str | None:
        place = PLACES[number % len(PLACES)]
        return ALIAS_WARD if place == ALIAS and self.has_alias else WARD_OF.get(place)

    @rule(segment=st.sampled_from(["60", "61"]), votes=st.tuples(*[st.integers(0, 99)] * 3))
    def import_results(self, segment: str, votes: tuple[int, ...]) -> None:
        """A first sheet, or a corrected one that replaces it."""
        with self.engine.begin() as connection:
            put(connection, sheet(station(1, *votes), segment=segment), segment=segment)
            assign = "INSERT INTO station_ward (ps_id, delimitation_id, ward_id) VALUES (:ps, 'ghmc-2016', :ward)"
            values = {"ps": f"{segment}-1", "ward": f"WARD_0{segment}"}
            connection.execute(sa.text(f"{assign} ON CONFLICT DO NOTHING"), values)
        self.votes[segment] = votes

    @precondition(lambda self: self.votes)
    @rule(data=st.data())
    def remove_results(self, data: st.DataObject) -> None:
        segment = data.draw(st.sampled_from(sorted(self.votes)))
        with self.engine.begin() as connection:
            remove_sheet(connection, "ASSEMBLY-2023", segment)
        del self.votes[segment]

    @precondition(lambda self: self.votes)
    @rule()
    def refresh(self) -> None:
        with self.engine.begin() as connection:
            refresh(connection)
        with self.engine.connect() as connection:
            sums = connection.execute(sa.text("SELECT ward_id, sum(votes) FROM result_ward_agg GROUP BY 1")).all()
            found = {ward: int(votes) for ward, votes in sums if votes}
        assert {f"WARD_0{segment}": sum(votes) for segment, votes in self.votes.items() if any(votes)} == found

    @invariant()
    def archive_is_the_models(self) -> None:
        if not hasattr(self, "articles"):
            return
        with self.engine.connect() as connection:
            live, gone = (
                set(connection.execute(sa.text(f"SELECT sha256 FROM epaper WHERE withdrawn_at IS {word}")).scalars())
                for word in ("NULL", "NOT NULL")
            )
            posts = sa.text("SELECT epaper.sha256 FROM post JOIN epaper ON epaper.id = post.epaper_id")
            posted = sorted(connection.execute(posts).scalars())
            waiting = connection.execute(OPEN_REJECTS).scalar_one()
        assert bool(waiting) == any(self.waiting.values())
        assert {SHA[number] for number in self.articles} == live
        assert {SHA[number] for number in self.withdrawn} == gone
        assert sorted(live) == posted


def test_any_order_of_work_leaves_what_a_model_says(engine):
    """News: ingest, replay, withdraw, undo, alias, backfill; votes: import, correct, remove, refresh."""
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    with tempfile.TemporaryDirectory() as folder:
        Archive.engine, Archive.folder = engine, Path(folder)
        run_state_machine_as_test(
            Archive,
            settings=settings(
                max_examples=int(os.environ.get("STATE_MACHINES", "15")),
                stateful_step_count=12,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
