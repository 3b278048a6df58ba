"""Form 20 sheets made by hand, and what the database holds after they were imported."""

import attrs
import sqlalchemy as sa

from lokdarpan_core.elections.form20.sheet import Candidate, Finding, Footer, Layout, Severity, Sheet, Station
from lokdarpan_core.elections.results import import_sheet
from lokdarpan_core.schema import delimitation, metadata, ward

SHA256 = "0" * 64
PLACE = "ghmc-2016"
CANDIDATES = (
    Candidate(1, "K. RAMA RAO", "BRS"),
    Candidate(2, "P. VIJAYA", "INC"),
    Candidate(3, "M. ASHOK KUMAR", "IND"),
)
NAMES = ("ZPHS KAPRA ROOM 1", "ZPHS KAPRA ROOM 2", "GOVT SCHOOL NACHARAM", "COMMUNITY HALL UPPAL")


def station(serial, *votes, **values):
    """A station whose totals follow from the votes: 2 rejected, 5 for NOTA, twice as many electors."""
    known = [number for number in votes if number is not None]
    said = {"row": 10, "valid": sum(known), "rejected": 2, "nota": 5, "polled": sum(known) + 7}
    return Station(serial=str(serial), votes=votes, **(said | {"electors": 2 * (sum(known) + 7)} | values))


def sheet(*stations, candidates=CANDIDATES, names=NAMES, **values):
    """A classic sheet; stations get rows from 5 on, and names."""
    rows = [
        attrs.evolve(one, row=5 + index, name=one.name or (names[index] if index < len(names) else None))
        for index, one in enumerate(stations)
    ]
    said = {"layout": Layout.CLASSIC, "title": None, "segment": None, "footers": (), "nota_in_valid": False}
    return Sheet(candidates=tuple(candidates), stations=tuple(rows), columns={}, **(said | values))


def three_stations(**values):
    return sheet(station(1, 100, 50, 7), station(2, 10, 20, 30), station("3A", 0, 5, 1), **values)


def footer(kind, *votes):
    return Footer(kind, 99, votes)


def dispute(row, message="the sum is wrong", code="row-sum"):
    return Finding(Severity.ERROR, code, message, f"D{row}")


def put(connection, a_sheet, election="ASSEMBLY-2023", segment="60", **options):
    """Import a sheet."""
    said = {"file_name": "ac60.csv", "file_sha256": SHA256}
    return import_sheet(connection, a_sheet, election=election, segment=segment, **(said | options))


def add_wards(connection, count=3, place=PLACE, prefix="WARD_"):
    connection.execute(sa.insert(delimitation).values(id=place, authority="GHMC", source="test"))
    rows = [
        {"ward_id": f"{prefix}{number:03}", "delimitation_id": place, "number": number, "name": f"Ward {number}"}
        for number in range(1, count + 1)
    ]
    connection.execute(sa.insert(ward), rows)


def dump(connection):
    """Everything that the database holds: table -> rows, in one order."""
    return {
        table.name: sorted(map(repr, connection.execute(sa.select(table)).all())) for table in metadata.sorted_tables
    }


def votes_of(connection, **where):
    """Station -> its votes, in the order of the candidates' numbers."""
    query = sa.text("""
        SELECT ps_id, array_agg(votes ORDER BY candidate_no) AS votes
        FROM result_ps JOIN election ON election.id = election_id
        WHERE concat_ws('-', type, year, round) = :election GROUP BY ps_id ORDER BY ps_id
    """)
    rows = connection.execute(query, {"election": where.get("election", "ASSEMBLY-2023")})
    return {row.ps_id: tuple(row.votes) for row in rows}


def one_row(connection, table):
    """The only row of a table."""
    return connection.execute(sa.select(table)).mappings().one()


def tidy(segment, *votes):
    """A tidy sheet of stations S<segment>-1 and so on, each with its own id."""
    rows = [
        station(f"S{segment}-{number}", *one, ps_id=f"S{segment}-{number}", ward_id=f"WARD_{number:03}", pc_id="9")
        for number, one in enumerate(votes, start=1)
    ]
    return sheet(*rows, layout=Layout.TIDY, segment=segment, names=())
