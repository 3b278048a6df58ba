"""Consumers whose connections break off and stall, to PostgreSQL and to Redis alike: every job has its effect once."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import sqlalchemy as sa
from articles import counts, line, write
from processes import eventually
from proxy import Proxy, before_postgresql
from sqlalchemy.engine import make_url

from lokdarpan_core import Settings, consumers
from lokdarpan_core.schema import job
from lokdarpan_jobs.sending import Sender

FILES, LINES, CUTS = 6, 1_500, 12

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(params=["PostgreSQL", "Redis"])
def behind_proxies(request, url, variables) -> Iterator[tuple[dict[str, str], list[Proxy]]]:
    """The environment of a consumer that reaches everything through a network that can be cut."""
    variables["SECRET_KEY"] = "a secret"
    with ExitStack() as stack:
        proxy, through = stack.enter_context(before_postgresql(url))
        proxies = [proxy]
        cut_off = variables | {
            "LOKDARPAN_DATABASE_URL": through.render_as_string(hide_password=False),
            "LOKDARPAN_JOB_ATTEMPTS": "1000",
        }
        if request.param == "Redis":
            variables["REDIS_URL"] = request.getfixturevalue("redis_url")
            server = make_url(variables["REDIS_URL"])
            proxies.append(stack.enter_context(Proxy((server.host, server.port))))
            cut_off["REDIS_URL"] = variables["REDIS_URL"].replace(f":{server.port}", f":{proxies[-1].port}")
        yield cut_off, proxies


def test_connections_that_are_cut_and_stall_lose_no_job_and_do_none_twice(
    engine, variables, behind_proxies, consumer, inbox
):
    environment, proxies = behind_proxies
    consumer(environment, "--workers", "2")
    eventually(lambda: is_alive(engine))  # one that is cut off at its start says so and ends
    with closing(Sender.open(engine, Settings.from_environment(variables))) as sender:
        for number in range(FILES):
            path = write(inbox / f"{number}.jsonl", [line(number * LINES + n) for n in range(LINES)])
            sender.submit("ingest_epaper_jsonl", str(path))
        chance = random.Random(1)
        for number in range(CUTS):
            proxy = proxies[number % len(proxies)]
            time.sleep(chance.random() * 0.4)
            if number % 3 == 2:
                proxy.arm(chance.randrange(1, 20), "stalled", seconds=0.5)
            else:
                proxy.cut()
        eventually(lambda: states(engine) == {"done": FILES}, 90)

    assert (FILES * LINES, FILES * LINES, FILES * LINES, 0) == counts(engine)
    assert FILES == len(list((inbox / "processed").iterdir()))


def states(engine):
    with engine.connect() as connection:
        return dict(connection.execute(sa.select(job.c.state, sa.func.count()).group_by(job.c.state)).all())


def is_alive(engine):
    with engine.connect() as connection:
        return consumers(connection)
