"""The only file that writes slots: lock, look, write.

Every function here expects to run inside `Database.begin`, and every change of slots passes through it. What is given
back is noted in `work.freed`, for those who wait: see `core.waitlist`.

On PostgreSQL, every use case locks rows in this one order, so that nobody waits for somebody who waits for them:

1. the lab (`members.lock_organization`), by whoever changes what it consists of: people, GPUs, limits, periods
2. GPUs, in the order of their ids: those that a booking may get, or none where one can see that it gets none
   (`waitlist.lock_for`), or all of the lab's, where something may come free (`waitlist.lock`); never these after those
3. reservations. Whoever holds all GPUs locks them as they come. Whoever does not, since nothing is given back, waits
   for one of them only while holding none (`lock_reservations`). Hand-overs, calls of a busy GPU, and the notices that
   belong to a reservation are changed under its lock
4. the member whose hours are counted (`limits`), or who chooses for themselves
5. recipients, by who sends to them; then their displays
6. notices. A claim, which holds no reservation, passes over those that are locked, and so waits for nobody

No key that another row refers to ever changes: what others refer to is locked `FOR NO KEY UPDATE`, so that to owe a
notice does not wait for who is just sending to its recipient. Recipients are made together with the member or the lab
that they stand for, not by two bookings at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Row, bindparam, insert, select

from core import facts, inventory, models, reservations
from core.timerange import TimeRange
from core.work import Work

_LOCK = (
    select(models.Gpu.id, models.Gpu.retired_at)
    .where(models.Gpu.id.in_(bindparam("ids", expanding=True)))
    .order_by(models.Gpu.id)
    .with_for_update()
)
_reservation = select(models.Reservation.id)
_WAIT_FOR = _reservation.where(models.Reservation.id == bindparam("id")).with_for_update(key_share=True)
_LOCK_IF_FREE = _reservation.where(models.Reservation.id.in_(bindparam("ids", expanding=True))).with_for_update(
    key_share=True, skip_locked=True
)
_NEW = insert(models.Reservation).returning(models.Reservation.id)
_HOLD = insert(models.Slot).inline()  # nobody asks for their numbers


def lock(work: Work, organization_id: int, gpus: Iterable[facts.Gpu]) -> None:
    """Wait until nobody else is booking these GPUs of a lab.

    Always in the order of their ids, so that two bookings that name them in opposite order do not wait for each other.
    """
    if not work.has_one_writer:
        locked = work.connection.execute(_LOCK, {"ids": [gpu.id for gpu in gpus]}).all()
        heed(work, organization_id, locked)


def heed(work: Work, organization_id: int, locked: Iterable[Row[int, datetime | None]]) -> None:
    """What was in service before one waited for its lock may have been retired meanwhile: then look anew."""
    if any(retired_at for _, retired_at in locked):
        inventory.forget(work, organization_id)


def lock_reservations(work: Work, ids: Collection[int]) -> None:
    """Wait until nobody else is changing these reservations; for one of them only while holding none of the others."""
    if work.has_one_writer:
        return
    awaited = min(ids, default=0)
    if len(ids) == 1:
        work.connection.execute(_WAIT_FOR, {"id": awaited}).all()
        return
    while ids:
        attempt = work.connection.begin_nested()
        work.connection.execute(_WAIT_FOR, {"id": awaited}).all()
        missing = set(ids) - set(work.connection.scalars(_LOCK_IF_FREE, {"ids": list(ids)}))
        if not missing:
            attempt.commit()
            return
        attempt.rollback()
        awaited = min(missing)


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
    state = reservations.state(hull, work.now, offered_until)
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


def stretch(work: Work, row: models.Reservation, end: datetime, gpu_ids: Collection[int] | None = None) -> None:
    """Let what it still holds, all of it or these GPUs, end at `end`, later or earlier."""
    for slot in row.slots:
        if slot.end_at <= work.now or (gpu_ids is not None and slot.gpu_id not in gpu_ids):
            continue
        if end < slot.end_at:
            work.freed.append((slot.gpu_id, TimeRange(end, slot.end_at)))
        slot.end_at = end
    work.session.flush()


def cut(work: Work, row: models.Reservation, gpu_ids: Collection[int]) -> None:
    """Give these GPUs back now; the time used stays on record."""
    stretch(work, row, work.now, gpu_ids)


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
