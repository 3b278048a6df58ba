"""The connections that a server's threads keep for reading."""

import gc
import os
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from lokdarpan_core import create_engine
from lokdarpan_web.reading import Reading


@pytest.fixture
def pooled(url):
    engine = create_engine(url, poolclass=QueuePool, pool_size=4)
    yield engine
    engine.dispose()


def test_a_thread_keeps_its_connection(pooled):
    reading = Reading(pooled)
    first = reading.open()
    reading.give_back(first)

    assert first is reading.open()
    assert first.connection.driver_connection.autocommit


def test_half_of_the_pool_is_left_to_others(pooled):
    reading, meet, end = Reading(pooled), threading.Barrier(5), threading.Event()

    def work():
        reading.give_back(reading.open())
        meet.wait()
        end.wait()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    meet.wait()
    kept = pooled.pool.checkedout()
    end.set()
    for thread in threads:
        thread.join()

    assert 2 == kept


@pytest.mark.parametrize("options", [{"poolclass": sa.NullPool}, {"poolclass": QueuePool, "pool_size": 1}])
def test_where_there_is_too_little_nothing_is_kept(url, options):
    engine = create_engine(url, **options)
    reading = Reading(engine)
    connection = reading.open()
    reading.give_back(connection)

    assert connection.closed
    engine.dispose()


def test_a_broken_connection_is_not_kept(pooled):
    reading = Reading(pooled)
    connection = reading.open()
    reading.give_back(connection)
    reading.give_back(reading.open(), broken=True)

    again = reading.open()
    assert connection is not again
    assert 1 == again.scalar(sa.text("SELECT 1"))
    reading.give_back(again)


def test_no_transaction_stays_open(pooled):
    reading = Reading(pooled)
    connection = reading.open()
    connection.execute(sa.text("SELECT 1"))
    reading.give_back(connection)

    assert not connection.in_transaction()


def test_an_app_that_is_gone_leaves_no_connection(pooled):
    reading = Reading(pooled)
    connection = reading.open()
    driver = connection.connection.driver_connection
    reading.give_back(connection)
    del reading, connection
    gc.collect()

    assert driver.closed


def test_a_forked_process_takes_no_connection_of_its_parent(pooled, monkeypatch):
    reading = Reading(pooled)
    connection = reading.open()
    reading.give_back(connection)
    monkeypatch.setattr(os, "getpid", lambda: -1)  # as after a fork

    other = reading.open()
    reading.give_back(other)
    monkeypatch.undo()
    connection.invalidate()

    assert connection is not other
