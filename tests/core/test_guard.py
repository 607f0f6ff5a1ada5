"""The database itself refuses an overlap, whatever the code above it does."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError

from core import availability, inventory, models
from core.timerange import TimeRange
from core.work import Database
from tests.core.conftest import Lab


def write_slot(lab: Lab, time: TimeRange, *, gpu_id: int = 1, live: bool = True) -> int:
    """Hold a GPU behind the use cases' backs; the number of the slot."""
    with lab.database.engine.begin() as connection:
        reservation_id = connection.execute(
            insert(models.Reservation).returning(models.Reservation.id),
            {"organization_id": lab.id, "member_id": lab.bob.member_id, "created_at": lab.clock.now},
        ).scalar_one()
        slot_id = connection.execute(
            insert(models.Slot).returning(models.Slot.id),
            {
                "reservation_id": reservation_id,
                "gpu_id": gpu_id,
                "start_at": time.start,
                "end_at": time.end,
                "live": live,
            },
        ).scalar_one()
        assert isinstance(slot_id, int)
        return slot_id


@pytest.mark.parametrize(
    ("start", "length"),
    [(1, 4), (0, 2), (4, 2), (2, 1), (0, 6), (1, 1), (4, 1)],
    ids=["same", "over the start", "over the end", "inside", "around", "same start", "same end"],
)
def test_an_overlap_written_around_the_use_case_is_refused(lab: Lab, start: float, length: float) -> None:
    lab.reserve(lab.alice, lab.hours(1, 4))
    with pytest.raises(IntegrityError, match="slots_overlap"):
        write_slot(lab, lab.hours(start, length))


def test_neighbours_other_gpus_and_cancelled_slots_are_no_overlap(lab: Lab) -> None:
    other = lab.add_gpu("lab-node-1", "GPU1")
    lab.reserve(lab.alice, lab.hours(1, 4), "GPU0")
    write_slot(lab, lab.hours(0, 1))
    write_slot(lab, lab.hours(5, 1))
    write_slot(lab, lab.hours(1, 4), gpu_id=other.id)
    write_slot(lab, lab.hours(1, 4), live=False)


def test_moving_stretching_or_reviving_a_slot_into_another_is_refused(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1, 4))
    before = write_slot(lab, lab.hours(0, 1))
    cancelled = write_slot(lab, lab.hours(2, 1), live=False)
    with pytest.raises(IntegrityError, match="slots_overlap"):
        update(lab.database, before, end_at=lab.hours(1.5).start)
    with pytest.raises(IntegrityError, match="slots_overlap"):
        update(lab.database, cancelled, live=True)
    update(lab.database, before, end_at=lab.hours(0.5).start)  # its own old self is not in its way


def test_a_slot_ends_after_it_starts(lab: Lab) -> None:
    slot = write_slot(lab, lab.hours(0, 1))
    with pytest.raises(IntegrityError):
        update(lab.database, slot, end_at=lab.hours(0).start)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the planner that could choose badly
def test_clashes_are_found_from_the_first_end_after_a_start(lab: Lab) -> None:
    """Long history must not make a booking slower: SQLite has to use the index that skips what is over."""
    asked: list[tuple[str, object]] = []
    event.listen(
        lab.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, *_: asked.append((statement, values)),
    )
    for number in range(40):  # with a few it would choose well by chance
        lab.add_gpu("lab-node-2", f"GPU{number}")
    with lab.database.read(lab.clock.now) as work:
        availability.holdings(work, lab.id, inventory.gpus(work, lab.id), lab.hours(0, 24))
    statement, values = asked[-1]
    with lab.database.engine.begin() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]
        guard = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT end_at FROM slots WHERE gpu_id = 1 AND live = 1 AND start_at < '2026'"
                " ORDER BY start_at DESC LIMIT 1"
            )
        ).all()
    assert "ix_slots_end (gpu_id=? AND end_at>?)" in plan[0].detail
    assert "ix_slots_start (gpu_id=? AND start_at<?)" in guard[0].detail


def update(database: Database, slot_id: int, **values: object) -> None:
    with database.engine.begin() as connection:
        connection.execute(change(models.Slot).where(models.Slot.id == slot_id).values(**values))
