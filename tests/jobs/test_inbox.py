"""Files of the inbox: which are taken, what becomes of them, and that nothing outside is ever read or overwritten."""

import gzip
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import counts, line, write
from processes import eventually

from lokdarpan_core import jobs
from lokdarpan_core.schema import epaper, ingest_reject
from lokdarpan_jobs.inbox import Inbox

FILES = 1_000 if "TORTURE_KILLS" in os.environ else 40
BROKEN = FILES // 20 if FILES < 1_000 else 10


@pytest.fixture
def box(settings) -> Inbox:
    return Inbox.of(settings)


def truncated(path: Path) -> Path:
    """A gzip file that breaks off after a line or two."""
    whole = gzip.compress(b"".join(line(n) + b"\n" for n in range(2_000)), 1)
    path.write_bytes(whole[: len(whole) // 2])
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def run(sender, workshop, kind, *arguments):
    """Queue a job, do it and all that it queues; its row."""
    queued = sender.submit(kind, *arguments)
    workshop.work(queued.id)
    with sender.engine.connect() as connection:
        return jobs.get(connection, queued.id)


def test_a_file_is_ingested_and_renamed_with_day_and_hash(engine, sender, workshop, inbox):
    write(inbox / "news.jsonl", [line(1), b"{"])

    found = run(sender, workshop, "ingest_epaper_jsonl", "news.jsonl")

    (name,) = names(inbox / "processed")
    assert f"{found.created_at.astimezone(workshop.settings.timezone):%Y-%m-%d}" == name[:10]
    assert f"-{found.result['content_sha256'][:12]}-news.jsonl" == name[10:]
    assert str(inbox / "processed" / name) == found.result["moved_to"]
    assert (2, 1, 1) == tuple(found.result[key] for key in ("lines", "new", "rejected"))
    assert (1, 1, 1, 0) == counts(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.select(epaper.c.story_id)).scalar_one() is not None


def test_the_same_file_twice_in_a_day_keeps_both(sender, workshop, inbox):
    for _ in range(3):
        run(sender, workshop, "ingest_epaper_jsonl", str(write(inbox / "news.jsonl", [line(1)])))

    found = names(inbox / "processed")
    assert 3 == len(found)
    assert {"news.jsonl", "2-news.jsonl", "3-news.jsonl"} == {name.split("-", 4)[4] for name in found}


def test_a_file_without_posts(engine, sender, workshop, inbox):
    write(inbox / "news.jsonl", [line(1)])
    sender.submit("ingest_epaper_jsonl", "news.jsonl", also_create_posts=False)
    workshop.work(0)

    assert (1, 1, 0, 0) == counts(engine)


def test_a_file_that_can_not_be_read_is_put_aside_with_the_reason(engine, sender, workshop, inbox):
    truncated(inbox / "news.jsonl.gz")

    found = run(sender, workshop, "ingest_epaper_jsonl", "news.jsonl.gz")

    file, reason = names(inbox / "failed")
    assert f"{file}.reason.txt" == reason
    assert "can't be read to its end" in (inbox / "failed" / reason).read_text()
    assert ("done", "failed", str(inbox / "failed" / file)) == (
        found.state, found.result["state"], found.result["moved_to"],
    )  # fmt: skip
    assert counts(engine)[0] > 0, "what can be read is kept"


def test_a_repaired_file_that_is_moved_back_is_taken(engine, sender, workshop, inbox):
    truncated(inbox / "news.jsonl.gz")
    found = run(sender, workshop, "ingest_epaper_jsonl", "news.jsonl.gz")

    refused = run(sender, workshop, "ingest_epaper_jsonl", found.result["moved_to"])
    Path(found.result["moved_to"]).write_bytes(gzip.compress(line(1)))
    Path(found.result["moved_to"]).rename(inbox / "news.jsonl.gz")
    run(sender, workshop, "ingest_epaper_jsonl", "news.jsonl.gz")

    assert "move it back into" in refused.error
    assert 1 == len(names(inbox / "processed"))


def test_links_and_devices_are_put_aside_unread(engine, sender, workshop, inbox):
    outside = write(inbox.parent / "outside.jsonl", [line(1)])
    (inbox / "link.jsonl").symlink_to(outside)
    os.mkfifo(inbox / "pipe.jsonl")

    run(sender, workshop, "ingest_inbox")

    assert 4 == len(names(inbox / "failed"))
    assert (0, 0, 0, 0) == counts(engine)
    assert outside.exists()


def test_only_whole_files_with_our_endings_are_taken(engine, sender, workshop, inbox):
    for name in (".hidden.jsonl", "upload.jsonl.part", "notes.txt", "good.jsonl", "zipped.jsonl.gz"):
        write(inbox / name, [line(1)])

    run(sender, workshop, "ingest_inbox")

    assert [".hidden.jsonl", "notes.txt", "processed", "upload.jsonl.part"] == names(inbox)
    assert 2 == len(names(inbox / "processed"))


def test_a_file_that_grows_is_left_alone(box, inbox):
    """It grows between the first look and the second; the other one does not."""
    growing, whole = write(inbox / "growing.jsonl", [line(1)]), write(inbox / "whole.jsonl", [line(2)])

    def wait(_seconds):
        with growing.open("ab") as file:
            file.write(line(3))

    assert [whole] == box.settled(1, wait)
    assert [growing, whole] == box.settled(1, lambda _seconds: None)


def test_a_file_that_changes_while_it_is_read_is_read_again(engine, sender, workshop, inbox, monkeypatch):
    from lokdarpan_core import ingest_jsonl
    from lokdarpan_jobs import taking

    path = write(inbox / "news.jsonl", [line(1)])

    def ingest_and_grow(*arguments, **options):
        report = ingest_jsonl(*arguments, **options)
        with path.open("ab") as file:
            file.write(line(2) + b"\n")
        return report

    monkeypatch.setattr(taking, "ingest_jsonl", ingest_and_grow)
    first = run(sender, workshop, "ingest_epaper_jsonl", "news.jsonl")
    monkeypatch.undo()
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET run_after = NULL"))
    workshop.work(first.id)

    assert ("waiting", []) == (first.state, names(inbox / "processed")[1:])
    assert "changed while it was read" in first.error
    assert (2, 2, 2, 0) == counts(engine)


def test_a_name_that_is_no_text_is_made_one(engine, sender, workshop, inbox):
    (Path(os.fsdecode(os.fsencode(inbox) + b"/caf\xe9.jsonl"))).write_bytes(line(1))

    run(sender, workshop, "ingest_inbox")

    (name,) = names(inbox / "processed")
    assert name.endswith("caf\N{REPLACEMENT CHARACTER}.jsonl")


def test_a_long_name_keeps_its_end(sender, workshop, inbox):
    name = "న" * 80 + ".jsonl"
    truncated(inbox / name)
    run(sender, workshop, "ingest_inbox")

    assert all(len(os.fsencode(one)) <= 255 and ".jsonl" in one for one in names(inbox / "failed"))
    assert 2 == len(names(inbox / "failed"))


def test_a_job_that_finds_its_file_gone_knows_where_it_is(engine, sender, workshop, inbox):
    """It was killed after the rename and before it was done."""
    done = run(sender, workshop, "ingest_epaper_jsonl", str(write(inbox / "news.jsonl", [line(1)])))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET state = 'running', finished_at = NULL"))

    workshop.work(done.id)

    with engine.connect() as connection:
        again = jobs.get(connection, done.id)
    assert ("done", 2, done.result) == (again.state, again.attempts, again.result)


def test_a_file_that_vanished_is_an_error_that_is_not_tried_again(engine, sender, workshop, inbox):
    queued = sender.submit("ingest_epaper_jsonl", str(write(inbox / "news.jsonl", [line(1)])))
    (inbox / "news.jsonl").unlink()

    workshop.work(queued.id)

    with engine.connect() as connection:
        assert ("failed", 1) == (jobs.get(connection, queued.id).state, jobs.get(connection, queued.id).attempts)


def test_a_file_whose_job_has_failed_waits_for_retry_or_a_change(engine, sender, workshop, inbox):
    write(inbox / "news.jsonl", [line(1)])
    queued = sender.submit("ingest_epaper_jsonl", "news.jsonl")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET state = 'failed', finished_at = now() + interval '1 minute'"))

    looked = run(sender, workshop, "ingest_inbox")
    os.utime(inbox / "news.jsonl", (2e9, 2e9))
    run(sender, workshop, "ingest_inbox")

    assert {"queued": 0, "failed_before": ["news.jsonl"]} == looked.result
    assert queued.id < looked.id
    assert 1 == len(names(inbox / "processed"))


def test_a_folder_is_taken_file_by_file(engine, sender, workshop, inbox):
    folder = inbox / "sub"
    folder.mkdir()
    write(folder / "a.jsonl", [line(1)])
    truncated(folder / "b.jsonl.gz")
    write(folder / "c.jsonl", [line(4_000)])

    found = run(sender, workshop, "ingest_epaper_dir", "sub")

    assert ["done", "failed", "done"] == [one["state"] for one in found.result]
    assert (2, 2, []) == (len(names(inbox / "processed")), len(names(inbox / "failed")), names(folder))


@pytest.mark.timeout(60 + FILES // 2)
def test_a_full_inbox_is_emptied_and_every_line_accounted_for(engine, variables, consumer, sender, inbox):
    """Good files of three lines, of which one is no JSON; broken ones among them. Two consumers, two workers each."""
    step = FILES // BROKEN
    for n in range(FILES):
        if n % step == 0:
            truncated(inbox / f"{n}.jsonl.gz")
        else:
            write(inbox / f"{n}.jsonl", [line(10_000 + n), b"{%d" % n, line(20_000 + n)])
    sender.submit("ingest_inbox")

    for _ in range(2):
        consumer(variables)
    eventually(lambda: state_counts(engine).keys() == {"done"}, 30 + FILES / 4)

    good = FILES - BROKEN
    assert (good, 2 * BROKEN) == (len(names(inbox / "processed")), len(names(inbox / "failed")))
    assert {"done": FILES + 1} == state_counts(engine)
    with engine.connect() as connection:
        lines, parts = connection.execute(
            sa.text("SELECT sum(lines), sum(new + reused + rejected) FROM ingest_run WHERE state = 'done'")
        ).one()
        raws = connection.execute(sa.select(ingest_reject.c.raw)).scalars().all()
    assert (3 * good, 3 * good) == (lines, parts)
    assert sorted(b"{%d" % n for n in range(FILES) if n % step) == sorted(raws)
    assert {"processed", "failed"} == set(names(inbox))


def state_counts(engine):
    with engine.connect() as connection:
        return dict(connection.execute(sa.text("SELECT state, count(*) FROM job GROUP BY state")).all())
