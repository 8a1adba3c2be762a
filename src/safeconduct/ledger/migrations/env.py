"""Run by Alembic with the connection that `ledger.database.upgrade` opened; there is no other way in."""

from alembic import context

from safeconduct.ledger.tables import metadata

# Alembic loads this file to run it; the batch mode is what lets SQLite change a table.
if "connection" in context.config.attributes:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()
