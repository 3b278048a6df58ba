"""LokDarpan's API: a Falcon app of its own (`create_app`), or routes in yours (`add_routes`)."""

from lokdarpan_web.app import add_routes, create_app
from lokdarpan_web.callers import NOBODY, Caller, ForbiddenError, UnauthorizedError

__all__ = ["NOBODY", "Caller", "ForbiddenError", "UnauthorizedError", "add_routes", "create_app"]
