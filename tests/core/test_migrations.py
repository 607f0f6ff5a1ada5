"""Migrations: they make the schema that the models describe, keep what a lab has, and are safe to run at any moment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import TableClause, column, insert, inspect, select, table, text
from sqlalchemy.exc import IntegrityError

from core import booking, errors, inventory, members, migrate, models, reservations
from core.actors import Actor
from core.db import Base, UtcDateTime
from core.errors import Busy
from core.facts import Standing
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database
from tests.conftest import KINDS
from tests.core.test_audit import must_be_append_only

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
HISTORY = [each.revision for each in ScriptDirectory(str(ROOT / "core/migrations")).walk_revisions()][::-1]


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, new_database_url: Callable[[str], str], tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    url = new_database_url("postgresql")
    with closing(Database(url)) as database, database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    with closing(Database(empty_url)) as database:
        yield database


class Future:
    """The migrations there are, and some that may come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last = HISTORY[-1]
        shutil.copytree(ROOT / "core/migrations", folder)

    def add(self, revision: str, *lines: str) -> None:
        body = textwrap.indent("\n".join(lines), "    ")
        (self.folder / "versions" / f"{revision}_test.py").write_text(
            "import os, signal, time\n"
            "import sqlalchemy as sa\n"
            "from alembic import op\n"
            "from core.db import write_guard\n"
            f"revision, down_revision, branch_labels, depends_on = '{revision}', '{self._last}', None, None\n"
            f"def upgrade():\n{body}\n"
        )
        self._last = revision


@pytest.fixture
def future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Future:
    made = Future(tmp_path / "migrations")
    monkeypatch.setattr(migrate, "SCRIPTS", str(made.folder))
    return made


def test_models_and_migrations_agree(database: Database) -> None:
    assert differences(database) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate.upgrade(database)
    current, expected = migrate.revisions(database)
    assert current == expected


@pytest.mark.parametrize("revision", HISTORY)
def test_a_lab_comes_up_to_date_from_every_revision(empty: Database, revision: str) -> None:
    migrate.upgrade(empty, revision)
    with empty.engine.begin() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == revision
    before = columns(empty)
    move_in(empty)
    must_refuse_an_overlap(empty, "the guard stands at each revision")
    migrate.upgrade(empty)
    assert differences(empty) == []
    must_have_everything(empty)
    must_refuse_an_overlap(empty, "and after the way from there")
    must_go_on(empty)
    must_serve_old_code(before, columns(empty))


def test_old_code_goes_on_while_the_new_schema_is_there_already(empty: Database) -> None:
    """As the first revision wrote, and new code beside it."""
    migrate.upgrade(empty)
    move_in(empty)
    must_have_everything(empty)
    must_refuse_an_overlap(empty)
    must_go_on(empty)


Columns = dict[tuple[str, str], bool]


def columns(database: Database) -> Columns:
    """By table and name, and whether a row may leave it out."""
    looked_at = inspect(database.engine)
    return {
        (name, column["name"]): column["nullable"] or column["default"] is not None or bool(column.get("primary_key"))
        for name in looked_at.get_table_names()
        for column in looked_at.get_columns(name)
    }


def must_serve_old_code(before: Columns, after: Columns) -> None:
    """It finds every column that it reads, and what it leaves out has a default."""
    assert before.keys() - after.keys() == set()
    tables = {name for name, _ in before}
    assert [each for each in after.keys() - before.keys() if each[0] in tables and not after[each]] == []
    assert [each for each, may_be_left_out in before.items() if may_be_left_out and not after[each]] == []


def test_a_table_made_anew_keeps_its_rows_its_references_and_the_guard(empty: Database, future: Future) -> None:
    """What Alembic's batch mode does on SQLite, also to tables that others refer to."""
    migrate.upgrade(empty)
    move_in(empty)
    future.add(
        "9001",
        "for name in ('members', 'gpus', 'reservations', 'slots'):",
        "    with op.batch_alter_table(name, recreate='auto') as batch:",
        "        batch.add_column(sa.Column('extra', sa.Integer(), server_default='0', nullable=False))",
        "        batch.create_check_constraint('extra', 'extra >= 0')",
        "write_guard(op.get_bind())",
    )
    migrate.upgrade(empty)
    must_have_everything(empty)
    must_refuse_an_overlap(empty)
    must_go_on(empty)
    with pytest.raises(IntegrityError), empty.engine.begin() as connection:
        connection.execute(text("DELETE FROM members"))


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_migration_that_breaks_references_is_undone(empty: Database, future: Future) -> None:
    migrate.upgrade(empty)
    move_in(empty)
    future.add("9001", "op.execute('DELETE FROM members')")
    with pytest.raises(RuntimeError, match="broke references"):
        migrate.upgrade(empty)
    must_have_everything(empty)


def test_many_processes_migrate_one_empty_database(empty_url: str, future: Future) -> None:
    for number in range(3):
        future.add(
            f"900{number}", f"op.create_table('step_{number}', sa.Column('id', sa.Integer()))", "time.sleep(0.1)"
        )
    migrators = [migrator(empty_url, future) for _ in range(4)]
    for each in migrators:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    ended = [each.communicate(timeout=60) for each in at_once(migrators)]
    assert [each.returncode for each in migrators] == [0, 0, 0, 0], ended
    with closing(Database(empty_url)) as database:
        assert migrate.revisions(database) == ("9002", "9002")
        assert {"step_0", "step_1", "step_2"} <= set(inspect(database.engine).get_table_names())


def test_killed_half_way_it_leaves_the_old_state(empty: Database, empty_url: str, future: Future) -> None:
    migrate.upgrade(empty)
    move_in(empty)
    future.add("9001", "op.create_table('whole_step', sa.Column('id', sa.Integer()))")
    future.add(
        "9002",
        "op.add_column('members', sa.Column('shoe_size', sa.Integer()))",
        "op.execute('UPDATE members SET shoe_size = 42')",
        "os.kill(os.getpid(), signal.SIGKILL)",
    )
    killed = migrator(empty_url, future)
    killed.communicate("go\n", timeout=60)
    assert killed.returncode == -9
    assert migrate.revisions(empty) == (HISTORY[-1], "9002")
    assert differences(empty) == []
    must_have_everything(empty)
    must_refuse_an_overlap(empty)
    (future.folder / "versions/9002_test.py").unlink()
    migrate.upgrade(empty)
    assert migrate.revisions(empty) == ("9001", "9001")


def test_it_does_not_wait_for_ever_behind_somebodys_long_transaction(
    empty: Database, future: Future, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "TURN", timedelta(seconds=0.2))
    monkeypatch.setattr(migrate, "LOCK", timedelta(seconds=0.2))
    migrate.upgrade(empty)
    move_in(empty)
    future.add("9001", "op.add_column('slots', sa.Column('extra', sa.Integer()))")
    with empty.engine.begin() as somebody:  # on SQLite whoever writes, on PostgreSQL whoever has read that table
        somebody.execute(select(models.Slot.id)).all()
        began = time.monotonic()
        with pytest.raises(Busy):
            migrate.upgrade(empty)
        assert time.monotonic() - began < 60, "long before a statement would have taken too long"
    assert differences(empty) == []
    migrate.upgrade(empty)
    assert migrate.revisions(empty) == ("9001", "9001")


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_a_statement_that_takes_too_long_is_given_up(
    empty: Database, future: Future, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "STATEMENT", timedelta(seconds=0.3))
    migrate.upgrade(empty)
    future.add("9001", "op.create_table('step', sa.Column('id', sa.Integer()))", "op.execute('SELECT pg_sleep(30)')")
    with pytest.raises(Busy):
        migrate.upgrade(empty)
    assert differences(empty) == []


# --- a lab, written to the tables as they were at the first revision ---


def rows_of(name: str, *names: str) -> TableClause:
    return table(name, *(column(each, UtcDateTime() if each.endswith(("_at", "_until")) else None) for each in names))


LAB: list[tuple[TableClause, dict[str, Any]]] = [
    (
        rows_of("organizations", "id", "slack_id", "name", "zone", "language", "channel"),
        {"id": 1, "slack_id": "T1", "name": "Lab", "zone": "Asia/Tokyo", "language": "en", "channel": "C1"},
    ),
    (
        rows_of("members", "id", "organization_id", "slack_id", "name", "zone", "language"),
        {"id": 1, "organization_id": 1, "slack_id": "U1", "name": "Alice", "zone": "UTC", "language": "en"},
    ),
    (
        rows_of("nodes", "id", "organization_id", "hostname"),
        {"id": 1, "organization_id": 1, "hostname": "lab-node-1"},
    ),
    (
        rows_of("gpus", "id", "node_id", "label", "model", "memory_gb"),
        {"id": 1, "node_id": 1, "label": "GPU0", "model": "RTX 5090", "memory_gb": 32},
    ),
    (
        rows_of("reservations", "id", "organization_id", "member_id", "purpose", "created_at"),
        {"id": 1, "organization_id": 1, "member_id": 1, "purpose": "論文", "created_at": NOON},
    ),
    (
        rows_of("slots", "id", "reservation_id", "gpu_id", "start_at", "end_at"),
        {"id": 1, "reservation_id": 1, "gpu_id": 1, "start_at": NOON, "end_at": NOON + timedelta(hours=4)},
    ),
    (
        rows_of("recipients", "id", "organization_id", "whom", "free_at"),
        {"id": 1, "organization_id": 1, "whom": "channel", "free_at": NOON},
    ),
    (
        rows_of("notices", "id", "recipient_id", "reservation_id", "version", "kind", "due_at", "useful_until"),
        {"id": 1, "recipient_id": 1, "reservation_id": 1, "version": 1, "kind": "end"}
        | {"due_at": NOON + timedelta(hours=4), "useful_until": NOON + timedelta(hours=28)},
    ),
    (
        rows_of("requests", "id", "organization_id", "key", "reservation_id", "made_at"),
        {"id": 1, "organization_id": 1, "key": "once", "reservation_id": 1, "made_at": NOON},
    ),
]


def move_in(database: Database) -> None:
    with database.engine.begin() as connection:
        for into, row in LAB:
            connection.execute(insert(into), row)
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{into.name}', 'id'), 1)"))


def must_have_everything(database: Database) -> None:
    with database.engine.connect() as connection:
        for where, row in LAB:
            found = connection.execute(select(*(where.c[name] for name in row))).all()
            assert [each._asdict() for each in found] == [row], where.name


def must_refuse_an_overlap(database: Database, why: str = "") -> None:
    for start in (NOON - timedelta(hours=1), NOON, NOON + timedelta(hours=3)):
        with pytest.raises(IntegrityError, match="slots_overlap"), written(database, start):
            pytest.fail(f"overlap at {start}: {why}")
    with written(database, NOON + timedelta(hours=4)):
        pass


@contextmanager
def written(database: Database, start: datetime) -> Iterator[None]:
    """A slot of two hours behind the use cases' backs, gone again afterwards."""
    reservation, slot = LAB[4][0], LAB[5][0]
    end = start + timedelta(hours=2)
    with database.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(insert(reservation), {**LAB[4][1], "id": 2})
        connection.execute(insert(slot), {"id": 2, "reservation_id": 2, "gpu_id": 1, "start_at": start, "end_at": end})
        yield
        transaction.rollback()


def must_go_on(database: Database) -> None:
    """The lab books as ever: refused where it is taken, served where it is free."""
    wish = TimeRange(NOON, NOON + timedelta(hours=1))
    with database.begin(NOON - timedelta(hours=1)) as work:
        bob = members.save(work, 1, "U2", name="Bob", zone="UTC", language="en", standing=Standing.MEMBER)
        actor = Actor.of(1, bob)
    with pytest.raises(errors.GpuTaken), database.begin(NOON - timedelta(hours=1)) as work:
        booking.reserve(work, actor, Wanted(names=("GPU0",)), wish)
    with database.begin(NOON - timedelta(hours=1)) as work:
        later = TimeRange(NOON + timedelta(hours=4), NOON + timedelta(hours=5))
        booking.reserve(work, actor, Wanted(names=("GPU0",)), later)
    with database.read(NOON) as work:
        assert len(inventory.gpus(work, 1)) == 1
        assert len(reservations.held_by(work, 1, 1)) == 1
    must_be_append_only(database)


def differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found


# --- processes that migrate, all at the same instant ---

MIGRATOR = """
import sys
from core import migrate
from core.work import Database
url, migrate.SCRIPTS = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
migrate.upgrade(Database(url))
"""


def migrator(url: str, future: Future) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MIGRATOR, url, str(future.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def at_once(processes: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Let them all go; each waits for a line."""
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return processes
