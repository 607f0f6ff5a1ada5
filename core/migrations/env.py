"""Alembic's entry: uses the connection that `core.migrate` hands over, or opens DATABASE_URL for a developer."""

import os

from alembic import context
from sqlalchemy import Connection

import core.models  # noqa: F401 - fills the metadata
from core.db import Base, connect


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with connect(os.environ.get("DATABASE_URL", "sqlite:///gpu-slots.db")).begin() as opened:
        migrate(opened)
