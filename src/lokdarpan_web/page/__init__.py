"""The page: a city and its wards for people, made on the server from the same core functions as the API's answers.

It needs no build step and no other host. What it needs in the browser are a style, two small scripts of our own and,
for charts, Vega from vl-convert's wheel (the extra `charts` of lokdarpan-core); without scripts charts are pictures,
and without the extra they are tables.
"""

import falcon
from sqlalchemy import Engine

from lokdarpan_core import Settings
from lokdarpan_web.page.assets import StaticResource
from lokdarpan_web.page.downloads import CityFigures, Drawings, WardFigures
from lokdarpan_web.page.pages import (
    BriefResource,
    CityPage,
    LoginPage,
    LogoutPage,
    MethodPage,
    SearchResource,
    WardResource,
)
from lokdarpan_web.page.site import Site

__all__ = ["add_page"]


def add_page(
    app: "falcon.App[falcon.Request, falcon.Response]", engine: Engine, settings: Settings, prefix: str = ""
) -> None:
    """Add the page to a Falcon app, at `/` or under a prefix such as `/city`.

    Where LOKDARPAN_REQUIRE_KEY is true it asks for a key first; the style, scripts and fonts are open.
    """
    site, drawings = Site(engine, settings, prefix), Drawings()
    app.add_route(f"{prefix}/", CityPage(site))
    app.add_route(f"{prefix}/ward/{{ward}}", WardResource(site))
    app.add_route(f"{prefix}/ward/{{ward}}/brief", BriefResource(site))
    app.add_route(f"{prefix}/ward/{{ward}}/charts/{{name}}.{{kind}}", WardFigures(site, drawings))
    app.add_route(f"{prefix}/charts/{{name}}.{{kind}}", CityFigures(site, drawings))
    app.add_route(f"{prefix}/search", SearchResource(site))
    app.add_route(f"{prefix}/method", MethodPage(site))
    app.add_route(f"{prefix}/login", LoginPage(site))
    app.add_route(f"{prefix}/logout", LogoutPage(site))
    app.add_route(f"{prefix}/static/{{address}}", StaticResource(site.assets))
