"""Alembic's entry: runs the revisions on the connection that `saathi.store.migrate` hands over."""

from alembic import context

from saathi.store import crm_tables  # noqa: F401 - its tables belong to the metadata
from saathi.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
