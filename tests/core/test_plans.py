"""How PostgreSQL goes about the statements that are carried out most: never through all that ever was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event, text

from core import audit, availability, backlog, errors, outbox, reservations, waitlist
from core.db import OVERLAP, write_guard
from core.inventory import Wanted
from core.work import Database
from tests.conftest import Clock
from tests.core.conftest import Lab, found_lab

HISTORY = 10_000  # reservations: enough that to read them all costs far more than to look some up
GPUS, AHEAD = 50, 3  # and for each of them what is held ahead: looked up row by row, or by reading the whole history
GROWING = {"slots", "reservations", "notices", "audit", "requests"}

_FILL = (
    """
    INSERT INTO reservations (id, organization_id, member_id, purpose, created_at)
    SELECT 1000 + i, :lab, :member, '', CAST(:now AS timestamptz) - interval '2 hours' * i
    FROM generate_series(1, :count) AS i
    """,
    """
    INSERT INTO slots (reservation_id, gpu_id, start_at, end_at)
    SELECT 1000 + i, :gpu, CAST(:now AS timestamptz) - interval '2 hours' * i,
           CAST(:now AS timestamptz) - interval '2 hours' * i + interval '1 hour'
    FROM generate_series(1, :count) AS i
    """,
    """
    INSERT INTO notices (recipient_id, reservation_id, version, kind, due_at, useful_until, outcome, settled_at,
                         slack_channel, slack_ts)
    SELECT (SELECT min(id) FROM recipients), 1000 + i, 1, 'end', CAST(:now AS timestamptz) - interval '2 hours' * i,
           CAST(:now AS timestamptz), 'sent', CAST(:now AS timestamptz) - interval '2 hours' * i, 'C1', '1.' || i
    FROM generate_series(1, :count) AS i
    """,
    """
    INSERT INTO audit (organization_id, at, surface, action, subject, subject_id, member_id)
    SELECT :lab, CAST(:now AS timestamptz) - interval '2 hours' * i, 'slack', 'reserved', 'reservation', 1000 + i,
           :member
    FROM generate_series(1, :count) AS i
    """,
    """
    INSERT INTO requests (organization_id, key, reservation_id, made_at)
    SELECT :lab, 'key ' || i, 1000 + i, CAST(:now AS timestamptz) FROM generate_series(1, :count) AS i
    """,
    """
    INSERT INTO gpus (id, node_id, label, model, memory_gb)
    SELECT 1000 + i, (SELECT min(id) FROM nodes), 'RUN-' || i, 'RTX 5090', 32 FROM generate_series(1, :gpus) AS i
    """,
    """
    INSERT INTO reservations (id, organization_id, member_id, purpose, created_at)
    SELECT 1000 + :count + i, :lab, :member, '', CAST(:now AS timestamptz)
    FROM generate_series(1, :gpus * :ahead) AS i
    """,
    """
    INSERT INTO slots (reservation_id, gpu_id, start_at, end_at)
    SELECT 1000 + :count + i, 1001 + i % :gpus, CAST(:now AS timestamptz) + interval '2 hours' * (20 + i / :gpus),
           CAST(:now AS timestamptz) + interval '2 hours' * (20 + i / :gpus) + interval '1 hour'
    FROM generate_series(1, :gpus * :ahead) AS i
    """,
)


@pytest.fixture
def lab(new_database_url: Callable[[str], str], clock: Clock) -> Iterator[Lab]:
    """With a long history, many GPUs, and much that is held ahead."""
    database = Database(new_database_url("postgresql"))
    lab_id, cast = found_lab(database, clock.now)
    lab = Lab(database, clock, lab_id, *cast)
    (story,) = lab.occupancy()
    with database.engine.begin() as connection:
        known = {"lab": lab.id, "member": lab.charlie.member_id, "gpu": story.gpu.id, "now": clock.now}
        known |= {"count": HISTORY, "gpus": GPUS, "ahead": AHEAD}
        connection.exec_driver_sql(f"ALTER TABLE slots DROP CONSTRAINT {OVERLAP}")
        for statement in _FILL:
            connection.execute(text(statement), known)
        write_guard(connection)
        connection.exec_driver_sql("ANALYZE")
    yield lab
    database.close()


def test_nothing_that_is_done_often_reads_all_that_ever_was(lab: Lab) -> None:
    carried_out = statements_of(lab, lambda: a_day(lab))

    with lab.database.engine.connect() as connection:
        read_whole = [
            (table, statement)
            for statement, parameters in carried_out.items()
            for plan in plans(connection, statement, parameters)
            for table in tables_read_whole(plan) & GROWING
        ]
    assert len(carried_out) > 40
    assert read_whole == []


def test_how_many_rows_a_booking_wants_is_part_of_what_it_asks(lab: Lab) -> None:
    """Given beside it, the server reckons with a tenth of all rows, and at some size plans each look anew."""
    lab.reserve(lab.alice, lab.hours(1))
    asked = statements_of(lab, lambda: lab.reserve(lab.alice, lab.hours(3)))
    assert len(asked) == 4
    assert [statement for statement in asked if "LIMIT %" in statement.replace("\n", " ")] == []


def a_day(lab: Lab) -> None:
    """What people and the sender do all the time."""
    first = lab.reserve(lab.alice, lab.hours(1), request_key="k").reservation
    lab.reserve(lab.alice, lab.hours(1), request_key="k")
    with suppress(errors.GpuTaken):
        lab.reserve(lab.bob, lab.hours(1))
    lab.reserve(lab.bob, lab.hours(5), wanted=Wanted(count=1))
    lab.act("extend", lab.alice, first, by=timedelta(hours=1))
    with lab.database.read(lab.clock.now) as work:
        availability.occupancy(work, lab.id)
        reservations.held_by(work, lab.id, lab.alice.member_id)
        waitlist.has_overdue(work, lab.id)
        audit.lately(work, lab.id)
        backlog.awaiting(work, lab.id, lab.clock.now + timedelta(hours=1))
    for _ in range(2):
        with lab.database.begin(lab.clock.forward(hours=1)) as work:
            batch = outbox.claim(work, lab.id, timedelta(seconds=20))
        assert batch is not None
        with lab.database.begin(lab.clock.now) as work:
            outbox.sent(work, batch, batch.ids, f"{lab.clock.now.timestamp():.6f}")
            backlog.next_due(work, lab.id)
    lab.act("release", lab.alice, lab.held_by(lab.alice)[0])
    lab.act("cancel", lab.bob, lab.held_by(lab.bob)[0])


def statements_of(lab: Lab, act: Callable[[], object]) -> dict[str, Any]:
    """Each statement that looks at or changes rows, with the values it was carried out with."""
    seen: dict[str, Any] = {}

    def see(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen.setdefault(statement, parameters)

    event.listen(lab.database.engine, "before_cursor_execute", see)
    try:
        act()
    finally:
        event.remove(lab.database.engine, "before_cursor_execute", see)
    return seen


def plans(connection: Connection, statement: str, parameters: Any) -> Iterator[Any]:
    """How the server goes about it each time: first for these values, and later, if it thinks that better, for any."""
    values = parameters[0] if isinstance(parameters, list) else parameters
    names = list(dict.fromkeys(_NAME.findall(statement)))
    prepared = _NAME.sub(lambda name: f"${names.index(name[1]) + 1}", statement)
    given = f"({', '.join(f'%({name})s' for name in names)})" if names else ""
    driver: Any = connection.connection.driver_connection
    client = psycopg.ClientCursor[Any](driver)
    client.execute(f"PREPARE looked_at AS {prepared}")
    for _ in range(_UNTIL_FOR_ANY):
        client.execute(f"EXPLAIN (FORMAT JSON) EXECUTE looked_at {given}", values)
        ((explained,),) = client
        yield explained[0]["Plan"]
    client.execute("DEALLOCATE looked_at")


_UNTIL_FOR_ANY = 6
_NAME = re.compile(r"%\((\w+)\)s")


def tables_read_whole(plan: dict[str, Any]) -> set[str]:
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return found.union(*(tables_read_whole(part) for part in plan.get("Plans", ())))
