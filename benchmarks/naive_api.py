"""Ward/meta as one would write it first: a query for each table, a check of each connection, the standard library's
JSON. Served beside ours by `benchmarks.api`."""

import json
import os
from typing import Any

import falcon
import sqlalchemy as sa

ENGINE = sa.create_engine(os.environ["LOKDARPAN_DATABASE_URL"], pool_pre_ping=True)
TABLES = ("ward_profile", "ward_demographics", "ward_features")


class Meta:
    """The three parts, and the newest of their times."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response, ward: str) -> None:
        with ENGINE.connect() as connection:
            parts: dict[str, Any] = {}
            for table in TABLES:
                query = sa.text(f"SELECT * FROM {table} WHERE ward_id = :ward")
                row = connection.execute(query, {"ward": ward}).mappings().one_or_none()
                parts[table] = None if row is None else dict(row)
        times = [part["updated_at"] for part in parts.values() if part is not None]
        resp.text = json.dumps({"ward": ward, **parts, "updated_at": max(times)}, default=str)


app: falcon.App[falcon.Request, falcon.Response] = falcon.App()
app.add_route("/ward/meta/{ward}", Meta())
