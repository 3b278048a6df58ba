"""One content is one archive, whichever way it comes; a poisoned file loses no good line."""

import gzip
import itertools
import json
import random

import pytest
from articles import counts, line, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingests import KEPT, TODAY, clear, edition, everything, ingest_of, read, rows, value

from lokdarpan_core import ingest_jsonl
from lokdarpan_core.news.source import zstd
from lokdarpan_core.schema import epaper

pytestmark = pytest.mark.timeout(120)


def test_plain_gzip_zstandard_and_standard_input_are_the_same_archive(engine, tmp_path):
    path = write(tmp_path / "news.jsonl", edition(700))
    content = path.read_bytes()
    packed = {".gz": gzip.compress(content), ".zst": zstd.compress(content[:9_999]) + zstd.compress(content[9_999:])}
    found = []

    def note() -> None:
        found.append(everything(engine))
        clear(engine)

    for suffix, form in ({"": content} | packed).items():
        file = tmp_path / f"again.jsonl{suffix}"
        file.write_bytes(form)
        ingest_jsonl(engine, file, lines_in_batch=64)
        note()
        with file.open("rb") as stdin:
            process = ingest_of(engine.url, "-", stdin=stdin)
            out, said = process.communicate(timeout=60)
        assert process.returncode == 1, said  # there are rejects
        assert json.loads(out)["source"] == "standard input"
        note()

    assert len(found) == 6
    assert found == [found[0]] * 6


def bad_lines() -> list[tuple[bytes, str]]:
    """One of each kind of line that can't be used, and the reason that must be given."""

    return [
        (line(1)[:-20], "bad-json"),
        (b"not JSON at all", "bad-json"),
        (b"{'publication_name': 'Paper'}", "bad-json"),
        (line(2) + b" trailing", "bad-json"),
        (line(2)[:-1] + b', "x": NaN}', "bad-json"),
        (line(3)[:-1] + b', "city": "Warangal"}', "bad-json"),
        (line(3)[:-1] + b', "x": {"y": 1, "y": 2}}', "bad-json"),
        (b'{"x": ' * 100_000 + b"1" + b"}" * 100_000, "bad-json"),
        (b"[" * 200_000, "bad-json"),
        (b"[" + line(4) + b"]", "not-an-object"),
        (b"42", "not-an-object"),
        (b'"Eenadu"', "not-an-object"),
        (b"null", "not-an-object"),
        (line(5, publication_name=None), "missing-field"),
        (line(5, publication_name=" \t"), "missing-field"),
        (line(6, publication_date=None), "missing-date"),
        (line(6, publication_date="  "), "missing-date"),
        (line(6, publication_date="2026-02-30"), "bad-date"),
        (line(6, publication_date="31/04/2026"), "bad-date"),
        (line(6, publication_date="yesterday"), "bad-date"),
        (line(6, publication_date="1700-01-01"), "bad-date"),
        (line(6, publication_date="2999-01-01"), "bad-date"),
        (line(6, publication_date="0000-00-00"), "bad-date"),
        (line(6, publication_date=20260501), "bad-type"),
        (line(7, body=["a", "b"]), "bad-type"),
        (line(8, title=None, body=None), "empty-text"),
        (line(8, title=" ", body="\n\t\u00a0"), "empty-text"),
        (line(9, body="a\0b"), "nul-character"),
        (line(9, body="a b").replace(b"a b", b"a\0b"), "nul-character"),
        (line(10, body="half X").replace(b"half X", rb"half \ud800"), "bad-encoding"),
        (line(11, body="a-b").replace(b"a-b", b"a\xffb"), "bad-encoding"),
        (line(11, body="a-b").replace(b"a-b", b"a\xed\xa0\x80b"), "bad-encoding"),
        (line(11, body="రోడ్లు").decode().encode("utf-16"), "bad-encoding"),
        (line(12, publication_name="x" * 3_000), "field-too-long"),
        (line(13, body="x" * 20_000_000), "line-too-long"),
        (line(6, publication_date="2026-02-30") + b"\r", "bad-date"),
    ]


ODD_BUT_GOOD = [
    b"\xef\xbb\xbf" + line(100),  # a byte order mark
    line(101) + b"\r",
    line(102, body="\u200f\u0627\u0644\u0623\u062e\u0628\u0627\u0631 \u202bright to left\u202c"),
    line(103, body="zero\u200bwidth\u200djoined\ufeff"),
    line(104, body=r"\u0000 written with two backslashes"),
    line(105, body="\U0001f5f3 \U0010ffff \ufffe"),
    line(106, extra={"deep": [[[1, 2.5e3, None, True]]]}, number=10**30),
    line(107, publication_date="2026-11-25"),  # tomorrow
    line(108, publication_date="1780-01-29"),
    line(109, body="x" * 3_000_000),
    line(110, body='a\\b"c\td'),
]


@pytest.mark.parametrize("lines_in_batch", [3, 2_000])
@pytest.mark.parametrize("last", [line(200), line(200)[:-1]], ids=["good last line", "bad last line"])
def test_poisoned_file_gives_every_good_line_and_keeps_every_bad_one(engine, tmp_path, lines_in_batch, last):
    """A reject's place and bytes are exact: the file's content there is what was kept. The last line has no end."""
    bad = bad_lines()
    good = [*ODD_BUT_GOOD, *(line(n) for n in range(20, 60))]
    mixed = [(raw, None) for raw in good] + bad + [(b"", "blank"), (b" \t\r", "blank")] * 3
    random.Random(1).shuffle(mixed)
    is_bad = last != line(200)
    mixed.append((last, "bad-json" if is_bad else None))
    path, content = tmp_path / "poison.jsonl", b"\n".join(raw for raw, _ in mixed)
    path.write_bytes(content)

    report = ingest_jsonl(engine, path, lines_in_batch=lines_in_batch, today=TODAY)

    expected = [(number, raw, why) for number, (raw, why) in enumerate(mixed, 1) if why not in (None, "blank")]
    kept = rows(engine, *KEPT)
    assert [(number, why) for number, _, why in expected] == [(number, why) for number, _, _, why, _ in kept]
    for (_, raw, why), (_, offset, length, _, bytes_kept) in zip(expected, kept, strict=True):
        assert content[offset : offset + length] == raw
        assert bytes_kept == (None if why == "line-too-long" else raw)
    articles = {read(raw).sha256: read(raw) for raw, why in mixed if why is None}
    stored = rows(engine, epaper.c.sha256, epaper.c.title, epaper.c.raw_text, epaper.c.publication_date)
    assert {(one.sha256, one.title, one.text, one.publication_date) for one in articles.values()} == {*stored}
    assert (len(articles), len(articles), len(articles), 0) == counts(engine)
    assert (len(good) + len(kept) + (not is_bad), len(articles), 0, len(kept)) == (
        report.lines, report.new, report.reused, report.rejected,
    )  # fmt: skip


BAD = [b"[]", line(1, publication_date="never"), line(2, title=None, body=None), b"{"]
LINES = st.lists(
    st.one_of(
        st.integers(0, 11).map(line),
        st.integers(0, 11).map(lambda n: line(n, title=f"TITLE  {n}", city="Secunderabad")),  # the same fingerprint
        st.sampled_from([*BAD, b"", b"  "]),
    ),
    max_size=30,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=LINES, cuts=st.lists(st.integers(0, 30), max_size=3), batches=st.lists(st.integers(1, 40), min_size=4))
def test_order_batches_and_runs_never_change_what_is_there(engine, tmp_path, lines, cuts, batches):
    clear(engine)
    places = [0, *sorted(cuts), len(lines)]
    parts = [lines[start:end] for start, end in itertools.pairwise(places)]

    reports = [
        ingest_jsonl(engine, write(tmp_path / "part.jsonl", part), lines_in_batch=size)
        for part, size in zip(parts, batches, strict=False)
    ]

    good = {read(raw).sha256 for raw in lines if raw.strip() and raw not in BAD}
    assert {sha256 for (sha256,) in rows(engine, epaper.c.sha256)} == good
    assert (len(good), len(good), len(good), 0) == counts(engine)
    assert sum(report.new for report in reports) == sum(report.posts for report in reports) == len(good)
    for part, report in zip(parts, reports, strict=True):
        assert report.lines == sum(bool(raw.strip()) for raw in part)
        assert report.rejected == sum(raw in BAD for raw in part)
        assert report.lines == report.new + report.reused + report.rejected
    fresh = [report for report in reports if not report.already_done]
    assert value(engine, "SELECT count(*) FROM ingest_reject") == sum(report.rejected for report in fresh)
