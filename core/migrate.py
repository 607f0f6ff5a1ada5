"""Brings a database to the schema this code expects."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.work import Database

_LOCK = 7_391_846  # any number nobody else uses: PostgreSQL's advisory lock of whoever migrates


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate to `revision`. Safe to call from several processes at once: one migrates, the others find it done."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        command.upgrade(_config(connection), revision)
        connection.commit()


def revisions(database: Database) -> tuple[str | None, str | None]:
    """The revision the database is at, and the one this code expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), head


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "core:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
