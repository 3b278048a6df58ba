"""The page in an app of its own, and what tests of it have in common."""

import falcon
from sqlalchemy import Engine

from lokdarpan_core import Settings, create_key
from lokdarpan_web.page import add_page

EMBARGO = """
[[window]]
start = 2026-01-01T00:00:00+05:30
end = 2099-01-01T00:00:00+05:30
authority = "State Election Commission"
order = "No. 1/2026"
text = "No forecast may be shown."
"""


def page_app(engine: Engine, **environment: str) -> falcon.App:
    """The page alone, with settings from these variables."""
    app = falcon.App()
    add_page(app, engine, Settings.from_environment(environment))
    return app


def new_key(engine: Engine, *scopes: str) -> str:
    """A key with these scopes: its token."""
    with engine.begin() as connection:
        return create_key(connection, "test", scopes).token
