"""The document of the API, and a page that shows it and lets one try it, without anything from another host."""

from functools import cache
from pathlib import Path
from typing import Any

from lokdarpan_core import NotFoundError
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import Parameter

FOLDER = Path(__file__).parent / "document"
PAGE, STYLE, SCRIPT = "page.html", "page.css", "page.js"
MEDIA = {STYLE: "text/css; charset=utf-8", SCRIPT: "text/javascript; charset=utf-8"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILE = Parameter("file", str, "A file of the page.", choices=tuple(MEDIA), example=STYLE)


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


class OpenApiResource(Resource):
    """`GET /openapi.json`."""

    @operation(summary="This document", answer=dict[str, Any], conditional="body", asks_nobody=True)
    def on_get(self, call: Call) -> bytes:
        """OpenAPI 3.1. It is open, also where reading needs a key."""
        return self.api.document(self.api.root(call.req))


class DocsResource(Resource):
    """`GET /docs`."""

    @operation(summary="A page to try it", answer=str, conditional="body", asks_nobody=True, media="text/html")
    def on_get(self, call: Call) -> bytes:
        """Lists the operations, and asks what one fills in. It needs nothing from another host."""
        call.resp.content_type = "text/html; charset=utf-8"
        call.resp.set_header("Content-Security-Policy", POLICY)
        call.resp.set_header("Referrer-Policy", "no-referrer")
        return _content(PAGE)


class DocsFileResource(Resource):
    """`GET /docs/{file}`."""

    @operation(
        summary="The page's style and script",
        answer=str,
        path=(FILE,),
        conditional="body",
        asks_nobody=True,
        media="text/*",
    )
    def on_get(self, call: Call) -> bytes:
        """Two files."""
        name = call.path["file"]
        if name not in MEDIA:
            raise NotFoundError
        call.resp.content_type = MEDIA[name]
        return _content(name)
