"""What strangers may send: the seeds of the fuzzer, all that it has found so far, and some random bytes."""

import pytest
from fuzz.targets import CORPUS, TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

KEPT = [(name, seed) for name, target in TARGETS.items() for seed in target.seeds] + [
    (path.parent.name, path.read_bytes()) for path in sorted(CORPUS.glob("*/*"))
]


@pytest.mark.parametrize(("name", "data"), KEPT)
def test_what_was_found_ends_well_or_in_a_typed_error(name, data):
    TARGETS[name].read(data)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_seed_with_any_change_ends_well_or_in_a_typed_error(name, data):
    seed = data.draw(st.sampled_from(TARGETS[name].seeds))
    start, end = sorted((data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))))
    TARGETS[name].read(seed[:start] + data.draw(st.binary(max_size=20)) + seed[end:])
