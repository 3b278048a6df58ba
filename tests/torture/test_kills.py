"""An ingest that is killed at any moment, and started again, ends as one that was left in peace.

`TORTURE_KILLS=500 pytest tests/torture/test_kills.py` is the long form.
"""

import gzip
import itertools
import os
import random
import time
from collections import Counter

import pytest
from ingests import clear, edition, everything, rows
from worker import Worker

from lokdarpan_core.schema import ingest_run

KILLS = int(os.environ.get("TORTURE_KILLS", "10"))


@pytest.mark.timeout(60 + 5 * KILLS)
def test_kill_9_at_any_moment_changes_nothing(engine, tmp_path, started, record_property):
    """Killed and started again until it gets through, as often as it takes for all the kills. Killed moments are
    spread from the first connection to the last commit: the file is in many small batches."""
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(edition(1_200)), 1))

    def start() -> Worker:
        worker = started(engine.url, path, lines_in_batch=20)
        worker.go()
        return worker

    begun = time.monotonic()
    with start() as undisturbed:
        assert undisturbed.answer()["state"] == "done"
    duration = time.monotonic() - begun
    expected = everything(engine)
    ((bytes_done,),) = rows(engine, ingest_run.c.bytes_done)

    chance, kills, passes, moments = random.Random(), 0, 0, Counter()
    while kills < KILLS:
        clear(engine)
        passes += 1
        for attempt in itertools.count():
            # One kill in three falls into the first part of a run, where it begins or goes on.
            patience = chance.random() * duration * (1 + attempt / 10) * chance.choice([1, 1, 0.1])
            with start() as worker:
                if worker.answers_within(patience):
                    assert worker.answer()["state"] == "done"
                    break
                worker.kill()
            kills += 1
            run = rows(engine, ingest_run.c.state, ingest_run.c.bytes_done)
            moments[moment(run, bytes_done)] += 1
        assert expected == everything(engine)
    figures = f"{kills} kills in {passes} passes of {duration:.2f} s each: {dict(sorted(moments.items()))}"
    record_property("kills", figures)
    print(figures)


def moment(run: list[tuple], bytes_done: int) -> str:
    if not run:
        return "before the run's row"
    ((state, done),) = run
    return "after the end" if state == "done" else f"at {10 * done // bytes_done * 10:02} %"
