"""The only file that writes slots: lock, look, write.

Every function here expects to run inside `Database.begin`, and every change of slots passes through it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from core import availability, facts, models
from core.timerange import TimeRange
from core.work import Work

_LOCK = (
    select(models.Gpu.id)
    .where(models.Gpu.id.in_(bindparam("ids", expanding=True)))
    .order_by(models.Gpu.id)
    .with_for_update()
)
_NEW = insert(models.Reservation).returning(models.Reservation.id)
_HOLD = insert(models.Slot)


def lock(work: Work, gpus: Iterable[facts.Gpu]) -> None:
    """Wait until nobody else is booking these GPUs.

    Always in the order of their ids, so that two bookings that name them in opposite order do not wait for each other.
    """
    if not work.has_one_writer:
        work.connection.execute(_LOCK, {"ids": [gpu.id for gpu in gpus]}).all()


def lock_reservations(work: Work, ids: Collection[int]) -> None:
    """Wait until nobody else is changing these reservations; before their GPUs are locked."""
    if ids and not work.has_one_writer:
        locked = select(models.Reservation.id).where(models.Reservation.id.in_(ids)).order_by(models.Reservation.id)
        work.session.execute(locked.with_for_update()).all()


def add(
    work: Work,
    organization_id: int,
    holder: facts.Member,
    purpose: str,
    gpus: Iterable[facts.Gpu],
    time: TimeRange,
    *,
    maintenance: bool = False,
) -> facts.Reservation:
    """A new reservation that holds these GPUs."""
    row = {
        "organization_id": organization_id,
        "member_id": holder.id,
        "purpose": purpose,
        "created_at": work.now,
        "maintenance": maintenance,
    }
    number = work.connection.execute(_NEW, row).scalar_one()
    slots = _hold(work, number, gpus, time)
    state = availability.state(time, work.now)
    return facts.Reservation(number, organization_id, 1, holder, purpose, slots, time, state, maintenance)


def _hold(work: Work, reservation_id: int, gpus: Iterable[facts.Gpu], time: TimeRange) -> tuple[facts.Slot, ...]:
    slots = tuple(facts.Slot(gpu, time) for gpu in sorted(gpus, key=lambda gpu: gpu.id))
    work.connection.execute(
        _HOLD,
        [
            {"reservation_id": reservation_id, "gpu_id": slot.gpu.id, "start_at": time.start, "end_at": time.end}
            for slot in slots
        ],
    )
    return slots


def place(work: Work, row: models.Reservation, gpus: Iterable[facts.Gpu], time: TimeRange) -> None:
    """Hold these GPUs, and no others, for `time`. The database has the last word on overlaps."""
    wanted = {gpu.id for gpu in gpus}
    for slot in list(row.slots):
        if slot.gpu_id not in wanted:
            row.slots.remove(slot)
            work.session.delete(slot)
    work.session.flush()
    kept = {slot.gpu_id: slot for slot in row.slots}
    for gpu_id in sorted(wanted):
        if gpu_id not in kept:
            kept[gpu_id] = models.Slot(gpu_id=gpu_id, live=True)
            row.slots.append(kept[gpu_id])
        kept[gpu_id].start_at, kept[gpu_id].end_at, kept[gpu_id].live = time.start, time.end, True
    work.session.flush()


def stretch(work: Work, slots: Iterable[models.Slot], end: datetime) -> None:
    """Let these slots end at `end`, later or earlier."""
    for slot in slots:
        slot.end_at = end
    work.session.flush()


def cut(work: Work, row: models.Reservation, gpu_ids: Collection[int]) -> None:
    """Give these GPUs back now; the time used stays on record."""
    stretch(work, (slot for slot in row.slots if slot.gpu_id in gpu_ids and slot.end_at > work.now), work.now)


def drop(work: Work, row: models.Reservation, gpu_ids: Collection[int]) -> None:
    """Give these GPUs back as if they had never been held. Only of a reservation given back whole do its slots stay."""
    gone = [slot for slot in row.slots if slot.gpu_id in gpu_ids]
    is_whole = len(gone) == len(row.slots)
    for slot in gone:
        if is_whole:
            slot.live = False
        else:
            row.slots.remove(slot)
            work.session.delete(slot)
    work.session.flush()
