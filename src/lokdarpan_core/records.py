"""Records as JSON: fields in their order, times in RFC 3339 with Z. The API and `--json` print the same bytes."""

from typing import Any

import cattrs
import msgspec

_converter = cattrs.Converter()


def to_json(record: Any) -> bytes:
    """A record (or dicts and lists of them) as UTF-8 JSON, without a line end."""
    return msgspec.json.encode(_converter.unstructure(record), enc_hook=str)
