"""Keywords: what is said of one ward and not of the others, each thing once, with numbers that can be checked."""

from datetime import date
from math import isclose, log, sqrt

import pytest
import sqlalchemy as sa
from articles import line, write
from hypothesis import given
from hypothesis import strategies as st
from statements import heard

from lokdarpan_core import assign_stories, count_days, import_list, ingest_jsonl, packaged_list
from lokdarpan_core.pulse.distinctive import LEAST_PRIOR, PRIOR, distinction
from lokdarpan_core.pulse.keywords import Keywords, keywords
from lokdarpan_core.pulse.names import OwnName, names

START, END = date(2026, 5, 1), date(2026, 5, 28)
PLACES = ("Uppal", "Kapra", "Nacharam", "Jubilee Hills")
SAID = (
    "A pothole swallowed a scooter at the metro rail pillar of {place}, Hyderabad; Congress leaders came",
    "Commuters of the metro rail at {place}, Hyderabad, found lifts closed while Secunderabad sent engineers",
    "{place} in Hyderabad waits: metro rail trains skipped the stop when signals failed, Congress workers shouted",
)


@pytest.fixture
def city(engine, tmp_path):
    """A month in which every ward has drains, and Uppal the metro rail, in three stories and a copy of each."""
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))
    lines = []
    for day in range(1, 29):
        for place in PLACES:
            title = f"Drain overflows in {place}, day {day}"
            lines.append(line(day, publication_name=f"Paper {place}", title=title, body=f"In Hyderabad, {day} again."))
    for number, text in enumerate(SAID):
        body = text.format(place="Uppal")
        for paper in ("Herald", "Times"):
            day = f"2026-05-{20 + number}"
            lines.append(line(number, publication_name=paper, title=body[:40], body=body, publication_date=day))
    ingest_jsonl(engine, write(tmp_path / "news.jsonl", lines))
    assign_stories(engine)
    count_days(engine)
    return engine


def of(engine, ward_id="WARD_010", start=START, end=END, **options):
    with engine.connect() as connection:
        return keywords(connection, ward_id, start, end, **options)


def test_what_only_one_ward_has_stands_out(city):
    topics = of(city).topics

    assert "metro rail" == topics[0].term
    assert 3 == topics[0].count
    assert topics[0].expected < 1 < topics[0].lift
    assert "drain" not in [one.term for one in topics]


def test_a_phrase_and_its_words_are_listed_once(city):
    terms = [one.term for one in of(city).topics]

    assert not {"metro", "rail"} & set(terms)


def test_places_and_parties_are_set_apart(city):
    found = of(city)

    assert "hyderabad" in [one.term for one in found.places]
    assert ["congress"] == [one.term for one in found.parties if " " not in one.term]
    assert not {"hyderabad", "congress", "secunderabad"} & {one.term for one in found.topics}


def test_the_ward_s_own_name_is_no_keyword(city):
    for ward_id, name in (("WARD_010", "uppal"), ("WARD_095", "jubilee hills")):
        found = of(city, ward_id)
        words = {word for one in (*found.topics, *found.places, *found.parties) for word in one.term.split()}
        assert not set(name.split()) & words


def test_copies_are_one_story(city):
    counts = [one.count for one in of(city).topics if one.term == "metro rail"]

    assert [3] == counts


def test_limit_and_order(city):
    everything = of(city).topics
    zs = [one.z for one in everything]

    assert sorted(zs, reverse=True) == zs
    assert everything[:1] == of(city, limit=1).topics


@pytest.mark.parametrize(
    ("ward_id", "start", "end"),
    [("WARD_011", START, END), ("WARD_010", date(2020, 1, 1), date(2020, 2, 1)), ("WARD_010", START, START)],
)
def test_without_two_stories_there_is_nothing(city, ward_id, start, end):
    assert Keywords() == of(city, ward_id, start, end)


def test_totals_that_are_not_counted_yet_do_no_harm(city):
    with city.begin() as connection:
        connection.execute(sa.text("DELETE FROM city_term"))
        connection.execute(sa.text("DELETE FROM city_day"))

    found = of(city)
    assert () == found.topics
    assert [0.0] == [one.z for one in found.parties if one.term == "congress"]


def test_two_statements_are_enough(city, monkeypatch):
    statements = heard(monkeypatch)
    of(city)

    assert 2 == len(statements)
    assert not [one for one in statements if "raw_text" in one]


def test_formula_is_that_of_the_source():
    """Ten of fifty here, twenty of a thousand there, a tenth of the background: α is 1, and α₀ is 10."""
    found = distinction(10, 50, 20, 1_000, background=0.1)
    delta = log(11 / 49) - log(21 / 989)

    assert (10.0, 0.5) == (PRIOR, LEAST_PRIOR)
    assert isclose(found.z, delta / sqrt(1 / 11 + 1 / 49 + 1 / 21 + 1 / 989))
    assert isclose(found.expected, 50 * 21 / 1_010)
    assert isclose(found.lift, 10 / found.expected)


STORIES = st.integers(1, 500)


@given(STORIES, STORIES, st.integers(0, 500), st.integers(0, 5_000), st.floats(0, 1))
def test_every_term_has_finite_figures(ours, more, others, rest, background):
    found = distinction(ours, ours + more - 1, others, others + rest, background=background)

    assert found.expected > 0
    assert isclose(found.lift * found.expected, ours)
    assert abs(found.z) < float("inf")


@given(st.integers(1, 40), st.integers(1, 400))
def test_more_stories_never_stand_out_less(ours, others):
    zs = [distinction(count, 50, others, 2_000, background=0.01).z for count in (ours, ours + 1)]

    assert zs[0] < zs[1]


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("bjp", "party"),
        ("బీజేపీ", "party"),
        ("congress party", "party"),
        ("bharatiya janata", "party"),
        ("hyderabad", "place"),
        ("హైదరాబాద్", "place"),
        ("musi", "place"),
        ("warangal", "place"),
        ("kothrud", "place"),
        ("ghmc", "topic"),
        ("water supply", "topic"),
        ("nagar", "part"),
    ],
)
def test_kinds_of_terms(term, kind):
    assert kind == names("Kothrud\nKarve Nagar Colony").kind(term)


@pytest.mark.parametrize("term", ["jubilee hills", "jubilee", "hills", "jubileehills", "hills police", "జూబ్లీహిల్స్"])
def test_own_name_and_what_begins_in_it(term):
    assert OwnName.of(["Jubilee Hills", "జూబ్లీహిల్స్"]).is_in(term)


@pytest.mark.parametrize("term", ["flyover", "police", "jubilee bus", "metro jubilation", "banjara"])
def test_other_terms_are_not_the_own_name(term):
    assert not OwnName.of(["Jubilee Hills", "జూబ్లీహిల్స్"]).is_in(term)
