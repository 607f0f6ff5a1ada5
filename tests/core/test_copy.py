"""A lab moves to another database, and nothing of it is lost or changed on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import IntegrityError

from core import availability, busy, displays, errors, handover, models, outbox, rules, series, waiting
from core.actors import Operator
from core.copy import Differs, OldSource, Refused, TargetInUse, copy
from core.db import Base
from core.facts import Hours, Recurrence, Repeats, Rule
from core.inventory import Wanted
from core.work import Database
from tests.conftest import Clock
from tests.core.conftest import Lab, found_lab
from tests.core.test_guard import write_slot

WAYS = ("sqlite to postgresql", "postgresql to sqlite", "sqlite to sqlite", "postgresql to postgresql")


@pytest.fixture(params=WAYS)
def databases(
    request: pytest.FixtureRequest, new_database_url: Callable[[str], str]
) -> Iterator[tuple[Database, Database]]:
    """Where the lab is, and where it goes."""
    here, there = request.param.split(" to ")
    with closing(Database(new_database_url(here))) as source, closing(Database(new_database_url(there))) as target:
        yield source, target


@pytest.fixture
def full(databases: tuple[Database, Database], clock: Clock) -> Lab:
    """A lab that has been at work: bookings of every state, notices of every outcome, odd texts."""
    lab_id, cast = found_lab(databases[0], clock.now)
    lab = Lab(databases[0], clock, lab_id, *cast)
    lab.add_gpu("lab-node-1", "GPU1")
    for hour in range(30):
        held = lab.reserve(
            lab.alice, lab.hours(hour * 2), "GPU0", purpose=f"논문 実験 {hour} \\ ' \"\n🙂", request_key=f"key {hour}"
        ).reservation
        if hour % 3 == 0 and hour:
            lab.act("cancel", lab.alice, held)
    both = lab.reserve(lab.bob, lab.hours(100, 30), "GPU0", "GPU1").reservation
    clock.forward(hours=101, microseconds=7)
    lab.act("release", lab.bob, both, names=("GPU1",))
    begun = lab.reserve(lab.charlie, lab.hours(0), "GPU1").reservation
    with lab.database.begin(clock.now) as work:
        handover.ask(work, lab.alice, both.id, purpose="お願い")
        busy.call(work, lab.charlie, [begun.id])
        series.book(work, lab.bob, Wanted(names=("GPU1",)), _mondays(), purpose="毎週")
        waiting.ask(work, lab.charlie, Wanted(count=2), timedelta(hours=3), purpose="待つ")
        rules.add_period(work, Operator(lab.id), "締切", lab.hours(1), {Rule.LONGEST: None})
        failing = outbox.claim(work, lab.id, timedelta(seconds=20))
        assert failing is not None
        outbox.failed(work, failing, "is_archived")
        owed = outbox.claim(work, lab.id, timedelta(seconds=20))
        assert owed is not None
        outbox.put_off(work, owed, clock.now + timedelta(minutes=1), "ratelimited")
        displays.watch_home(work, lab.id, lab.alice.member_id, displays.state(availability.outlook(work, lab.id)))
    return lab


def _mondays() -> Repeats:
    weekly, zone = Recurrence("week", 1, (0,)), ZoneInfo("Asia/Tokyo")
    return Repeats(weekly, date(2026, 12, 14), date(2026, 12, 21), Hours(time(9), time(12), 0, zone))


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.engine.connect() as connection:
        return {
            table.name: [row._asdict() for row in connection.execute(table.select().order_by(table.c.id))]
            for table in Base.metadata.sorted_tables
        }


def test_everything_arrives_and_the_lab_goes_on(full: Lab, databases: tuple[Database, Database]) -> None:
    source, target = databases
    before, steps = everything(source), list[tuple[int, int]]()
    copied = copy(source, target, lambda done, total: steps.append((done, total)))
    assert everything(target) == before == everything(source)
    assert {content.table: content.rows for content in copied} == {name: len(rows) for name, rows in before.items()}
    assert [name for name, rows in before.items() if not rows] == [], "every table has something to lose"
    assert steps[-1][0] == steps[-1][1] == 2 * sum(map(len, before.values()))

    moved = Lab(target, full.clock, full.id, full.alice, full.bob, full.charlie, full.dana)
    with pytest.raises(IntegrityError, match="slots_overlap"):
        write_slot(moved, moved.hours(1))
    with pytest.raises(errors.GpuTaken):
        moved.reserve(moved.charlie, moved.hours(1), "GPU0")
    again = moved.reserve(moved.alice, moved.hours(0), "GPU1", request_key="key 1")
    assert again.again, "requests that were carried out are known there, too"
    assert moved.reserve(moved.charlie, moved.hours(1), "GPU1").reservation.id > max(
        row["id"] for row in before["reservations"]
    )
    moved.add_gpu("lab-node-9", "GPU0")


@pytest.mark.usefixtures("full")
def test_a_second_run_finds_it_done_and_writes_nothing(databases: tuple[Database, Database]) -> None:
    source, target = databases
    first = copy(source, target)
    assert copy(source, target) == first
    assert everything(target) == everything(source)


@pytest.mark.usefixtures("full")
def test_what_was_interrupted_left_nothing_and_may_be_repeated(databases: tuple[Database, Database]) -> None:
    source, target = databases

    def interrupt(done: int, total: int) -> None:
        if done > total / 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(source, target, interrupt)
    assert not any(everything(target).values())
    copy(source, target)
    assert everything(target) == everything(source)


@pytest.mark.usefixtures("full")
def test_a_target_that_holds_other_data_is_left_alone(databases: tuple[Database, Database]) -> None:
    source, target = databases
    copy(source, target)
    with target.engine.begin() as connection:
        connection.execute(update(models.Member).where(models.Member.name == "Bob").values(zone="UTC"))
        connection.execute(delete(models.Request).where(models.Request.key == "key 29"))
    before = everything(target)
    with pytest.raises(TargetInUse) as refused:
        copy(source, target)
    assert set(refused.value.tables) == {"members", "requests"}
    assert everything(target) == before


@pytest.mark.usefixtures("full")
def test_what_does_not_read_back_the_same_is_undone(databases: tuple[Database, Database]) -> None:
    source, target = databases
    with target.engine.begin() as connection:
        for statement in _FLATTERING[connection.dialect.name]:
            connection.execute(text(statement))
    with pytest.raises(Differs) as refused:
        copy(source, target)
    assert refused.value.tables == ("members",)
    assert not any(everything(target).values())


# A database that changes what it is given.
_FLATTERING = {
    "sqlite": (
        """CREATE TRIGGER flatter AFTER INSERT ON members BEGIN
             UPDATE members SET name = 'Dr ' || name WHERE id = NEW.id; END""",
    ),
    "postgresql": (
        """CREATE FUNCTION flatter() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN NEW.name := 'Dr ' || NEW.name; RETURN NEW; END $$""",
        "CREATE TRIGGER flatter BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION flatter()",
    ),
}


def test_a_source_that_was_never_migrated_is_no_lab(new_database_url: Callable[[str], str], tmp_path: Any) -> None:
    with (
        closing(Database(f"sqlite:///{tmp_path}/new.db")) as source,
        closing(Database(new_database_url("sqlite"))) as target,
        pytest.raises(OldSource),
    ):
        copy(source, target)


def test_what_the_target_cannot_hold_is_told(new_database_url: Callable[[str], str]) -> None:
    """SQLite keeps texts of any length."""
    with (
        closing(Database(new_database_url("sqlite"))) as source,
        closing(Database(new_database_url("postgresql"))) as target,
    ):
        with source.engine.begin() as connection:
            values = {"slack_id": "T" * 40, "name": "Lab", "zone": "UTC", "language": "en"}
            connection.execute(insert(models.Organization), values)
        with pytest.raises(Refused, match="too long"):
            copy(source, target)
