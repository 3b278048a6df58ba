"""What is promised of mentions, on texts that a reader has labelled."""

import csv

import pytest

from lokdarpan_core.news.mentions.matcher import packaged
from lokdarpan_core.wards.delimitations import ward_id

LISTS = {"150": "ghmc-2016", "300": "hyderabad-2026"}


def wards(row, *kinds):
    cells = [(place, row[kind + size]) for kind in kinds for size, place in LISTS.items()]
    return {ward_id(place, int(number)) for place, cell in cells for number in cell.split("|") if number}


@pytest.fixture(scope="module")
def counted(real_data):
    """{language: [found and labelled, found and not, labelled and not found]}."""
    with (real_data / "gold" / "ward_mentions_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = packaged().mentions([f"{row['title']}\n\n{row['summary']}" for row in rows])
    counts = {}
    for row, mentions in zip(rows, found, strict=True):
        got = {mention.ward_id for mention in mentions} - wards(row, "loose")
        wanted = wards(row, "wards", "indirect")
        for group in (row["lang"], "all"):
            sums = counts.setdefault(group, [0, 0, 0])
            for at, number in enumerate((len(got & wanted), len(got - wanted), len(wanted - got))):
                sums[at] += number
    return counts


@pytest.mark.parametrize(
    ("group", "precision", "recall"), [("all", 0.95, 0.90), ("en", 0.93, 0.88), ("te", 0.93, 0.88)]
)
def test_mentions_are_found_as_well_as_promised(counted, group, precision, recall):
    right, wrong, missed = counted[group]

    assert right / (right + wrong) >= precision
    assert right / (right + missed) >= recall


def test_no_false_mention_in_hindi(counted):
    assert 0 == counted["hi"][1]
