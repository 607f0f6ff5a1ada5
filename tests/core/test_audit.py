"""Every change leaves an entry that nobody can take back, and the entries replay to what is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, delete, text, update
from sqlalchemy.exc import DBAPIError

from core import audit, errors, facts, members, models, reservations
from core.db import APPEND_ONLY
from core.facts import Action, Subject, Surface
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database
from tests.core.conftest import Lab, found_lab


def entries(lab: Lab, **asked: Any) -> tuple[facts.AuditEntry, ...]:
    with lab.database.read(lab.clock.now) as work:
        return audit.entries(work, lab.id, **{"subject": Subject.RESERVATION, **asked})


def test_each_change_leaves_an_entry_of_who_did_what_and_when(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    held = lab.reserve(lab.alice, lab.hours(1, 2), "GPU0", "GPU1", purpose="thesis runs").reservation
    lab.clock.forward(minutes=5)
    wanted, wish = Wanted(names=("GPU0", "GPU1")), lab.hours(1, 2)
    held = lab.act("change", lab.alice, held, wanted=wanted, wish=wish, purpose="thesis").reservation
    held = lab.act("extend", lab.alice, held, by=timedelta(hours=1)).reservation
    lab.clock.forward(hours=2)
    held = lab.act("release", lab.alice, held, names=["GPU1"]).reservation
    other = lab.reserve(lab.bob, lab.hours(5), "GPU1").reservation
    lab.act("cancel", lab.bob, other)

    told = entries(lab)
    assert [(each.by, each.action) for each in told] == [
        ("Bob", Action.CANCELLED),
        ("Bob", Action.RESERVED),
        ("Alice", Action.RELEASED),
        ("Alice", Action.EXTENDED),
        ("Alice", Action.CHANGED),
        ("Alice", Action.RESERVED),
    ]
    changed = told[4]
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["purpose"], changed.after["purpose"]) == ("thesis runs", "thesis")
    assert (changed.surface, changed.concerns) == (Surface.SLACK, "Alice")
    assert [each.at for each in told] == sorted((each.at for each in told), reverse=True)
    assert {each.concerns for each in entries(lab, of=lab.bob.member_id)} == {"Bob"}
    assert entries(lab, limit=2, older_than=told[1].id) == told[2:4]


def test_another_labs_entries_are_none_of_ours(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        before = audit.entries(work, lab.id)
    found_lab(lab.database, lab.clock.now, slack_id="T2")
    assert entries(lab, subject=None) == before


def test_it_tells_from_where_something_was_done_and_nothing_of_what_was_not(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    assert entries(lab, subject=Subject.GPU)[0].surface is Surface.CONSOLE
    for _ in range(2):
        with lab.database.begin(lab.clock.now) as work:
            members.choose(work, lab.alice, facts.Choices(before_end=False))
    assert [each.action for each in entries(lab, subject=Subject.MEMBER)] == [Action.CHOSEN]


def test_what_is_refused_or_delivered_twice_leaves_none(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1), request_key="once")
    lab.reserve(lab.alice, lab.hours(1), request_key="once")
    with pytest.raises(errors.GpuTaken):
        lab.reserve(lab.bob, lab.hours(1))
    assert len(entries(lab)) == 1


def test_the_last_entry_of_a_reservation_is_what_it_is(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    kept = lab.reserve(lab.alice, lab.hours(0, 4), "GPU0", "GPU1").reservation
    gone = lab.reserve(lab.bob, lab.hours(6), "GPU0").reservation
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, kept, names=["GPU0"])
    lab.act("cancel", lab.bob, gone)

    last = {each.subject_id: each.after for each in reversed(entries(lab))}
    with lab.database.read(lab.clock.now) as work:
        for held in (kept, gone):
            assert last[held.id] == audit.snapshot(reservations.of_id(work, lab.id, held.id))


def test_the_database_itself_refuses_to_rewrite_it(lab: Lab) -> None:
    lab.reserve(lab.alice, TimeRange(lab.clock.now, lab.clock.now + timedelta(hours=1)))
    must_be_append_only(lab.database)


def must_be_append_only(database: Database) -> None:
    rewrites: list[Executable] = [update(models.AuditEntry).values(why="never mind"), delete(models.AuditEntry)]
    if database.engine.dialect.name == "postgresql":
        rewrites.append(text("TRUNCATE audit"))
    for rewrite in rewrites:
        with pytest.raises(DBAPIError, match=APPEND_ONLY), database.engine.begin() as connection:
            connection.execute(rewrite)
