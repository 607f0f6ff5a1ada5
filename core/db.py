"""The engine, the types every table shares, and the guard by which the database itself refuses an overlap."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:  # to load it takes a while, which who has SQLite need not wait for
    import psycopg

OVERLAP = "slots_overlap"  # names the guard, in PostgreSQL's constraint and in SQLite's message alike
APPEND_ONLY = "audit_append_only"  # the same for the audit

_PATIENCE = 10  # seconds that whoever opens a SQLite file waits for others


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r} on its way into the database")
    return value.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. Naive values are refused with ValueError on the way in; UTC comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """SQLite keeps text without a zone; always UTC, so that text order is time order."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        return lambda value: None if value is None else _utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else _utc(value)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy's own form


def connect(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`; opens nothing yet."""
    # What people wrote is among the parameters, and a failed statement ends up in the log.
    common = {"pool_size": 10, "max_overflow": 40, "hide_parameters": True}
    if url.startswith("sqlite"):
        engine = create_engine(url, **common)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_pre_ping=True, **common)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own: see _begin_sqlite
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")  # a confirmed booking outlives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -512")  # KB; each connection has its own, and would fill 2 MB in time


def _write_ahead(connection: sqlite3.Connection) -> None:
    """The one statement for which SQLite waits for nobody: of several processes that open a new file, all but one would
    be refused.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _prepare_postgresql(connection: psycopg.Connection, _record: Any) -> None:
    """What is held ahead is looked up row by row. Left to reckon with turning disks, the server would rather read the
    whole history, up to some hundred thousand reservations, which takes five times as long.
    """
    connection.execute("SET random_page_cost = 1.1")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a change.

    The driver's default begins at the first write: two transactions that have both looked then both write.
    """
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def at_most(count: int) -> ColumnElement[int]:
    """For `limit`, a number that is part of the statement. Of one given beside it PostgreSQL knows nothing when it
    plans once for all times: it reckons with a tenth of all rows, and so plans anew each time.
    """
    return literal_column(str(count), Integer)


def insert_if_new(session: Session, table: type[Base], **values: object) -> bool:
    """Insert a row unless a unique constraint says that it is there already; whether it was new.

    Waits for somebody else who is writing the same row.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    inserted = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(table.__mapper__.c.id)
    return session.execute(inserted).first() is not None


def write_guard(connection: Connection) -> None:
    """(Re)write the overlap guard on `slots`. Every migration that rebuilds that table calls it again.

    Live slots of a GPU never overlap, so the last one that starts before the new end is also the one that ends last:
    SQLite looks at that one row only, which costs the same however long the history.
    """
    statements = _SQLITE_GUARD if connection.dialect.name == "sqlite" else _POSTGRESQL_GUARD
    for statement in statements:
        connection.exec_driver_sql(statement)


def _sqlite_trigger(name: str, moment: str, besides: str) -> str:
    return f"""
        CREATE TRIGGER {name} BEFORE {moment} ON slots WHEN NEW.live = 1
        BEGIN
            SELECT RAISE(ABORT, '{OVERLAP}')
            WHERE (
                SELECT end_at FROM slots
                WHERE gpu_id = NEW.gpu_id AND live = 1 AND start_at < NEW.end_at {besides}
                ORDER BY start_at DESC LIMIT 1
            ) > NEW.start_at;
        END
    """  # noqa: S608 - made of the constants above


_SQLITE_GUARD = (
    "DROP TRIGGER IF EXISTS slots_overlap_insert",
    "DROP TRIGGER IF EXISTS slots_overlap_update",
    _sqlite_trigger("slots_overlap_insert", "INSERT", ""),
    _sqlite_trigger("slots_overlap_update", "UPDATE", "AND id <> OLD.id"),
)
_POSTGRESQL_GUARD = (
    f"ALTER TABLE slots DROP CONSTRAINT IF EXISTS {OVERLAP}",
    # int4range instead of plain equality: needs no btree_gist, so it works on any PostgreSQL.
    f"""
        ALTER TABLE slots ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist (
            int4range(gpu_id, gpu_id, '[]') WITH &&, tstzrange(start_at, end_at) WITH &&
        ) WHERE (live)
    """,
)


def write_audit_guard(connection: Connection) -> None:
    """(Re)write what keeps `audit` append-only. Every migration that rebuilds that table calls it again."""
    statements = _SQLITE_AUDIT_GUARD if connection.dialect.name == "sqlite" else _POSTGRESQL_AUDIT_GUARD
    for statement in statements:
        connection.exec_driver_sql(statement)


def _sqlite_refusal(moment: str) -> str:
    return f"""
        CREATE TRIGGER audit_no_{moment} BEFORE {moment} ON audit
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END
    """


_SQLITE_AUDIT_GUARD = (
    "DROP TRIGGER IF EXISTS audit_no_update",
    "DROP TRIGGER IF EXISTS audit_no_delete",
    _sqlite_refusal("update"),
    _sqlite_refusal("delete"),
)
_POSTGRESQL_AUDIT_GUARD = (
    f"""
        CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$
    """,
    "DROP TRIGGER IF EXISTS audit_append_only ON audit",
    """
        CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
    """,
)
