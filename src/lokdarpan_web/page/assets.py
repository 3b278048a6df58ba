"""Files that pages load: style, scripts, fonts, and the scripts that draw charts.

Each has a hash in its address and never changes there, so that browsers keep it for good. Text is sent packed to who
takes it packed. The chart scripts (Vega, from vl-convert's wheel) are put together when somebody first asks for them,
once in each process; their address is made of the wheel's version, which decides what is in them.
"""

import gzip
import threading
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

import attrs
import falcon

from lokdarpan_web.page.headers import protect

FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
PACKED = {"css", "js", "svg"}
VEGA = "vega.js"
SNIPPET = "window.vegaEmbed = vegaEmbed;"  # what charts.js uses of it
NAMES = (
    "page.css",
    "page.js",
    "charts.js",
    "icon.svg",
    "fonts/noto-sans-telugu.woff2",
    "fonts/noto-sans-telugu-bold.woff2",
    "fonts/noto-sans-devanagari.woff2",
    "fonts/noto-sans-devanagari-bold.woff2",
    "fonts/noto-nastaliq-urdu.woff2",
)


@attrs.frozen
class Asset:
    """A file as it is sent."""

    type: str
    plain: bytes = attrs.field(repr=False)
    packed: bytes | None = attrs.field(repr=False)


class Assets:
    """All files, by the name in their address."""

    def __init__(self) -> None:
        self._found: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        self._lock = threading.Lock()
        for name in sorted(NAMES, key=lambda name: name.endswith(".css")):  # the style names the fonts' addresses
            self._add(name)
        self.vega = _vega_address()

    def address(self, name: str) -> str:
        """Where a file is, below the folder of files."""
        return self._addresses[name]

    def get(self, address: str) -> Asset | None:
        """What is at an address."""
        if address == self.vega and address is not None:
            return self._vega()
        return self._found.get(address)

    def _add(self, name: str) -> None:
        content = (files(__package__) / "static" / name).read_bytes()
        stem, _, ending = name.rpartition("/")[2].rpartition(".")
        if ending == "css":
            for known, address in self._addresses.items():
                content = content.replace(f"url({known})".encode(), f"url({address})".encode())
        address = f"{stem}-{sha256(content).hexdigest()[:12]}.{ending}"
        self._addresses[name] = address
        self._found[address] = _asset(content, ending)

    def _vega(self) -> Asset:
        with self._lock:
            if VEGA not in self._found:
                import vl_convert  # noqa: PLC0415 (an extra, and 60 MiB that only charts need)

                self._found[VEGA] = _asset(vl_convert.javascript_bundle(SNIPPET).encode(), "js")
            return self._found[VEGA]


def _asset(content: bytes, ending: str) -> Asset:
    return Asset(TYPES[ending], content, gzip.compress(content, 9, mtime=0) if ending in PACKED else None)


def _vega_address() -> str | None:
    """None where the extra `charts` is not installed."""
    try:
        of_wheel, _ = (version(name) for name in ("vl-convert-python", "altair"))
    except PackageNotFoundError:
        return None
    decides = f"{of_wheel} {SNIPPET}"
    return f"vega-{sha256(decides.encode()).hexdigest()[:12]}.js"


class StaticResource:
    """`GET /static/{address}`."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def on_get(self, req: falcon.Request, resp: falcon.Response, address: str) -> None:
        """The file, to be kept for good; nobody needs a key for it."""
        protect(resp)
        asset = self._assets.get(address)
        if asset is None:
            raise falcon.HTTPNotFound(description="There is no such file")
        resp.content_type = asset.type
        resp.set_header("Cache-Control", FOREVER)
        resp.data = asset.plain
        if asset.packed is not None:
            resp.set_header("Vary", "Accept-Encoding")
            if "gzip" in (req.get_header("Accept-Encoding") or ""):
                resp.set_header("Content-Encoding", "gzip")
                resp.data = asset.packed

    on_head = on_get
