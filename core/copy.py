"""Moves a lab from one database to another, whichever of the two kinds each of them is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

import core.models  # noqa: F401 - fills the metadata
from core.db import Base
from core.migrate import revisions, upgrade
from core.work import Database

_TABLES = Base.metadata.sorted_tables  # what others refer to comes first
_AT_ONCE = 1_000  # rows


@dataclass(frozen=True)
class Content:
    """What a table holds. Two are equal when their tables are, on whatever database."""

    table: str
    rows: int
    checksum: str


class CannotCopy(Exception):  # noqa: N818 - like a refusal: nothing was written
    """The target is as it was."""


@dataclass(eq=False)
class OldSource(CannotCopy):
    """The source is not at the revision that this code expects; None when it was never migrated."""

    current: str | None
    expected: str | None


@dataclass(eq=False)
class TargetInUse(CannotCopy):
    """The target holds something else already."""

    tables: tuple[str, ...]


@dataclass(eq=False)
class Differs(CannotCopy):
    """What was written did not read back as it was."""

    tables: tuple[str, ...]


@dataclass(eq=False)
class Refused(CannotCopy):
    """One of the databases did not do its part."""

    reason: str


def copy(
    source: Database, target: Database, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> tuple[Content, ...]:
    """Copy everything, in one transaction, and read it back; what each table then holds.

    The target is migrated first and must be empty, or hold the same already: then nothing is written, so that a run
    whose end nobody saw may be repeated. Stop the bot before: what it writes meanwhile is not copied. `progress` is
    told the rows done and those to do, each being read twice. Raises CannotCopy.
    """
    with _refusals():
        _must_be_current(source)
        upgrade(target)
        with _snapshot(source) as reading, target.engine.begin() as writing:
            return _copy(reading, writing, progress)


def _copy(reading: Connection, writing: Connection, progress: Callable[[int, int], None]) -> tuple[Content, ...]:
    _keep_others_out(writing)
    is_empty = not any(_count(writing, table) for table in _TABLES)
    steps = _Steps(progress, 2 * sum(_count(reading, table) for table in _TABLES))
    wanted = tuple(_read(reading, table, steps, into=writing if is_empty else None) for table in _TABLES)
    found = tuple(_read(writing, table, steps) for table in _TABLES)
    if other := tuple(there.table for here, there in zip(wanted, found, strict=True) if here != there):
        raise Differs(other) if is_empty else TargetInUse(other)
    _set_sequences(writing)
    return found


class _Steps:
    def __init__(self, progress: Callable[[int, int], None], total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def did(self, rows: int) -> None:
        self._done += rows
        self._progress(self._done, self._total)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise Refused(str(error.orig).strip()) from error


def _must_be_current(source: Database) -> None:
    current, expected = revisions(source)
    if current != expected:
        raise OldSource(current, expected)


@contextmanager
def _snapshot(source: Database) -> Iterator[Connection]:
    """The source at one instant, whoever writes meanwhile."""
    with source.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection.execution_options(writes=False)


def _keep_others_out(target: Connection) -> None:
    """Nobody writes there until the copy is whole. On SQLite the transaction itself sees to that."""
    if target.dialect.name == "postgresql":
        names = ", ".join(table.name for table in _TABLES)
        target.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _read(connection: Connection, table: Table, steps: _Steps, into: Connection | None = None) -> Content:
    """What a table holds, written to the other connection on the way."""
    rows, digest = 0, hashlib.sha256()
    everything = select(table).order_by(table.c.id).execution_options(yield_per=_AT_ONCE)
    with connection.execute(everything) as result:
        for part in result.partitions():
            for row in part:
                digest.update(_as_text(row))
            if into is not None:
                into.execute(insert(table), [row._asdict() for row in part])
            rows += len(part)
            steps.did(len(part))
    return Content(table.name, rows, digest.hexdigest())


def _as_text(row: Row[*tuple[object, ...]]) -> bytes:
    """The same for the same values, whatever database they came from; all instants are in UTC by then."""
    return json.dumps(list(row), default=datetime.isoformat, sort_keys=True).encode()


def _set_sequences(target: Connection) -> None:
    """PostgreSQL counts on by itself and does not see numbers that were given; SQLite looks at the largest."""
    if target.dialect.name != "postgresql":
        return
    for table in _TABLES:
        largest = target.scalar(select(func.max(table.c.id)))
        sequence = func.pg_get_serial_sequence(table.name, "id")
        target.execute(select(func.setval(sequence, largest or 1, largest is not None)))
