"""A file goes in once, whole, and leaves a trace of everything that could not be used."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from articles import counts, digest, line, write

from lokdarpan_core import ConflictError, SourceError, ingest_directory, ingest_jsonl
from lokdarpan_core.schema import author, epaper, ingest_reject, ingest_run, post


def rows(engine, *columns, **where):
    with engine.connect() as connection:
        return connection.execute(sa.select(*columns).order_by(columns[0]).filter_by(**where)).all()


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "news.jsonl", [line(n) for n in range(30)])


def test_every_line_is_an_article_with_a_post(engine, file):
    report = ingest_jsonl(engine, file)

    assert (30, 30, 0, 0, 30, 0) == (
        report.lines, report.new, report.reused, report.rejected, report.posts, report.posts_skipped,
    )  # fmt: skip
    assert ("done", file.stat().st_size) == (report.state, report.bytes_done)
    assert (30, 30, 30, 0) == counts(engine)


def test_post_points_to_its_epaper_and_leaves_the_text_there(engine, tmp_path):
    ingest_jsonl(engine, write(tmp_path / "f", [line(1, party="INC", emotion="hope", url="https://example.org/1")]))

    (stored,) = rows(engine, epaper.c.title, epaper.c.raw_text, epaper.c.party, epaper.c.url, epaper.c.date_guessed)
    (linked,) = rows(engine, post.c.text, post.c.city, post.c.party, post.c.emotion, post.c.created_at)
    body = "Body of article 1: రోడ్లు and drains."
    assert ("Title 1", f"Title 1\n\n{body}", "INC", "https://example.org/1", False) == tuple(stored)
    assert (None, "Hyderabad", "INC", "hope", datetime(2026, 5, 2, tzinfo=UTC)) == tuple(linked)


def test_author_is_the_publication_unless_the_line_names_one(engine, tmp_path):
    lines = [
        line(1, publication_name="Paper"),
        line(2, publication_name="Paper", author="A. Writer"),
        line(3, author="Paper"),
    ]

    ingest_jsonl(engine, write(tmp_path / "f", lines))

    assert ["A. Writer", "Paper"] == [name for (name,) in rows(engine, author.c.name)]


def test_same_file_again_adds_nothing_and_is_not_read(engine, file):
    first = ingest_jsonl(engine, file)
    before = digest(engine)

    again = ingest_jsonl(engine, file)

    assert (True, first.id, 30, 0, 30) == (again.already_done, again.id, again.lines, again.new, again.reused)
    assert before == digest(engine)


def test_force_reads_a_done_file_again(engine, file):
    first = ingest_jsonl(engine, file)

    again = ingest_jsonl(engine, file, force=True)

    assert again.id > first.id
    assert (False, 30, 0, 30, 0, 30) == (
        again.already_done, again.lines, again.new, again.reused, again.posts, again.posts_skipped,
    )  # fmt: skip


def test_repeated_line_is_counted_as_there(engine, tmp_path):
    report = ingest_jsonl(engine, write(tmp_path / "f", [line(1), line(2), line(1), line(1, title="TITLE  1")]))

    assert (4, 2, 2) == (report.lines, report.new, report.reused)
    assert (2, 2, 2, 0) == counts(engine)


def test_without_posts_and_then_with_makes_the_posts(engine, file):
    without = ingest_jsonl(engine, file, also_create_posts=False)
    assert (30, 30, 0, 0) == counts(engine)

    with_posts = ingest_jsonl(engine, file)

    assert (30, 0, 0) == (without.new, without.posts, without.posts_skipped)
    assert (0, 30, 30, 0) == (with_posts.new, with_posts.reused, with_posts.posts, with_posts.posts_skipped)
    assert (30, 30, 30, 0) == counts(engine)


def test_first_delivery_stays_unless_metadata_are_to_be_updated(engine, tmp_path):
    ingest_jsonl(engine, write(tmp_path / "a", [line(1, url="https://old"), line(2)]))
    corrected = write(tmp_path / "b", [line(1, city="Secunderabad", url=None, emotion="hope"), line(2), line(3)])

    ingest_jsonl(engine, corrected)
    assert [("Hyderabad", "https://old")] == rows(engine, epaper.c.city, epaper.c.url, title="Title 1")

    report = ingest_jsonl(engine, corrected, update_metadata=True)
    again = ingest_jsonl(engine, corrected, update_metadata=True)

    assert [("Secunderabad", "https://old")] == rows(engine, epaper.c.city, epaper.c.url, title="Title 1")
    assert [("Secunderabad", "hope")] == rows(engine, post.c.city, post.c.emotion, emotion="hope")
    assert (1, 0, 3, 0) == (report.updated, report.new, report.reused, again.updated)


def test_bad_lines_are_kept_with_reason_place_and_bytes(engine, tmp_path):
    lines = [line(0), b"", b"{broken", line(1, publication_date=None), b"\xff", line(2), b"[]"]
    path = write(tmp_path / "f", lines)

    report = ingest_jsonl(engine, path)

    content = path.read_bytes()
    kept = rows(engine, ingest_reject.c.line, ingest_reject.c.reason, ingest_reject.c.byte_offset, ingest_reject.c.raw)
    assert [(3, "bad-json"), (4, "missing-date"), (5, "bad-encoding"), (7, "not-an-object")] == [r[:2] for r in kept]
    assert all(content[offset : offset + len(raw)] == raw for _, _, offset, raw in kept)
    assert (6, 2, 0, 4) == (report.lines, report.new, report.reused, report.rejected)


def test_dates_up_to_tomorrow_in_the_operators_zone_are_believed(engine, tmp_path):
    lines = [line(n, publication_date=f"2026-05-{n:02}") for n in (9, 10, 11, 12)]

    report = ingest_jsonl(engine, write(tmp_path / "f", lines), today=date(2026, 5, 10))

    assert (3, 1) == (report.new, report.rejected)


def test_unknown_keys_are_counted_and_never_fill_the_run(engine, tmp_path):
    lines = [line(1, section="x")[:-1] + b', "half \\ud800 and \\u0000": 1}']
    lines += [line(n, section="x", **{f"key{n}": n}) for n in range(2, 200)]

    report = ingest_jsonl(engine, write(tmp_path / "f", lines), lines_in_batch=7)

    assert 199 == report.unknown_keys["section"]
    assert len(report.unknown_keys) <= 51
    assert sum(report.unknown_keys.values()) == 2 * 199


def test_truncated_file_keeps_what_could_be_read_and_goes_on_when_it_is_whole(engine, tmp_path):
    import gzip

    whole = gzip.compress(b"".join(line(n, body="x" * 50 + str(hash(n))) + b"\n" for n in range(5_000)))
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(SourceError, match="can't be read to its end"):
        ingest_jsonl(engine, path)
    some = counts(engine)[0]
    path.write_bytes(whole)
    ingest_jsonl(engine, path)

    assert 0 < some < 5_000
    assert (5_000, 5_000, 5_000, 0) == counts(engine)
    assert {"failed", "done"} == {state for (state,) in rows(engine, ingest_run.c.state)}


def test_run_that_broke_off_goes_on_where_it_was(engine, file):
    class Power(Exception):
        pass

    def cut(progress):
        if progress.lines >= 10:
            raise Power

    with pytest.raises(Power):
        ingest_jsonl(engine, file, lines_in_batch=5, on_progress=cut)
    (left,) = rows(engine, ingest_run.c.state, ingest_run.c.lines, ingest_run.c.line_number)
    report = ingest_jsonl(engine, file)

    assert ("running", 10, 10) == tuple(left)
    assert (30, 30, 0, 30) == (report.lines, report.new, report.reused, report.posts)
    assert 1 == len(rows(engine, ingest_run.c.id))


def test_run_that_was_undone_under_way_says_so(engine, file):
    from lokdarpan_core.schema import ingest_run

    def undone(progress):
        with engine.begin() as connection:
            connection.execute(sa.update(ingest_run).values(state="reopened"))

    with pytest.raises(ConflictError, match="ingest the file again"):
        ingest_jsonl(engine, file, lines_in_batch=5, on_progress=undone)
    report = ingest_jsonl(engine, file)

    assert (30, 25, 5) == (report.lines, report.new, report.reused)


def test_folder_takes_its_files_by_name_and_goes_on_past_a_broken_one(engine, tmp_path):
    write(tmp_path / "a.jsonl", [line(1)])
    (tmp_path / "b.jsonl.gz").write_bytes(b"\x1f\x8bnot really")
    write(tmp_path / "c.jsonl", [line(1), line(2)])
    write(tmp_path / "notes.txt", [b"no articles"])

    first, broken, last = ingest_directory(engine, tmp_path)

    assert (1, 1) == (first.new, last.new)
    assert isinstance(broken, SourceError)
    assert "b.jsonl.gz" in str(broken)


def test_empty_file_is_done_with_no_lines(engine, tmp_path):
    report = ingest_jsonl(engine, write(tmp_path / "f", []))

    assert ("done", 0, 0) == (report.state, report.lines, report.new)


def test_progress_ends_with_the_whole_file(engine, file):
    seen = []

    ingest_jsonl(engine, file, lines_in_batch=10, on_progress=seen.append)

    assert [10, 20, 30] == [now.lines for now in seen]
    assert seen[-1].bytes_total == seen[-1].bytes_read == file.stat().st_size


def test_many_bad_lines_and_large_ones_stay_within_a_batch(engine, tmp_path):
    big = b'{"title": "' + b"x" * 3_000_000
    report = ingest_jsonl(engine, write(tmp_path / "f", [big + str(n).encode() for n in range(4)] + [line(1)]))

    assert (5, 1, 4) == (report.lines, report.new, report.rejected)


def test_real_news_goes_in_without_loss_or_double(engine, real_data):
    path = real_data / "news" / "telangana_2026_h1.jsonl"

    report = ingest_jsonl(engine, path)
    again = ingest_jsonl(engine, path, force=True)

    assert 12_976 == report.lines == report.new + report.reused + report.rejected
    assert (0, report.lines - report.rejected) == (again.new, again.reused)
    assert (report.new, report.new, report.new, 0) == counts(engine)
