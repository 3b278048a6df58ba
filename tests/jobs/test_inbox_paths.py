"""Jobs read nothing outside the inbox, and no rename overwrites a file."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from articles import counts, line, write

from lokdarpan_core import Settings, SettingsError, jobs
from lokdarpan_jobs.inbox import Inbox, PathRefusedError
from lokdarpan_jobs.moves import rename_to_free_name


@pytest.fixture
def box(settings) -> Inbox:
    return Inbox.of(settings)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("path", ["a.jsonl", "./a.jsonl", "sub/../a.jsonl", "{inbox}/a.jsonl", "link-inside.jsonl"])
def test_a_path_in_the_inbox_is_taken_whatever_its_form(box, inbox, path):
    write(inbox / "a.jsonl", [line(1)])
    (inbox / "sub").mkdir()
    (inbox / "link-inside.jsonl").symlink_to("a.jsonl")

    assert inbox / "a.jsonl" == box.confined(path.format(inbox=inbox))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../outside.jsonl", "is outside the inbox"),
        ("/etc/passwd", "is outside the inbox"),
        ("{inbox}/../outside.jsonl", "is outside the inbox"),
        ("{inbox}-twin/a.jsonl", "is outside the inbox"),
        ("link-out.jsonl", "is outside the inbox"),
        ("folder-out/outside.jsonl", "is outside the inbox"),
        ("circle.jsonl", "can't be read"),
        ("pipe.jsonl", "is neither a regular file nor a folder"),
        ("/dev/zero", "is outside the inbox"),
        ("absent.jsonl", "No such file"),
        ("a\0.jsonl", "can't be read"),
    ],
)
def test_a_path_outside_is_refused_and_logged(sender, inbox, caplog, path, message):
    write(inbox.parent / "outside.jsonl", [line(1)])
    (inbox.parent / "inbox-twin").mkdir()
    write(inbox.parent / "inbox-twin" / "a.jsonl", [line(1)])
    (inbox / "link-out.jsonl").symlink_to("../outside.jsonl")
    (inbox / "folder-out").symlink_to("..")
    (inbox / "circle.jsonl").symlink_to("circle.jsonl")
    os.mkfifo(inbox / "pipe.jsonl")

    with pytest.raises(PathRefusedError, match=message):
        sender.submit("ingest_epaper_jsonl", path.format(inbox=inbox))
    assert "Refused" in caplog.text


def test_a_path_that_went_out_after_it_was_queued_is_refused_by_the_worker(engine, workshop, sender, inbox):
    queued = sender.submit("ingest_epaper_jsonl", str(write(inbox / "a.jsonl", [line(1)])))
    (inbox / "a.jsonl").unlink()
    (inbox / "a.jsonl").symlink_to(write(inbox.parent / "outside.jsonl", [line(1)]))

    workshop.work(queued.id)

    with engine.connect() as connection:
        found = jobs.get(connection, queued.id)
    assert ("failed", 1) == (found.state, found.attempts)
    assert "is outside the inbox" in found.error
    assert (0, 0, 0, 0) == counts(engine)


@pytest.mark.parametrize(("value", "message"), [("", "set LOKDARPAN_INBOX"), ("/dev/null", "is no folder")])
def test_without_an_inbox_no_file_is_read(value, message):
    with pytest.raises(SettingsError, match=message):
        Inbox.of(Settings.from_environment({"LOKDARPAN_INBOX": value}))


def test_a_rename_never_overwrites(tmp_path):
    one, two = write(tmp_path / "one", [b"1"]), write(tmp_path / "two", [b"2"])

    with pytest.raises(FileExistsError):
        rename_to_free_name(one, two)
    rename_to_free_name(one, tmp_path / "three")
    with pytest.raises(FileNotFoundError):
        rename_to_free_name(one, tmp_path / "four")

    assert [b"2\n", b"1\n"] == [two.read_bytes(), (tmp_path / "three").read_bytes()]
    assert ["three", "two"] == names(tmp_path)


def test_of_many_that_want_one_name_one_gets_it(tmp_path):
    sources = [write(tmp_path / f"{n}", [b"%d" % n]) for n in range(40)]

    def take(source):
        try:
            rename_to_free_name(source, tmp_path / "wanted")
        except FileExistsError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert 1 == sum(pool.map(take, sources))
    assert 40 == len(names(tmp_path))


def test_where_the_system_has_no_such_rename_it_is_done_with_a_second_name(tmp_path, monkeypatch):
    from lokdarpan_jobs import moves

    monkeypatch.setattr(moves, "_library", lambda: None)
    test_a_rename_never_overwrites(tmp_path)

    halfway = write(tmp_path / "halfway", [b"4"])
    os.link(halfway, tmp_path / "there")  # where a crash would leave it
    rename_to_free_name(halfway, tmp_path / "there")
    assert ["there", "three", "two"] == names(tmp_path)
