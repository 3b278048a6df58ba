"""A figure by itself: as a drawing (SVG, PNG), as its rows (CSV), or as the specification that the page draws (JSON).

Drawings are made here by vl-convert, without a browser and without the network, and the last ones are remembered: the
same specification is drawn once. What comes of a forecast is kept by nobody.

vl-convert puts Telugu's signs in wrong places when it draws pixels, whatever the font: so a PNG that is made here is
in English. In a browser the page's script makes it, in the reader's language; an SVG is text until somebody draws it.
"""

import json
import threading
from collections import OrderedDict
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from lokdarpan_core import NotFoundError
from lokdarpan_web.page.city import read_city
from lokdarpan_web.page.figures import Figure, compared_figures, ward_figures
from lokdarpan_web.page.headers import DRAWING, protect
from lokdarpan_web.page.language import DEFAULT, chosen
from lokdarpan_web.page.pages import compared
from lokdarpan_web.page.site import Site
from lokdarpan_web.page.visits import KEPT_BY_NOBODY_ELSE, NOT_KEPT, Page, Visit, visited

KINDS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
SCALE = 2  # pixels of a PNG for each of a drawing
MENTIONS = "mentions"  # the figure with the bounds of usual days
MOST_REMEMBERED = 64  # drawings
MOST_BYTES = 2 << 20  # of a drawing that is remembered


class Drawings:
    """Draws specifications, one at a time, and remembers the last of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[str, bytes] = OrderedDict()

    def get(self, specification: dict[str, Any], kind: str) -> bytes:
        """The drawing of a specification."""
        import vl_convert  # noqa: PLC0415 (an extra, and 60 MiB that only charts need)

        text = json.dumps(specification, sort_keys=True)
        key = f"{kind} {sha256(text.encode()).hexdigest()}"
        with self._lock:
            if key not in self._made:
                if kind == "svg":
                    made = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]).encode()
                else:
                    made = vl_convert.vegalite_to_png(specification, allowed_base_urls=[], scale=SCALE)
                if len(made) > MOST_BYTES:
                    return bytes(made)
                self._made[key] = bytes(made)
                while len(self._made) > MOST_REMEMBERED:
                    self._made.popitem(last=False)
            self._made.move_to_end(key)
            return self._made[key]


class FigureResource(Page):
    """What the two kinds of figures have in common."""

    def __init__(self, site: Site, drawings: Drawings) -> None:
        super().__init__(site)
        self._drawings = drawings

    def send(self, visit: Visit, figures: dict[str, Figure], name: str, kind: str, stem: str) -> None:
        """Answer with one figure of those that there are."""
        figure = figures.get(name)
        if figure is None or kind not in KINDS or (kind != "csv" and self.site.assets.vega is None):
            known = ", ".join(f"{one}.{ending}" for one in figures for ending in KINDS)
            raise NotFoundError(f"There is no figure {name[:40]!r} as {kind[:10]!r} here; there are {known or 'none'}")
        resp = visit.resp
        resp.status = HTTPStatus.OK
        resp.content_type = KINDS[kind]
        resp.set_header("Cache-Control", KEPT_BY_NOBODY_ELSE if figure.is_kept else NOT_KEPT)
        resp.set_header("Vary", "Accept-Language, Cookie, Authorization")
        if kind == "json":
            made = figure.drawing(visit.language) if visit.asked("whole") else figure.specification(visit.language)
            resp.data = json.dumps(made).encode()
            return
        resp.set_header("Content-Disposition", f'{_way(visit)}; filename="{stem}-{name}.{kind}"')
        if kind == "csv":
            resp.data = figure.table.as_csv()
        else:
            protect(resp, DRAWING)
            resp.data = self._drawings.get(figure.drawing(visit.language), kind)


def in_letters_that_can_be_drawn(visit: Visit, kind: str) -> None:
    """Answer in English where it is to be pixels."""
    if kind == "png":
        visit.language = chosen(DEFAULT, None)


def _way(visit: Visit) -> str:
    return "inline" if visit.asked("shown") else "attachment"


class WardFigures(FigureResource):
    """`GET /ward/{ward}/charts/{name}.{kind}`; with `?with=` the figures of the comparison."""

    @visited()
    def on_get(self, visit: Visit, ward: str, name: str, kind: str) -> None:
        """One figure."""
        in_letters_that_can_be_drawn(visit, kind)
        pages = compared(self, visit, ward, wait=name == MENTIONS)
        figures = compared_figures(pages, visit.language)
        if len(pages) == 1:
            figures = ward_figures(pages[0], visit.language)
        self.send(visit, figures, name, kind, "-".join(page.ward.ward_id for page in pages))


class CityFigures(FigureResource):
    """`GET /charts/{name}.{kind}`: the map, in the layer that the query asks for."""

    @visited()
    def on_get(self, visit: Visit, name: str, kind: str) -> None:
        """One figure."""
        in_letters_that_can_be_drawn(visit, kind)
        view = read_city(self.site, visit)
        figures = {view.figure.name: view.figure} if view.figure is not None else {}
        self.send(visit, figures, name, kind, f"{view.delimitation.id if view.delimitation else 'city'}-{view.layer}")
