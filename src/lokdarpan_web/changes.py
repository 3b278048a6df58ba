"""What differs between two versions of the API, so that nobody is surprised by a release.

python -m lokdarpan_web.changes docs/openapi.json            # what has changed since that document
python -m lokdarpan_web.changes docs/openapi.json --write    # at a release: this is the document now
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lokdarpan_web.app import PREFIX
from lokdarpan_web.openapi import document
from lokdarpan_web.routes import ROUTES

METHODS = ("get", "post", "put", "patch", "delete")


def parts(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a client may rely on, each under a name of its own: operations, their parameters and statuses, fields."""
    return dict(_parts(document))


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            operation = methods.get(method)
            if operation is None:
                continue
            name = f"{method.upper()} {path}"
            yield name, {"security": operation.get("security")}
            for parameter in operation.get("parameters", ()):
                needed = {"required": parameter.get("required", False), **parameter["schema"]}
                yield f"{name}: parameter {parameter['name']} in {parameter['in']}", needed
            for media in operation.get("requestBody", {}).get("content", ()):
                yield f"{name}: body {media}", {}
            for status, answer in operation["responses"].items():
                yield f"{name}: answer {status}", answer.get("content", {})
    for name, schema in document["components"]["schemas"].items():
        required = schema.get("required", ())
        for field, kind in schema.get("properties", {}).items():
            yield f"record {name}: {field}", {"always there": field in required, **kind}


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """One line for each part that is gone (`-`), new (`+`) or different (`~`), in order of their names."""
    before, after = parts(old), parts(new)
    lines = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            lines.append(f"- {name}")
        elif name not in before:
            lines.append(f"+ {name}")
        elif before[name] != after[name]:
            lines.append(f"~ {name}: {json.dumps(before[name])} -> {json.dumps(after[name])}")
    return lines


def main() -> None:
    """Print the differences; writes nothing without `--write`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("baseline", type=Path)
    parser.add_argument("--write", action="store_true", help="make the baseline this version's document")
    chosen = parser.parse_args()
    new = document(ROUTES, PREFIX)
    for line in differences(json.loads(chosen.baseline.read_text()), new) if chosen.baseline.exists() else ["+ all"]:
        print(line)
    if chosen.write:
        chosen.baseline.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
