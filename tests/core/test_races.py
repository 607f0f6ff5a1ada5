"""Many at once: one winner, polite refusals, nothing half-written."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from core import availability, booking, errors, facts, maintenance, models, reservations, rules, search
from core.actors import Actor, Operator
from core.facts import Rule, Subject
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database, Work
from tests.conftest import wait_until
from tests.core.conftest import Lab

THREADS = 8
PROCESSES = 2

Attempt = Callable[[Database, Actor, TimeRange, Callable[[], Any]], str]


def by_the_use_case(database: Database, actor: Actor, wish: TimeRange, everybody_looked: Callable[[], Any]) -> str:
    everybody_looked()
    try:
        with database.begin(wish.start) as work:
            booking.reserve(work, actor, Wanted(names=("GPU0",)), wish)
    except (errors.GpuTaken, errors.AlreadyYours) as refusal:
        return type(refusal).__name__
    return "won"


def by_looking_first(database: Database, actor: Actor, wish: TimeRange, everybody_looked: Callable[[], Any]) -> str:
    """What must not be done: decide on a look taken before the lock."""
    with database.read(wish.start) as work:
        (story,) = availability.occupancy(work, actor.organization_id)
    everybody_looked()
    if story.now is not None:
        return "GpuTaken"
    with database.begin(wish.start) as work:
        row = models.Reservation(
            organization_id=actor.organization_id, member_id=actor.member_id, created_at=wish.start
        )
        row.slots = [models.Slot(gpu_id=story.gpu.id, start_at=wish.start, end_at=wish.end)]
        work.session.add(row)
    return "won"


def run_threads(url: str, actors: list[Actor], wish: TimeRange, attempt: Attempt, threads: int) -> Counter[str]:
    barrier = Barrier(threads)
    with closing(Database(url)) as database, ThreadPoolExecutor(threads) as pool:
        running = [
            pool.submit(attempt, database, actors[number % len(actors)], wish, barrier.wait)
            for number in range(threads)
        ]
        return Counter(each.result(timeout=60) for each in running)


def race_in_processes(url: str, actors: list[Actor], wish: TimeRange) -> Counter[str]:
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(PROCESSES) as pool:
        runs = [pool.apply_async(run_threads, (url, actors, wish, by_the_use_case, THREADS)) for _ in range(PROCESSES)]
        return sum((run.get(timeout=60) for run in runs), Counter())


def assert_whole(lab: Lab) -> None:
    """Every reservation has its slot and its notices."""
    with lab.database.engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(models.Reservation)) == 1
        assert connection.scalar(select(func.count()).select_from(models.Slot)) == 1
        assert connection.scalar(select(func.count(models.Notice.reservation_id.distinct()))) == 1


def test_one_of_eight_threads_wins(lab: Lab, database_url: str) -> None:
    outcomes = run_threads(database_url, [lab.alice, lab.bob, lab.charlie], lab.hours(0), by_the_use_case, THREADS)
    assert outcomes["won"] == 1
    assert outcomes.total() == THREADS
    assert_whole(lab)


def test_one_wins_across_processes(lab: Lab, database_url: str) -> None:
    outcomes = race_in_processes(database_url, [lab.alice, lab.bob, lab.charlie], lab.hours(0))
    assert outcomes["won"] == 1
    assert outcomes.total() == THREADS * PROCESSES
    assert_whole(lab)


def test_looking_before_the_lock_loses_that_race(lab: Lab, database_url: str) -> None:
    """The guard holds even then, but people are shown an error; without the guard all of them would win."""
    with pytest.raises(errors.Busy):
        run_threads(database_url, [lab.alice, lab.bob], lab.hours(0), by_looking_first, THREADS)
    remove_guard(lab.database)
    later = lab.hours(24)
    outcomes = run_threads(database_url, [lab.alice, lab.bob], later, by_looking_first, THREADS)
    assert outcomes["won"] == THREADS


def test_two_bookings_naming_their_gpus_in_opposite_order(lab: Lab, database_url: str) -> None:
    names = [lab.add_gpu("lab-node-1", f"GPU{number}").name for number in range(1, 5)]
    database = Database(database_url)

    def book(number: int) -> str:
        wanted = Wanted(names=tuple(names if number % 2 else reversed(names)))
        try:
            with database.begin(lab.clock.now) as work:
                booking.reserve(work, (lab.alice, lab.bob)[number % 2], wanted, lab.hours(0))
        except errors.Conflict as refusal:
            return type(refusal).__name__
        return "won"

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = Counter(pool.map(book, range(THREADS)))
    database.close()
    assert outcomes["won"] == 1
    assert outcomes.total() == THREADS
    assert "Busy" not in outcomes


def test_two_extending_into_one_gap(lab: Lab, database_url: str) -> None:
    """Alice extends into the gap while Bob books it; exactly one of them gets it."""
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    database = Database(database_url)

    def extend() -> bool:
        with database.begin(lab.clock.now) as work:
            booking.extend(work, lab.alice, mine.id, version=mine.version, by=timedelta(hours=1))
        return True

    def book() -> bool:
        with database.begin(lab.clock.now) as work:
            booking.reserve(work, lab.bob, Wanted(), lab.hours(1))
        return True

    def attempt(act: Callable[[], bool]) -> bool:
        try:
            return act()
        except (errors.GpuTaken, errors.NoRoom):
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(attempt, (extend, book))) == 1
    database.close()


def test_two_who_extend_towards_each_other_do_not_meet(lab: Lab, database_url: str) -> None:
    """Alice stays longer and Bob comes earlier, both into the hour between them: one of them does."""
    first, last = lab.reserve(lab.alice, lab.hours(0)).reservation, lab.reserve(lab.bob, lab.hours(2)).reservation
    both = Barrier(2)

    def stay_longer(work: Work) -> None:
        booking.extend(work, lab.alice, first.id, version=first.version, by=timedelta(hours=1))

    def come_earlier(work: Work) -> None:
        wish = lab.hours(1, 2)
        booking.change(work, lab.bob, last.id, version=last.version, wanted=Wanted(), wish=wish, purpose="")

    def attempt(act: Callable[[Work], None]) -> bool:
        both.wait()
        try:
            with database.begin(lab.clock.now) as work:
                act(work)
        except (errors.GpuTaken, errors.NoRoom):
            return False
        return True

    with closing(Database(database_url)) as database, ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(attempt, (stay_longer, come_earlier))) == 1
    (alices,), (bobs,) = lab.held_by(lab.alice), lab.held_by(lab.bob)
    assert alices.range.end == bobs.range.start


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # where rows are locked one by one
def test_gpus_are_locked_in_the_order_of_their_numbers_wherever_they_lie(lab: Lab, database_url: str) -> None:
    """Who names them otherwise, or finds them otherwise, would wait for somebody who waits for them."""
    first, second, third = (lab.occupancy()[0].gpu, *(lab.add_gpu("lab-node-1", f"GPU{n}") for n in (1, 2)))
    rows = select(models.Gpu.id).with_for_update(nowait=True)
    with closing(Database(database_url)) as other, ThreadPoolExecutor(1) as pool:
        with other.engine.begin() as connection:  # a row that is written anew lies behind all others
            connection.execute(update(models.Gpu).where(models.Gpu.id == first.id).values(notes="fan"))
            connection.exec_driver_sql("ANALYZE gpus")  # so few of them are found by reading them as they lie
        with other.engine.begin() as somebody:
            somebody.execute(rows.where(models.Gpu.id == second.id))
            booked = pool.submit(lab.reserve, lab.alice, lab.hours(0), third.name, second.name, first.name)
            wait_until(lambda: is_anybody_waiting(other))
            with pytest.raises(OperationalError), other.engine.begin() as third_party:
                third_party.execute(rows.where(models.Gpu.id == first.id))
            with other.engine.begin() as third_party:
                third_party.execute(rows.where(models.Gpu.id == third.id))
        assert [gpu.id for gpu in booked.result().reservation.gpus] == [first.id, second.id, third.id]


def is_anybody_waiting(database: Database) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.engine.connect() as connection:
        return bool(connection.exec_driver_sql(waiting).scalar_one())


def test_what_would_pass_is_looked_for_when_nobody_waits_for_it(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.reserve(lab.bob, lab.hours(0))
    look = search.alternatives

    def search_while_somebody_books(*asked: Any) -> tuple[facts.Alternative, ...]:
        lab.reserve(lab.charlie, lab.hours(1))
        return look(*asked)

    monkeypatch.setattr(search, "alternatives", search_while_somebody_books)
    with pytest.raises(errors.GpuTaken) as refused:
        lab.reserve(lab.alice, lab.hours(0))
    assert [each.range for each in refused.value.alternatives] == [lab.hours(2)], "and it tells what is so by then"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_can_see_that_it_is_held_is_refused_without_waiting(lab: Lab, database_url: str) -> None:
    lab.reserve(lab.bob, lab.hours(0))
    with closing(Database(database_url)) as other, other.begin(lab.clock.now) as slow:
        booking.reserve(slow, lab.charlie, Wanted(), lab.hours(5))
        with pytest.raises(errors.GpuTaken):
            reserve_hurriedly(lab, lab.hours(0))
        with pytest.raises(errors.Busy):
            reserve_hurriedly(lab, lab.hours(1))


def reserve_hurriedly(lab: Lab, wish: TimeRange) -> None:
    with lab.database.begin(lab.clock.now, patience=timedelta(seconds=0.5)) as work:
        booking.reserve(work, lab.alice, Wanted(), wish)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_comes_free_after_that_look_is_booked(lab: Lab, database_url: str) -> None:
    """Also where hours are counted, for which the member is locked: never before the GPUs."""
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, Operator(lab.id), Subject.LAB, lab.id, {Rule.WEEK: timedelta(hours=9)})
    held = lab.reserve(lab.bob, lab.hours(1)).reservation
    with closing(Database(database_url)) as other:
        has_looked: list[str] = []

        def give_it_back(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if "FOR UPDATE OF gpus" in statement and not has_looked:
                has_looked.append(statement)
                lab.act("cancel", lab.bob, held)

        event.listen(other.engine, "after_cursor_execute", give_it_back)
        with other.begin(lab.clock.now) as work:
            assert booking.reserve(work, lab.alice, Wanted(), lab.hours(1)).reservation.holder.name == "Alice"
            assert has_looked
            with pytest.raises(errors.Busy):
                reserve_hurriedly(lab, lab.hours(3))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite who writes sees one instant
@pytest.mark.parametrize(("wanted", "outcome"), [(Wanted(), "GPU1"), (Wanted(names=("GPU0",)), "UnknownGpu")])
def test_what_is_retired_while_one_waits_to_book_it_is_not_booked(
    lab: Lab, database_url: str, wanted: Wanted, outcome: str
) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    retired: list[str] = []

    def retire_it(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FOR UPDATE OF gpus" in statement and not retired:
            retired.append(statement)
            with lab.database.begin(lab.clock.now) as work:
                maintenance.retire(work, lab.charlie, ["GPU0"], "sold")

    with closing(Database(database_url)) as other:
        event.listen(other.engine, "before_cursor_execute", retire_it)
        try:
            with other.begin(lab.clock.now) as work:
                held = booking.reserve(work, lab.alice, wanted, lab.hours(1)).reservation
        except errors.UnknownGpu:
            assert outcome == "UnknownGpu"
        else:
            assert [gpu.name for gpu in held.gpus] == [outcome]
    assert retired


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite who writes sees one instant
def test_what_is_cancelled_while_one_looks_is_seen_as_cancelled(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    with lab.database.begin(lab.clock.now) as work:
        row = reservations.load(work, lab.id, mine.id)
        lab.act("cancel", lab.alice, mine)
        seen = reservations.fact(work, row)
    assert seen.state is facts.State.CANCELLED
    assert seen.range == mine.range


def test_no_turn_in_time_is_said_and_nothing_is_written(lab: Lab, database_url: str) -> None:
    slow, quick = Database(database_url), Database(database_url)
    with slow.begin(lab.clock.now) as holder:
        booking.reserve(holder, lab.bob, Wanted(), lab.hours(5))
        with pytest.raises(errors.Busy), quick.begin(lab.clock.now, patience=timedelta(seconds=0.2)) as work:
            booking.reserve(work, lab.alice, Wanted(), lab.hours(0))
    assert lab.held_by(lab.alice) == ()
    slow.close()
    quick.close()


def remove_guard(database: Database) -> None:
    with database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER slots_overlap_insert")
        else:
            connection.exec_driver_sql("ALTER TABLE slots DROP CONSTRAINT slots_overlap")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_was_done_is_said_only_where_that_is_certain(lab: Lab) -> None:
    with pytest.raises(errors.Busy):
        book_and_be_cut(lab, in_commit=False)
    assert lab.held_by(lab.alice) == ()
    with pytest.raises(OperationalError):
        book_and_be_cut(lab, in_commit=True)


def book_and_be_cut(lab: Lab, *, in_commit: bool) -> None:
    with lab.database.begin(lab.clock.now) as work:
        booking.reserve(work, lab.alice, Wanted(), lab.hours(0))
        work.is_committing = in_commit
        cut(lab, work)
        work.connection.exec_driver_sql("SELECT 1")


def cut(lab: Lab, work: Work) -> None:
    pid = work.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with lab.database.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
