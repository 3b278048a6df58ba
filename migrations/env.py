"""Run migrations on the connection that `lokdarpan_core.migrations` (or a test) hands over."""

from alembic import context
from sqlalchemy import Connection

from lokdarpan_core.migration import VERSION_TABLE, is_ours
from lokdarpan_core.schema import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        include_object=is_ours,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes["connection"]
if isinstance(handed_over, Connection):
    run(handed_over)
else:
    with handed_over.connect() as connection:
        run(connection)
        connection.commit()
