"""LokDarpan's API: a Falcon app of its own (`create_app`), or routes in yours (`add_routes`)."""

from lokdarpan_web.app import add_routes, create_app

__all__ = ["add_routes", "create_app"]
