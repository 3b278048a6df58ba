"""Rejects can be looked at, taken out, and tried again after a fix."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from articles import counts, line, write

from lokdarpan_core import ParameterError, ingest_jsonl, replay, undo_run
from lokdarpan_core.news import rejects
from lokdarpan_core.schema import epaper

DAY = date(2026, 5, 1)


@pytest.fixture
def run(engine, tmp_path):
    """A run with one article and three rejects: two without a date that say the same, and one beyond repair."""
    undated = line(7, publication_date=None)
    return ingest_jsonl(engine, write(tmp_path / "f", [line(1), undated, b"{", line(7, publication_date="soon")]))


def test_they_are_found_by_run_and_reason(engine, run, tmp_path):
    other = ingest_jsonl(engine, write(tmp_path / "g", [b"[]"]))

    with engine.connect() as connection:
        assert [2, 3, 4, 1] == [reject.line for reject in rejects.find(connection)]
        assert [1] == [reject.line for reject in rejects.find(connection, run_id=other.id)]
        assert [3] == [reject.line for reject in rejects.find(connection, reason="bad-json")]
        assert [2, 3, 4, 1] == [reject.line for reject in rejects.find_all(connection)]


def test_replay_without_a_fix_changes_nothing(engine, run):
    report = replay(engine, run_id=run.id)

    assert (3, 0, 0, 3) == (report.lines, report.new, report.reused, report.rejected)
    assert 1 == counts(engine)[0]


def test_replay_with_a_default_date_resolves_what_it_can(engine, run):
    report = replay(engine, default_date=DAY)

    assert (3, 1, 1, 1, 1) == (report.lines, report.new, report.reused, report.rejected, report.posts)
    with engine.connect() as connection:
        resolved = rejects.find(connection, resolved=True)
        guessed = connection.execute(sa.select(epaper.c.sha256).where(epaper.c.date_guessed)).scalars().all()
        assert [3] == [reject.line for reject in rejects.find(connection)]
    assert [(2, report.id), (4, report.id)] == [(reject.line, reject.resolved_run_id) for reject in resolved]
    assert guessed == [resolved[0].sha256]


@pytest.mark.parametrize("day", [date(1779, 12, 31), DAY + timedelta(days=2)])
def test_replay_takes_no_default_date_that_would_not_be_believed(engine, run, day):
    with pytest.raises(ParameterError, match="should be a day from 1780 to tomorrow"):
        replay(engine, default_date=day, today=DAY)


def test_replay_again_finds_nothing_new(engine, run):
    replay(engine, default_date=DAY)

    again = replay(engine, default_date=DAY)

    assert (1, 0, 0, 1) == (again.lines, again.new, again.reused, again.rejected)
    assert (2, 2, 2, 0) == counts(engine)


def test_replay_of_nothing_makes_no_run(engine, tmp_path):
    ingest_jsonl(engine, write(tmp_path / "f", [line(1)]))

    assert replay(engine) is None


def test_undo_of_a_replay_opens_its_rejects_again(engine, run):
    report = replay(engine, default_date=DAY)
    with engine.begin() as connection:
        undone = undo_run(connection, report.id)

    assert (1, 1, 2) == (undone.articles, undone.posts, undone.rejects_open_again)
    with engine.connect() as connection:
        assert [2, 3, 4] == [reject.line for reject in rejects.find(connection)]


def test_rejects_of_an_undone_run_are_no_longer_tried(engine, run):
    with engine.begin() as connection:
        undo_run(connection, run.id)

    assert replay(engine, default_date=DAY) is None
    with engine.connect() as connection:
        assert [] == rejects.find(connection)
        assert [2, 3, 4] == [reject.line for reject in rejects.find(connection, run_id=run.id)]


def test_line_whose_bytes_are_not_kept_stays(engine, tmp_path):
    run = ingest_jsonl(engine, write(tmp_path / "f", [b"x" * 5_000_000]))

    report = replay(engine, run_id=run.id, default_date=DAY)

    assert (1, 1) == (report.lines, report.rejected)
