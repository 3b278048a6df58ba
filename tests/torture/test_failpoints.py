"""A connection that breaks off at every place where it can, one after the other: at each piece that an ingest sends to
the database. After each, the ingest is run again, and what is there must be as if nothing had been.

`FAILPOINT_STEP=1 pytest tests/torture/test_failpoints.py` is the long form, which leaves out none.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from articles import counts, digest, line, write
from proxy import Proxy, before_postgresql
from sqlalchemy import Engine

from lokdarpan_core import create_engine, import_list, ingest_jsonl, packaged_list
from lokdarpan_core.news.follow_up import follow_up
from lokdarpan_core.schema import ingest_reject, ingest_run

STEP = int(os.environ.get("FAILPOINT_STEP", "7"))
COUNTED = ("state", "lines", "line_number", "bytes_done", "new", "reused", "posts", "posts_skipped", "rejected")
KEPT = ("line", "byte_offset", "byte_length", "reason", "raw")
EMPTY = sa.text(
    "TRUNCATE post, epaper, author, story, ingest_reject, ingest_run, city_day, city_term, stale_day CASCADE"
)
STORIES = sa.text("""
    SELECT epaper.sha256, lead.sha256 FROM epaper JOIN story ON story.id = epaper.story_id
    JOIN epaper AS lead ON lead.id = story.lead_id ORDER BY 1
""")
TOTALS = sa.text("SELECT delimitation_id, published_on, term, stories FROM city_term ORDER BY 1, 2, 3")
SEARCHED = sa.text("SELECT count(*) FROM post_search")

pytestmark = pytest.mark.timeout(1_200)


def edition(size: int) -> list[bytes]:
    """Articles that mention wards, copies of some, lines that are unusable."""
    wards = ("Kapra", "Cherlapally", "Jubilee Hills")
    lines = []
    for n in range(size):
        body = f"Ward {n % 3 + 1} {wards[n % 3]} of GHMC: drains and roads were mended, says report {n} of the {n}."
        lines.append(line(n, body=f"{body} " + " ".join(f"word{n}x{m}" for m in range(20))))
        if n % 4 == 0:
            lines.append(line(n, publication_name="Copyist"))
        if n % 9 == 0:
            lines.append(b'{"title": ')
    return lines


def everything(engine: Engine) -> dict[str, object]:
    """All that must not depend on what happened on the way."""
    with engine.connect() as connection:
        tables = ((ingest_run, COUNTED), (ingest_reject, KEPT))
        found = {
            table.name: connection.execute(sa.select(*(table.c[one] for one in names)).order_by(table.c.id)).all()
            for table, names in tables
        }
        asked = {"stories": STORIES, "totals": TOTALS, "searched": SEARCHED}
        found |= {name: connection.execute(query).all() for name, query in asked.items()}
    return found | {"digest": digest(engine), "counts": counts(engine)}


def clear(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(EMPTY)


def deliver(engine: Engine, path: Path) -> None:
    follow_up(engine, ingest_jsonl(engine, path, lines_in_batch=10).id)


@pytest.fixture
def wards(engine) -> None:
    with engine.begin() as connection:
        import_list(connection, packaged_list("ghmc-2016"))


@pytest.fixture
def network(url) -> Iterator[tuple[Proxy, Engine]]:
    """A network that can be cut, and an engine whose connections go through it."""
    with before_postgresql(url) as (proxy, through):
        yield proxy, create_engine(through, poolclass=sa.NullPool)


@pytest.mark.parametrize("fault", ["request lost", "answer lost"])
def test_a_connection_that_is_cut_at_any_piece_changes_nothing(engine, wards, network, tmp_path, fault):
    """Where the answer to a COMMIT is lost, nobody can know whether it was done: to run again must find out."""
    path = write(tmp_path / "news.jsonl", edition(24))
    deliver(engine, path)
    expected = everything(engine)
    proxy, cut_off = network
    failed = 0
    for place in itertools.count(1, STEP):
        clear(engine)
        proxy.arm(place, fault)
        with_error = fails(lambda: deliver(cut_off, path))
        if not proxy.has_struck:
            assert not with_error
            break
        failed += with_error
        deliver(engine, path)
        assert expected == everything(engine), f"{fault} at piece {place}"

    assert failed > 100 / STEP  # as many statements are sent, and each was one of the places
    print(f"{fault}: cut at every piece in {STEP}, up to {place - STEP}; {failed} ingests broke off")


def fails(work: Callable[[], object]) -> bool:
    """Whether it raises a database's error; any other is one of the test's."""
    try:
        work()
    except sa.exc.DBAPIError:
        return True
    return False


def test_a_network_that_stalls_and_drags_changes_nothing(engine, wards, network, tmp_path):
    path = write(tmp_path / "news.jsonl", edition(24))
    deliver(engine, path)
    expected = everything(engine)
    proxy, slow = network
    for place in (1, 20, 60):
        clear(engine)
        proxy.delay = 0.002
        proxy.arm(place, "stalled", seconds=1.0)
        begun = time.monotonic()
        deliver(slow, path)

        assert expected == everything(engine)
        assert time.monotonic() - begun >= 1.0
