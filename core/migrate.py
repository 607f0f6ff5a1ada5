"""Brings a database to the schema this code expects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.work import Database, busy_in_words, milliseconds

SCRIPTS = "core:migrations"
TURN = timedelta(minutes=5)  # for whoever else is migrating
LOCK = timedelta(seconds=5)  # for a table: behind a migration that waits, everybody else waits too
STATEMENT = timedelta(minutes=2)  # one that needs longer says so itself, by SET LOCAL

_MIGRATING = 7_391_846  # any number nobody else uses: PostgreSQL's advisory lock of whoever migrates


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate to `revision`, in one transaction: what is interrupted leaves the old schema.

    Safe to call from several processes at once: one migrates, the others find it done. Raises Busy, with nothing
    changed, when somebody's long transaction is in the way.
    """
    with busy_in_words(), database.engine.connect() as connection:
        begin = _sqlite_turn if connection.dialect.name == "sqlite" else _postgresql_turn
        with begin(connection):
            command.upgrade(_config(connection), revision)


def revisions(database: Database) -> tuple[str | None, str | None]:
    """The revision the database is at, and the one this code expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), head


# Both begin the transaction before Alembic looks at the database. Left to itself, Alembic commits after each migration
# on SQLite, and another process would carry out the next one between two of ours, which we would then do again.


@contextmanager
def _postgresql_turn(connection: Connection) -> Iterator[None]:
    with connection.begin():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds(TURN)}; SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds(LOCK)}")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds(STATEMENT)}")
        yield


@contextmanager
def _sqlite_turn(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one, to which others refer; so it must not watch
    references meanwhile, and is asked at the end whether they hold. It listens to that only outside a transaction.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA busy_timeout = {milliseconds(TURN)}")
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        with connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"a migration broke references: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
