"""A file as a stream of lines: any compression, any line, any place to go on from."""

import gzip
import io
import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core import SourceError
from lokdarpan_core.news.source import LINE_LIMIT, _split, open_source, zstd

CONTENT = b"one\n\ntwo\r\n" + "మూడు\n".encode() + b"last without end"


def lines(path, *place):
    with open_source(path) as source:
        return list(source.lines(*place))


@pytest.mark.parametrize(
    "pack",
    [
        bytes,
        gzip.compress,
        zstd.compress,
        lambda content: gzip.compress(content[:7]) + gzip.compress(content[7:]),
        lambda content: zstd.compress(content[:7]) + zstd.compress(content[7:]),
    ],
    ids=["plain", "gzip", "zstd", "gzip in two members", "zstd in two frames"],
)
def test_lines_and_places_are_the_same_however_it_is_packed(tmp_path, pack):
    path = tmp_path / "named.anything"
    path.write_bytes(pack(CONTENT))

    found = lines(path)

    assert [b"one", b"", b"two\r", "మూడు".encode(), b"last without end"] == [line.raw for line in found]
    assert [1, 2, 3, 4, 5] == [line.number for line in found]
    assert all(CONTENT[line.offset : line.offset + line.length] == line.raw for line in found)
    assert found[3:] == lines(path, found[2].end, found[2].number)


@given(st.binary(max_size=60).map(lambda data: data.replace(b"\r", b"\n")))
def test_lines_are_those_of_split(content):
    found = [line.raw for line in _split(io.BytesIO(content), 0, 0)]

    assert content.split(b"\n")[: len(found)] == found
    assert content.count(b"\n") + bool(content.rsplit(b"\n", 1)[-1]) == len(found)


@pytest.mark.parametrize("end", [b"", b"\n", b"\nnext\n"])
def test_line_over_the_limit_is_passed_by_with_its_place_and_length(tmp_path, end):
    path = tmp_path / "long"
    path.write_bytes(b"first\n" + b"x" * 20_000_000 + end)

    first, long, *rest = lines(path)

    assert (b"first", 2, 6, 20_000_000, None) == (first.raw, long.number, long.offset, long.length, long.raw)
    assert ([b"next"] if end == b"\nnext\n" else []) == [line.raw for line in rest]


def test_line_at_the_limit_is_kept(tmp_path):
    path = tmp_path / "long"
    path.write_bytes(b"x" * LINE_LIMIT + b"\n" + b"x" * (LINE_LIMIT + 1) + b"\n")

    assert [line.raw and len(line.raw) for line in lines(path)] == [LINE_LIMIT, None]


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_truncated_file_gives_what_can_be_read_and_then_says_so(tmp_path, pack):
    content = b"".join(os.urandom(30).hex().encode() + b"\n" for _ in range(30_000))
    path = tmp_path / "cut"
    path.write_bytes(pack(content)[:-200_000])

    found = []
    with open_source(path) as source, pytest.raises(SourceError, match="can't be read to its end"):
        found.extend(source.lines())
        # extend keeps what came before the error

    assert content.startswith(b"\n".join(line.raw for line in found))


def test_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "growing"
    path.write_bytes(b"one\n")

    with open_source(path) as source, pytest.raises(SourceError, match="changed while it was read"):
        for _ in source.lines():
            path.write_bytes(b"one\ntwo\n")


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(SourceError, match=r"No such file|Is a directory"), open_source(tmp_path / name):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_named_pipe_is_read_through(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: Path(pipe).write_bytes(CONTENT))
    writer.start()

    assert 5 == len(lines(pipe))
    writer.join()
