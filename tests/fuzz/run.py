"""Fuzz one reader, guided by the branches that are reached: `python tests/fuzz/run.py articles -runs=250000`.

`nox -s fuzz_long` does all four. The options are libFuzzer's; what is found is written as `crash-…`, `timeout-…` or
`oom-…`, and belongs into `corpus/` with the fix.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))  # the builders of sheets

with atheris.instrument_imports(include=["lokdarpan_core", "lokdarpan_web"]):
    from fuzz.targets import CORPUS, TARGETS


def main() -> None:
    """Write the seeds beside the corpus, and run."""
    name, *options = sys.argv[1:]
    found = Path(options.pop(0))
    found.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds):
        (found / f"seed-{number}").write_bytes(seed)
    kept = [str(CORPUS / name)] if (CORPUS / name).is_dir() else []
    atheris.Setup([sys.argv[0], *options, str(found), *kept], TARGETS[name].read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
