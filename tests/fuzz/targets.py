"""What is fuzzed: four readers of what strangers send. Each takes any bytes, and ends well or in a typed error.

`seeds` are what a reader is meant for; the fuzzer changes them. `corpus/<name>/` keeps what was found with them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

import attrs
import falcon
import falcon.testing
from form20_sheets import as_csv, booths, classic, summary, tidy, with_electors

from lokdarpan_core.elections.form20.reading import read_form20
from lokdarpan_core.errors import LokDarpanError
from lokdarpan_core.news.articles import Article, Reject, decoder
from lokdarpan_core.news.batches import in_batches
from lokdarpan_core.news.fingerprint import fingerprint
from lokdarpan_core.news.source import open_source
from lokdarpan_core.wards.gazetteer import Gazetteer
from lokdarpan_web.cursors import decode
from lokdarpan_web.parameters import read_path, read_query
from lokdarpan_web.routes import ROUTES

CORPUS = Path(__file__).parent / "corpus"
TODAY = date(2026, 11, 29)
DECODER = decoder(TODAY)
GAZETTEER = Gazetteer.packaged()
OPERATIONS = [operation for _, resource in ROUTES for operation in resource.operations().values()]


@attrs.frozen
class Target:
    """A reader: `read` fails by an assertion or by an error that is not typed."""

    read: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


@contextmanager
def in_a_file(data: bytes) -> Iterator[str]:
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.name


def read_articles(data: bytes) -> None:
    """Every line that is not blank becomes an article that can be stored, or a reject with its very bytes."""
    lines = found = 0
    try:
        with in_a_file(data) as name, open_source(name) as source:
            for batch in in_batches(source.lines(), DECODER):
                lines += batch.lines
                found += len(batch.rejects)
                for article in batch.articles:
                    check_article(article)
                for reject in batch.rejects:
                    check_reject(reject, data)
    except LokDarpanError as error:
        assert str(error)
    assert found <= lines


def check_article(article: Article) -> None:
    assert article.text
    assert article.publication_name
    assert article.sha256 == fingerprint(article.publication_name, article.publication_date, article.text)
    for value in attrs.astuple(article):
        if isinstance(value, str):
            assert "\0" not in value
            value.encode()


def check_reject(reject: Reject, data: bytes) -> None:
    assert reject.reason
    assert reject.raw is not None
    if not data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        assert reject.raw == data[reject.byte_offset : reject.byte_offset + reject.byte_length]


def read_sheet(data: bytes) -> None:
    """A Form 20 sheet whose numbers fit together in form, or a Form20Error that says what is wrong."""
    try:
        with in_a_file(data) as name:
            sheets = read_form20(name)
    except LokDarpanError as error:
        assert str(error)
        return
    for sheet in sheets:
        assert sheet.stations
        assert {len(sheet.candidates)} == {len(one.votes) for one in (*sheet.stations, *sheet.footers)}
        assert all(one.message and one.code for one in sheet.findings)


def resolve(data: bytes) -> None:
    """A ward, or an error that says why not."""
    label = data.decode(errors="surrogateescape")
    for delimitation in (None, "ghmc-2016", "hyderabad-2026"):
        try:
            assert GAZETTEER.resolve(label, delimitation).ward_id
        except LokDarpanError as error:
            str(error).encode(errors="surrogateescape")


def read_parameters(data: bytes) -> None:
    """Of every operation, the query and the path, and a cursor: values of the declared types, or an error."""
    text = data.decode("latin-1").lstrip("?")
    try:
        req = falcon.testing.create_req(query_string=text)
    except falcon.HTTPError:
        return
    for operation in OPERATIONS:
        try:
            values = read_query(req, operation.query)
            for one in operation.query:
                assert values[one.name] is None or isinstance(values[one.name], one.type)
        except (LokDarpanError, falcon.HTTPError) as error:
            assert str(error)
        try:
            read_path({one.name: text for one in operation.path}, operation.path)
        except LokDarpanError as error:
            assert str(error)
    try:
        decode(text, ["posts"])
    except LokDarpanError as error:
        assert str(error)


def _lines() -> Iterator[bytes]:
    yield b'{"publication_name":"Herald","publication_date":"2026-05-31","title":"Drain","body":"Uppal"}\n'
    yield '{"publication_name":"ఈనాడు","publication_date":"31/05/2026","body":"ఉప్పల్‌లో \\u0c28\\u0c40"}\r\n'.encode()
    yield b'\xef\xbb\xbf{"author":"X","publication_date":"2026-05-31T10:00:00+05:30","body":"a","city":null}'
    yield b'{"publication_name":"A","publication_name":"B","publication_date":1780000000,"body":"\\ud800"}\n[1]\n12\n\n'
    yield b'{"a":{"b":[[[[[[1e999]]]]]],"c":123456789012345678901234567890}}\nNaN\n{"body":"\\u0000"}\n'


def _sheets() -> Iterator[bytes]:
    listed = booths()
    for rows in (classic(listed), tidy(listed), with_electors(listed), summary(listed)):
        yield as_csv(rows).encode()


TARGETS = {
    "articles": Target(read_articles, tuple(_lines())),
    "sheets": Target(read_sheet, tuple(_sheets())),
    "wards": Target(
        resolve,
        tuple(
            label.encode()
            for label in (
                "WARD_095",
                "Ward 95 Jubilee Hills",
                "జూబ్లీహిల్స్",
                "वार्ड 10 उप्पल",
                "hyderabad-2026:WARD_001",
                "٩٥",
            )
        ),
    ),
    "parameters": Target(
        read_parameters,
        (
            b"ward=WARD_001&days=14&until=2026-05-31&lang=te",
            b"limit=10&cursor=AAAA&q=%E0%B0%89&format=csv&days=1&days=2",
        ),
    ),
}
