"""What a booking costs: beside a bare insert, after a long history, and with many processes at once.

    .venv/bin/python bench/booking.py [--quick] [--on sqlite|postgresql] [rate] [growth] [apart] [same]

Both sides of each ratio are measured in turn in the same run, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

from places import KINDS, MEMBERS, NOW, databases, found_lab, percentile, show
from sqlalchemy import FromClause, insert, select, text

from core import availability, booking, errors, facts, inventory, models
from core.actors import Actor
from core.db import OVERLAP, write_guard
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database

HOUR = timedelta(hours=1)
New = Callable[[str], Database]  # given a kind, a new database of it
PROCESSES = (1, 4, 8)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    small: int = 10_000  # reservations of a short history
    large: int = 1_000_000
    bookings: int = 300  # in each of them
    questions: int = 60
    blocks: int = 12  # of bookings, then of bare inserts
    block: int = 50
    seconds: float = 4  # of many processes on distinct slots
    rounds: int = 40  # of many processes on the same slot


QUICK = Size(large=100_000, bookings=100, questions=20, blocks=5, block=30, seconds=1.5, rounds=12)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the history, and fewer rounds")
    parser.add_argument("--on", choices=KINDS, help="only this database")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="only these parts; all, if none is named")
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else Size()
    with databases() as new:
        for part in arguments.parts or PARTS:
            for kind in [arguments.on] if arguments.on else KINDS:
                PARTS[part](kind, new, size)


# --- beside a bare insert ---


def rate(kind: str, new: New, size: Size) -> None:
    database = new(kind)
    actor, gpus = found_lab(database)
    slots = far_slots(gpus)
    reserve(database, actor, *next(slots))
    rows = rows_of_a_booking(database)
    ways = (reserve, insert_bare, partial(insert_all, rows=rows))
    blocks = [
        [took(lambda way=way: repeat(size.block, lambda: way(database, actor, *next(slots)))) for way in ways]  # type: ignore[misc]
        for _ in range(size.blocks)
    ]
    ours, bare, whole = (round(statistics.median(size.block / block[way] for block in blocks)) for way in range(3))
    ratios = [statistics.median(block[way] / block[0] for block in blocks) for way in (1, 2)]
    show(
        f"{kind}: bookings a second, one process (aim: at least 0.40 of a bare guarded insert)",
        ("use case", "bare insert", "ratio", "bare, of all its rows", "ratio"),
        (ours, bare, ratios[0], whole, ratios[1]),
    )


def reserve(database: Database, actor: Actor, gpu: facts.Gpu, wish: TimeRange) -> None:
    with database.begin(NOW) as work:
        key = f"{actor.member_id} {gpu.id} {wish.start}"
        booking.reserve(work, actor, Wanted(names=(gpu.full_name,)), wish, request_key=key)


def insert_bare(database: Database, actor: Actor, gpu: facts.Gpu, wish: TimeRange) -> None:
    """What nobody can do without: a reservation and its slot, with the database's guard, committed."""
    with database.engine.begin() as connection:
        held = connection.execute(_NEW, new_reservation(actor)).scalar_one()
        connection.execute(_HOLD, slot_of(held, gpu, wish))


Rows = list[tuple[FromClause, list[dict[str, Any]]]]


def rows_of_a_booking(database: Database) -> Rows:
    """All that a booking writes besides: what it owes, its request, its entry in the audit."""
    with database.engine.connect() as connection:
        found = [(table, [dict(row) for row in connection.execute(select(table)).mappings()]) for table in _ADD]
    for _, rows in found:
        for row in rows:
            del row["id"]
    return found


def insert_all(database: Database, actor: Actor, gpu: facts.Gpu, wish: TimeRange, rows: Rows) -> None:
    """The same rows as a booking writes, table by table, and not a single look."""
    with database.engine.begin() as connection:
        held = connection.execute(_NEW, new_reservation(actor)).scalar_one()
        connection.execute(_HOLD, slot_of(held, gpu, wish))
        key = {"reservation_id": held, "subject_id": held, "key": f"bare {held}"}
        for table, each in rows:
            connection.execute(
                _ADD[table], [{name: key.get(name, value) for name, value in row.items()} for row in each]
            )


_NEW = insert(models.Reservation).returning(models.Reservation.id)
_HOLD = insert(models.Slot)
_ADD = {model.__table__: insert(model) for model in (models.Notice, models.Request, models.AuditEntry)}


def new_reservation(actor: Actor) -> dict[str, Any]:
    return {"organization_id": actor.organization_id, "member_id": actor.member_id, "created_at": NOW}


def slot_of(held: int, gpu: facts.Gpu, wish: TimeRange) -> dict[str, Any]:
    return {"reservation_id": held, "gpu_id": gpu.id, "start_at": wish.start, "end_at": wish.end}


def far_slots(gpus: tuple[facts.Gpu, ...]) -> Iterator[tuple[facts.Gpu, TimeRange]]:
    """Half hours that nobody holds, one after another on all GPUs."""
    for number in range(50 * 48):
        start = NOW + timedelta(days=4) + number * HOUR / 2
        for gpu in gpus:
            yield gpu, TimeRange(start, start + HOUR / 2)


# --- after a long history ---


def growth(kind: str, new: New, size: Size) -> None:
    labs = []
    for count in (size.small, size.large):
        database = new(kind)
        actor, gpus = found_lab(database)
        fill(database, count)
        labs.append((database, actor, gpus))
    show(
        f"{kind}: at {size.small:,} and {size.large:,} reservations (aim: ratios at most 1.30)",
        ("", "p50 ms", "p95 ms", "p50 ms", "p95 ms", "p50 ratio", "p95 ratio"),
        compared("a booking", size.bookings, [booked_in_gaps(*lab) for lab in labs]),
        compared("100 GPUs over a day", size.questions, [asked(lab[0], lab[1]) for lab in labs]),
    )


def compared(name: str, times: int, steps: list[Callable[[int], object]]) -> tuple[object, ...]:
    """The same step on the small and on the large database, in turn."""
    taken: list[list[float]] = [[] for _ in steps]
    for number in range(-10, times):
        for step, list_ in zip(steps, taken, strict=True):
            seconds = took(lambda step=step, number=number: step(number + 10))  # type: ignore[misc]
            if number >= 0:
                list_.append(seconds)
    small, large = taken
    figures = [percentile(list_, percent) for list_ in taken for percent in (50, 95)]
    return name, *figures, *(percentile(large, percent) / percentile(small, percent) for percent in (50, 95))


def booked_in_gaps(database: Database, actor: Actor, gpus: tuple[facts.Gpu, ...]) -> Callable[[int], object]:
    """Each booking fills an hour between two that are held, in the next two days."""

    def book(number: int) -> None:
        gap, gpu = divmod(number, len(gpus))
        start = NOW + HOUR + gap * 2 * HOUR
        reserve(database, actor, gpus[gpu], TimeRange(start, start + HOUR))

    return book


def asked(database: Database, actor: Actor) -> Callable[[int], object]:
    """Who holds which of 100 GPUs over the next day: 1,200 bookings."""
    day = TimeRange(NOW, NOW + timedelta(days=1))

    def ask(_number: int) -> None:
        with database.read(NOW) as work:
            known = inventory.gpus(work, actor.organization_id)
            assert len(availability.holdings(work, actor.organization_id, known, day)) >= 1_200

    return ask


def fill(database: Database, count: int) -> None:
    """Each GPU is held every other hour, up to two days from now, as far back as `count` reservations reach."""
    database.engine.dispose()  # a connection that has carried out a change waits for no statement as long as these take
    with database.engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.exec_driver_sql(f"ALTER TABLE slots DROP CONSTRAINT {OVERLAP}")
        for statement in _FILL_SQLITE if is_sqlite else _FILL_POSTGRESQL:
            connection.execute(text(statement), {"count": count, "people": MEMBERS, "last": _instant(is_sqlite)})
        write_guard(connection)
    if not is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _instant(is_sqlite: bool) -> object:
    last = NOW + 48 * HOUR
    return f"{last:%Y-%m-%d %H:%M:%S}" if is_sqlite else last


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
_AT = "strftime('%Y-%m-%d %H:%M:%S.000000', :last, -({hours}) || ' hours')"
_CHANNEL = "(SELECT id FROM recipients WHERE whom = 'channel')"
_FILL_SQLITE = (
    f"""INSERT INTO reservations (id, organization_id, member_id, purpose, created_at)
        {_NUMBERS} SELECT i, 1, 1 + i % :people, 'run ' || i, {_AT.format(hours="2 * (1 + (i - 1) / 100)")} FROM n""",
    f"""INSERT INTO slots (reservation_id, gpu_id, start_at, end_at)
        {_NUMBERS} SELECT i, 1 + (i - 1) % 100, {_AT.format(hours="2 * (1 + (i - 1) / 100)")},
               {_AT.format(hours="2 * (1 + (i - 1) / 100) - 1")} FROM n""",
    f"""INSERT INTO notices (recipient_id, reservation_id, version, kind, due_at, useful_until, outcome)
        {_NUMBERS} SELECT {_CHANNEL}, i, 1, 'end', {_AT.format(hours="2 * (1 + (i - 1) / 100) - 1")},
               {_AT.format(hours="2 * (1 + (i - 1) / 100) - 25")}, 'sent' FROM n""",
)
_STARTS = "CAST(:last AS timestamptz) - interval '2 hours' * (1 + (i - 1) / 100)"
_FILL_POSTGRESQL = (
    f"""INSERT INTO reservations (id, organization_id, member_id, purpose, created_at)
        SELECT i, 1, 1 + i % :people, 'run ' || i, {_STARTS} FROM generate_series(1, :count) AS i""",
    f"""INSERT INTO slots (reservation_id, gpu_id, start_at, end_at)
        SELECT i, 1 + (i - 1) % 100, {_STARTS}, {_STARTS} + interval '1 hour' FROM generate_series(1, :count) AS i""",
    f"""INSERT INTO notices (recipient_id, reservation_id, version, kind, due_at, useful_until, outcome)
        SELECT {_CHANNEL}, i, 1, 'end', {_STARTS} + interval '1 hour', {_STARTS} + interval '25 hours', 'sent'
        FROM generate_series(1, :count) AS i""",
    "SELECT setval('reservations_id_seq', :count)",
)


# --- many processes ---


@dataclass(frozen=True)
class Crowd:
    """What the processes of one run did: for each, how long its attempts took; and who won what."""

    taken: list[list[float]]
    wins: int

    def percentile(self, percent: int) -> float:
        return percentile([each for list_ in self.taken for each in list_], percent)

    def worst(self) -> float:
        return max(each for list_ in self.taken for each in list_) * 1000

    def fairness(self) -> float:
        """What the slowest did, of what the fastest did."""
        return min(map(len, self.taken)) / max(map(len, self.taken))


def apart(kind: str, new: New, size: Size) -> None:
    done = {count: run(new(kind), on_distinct_slots, count, size) for count in PROCESSES}
    show(
        f"{kind}: processes on distinct slots"
        " (aims on PostgreSQL: slowest at least 0.50 of the fastest, no wait over 1,000 ms)",
        ("processes", "bookings/s", "p99 ms", "longest wait ms", "slowest / fastest"),
        *(
            (count, round(each.wins / size.seconds), each.percentile(99), each.worst(), each.fairness())
            for count, each in done.items()
        ),
    )


def same(kind: str, new: New, size: Size) -> None:
    """Beside one process alone, and beside as many that begin at the same instant and want slots of their own."""
    done = {count: run(new(kind), on_the_same_slot, count, size) for count in PROCESSES}
    others = {count: run(new(kind), on_slots_of_their_own, count, size) for count in PROCESSES}
    show(
        f"{kind}: processes on the same slot (aims: one winner each round; p99 at most 4.00 times the uncontended)",
        (
            *("processes", "winners/round", "p50 ms", "p99 ms", "longest wait ms"),
            *("p50 / one alone", "p99 / one alone", "p99 / as many apart"),
        ),
        *(
            (
                count,
                each.wins / size.rounds,
                each.percentile(50),
                each.percentile(99),
                each.worst(),
                each.percentile(50) / done[1].percentile(50),
                each.percentile(99) / done[1].percentile(99),
                each.percentile(99) / others[count].percentile(99),
            )
            for count, each in done.items()
        ),
    )


def run(database: Database, attempts: Callable[..., Any], count: int, size: Size) -> Crowd:
    found_lab(database)
    url = database.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(count), context.Queue()
    workers = [
        context.Process(target=attempts, args=(url, number, size, barrier, results), daemon=True)
        for number in range(count)
    ]
    for each in workers:
        each.start()
    found = [results.get(timeout=300) for _ in workers]
    for each in workers:
        each.join()
    return Crowd([taken for taken, _ in found], sum(wins for _, wins in found))


def on_distinct_slots(url: str, number: int, size: Size, barrier: Barrier, results: Any) -> None:
    """Each process books on GPUs of its own, as fast as it can."""
    with closing(Database(url)) as database:
        actor, gpus = who_and_what(database, number)
        slots = far_slots(gpus[number :: max(PROCESSES)])
        for _ in range(5):
            reserve(database, actor, *next(slots))
        barrier.wait()
        taken, end = [], time.perf_counter() + size.seconds
        while time.perf_counter() < end:
            taken.append(took(lambda: reserve(database, actor, *next(slots))))
        results.put((taken, len(taken)))


def on_the_same_slot(url: str, number: int, size: Size, barrier: Barrier, results: Any) -> None:
    """In each round all of them want the same hour of the same GPU; those who lose are offered others."""
    _at_the_same_instant(url, number, size, barrier, results, lambda gpus: gpus[0])


def on_slots_of_their_own(url: str, number: int, size: Size, barrier: Barrier, results: Any) -> None:
    """In each round each of them wants the same hour of another GPU."""
    _at_the_same_instant(url, number, size, barrier, results, lambda gpus: gpus[number])


def _at_the_same_instant(
    url: str,
    number: int,
    size: Size,
    barrier: Barrier,
    results: Any,
    which: Callable[[tuple[facts.Gpu, ...]], facts.Gpu],
) -> None:
    with closing(Database(url)) as database:
        actor, gpus = who_and_what(database, number)
        reserve(database, actor, gpus[50 + number], hour_from(NOW + timedelta(days=1)))
        taken, wins = [], 0
        for round_ in range(size.rounds):
            barrier.wait()
            began = time.perf_counter()
            try:
                reserve(database, actor, which(gpus), hour_from(NOW + timedelta(days=2) + round_ * HOUR))
                wins += 1
            except errors.GpuTaken:
                pass
            taken.append(time.perf_counter() - began)
        results.put((taken, wins))


def who_and_what(database: Database, number: int) -> tuple[Actor, tuple[facts.Gpu, ...]]:
    """A member for each process: whoever holds a slot already is told so, rather than refused."""
    with database.read(NOW) as work:
        actor = Actor(1, number + 1, facts.Role.USER, facts.Standing.MEMBER)
        return actor, inventory.gpus(work, 1)


def hour_from(start: datetime) -> TimeRange:
    return TimeRange(start, start + HOUR)


def repeat(times: int, work: Callable[[], object]) -> None:
    for _ in range(times):
        work()


def took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


PARTS = {"rate": rate, "growth": growth, "apart": apart, "same": same}

if __name__ == "__main__":
    main()
