"""The only file that writes slots: lock, look, write.

Every function here expects to run inside `Database.begin`, and every change of slots passes through it. What is given
back is noted in `work.freed`, for those who wait: see `core.waitlist`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
    return _add(work, organization_id, holder, purpose, dict.fromkeys(gpus, time), maintenance=maintenance)


def offer(
    work: Work,
    organization_id: int,
    holder: facts.Member,
    purpose: str,
    times: Mapping[facts.Gpu, TimeRange],
    until: datetime,
) -> facts.Reservation:
    """A new reservation that holds these GPUs for somebody who has not said yet whether they take them."""
    return _add(work, organization_id, holder, purpose, times, offered_until=until)


def _add(
    work: Work,
    organization_id: int,
    holder: facts.Member,
    purpose: str,
    times: Mapping[facts.Gpu, TimeRange],
    *,
    maintenance: bool = False,
    offered_until: datetime | None = None,
) -> facts.Reservation:
    row = {
        "organization_id": organization_id,
        "member_id": holder.id,
        "purpose": purpose,
        "created_at": work.now,
        "maintenance": maintenance,
    }
    number = work.connection.execute(_NEW, row).scalar_one()
    slots = tuple(facts.Slot(gpu, times[gpu]) for gpu in sorted(times, key=lambda gpu: gpu.id))
    work.connection.execute(
        _HOLD,
        [
            {
                "reservation_id": number,
                "gpu_id": slot.gpu.id,
                "start_at": slot.range.start,
                "end_at": slot.range.end,
                "offered_until": offered_until,
            }
            for slot in slots
        ],
    )
    hull = TimeRange.hull(times.values())
    state = availability.state(hull, work.now, offered_until)
    return facts.Reservation(
        number, organization_id, 1, holder, purpose, slots, hull, state, maintenance, offered_until
    )


def place(work: Work, row: models.Reservation, gpus: Iterable[facts.Gpu], time: TimeRange) -> None:
    """Hold these GPUs, and no others, for `time`. The database has the last word on overlaps."""
    wanted = {gpu.id for gpu in gpus}
    held = {slot.gpu_id: slot.range for slot in row.slots if slot.live}
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
        kept[gpu_id].offered_until = None
    work.session.flush()
    for gpu_id, before in held.items():
        work.freed += [(gpu_id, part) for part in before.subtract([time] if gpu_id in wanted else [])]


def stretch(work: Work, slots: Iterable[models.Slot], end: datetime) -> None:
    """Let these slots end at `end`, later or earlier."""
    for slot in slots:
        if end < slot.end_at:
            work.freed.append((slot.gpu_id, TimeRange(end, slot.end_at)))
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
        if slot.live:
            work.freed.append((slot.gpu_id, slot.range))
        if is_whole:
            slot.live = False
        else:
            row.slots.remove(slot)
            work.session.delete(slot)
    work.session.flush()
