"""How a ward voted: in its own stations, or, labelled so, in its segments; with what does not add up beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa
from falcon.testing import TestClient
from sheets import add_wards, dispute, put, three_stations

from lokdarpan_core import NotFoundError, Settings, ward_results
from lokdarpan_core.elections.aggregates import aggregate_to_ward
from lokdarpan_core.elections.assignment_file import Part
from lokdarpan_core.elections.stations import assign_stations
from lokdarpan_core.schema import ward_segment
from lokdarpan_web import create_app


def assigned(connection, **options):
    """Two stations in WARD_001, the third in none; WARD_002 lies in the same segment."""
    add_wards(connection)
    put(connection, three_stations(**options), accept_disputed=True)
    connection.execute(sa.insert(ward_segment).values(ward_id="WARD_002", segment="60", source="map"))
    assign_stations(connection, [Part("60-1", "WARD_001"), Part("60-2", "WARD_001")], "ghmc-2016")
    aggregate_to_ward(connection, "ASSEMBLY", 2023)


def test_a_ward_has_the_sums_of_its_stations(connection):
    assigned(connection)

    found = ward_results(connection, "WARD_001")

    assert [("ward", "ASSEMBLY", 2023, {})] == [(one.kind, one.type, one.year, one.disputes) for one in found.results]
    assert [("BRS", 110), ("INC", 70), ("IND:M. ASHOK KUMAR", 37)] == [
        (one.party, one.votes) for one in found.results[0].parties
    ]
    assert () == found.segments
    assert found.results[0].updated_at == found.updated_at


def test_a_ward_without_stations_has_its_segments_result_and_none_of_its_own(connection):
    assigned(connection)

    found = ward_results(connection, "WARD_002")

    assert ((), ["segment, not ward"]) == (found.results, [one.kind for one in found.segments])


def test_an_accepted_dispute_stands_beside_the_result_that_it_went_into(connection):
    assigned(connection, findings=(attrs.evolve(dispute(5), station="1"),))

    own, segment = ward_results(connection, "WARD_001").results[0], ward_results(connection, "WARD_002").segments[0]

    assert {"60-1": ["the sum is wrong"]} == {
        id: [one["message"] for one in found] for id, found in own.disputes.items()
    }
    assert ["the sum is wrong"] == [one["message"] for one in segment.disputes]


def test_a_ward_of_which_nothing_is_known_says_what_to_do(connection):
    add_wards(connection)

    with pytest.raises(NotFoundError, match="stations assign"):
        ward_results(connection, "WARD_003")


def test_the_command_prints_what_the_api_answers(engine, url, tmp_path):
    with engine.begin() as connection:
        assigned(connection)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOKDARPAN_")}
    environment |= {"LOKDARPAN_DATABASE_URL": url.render_as_string(hide_password=False)}
    program = Path(sys.executable).with_name("lokdarpan")
    client = TestClient(create_app(engine, Settings.from_environment({})))

    def run(*words):
        return subprocess.run([program, "ward", "results", *words], env=environment, capture_output=True, check=True)

    for ward in ("WARD_001", "WARD_002"):
        answer = client.simulate_get(f"/api/v1/ward/results/{ward}")
        assert answer.content + b"\n" == run(ward, "--json").stdout
    assert ["ward"] == [one["kind"] for one in json.loads(run("1", "--json").stdout)["results"]]
    assert "segment, not ward" in run("WARD_002").stdout.decode()
    assert 404 == client.simulate_get("/api/v1/ward/results/WARD_003").status_code
