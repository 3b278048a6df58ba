"""`lokdarpan mentions`: explained in words and as JSON, and the backfill."""

import json

import pytest
import sqlalchemy as sa
from articles import line, write
from click.testing import CliRunner

from lokdarpan_core import ingest_jsonl
from lokdarpan_core.cli import main
from lokdarpan_core.schema import post_ward
from lokdarpan_core.wards.delimitations import packaged
from lokdarpan_core.wards.importing import import_list


@pytest.fixture
def lokdarpan(url):
    """Run the command in this process: lokdarpan("mentions", …) -> its result."""
    environment = {"LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False)}
    return lambda *words, **options: CliRunner().invoke(main, words, env=environment, **options)


def test_explain_marks_names_and_says_why(lokdarpan):
    result = lokdarpan("mentions", "explain", "--packaged", "Rain in Uppal, Hyderabad. Taxi in Gandhinagar, Gujarat")

    assert 0 == result.exit_code
    assert "[Uppal]" in result.stdout
    assert "(Gandhinagar)" in result.stdout
    assert "a place of that name elsewhere: Gujarat" in result.stdout


def test_explain_as_json(lokdarpan):
    result = lokdarpan("mentions", "explain", "--packaged", "--json", "-", input="ఉప్పల్‌లో వర్షం")

    told = json.loads(result.stdout)
    assert ["HYD26_028", "WARD_010"] == [one["ward_id"] for one in told["mentions"]]
    assert [(0, 6, "ఉప్పల్", "kept")] == [
        (one["start"], one["end"], one["text"], one["reason"]) for one in told["matches"]
    ]


def test_explain_counts_numbers_by_the_day(lokdarpan):
    words = ("mentions", "explain", "--packaged", "--json", "Garbage in GHMC ward 95", "--on")

    old, new = (json.loads(lokdarpan(*words, day).stdout)["mentions"] for day in ("2020-12-01", "2026-05-01"))

    assert (["WARD_095"], ["HYD26_095"]) == ([one["ward_id"] for one in old], [one["ward_id"] for one in new])


def test_without_a_ward_list_it_says_what_to_do(lokdarpan):
    for words in (("mentions", "explain", "x"), ("mentions", "backfill")):
        result = lokdarpan(*words)

        assert 2 == result.exit_code
        assert "lokdarpan wards import" in result.stderr


def test_backfill_by_both_names(lokdarpan, engine, tmp_path):
    ingest_jsonl(engine, write(tmp_path / "f", [line(1, title="Rain in Jubilee Hills"), line(2)]))
    with engine.begin() as connection:
        import_list(connection, packaged("ghmc-2016"))

    first = lokdarpan("mentions", "backfill", "--json")
    again = lokdarpan("backfill", "mentions")

    assert {"posts": 2, "mentioning": 1, "links": 1} == json.loads(first.stdout)
    assert "Searched: 0, mentioning a ward: 0, links: 0" in again.stdout
    with engine.connect() as connection:
        assert ["WARD_095"] == connection.execute(sa.select(post_ward.c.ward_id)).scalars().all()
