"""Processes that ingest a file whenever they are told to."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import worker
from nurseries import nursery
from worker import Worker


@pytest.fixture(scope="module")
def nursery_socket() -> Iterator[Path]:
    with nursery(worker.__file__) as path:
        yield path


@pytest.fixture
def started(nursery_socket) -> Iterator[Callable[..., Worker]]:
    """Start a worker for (url, path, **options of ingest_jsonl); it waits for `go()`."""
    with contextlib.ExitStack() as stack:
        yield lambda *order, **options: stack.enter_context(Worker(nursery_socket, *order, **options))
