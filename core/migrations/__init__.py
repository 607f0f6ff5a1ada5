"""The history of the schema, as Alembic revisions; every change of `core.models` comes with one."""
