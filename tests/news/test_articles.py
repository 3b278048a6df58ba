"""One line of a file: an article, or the exact reason why not."""

import json
from datetime import date

import pytest
from articles import line
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.news.articles import NAME_LIMIT, REASONS, Unusable, decoder, parse_date

TODAY = date(2026, 11, 24)
DECODER = decoder(TODAY)

GOOD = {
    "plain": line(1),
    "byte order mark": b"\xef\xbb\xbf" + line(1),
    "carriage return": line(1) + b"\r",
    "blanks around": b"  " + line(1) + b" \t",
    "unknown keys": line(1, foo=1, bar={"a": [1]}),
    "a number too big for 64 bits": line(1)[:-1] + b', "id": 123456789012345678901234567890}',
    "a number of 5,000 digits": line(1)[:-1] + b', "id": ' + b"9" * 5_000 + b"}",
    "right-to-left and zero-width marks": line(1, title="\u200fاردو\u200d\u200c\ufeff x"),
    "escaped quotes and backslashes": line(1, title='He said "no" \\ "yes"', body='\\"'),
    "a key as a value": line(1, emotion="title"),
    "surrogate pair": line(1, title="\U0001f600").replace("\U0001f600".encode(), b"\\ud83d\\ude00"),
    "tomorrow": line(1, publication_date="2026-11-25"),
    "null fields": line(1)[:-1] + b', "party": null, "url": null}',
    "longest name": line(1, publication_name="x" * NAME_LIMIT),
}

BAD = {
    "cut off": (line(1)[:-5], "bad-json"),
    "two objects": (line(1) + line(2), "bad-json"),
    "not a number": (line(1)[:-1] + b', "x": NaN}', "bad-json"),
    "nested deep": (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "bad-json"),
    "double key": (b'{"title": "a", ' + line(1)[1:], "bad-json"),
    "double key, once escaped": (b'{"titl\\u0065": "a", ' + line(1)[1:], "bad-json"),
    "double key beside escaped quotes": (b'{"title": "\\"a\\\\", ' + line(1)[1:], "bad-json"),
    "double unknown key": (b'{"x": 1, "x": 1, ' + line(1)[1:], "bad-json"),
    "array": (b"[1, 2]", "not-an-object"),
    "number": (b"42", "not-an-object"),
    "null": (b"null", "not-an-object"),
    "no publication": (line(1, publication_name=None), "missing-field"),
    "blank publication": (line(1, publication_name=" \t"), "missing-field"),
    "no date": (line(1, publication_date=None), "missing-date"),
    "blank date": (line(1, publication_date=" "), "missing-date"),
    "no such day": (line(1, publication_date="2026-02-30"), "bad-date"),
    "a word as date": (line(1, publication_date="yesterday"), "bad-date"),
    "1700": (line(1, publication_date="1700-01-01"), "bad-date"),
    "2999": (line(1, publication_date="2999-01-01"), "bad-date"),
    "after tomorrow": (line(1, publication_date="2026-11-26"), "bad-date"),
    "date as number": (line(1, publication_date=20260501), "bad-type"),
    "title as number": (line(1, title=5), "bad-type"),
    "city as list": (line(1, city=["Hyderabad"]), "bad-type"),
    "no text": (line(1, title=None, body="  "), "empty-text"),
    "long publication": (line(1, publication_name="x" * 3_000), "field-too-long"),
    "escaped NUL": (line(1, title="a\0b"), "nul-character"),
    "NUL in a field that is not fingerprinted": (line(1, city="a\0b"), "nul-character"),
    "NUL byte": (line(1).replace(b"Title", b"Ti\0tle"), "nul-character"),
    "half a surrogate pair": (line(1).replace(b"Title", b"\\ud800"), "bad-encoding"),
    "half a surrogate pair in the city": (line(1).replace(b"Hyderabad", b"\\udfff"), "bad-encoding"),
    "not UTF-8": (line(1).replace(b"Title", b"\xff\xfe"), "bad-encoding"),
    "UTF-16": (line(1).decode().encode("utf-16"), "bad-encoding"),
}


@pytest.mark.parametrize("raw", GOOD.values(), ids=GOOD.keys())
def test_good_line_is_an_article(raw):
    article, _ = DECODER.decode(raw)

    assert article.text.encode()


@pytest.mark.parametrize(("raw", "reason"), BAD.values(), ids=BAD.keys())
def test_bad_line_has_its_reason(raw, reason):
    with pytest.raises(Unusable) as problem:
        DECODER.decode(raw)

    assert reason == problem.value.reason
    assert reason in REASONS


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-01", date(2026, 5, 1)),
        ("01-05-2026", date(2026, 5, 1)),
        ("1/5/2026", date(2026, 5, 1)),
        ("31/12/1999", date(1999, 12, 31)),
        ("2026-05-01T23:30:00+05:30", date(2026, 5, 1)),
        ("2026-05-01T23:30:00Z", date(2026, 5, 1)),
        ("2026-05-01 23:30:00.123456", date(2026, 5, 1)),
        (" 2026-05-01 ", date(2026, 5, 1)),
        ("2026-5-1", None),
        ("05/31/2026", None),
        ("31-05/2026", None),
        ("౨౦౨౬-౦౫-౦౧", None),
        ("20260501", None),
        ("2026-W01-1", None),
        ("2026-05-01x", None),
    ],
)
def test_date_forms(text, day):
    assert day == parse_date(text)


def test_default_date_replaces_a_missing_or_impossible_one_and_is_marked():
    reader = decoder(TODAY, default_date=date(2026, 5, 1))

    guessed = [reader.decode(line(1, publication_date=value))[0] for value in (None, "yesterday", "2999-01-01")]
    given_date, _ = reader.decode(line(1, publication_date="2026-04-01"))

    assert [(date(2026, 5, 1), True)] * 3 == [(one.publication_date, one.date_guessed) for one in guessed]
    assert (date(2026, 4, 1), False) == (given_date.publication_date, given_date.date_guessed)


def test_optional_fields_are_stripped_and_blank_ones_are_none():
    article, unknown = DECODER.decode(line(1, city=" Hyderabad ", party="", url=" ", author="A. Writer", section="x"))

    assert ("Hyderabad", None, None, "A. Writer") == (article.city, article.party, article.url, article.author)
    assert {"section"} == set(unknown)


@given(
    st.binary(max_size=200) | st.from_regex(r'\{"[a-z_]*": ?[-0-9"\\u\[\]{}a-z, ]*\}?', fullmatch=True).map(str.encode)
)
def test_any_bytes_give_an_article_or_a_known_reason(raw):
    try:
        DECODER.decode(raw)
    except Unusable as problem:
        assert problem.reason in REASONS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
FIELDS = st.sampled_from(["publication_name", "publication_date", "title", "body", "city", "author", "x", "y"])


@given(st.lists(st.tuples(FIELDS, JSON), max_size=9))
def test_a_key_that_stands_twice_is_never_taken(pairs):
    raw = "{" + ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in pairs) + "}"
    doubled = len({key for key, _ in pairs}) < len(pairs)

    try:
        DECODER.decode(raw.encode())
    except Unusable as problem:
        assert problem.reason in REASONS
    else:
        assert not doubled
